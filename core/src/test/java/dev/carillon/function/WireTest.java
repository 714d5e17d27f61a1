package dev.carillon.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.function.SentFunction.Form;
import dev.carillon.function.SentFunction.Gift;
import dev.carillon.function.SentSignature.Place;
import dev.carillon.spi.CodingException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The format of a function, held on bytes that were written by version 1. */
class WireTest {
  private static final SentFunction NAMED =
      new SentFunction(
          Form.ASYNC,
          "this-year",
          new SentSignature(
              "make",
              List.of(
                  new Place("title", "java.lang.String", false),
                  new Place("year", "java.lang.Integer", false),
                  new Place("lines", "java.lang.String[]", true)),
              "java.util.concurrent.CompletionStage",
              true),
          List.of(Gift.ARGUMENT, Gift.DEFAULT, Gift.NONE),
          null);
  private static final SentFunction LAMBDA =
      new SentFunction(
          Form.SYNC,
          "lambda",
          new SentSignature(
              "lambda", List.of(new Place("arg0", "java.lang.String", false)), "void", false),
          List.of(Gift.NONE),
          new SentLambda(
              "com.example.Jobs",
              "0123456789abcdef".repeat(4),
              "fedcba9876543210".repeat(4),
              "dev/carillon/function/Fn1",
              "call",
              "(Ljava/lang/Object;)Ljava/lang/Object;",
              6,
              "com/example/Other",
              "lambda$all$0",
              "(ILjava/lang/String;)V",
              "(Ljava/lang/String;)Ljava/lang/Void;",
              1));

  private static Wire.Message message() {
    return new Wire.Message(
        "carillon/1",
        List.of(NAMED, LAMBDA),
        List.of("trainer"),
        true,
        HexFormat.of().parseHex("00112233445566778899aabbccddeeff"),
        new byte[] {1, 2, 3});
  }

  private static byte[] golden() throws IOException {
    try (InputStream in = WireTest.class.getResourceAsStream("function-1.hex")) {
      String text =
          new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.US_ASCII);
      return HexFormat.of().parseHex(text.replaceAll("\\s", ""));
    }
  }

  @Test
  void write_version1_givesTheKeptBytes() throws Exception {
    assertThat(Wire.write(message())).isEqualTo(golden());
  }

  @Test
  void read_keptBytesOfVersion1_givesTheMessage() throws Exception {
    Wire.Message read = Wire.read(golden());
    assertThat(read.format()).isEqualTo("carillon/1");
    assertThat(read.functions()).containsExactly(NAMED, LAMBDA);
    assertThat(read.snapshots()).containsExactly("trainer");
    assertThat(read.hasResting()).isTrue();
    assertThat(read.mark()).isEqualTo(message().mark());
    assertThat(read.values()).containsExactly(1, 2, 3);
  }

  @Test
  void write_nameTooLongOrTooMany_isRefused() {
    var tooLong =
        new SentFunction(Form.SYNC, "n".repeat(201), LAMBDA.signature(), LAMBDA.gifts(), null);
    assertThatThrownBy(() -> Wire.write(with(List.of(tooLong))))
        .isInstanceOf(CodingException.class)
        .hasMessageContaining("a name must have at most 200 characters");
    assertThatThrownBy(() -> Wire.write(with(java.util.Collections.nCopies(256, NAMED))))
        .isInstanceOf(CodingException.class)
        .hasMessageContaining("functions must be at most 255: count=256");
  }

  private static Wire.Message with(List<SentFunction> functions) {
    return new Wire.Message("f", functions, List.of(), false, new byte[16], new byte[0]);
  }
}
