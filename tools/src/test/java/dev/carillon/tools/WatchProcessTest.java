package dev.carillon.tools;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code carillon watch} in a real JVM, with real signals and pipes. */
@Covers("C14")
final class WatchProcessTest {
  @TempDir private Path place;
  private Path dir;
  private Path log;
  private Path errors;

  @BeforeEach
  void makeDirectory() throws IOException {
    dir = Files.createDirectory(place.toRealPath().resolve("in"));
    log = place.toRealPath().resolve("log");
    errors = place.toRealPath().resolve("errors");
  }

  @Test
  void terminate_whileACommandRuns_endsItFirst() throws Exception {
    Files.writeString(dir.resolve("a"), "1");
    String command = "sleep 1000 & echo $! >>%s; wait".formatted(log);
    Process process = watch("--existing", "--run", command);
    try {
      Patience.until("it runs", () -> logged().size() == 1);
      process.destroy(); // SIGTERM
      JvmProcess.requireExit(process, 143);
      assertThat(isThere(logged().getFirst())).isFalse();
      assertThat(Files.readAllLines(errors)).last().isEqualTo("carillon watch: 0 runs, 0 failed");
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void restart_endsTheCommandAndStartsItAgain() throws Exception {
    String command = "echo $$ $CARILLON_EVENT >>%s; exec sleep 1000".formatted(log);
    Process process = watch("--restart", "--debounce=10ms", "--", "sh", "-c", command);
    try {
      Patience.until("it runs", () -> logged().size() == 1);
      String first = logged().getFirst();
      assertThat(first).endsWith(" start");
      Files.writeString(dir.resolve("a"), "1");
      Patience.until("it runs again", () -> logged().size() == 2);
      String second = logged().getLast();
      assertThat(second).endsWith(" restart");
      assertThat(isThere(first)).isFalse();
      assertThat(isThere(second)).isTrue();
      JvmProcess.interrupt(process);
      JvmProcess.requireExit(process, 130);
      assertThat(isThere(second)).isFalse();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void output_ofCommands_isLeftAsItIs() throws Exception {
    Files.writeString(dir.resolve("a"), "1");
    Process process = watch("--existing", "--once", "--run", "printf 'a\\000\\377b'; echo c >&2");
    assertThat(process.getInputStream().readAllBytes()).isEqualTo("a\0\377b".getBytes(ISO_8859_1));
    JvmProcess.requireExit(process, 0);
    assertThat(Files.readAllLines(errors)).contains("c");
  }

  @Test
  void json_hasTheOutputForItself() throws Exception {
    Files.writeString(dir.resolve("a"), "1");
    Process process = watch("--existing", "--once", "--json", "--run", "echo b");
    List<String> lines =
        new String(process.getInputStream().readAllBytes(), UTF_8).lines().toList();
    JvmProcess.requireExit(process, 0);
    assertThat(lines).singleElement().asString().startsWith("{\"time\":\"");
    assertThat(Files.readAllLines(errors)).contains("b");
  }

  private Process watch(String... options) throws Exception {
    var arguments = new String[options.length + 2];
    arguments[0] = "watch";
    arguments[1] = dir.toString();
    System.arraycopy(options, 0, arguments, 2, options.length);
    return JvmProcess.carillon(errors, arguments);
  }

  private static boolean isThere(String pidAndMore) {
    long pid = Long.parseLong(pidAndMore.split(" ", -1)[0]);
    return ProcessHandle.of(pid).flatMap(process -> process.info().command()).isPresent();
  }

  private List<String> logged() throws IOException {
    return Files.exists(log) ? Files.readAllLines(log) : List.of();
  }
}
