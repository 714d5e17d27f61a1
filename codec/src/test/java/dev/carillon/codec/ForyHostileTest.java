package dev.carillon.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.ChildJvm;
import dev.carillon.build.Covers;
import dev.carillon.build.Property;
import dev.carillon.spi.CodingException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Bytes that nobody should have written, and JVMs in which Fory may not work. */
@Covers("S3")
final class ForyHostileTest {
  private static final int MUTATIONS = 200;
  private static final long MOST_MEMORY = 64L << 20;

  private static final List<String> PIECES =
      List.of(
          "\u0000",
          "\u007f",
          "\u0001\u0002",
          "test.Order",
          "java.lang.Thread",
          "\u0010\u0020",
          "java.util.HashMap");

  @TestFactory
  Stream<DynamicTest> decode_ofChangedBytes_isAValueOrTheException() {
    ForyCodec evolving = ForyCodec.of(c -> ForySamples.types(c).withMaxMemory(1 << 22));
    ForyCodec strict =
        ForyCodec.of(c -> ForySamples.types(c).withMaxMemory(1 << 22).withEvolution(false));
    return Property.check(
        "changed bytes of Fory are a value or refused",
        25,
        gen -> {
          ForyCodec codec = gen.oneOf(evolving, strict);
          byte[] written = codec.encode(ForySamples.value(gen, 4));
          for (int i = 0; i < MUTATIONS; i++) {
            tryToRead(codec, Changes.of(gen, written, PIECES));
          }
        });
  }

  /** Reads, and fails on any other exception, and if much memory was taken. */
  private static void tryToRead(ForyCodec codec, byte[] bytes) {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    try {
      assertThat(codec.decode(bytes, Object.class)).isNotNull();
    } catch (CodingException e) {
      assertThat(e.getMessage()).isNotBlank().hasSizeLessThan(600).doesNotContain("\n");
    }
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(MOST_MEMORY);
  }

  @Test
  void of_whereForyMayNotReachIntoTheJdk_saysWhatToDo() throws Exception {
    String deny = "--sun-misc-unsafe-memory-access=deny";
    assertThat(output(deny))
        .startsWith("refused")
        .contains("--add-opens=java.base/java.lang.invoke=ALL-UNNAMED")
        .hasLineCount(1);
    assertThat(output(deny, "--add-opens=java.base/java.lang.invoke=ALL-UNNAMED"))
        .isEqualTo("works\n");
  }

  private static String output(String... options) throws Exception {
    var all = new ArrayList<>(ChildJvm.SHORT);
    all.addAll(List.of(options));
    Process process =
        new ProcessBuilder(ChildJvm.command(all, InChild.class)).redirectErrorStream(true).start();
    try (var out = process.getInputStream()) {
      String text = new String(out.readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      return text;
    } finally {
      process.destroyForcibly();
    }
  }

  /** The program of the child. */
  static final class InChild {
    public static void main(String[] args) {
      try {
        ForyCodec codec = ForyCodec.of(ForySamples::types);
        List<?> read = codec.decode(codec.encode(List.of("a")), List.class);
        System.out.print(read.equals(List.of("a")) ? "works\n" : "wrong\n");
      } catch (IllegalStateException e) {
        System.out.print("refused: " + e.getMessage() + "\n");
      }
    }
  }
}
