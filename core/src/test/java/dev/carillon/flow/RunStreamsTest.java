package dev.carillon.flow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Property;
import dev.carillon.spi.MessageStore;
import java.io.ByteArrayOutputStream;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class RunStreamsTest {

  /** {@return the name that a stream is called by, if it is not too long for that} */
  private static String nameOf(String stream) {
    var bytes = new ByteArrayOutputStream();
    for (int i = "run-".length(); i < stream.length(); i++) {
      if (stream.charAt(i) == '_') {
        bytes.write(Integer.parseInt(stream, i + 1, i + 3, 16));
        i += 2;
      } else {
        bytes.write(stream.charAt(i));
      }
    }
    return bytes.toString(UTF_8);
  }

  @Test
  void streamOf_aPlainName_showsIt() {
    assertThat(RunStreams.streamOf("nightly-2")).isEqualTo("run-nightly-2");
    assertThat(RunStreams.streamOf("Ä_b c")).isEqualTo("run-_c3_84_5fb_20c");
  }

  @TestFactory
  Stream<DynamicTest> streamOf_anyName_isOneThatStoresTakeAndCanBeReadBack() {
    return Property.check(
        "names of runs and streams",
        300,
        gen -> {
          String name = gen.text(15).replaceAll("\\p{Cs}", "s");
          String stream = MessageStore.checkName(RunStreams.streamOf(name));
          assertThat(stream).isEqualTo(stream.toLowerCase(Locale.ROOT));
          if (!stream.startsWith("run-_x")) {
            assertThat(nameOf(stream)).isEqualTo(name);
          }
        });
  }

  @Test
  void streamOf_longNames_differWhereTheyDo() {
    String name = "n".repeat(500);
    assertThat(MessageStore.checkName(RunStreams.streamOf(name)))
        .isEqualTo(RunStreams.streamOf(name))
        .isNotEqualTo(RunStreams.streamOf(name + "n"));
  }
}
