package dev.carillon.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Standard input and signals of a real process. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // a read waits for ever
class ChildProgramTest {
  private Process child;
  private BufferedReader printed;

  private void start(String... args) throws IOException {
    child = ChildProgram.start(args);
    printed = child.inputReader();
  }

  @AfterEach
  void end() {
    child.destroyForcibly();
  }

  private void kill(String signal) throws Exception {
    Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(child.pid())).start();
    assertThat(kill.waitFor()).isZero();
  }

  private void write(String text) throws IOException {
    child.getOutputStream().write(text.getBytes(UTF_8));
    child.getOutputStream().flush();
  }

  private int exitCode() throws InterruptedException {
    assertThat(child.waitFor(Patience.LONG.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
    return child.exitValue();
  }

  @Test
  @Covers({"C14"})
  void standardInput_restartedWhileItWaits_losesNoLine() throws Exception {
    start("stdin");
    write("one\nrestart\n");
    assertThat(printed.readLine()).isEqualTo("one");
    assertThat(printed.readLine()).isEqualTo("restart");
    assertThat(printed.readLine()).isEqualTo("stopped"); // though the read still waits
    write("two\nlast");
    child.getOutputStream().close();
    assertThat(printed.readLine()).isEqualTo("two");
    assertThat(printed.readLine()).isEqualTo("last");
    assertThat(printed.readLine()).isEqualTo("ended 4, recording: false");
    assertThat(exitCode()).isZero(); // as no thread is left that keeps the JVM
  }

  @Test
  @Covers({"C14"})
  void standardInput_withASlowHandler_makesTheWriterWait() throws Exception {
    start("slow-stdin");
    byte[] line = ("x".repeat(1023) + "\n").getBytes(UTF_8);
    long total = 32 * 1024; // 32 MiB
    var written = new AtomicLong();
    Thread writer = Thread.ofVirtual().start(() -> write(line, total, written));
    assertThat(printed.readLine()).isEqualTo("full");
    // the window of 1,024 lines, a chunk, and the pipe: some 1.2 MiB are taken, and no more
    await()
        .during(Duration.ofMillis(300))
        .atMost(Patience.LONG)
        .until(() -> written.get() <= 3 * 1024);
    kill("HUP");
    assertThat(printed.readLine()).isEqualTo("lines " + total);
    writer.join();
    assertThat(exitCode()).isZero();
  }

  private void write(byte[] line, long times, AtomicLong written) {
    try (OutputStream out = child.getOutputStream()) {
      for (long i = 0; i < times; i++) {
        out.write(line);
        written.incrementAndGet();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  @Covers({"C14"})
  void signals_sentByAProcess_comeInPlaceOfTheShutdown() throws Exception {
    start("signals", "TERM", "SIGHUP", "USR2");
    assertThat(printed.readLine()).isEqualTo("ready");
    for (String signal : List.of("TERM", "HUP", "USR2", "TERM")) {
      kill(signal);
      assertThat(printed.readLine()).isEqualTo(signal);
    }
    child.getOutputStream().close();
    assertThat(printed.readLine()).isEqualTo("ends");
    assertThat(printed.readLine()).isEqualTo("hook");
    assertThat(exitCode()).isZero();
  }

  @Test
  void signals_thenDefault_shutTheJvmDownAfterTheHandler() throws Exception {
    start("signals", "TERM", "then-default");
    assertThat(printed.readLine()).isEqualTo("ready");
    kill("TERM");
    assertThat(printed.readLine()).isEqualTo("TERM");
    assertThat(printed.readLine()).isEqualTo("hook");
    assertThat(exitCode()).isEqualTo(128 + 15);
  }

  @Test
  void signal_ignoredFromTheStart_isRefused() throws Exception {
    child =
        ChildProgram.start(List.of("sh", "-c", "trap '' HUP; exec \"$@\"", "sh"), "signals", "HUP");
    assertThat(child.inputReader().readLine())
        .isEqualTo(
            "the signal must not be ignored from the start, as by nohup or in the background of a"
                + " script: signal=\"HUP\"");
  }
}
