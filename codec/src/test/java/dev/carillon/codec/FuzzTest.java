package dev.carillon.codec;

import static dev.carillon.codec.Samples.JSON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Property;
import dev.carillon.bus.Message;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Changed events give a message or the one exception, and never anything else. */
@Covers("S3")
final class FuzzTest {
  private static final int MUTATIONS = 200;

  private static final List<String> PIECES =
      List.of(
          "{",
          "}",
          "[",
          "]",
          ",",
          ":",
          "\"",
          "\\",
          "null",
          "true",
          "-1",
          "1e999",
          "0.5",
          "\\ud800",
          "\0",
          "\u00fc",
          "%",
          "%00",
          "=",
          "&",
          "\"id\":\"1\",",
          "\"data\":",
          "\"data_base64\":\"A\",",
          "\"carillonheaders\":\"a=b\",",
          "\"carillonhops\":9,",
          "2026-11-21T24:00:00+19:00",
          "dev.carillon.map",
          "com.example.text",
          "com.shop.order",
          "$bus.x",
          "\"subject\":\"/\",");

  @TestFactory
  Stream<DynamicTest> read_ofChangedEvents_isAMessageOrTheException() {
    return Property.check(
        "a changed event is a message or refused",
        25,
        gen -> {
          byte[] written = JSON.write(Samples.message(gen));
          int read = 0;
          for (int i = 0; i < MUTATIONS; i++) {
            read += tryToRead(Changes.of(gen, written, PIECES));
          }
          assertThat(read).isLessThan(MUTATIONS); // else nothing was changed
        });
  }

  /** Reads, and fails on any other exception: {@return 1 if it is a message} */
  private static int tryToRead(byte[] event) {
    Message<?> message;
    try {
      message = JSON.read(event);
    } catch (CodecException e) {
      assertThat(e.getMessage()).isNotBlank().hasSizeLessThan(600);
      return 0;
    }
    // What could be read can be written, and is read as the same.
    assertThat(JSON.writeText(JSON.read(JSON.write(message)))).isEqualTo(JSON.writeText(message));
    return 1;
  }
}
