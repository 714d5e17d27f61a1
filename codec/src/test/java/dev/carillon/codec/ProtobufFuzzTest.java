package dev.carillon.codec;

import static dev.carillon.codec.Samples.PROTOBUF;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Gen;
import dev.carillon.build.Property;
import dev.carillon.bus.Message;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Changed events give a message or the one exception, and never anything else. */
@Covers("S3")
final class ProtobufFuzzTest {
  private static final int MUTATIONS = 200;

  private static final List<String> PIECES =
      List.of(
          "\n",
          "\u0012",
          "\u001a\u00031.0",
          "\"",
          "*",
          "2",
          ":",
          "B",
          "\u007f",
          "\u0000",
          "\u000b\u000c",
          "*\u0008\n\u0002id\u0012\u0002\u001a\u0000",
          "com.example.text",
          "com.shop.struct",
          "type.googleapis.com/google.protobuf.Struct",
          "time",
          "data",
          "\u0008\u0001",
          "\u0010\u0007");

  @TestFactory
  Stream<DynamicTest> read_ofChangedEvents_isAMessageOrTheException() {
    return Property.check(
        "a changed event of protobuf is a message or refused",
        25,
        gen -> {
          byte[] written = PROTOBUF.write(Samples.message(gen));
          int read = 0;
          for (int i = 0; i < MUTATIONS; i++) {
            read += tryToRead(Changes.of(gen, written, PIECES));
          }
          assertThat(read).isLessThan(MUTATIONS); // else nothing was changed
        });
  }

  @TestFactory
  Stream<DynamicTest> read_ofAnyBytes_isTheException() {
    return Property.check(
        "bytes of no event are refused",
        25,
        gen -> {
          for (int i = 0; i < MUTATIONS; i++) {
            tryToRead(bytes(gen));
          }
        });
  }

  private static byte[] bytes(Gen gen) {
    var bytes = new byte[gen.intBetween(0, 40)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (gen.chance(0.5) ? gen.intBetween(0, 70) : gen.intBetween(0, 255));
    }
    return bytes;
  }

  /** Reads, and fails on any other exception: {@return 1 if it is a message} */
  private static int tryToRead(byte[] event) {
    Message<?> message;
    try {
      message = PROTOBUF.read(event);
    } catch (CodecException e) {
      assertThat(e.getMessage()).isNotBlank().hasSizeLessThan(600).doesNotContain("\n");
      return 0;
    }
    // What could be read can be written, and is read as the same.
    byte[] again = PROTOBUF.write(message);
    assertThat(PROTOBUF.write(PROTOBUF.read(again))).isEqualTo(again);
    return 1;
  }
}
