package dev.carillon.tools;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.Patience;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes, how they end, and what they leave. */
final class ChildTest {
  private static final byte[] NOTHING = new byte[0];

  @TempDir private Path place;

  @Test
  void end_ofAShell_endsAllThatItHasStarted() throws Exception {
    Child child =
        shell("sleep 1000 & echo $! >one; sh -c 'sleep 1000 & echo $! >two; wait'; touch on");
    Path two = place.resolve("two");
    Patience.until("all are there", () -> Files.exists(two) && !Files.readString(two).isEmpty());
    child.end(Patience.LONG);
    assertThat(child.await(Patience.LONG)).isTrue();
    assertThat(child.exitCode()).isEqualTo(128 + 15);
    assertThat(isThere("one")).isFalse();
    assertThat(isThere("two")).isFalse();
    assertThat(place.resolve("on")).doesNotExist();
  }

  @Test
  void end_ofWhoDoesNotListen_isByForceAfterTheGrace() throws Exception {
    Child child = shell("trap '' TERM; touch deaf; while :; do sleep 1000; done");
    Patience.until("it is deaf", () -> Files.exists(place.resolve("deaf")));
    child.end(Duration.ofMillis(100));
    assertThat(child.await(Patience.LONG)).isTrue();
    assertThat(child.exitCode()).isEqualTo(128 + 9);
  }

  @Test
  void end_interrupted_isDoneAllTheSame() throws Exception {
    Child child = shell("sleep 1000");
    Thread.currentThread().interrupt();
    child.end(Patience.LONG);
    assertThat(Thread.interrupted()).isTrue();
    Patience.until("the dead process is reaped", () -> !child.process().isAlive());
  }

  @Test
  void await_tooShort_isFalse() throws Exception {
    Child child = shell("sleep 1000");
    try {
      assertThat(child.await(Duration.ofMillis(1))).isFalse();
    } finally {
      child.end(Patience.LONG);
    }
  }

  @Test
  void input_isReadToItsEnd_orNotAtAll() throws Exception {
    byte[] much = "line\n".repeat(100_000).getBytes(UTF_8);
    Child reader = start("wc -c >count", much);
    assertThat(reader.await(Patience.LONG)).isTrue();
    assertThat(Files.readString(place.resolve("count")).strip()).isEqualTo("" + much.length);
    Child other = start("exit 3", much);
    assertThat(other.await(Patience.LONG)).isTrue();
    assertThat(other.exitCode()).isEqualTo(3);
    Child none = start("cat >none", NOTHING);
    assertThat(none.await(Patience.LONG)).isTrue();
    assertThat(place.resolve("none")).isEmptyFile();
  }

  @Test
  void start_ofWhatIsNotThere_failsWithItsName() {
    var builder = new ProcessBuilder("/no/such/program");
    assertThatThrownBy(() -> Child.start(builder, NOTHING))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("/no/such/program");
  }

  @Test
  void labelledLines_haveTheLabelEach_andNoneIsLongerThanTheLimit() throws Exception {
    var out = new StringWriter();
    String text = "one\n\ntwo\n" + "x".repeat(LabelledLines.LONGEST + 1) + "\nlast";
    LabelledLines.print(new StringReader(text), "a b", new PrintWriter(out)).join();
    assertThat(out.toString().lines())
        .containsExactly(
            "[a b] one",
            "[a b] ",
            "[a b] two",
            "[a b] " + "x".repeat(LabelledLines.LONGEST),
            "[a b] x",
            "[a b] last");
  }

  private Child shell(String text) throws IOException {
    return start(text, NOTHING);
  }

  private Child start(String text, byte[] input) throws IOException {
    var builder = new ProcessBuilder(List.of("sh", "-c", text)).directory(place.toFile());
    return Child.start(builder.redirectErrorStream(true), input);
  }

  private boolean isThere(String file) throws IOException {
    long pid = Long.parseLong(Files.readString(place.resolve(file)).strip());
    Optional<ProcessHandle> process = ProcessHandle.of(pid);
    return process.isPresent() && process.get().info().command().isPresent();
  }
}
