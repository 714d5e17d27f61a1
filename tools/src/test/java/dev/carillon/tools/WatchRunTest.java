package dev.carillon.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code carillon watch} does as files change. Each command writes a line, and then waits if
 * there is a gate for its file, a named pipe, until that is opened.
 */
@Covers("C14")
final class WatchRunTest {
  @TempDir private Path place;
  private Path dir;
  private Path gates;
  private Path log;

  @BeforeEach
  void makeDirectories() throws Exception {
    Path real = place.toRealPath();
    dir = Files.createDirectory(real.resolve("in"));
    gates = Files.createDirectory(real.resolve("gates"));
    log = real.resolve("log");
  }

  @Test
  void changes_ofAllKinds_areToldAsAskedFor() throws Exception {
    try (var _ = watch("--on=create,modify,delete")) {
      write("a", "1");
      awaitLog("create a");
      write("a", "2 2");
      awaitLog("modify a");
      Files.delete(dir.resolve("a"));
      awaitLog("delete a");
      Files.createDirectories(dir.resolve("sub/deep"));
      write("sub/deep/b", "1");
      awaitLog("create b");
      assertThat(logged()).hasSize(4);
    }
  }

  @Test
  void deletes_areNoReasonToRun_unlessAskedFor() throws Exception {
    try (var _ = watch()) {
      write("a", "1");
      awaitLog("create a");
      Files.delete(dir.resolve("a"));
      write("b", "1");
      awaitLog("create b");
      assertThat(logged()).containsExactly("create a", "create b");
    }
  }

  @Test
  void changes_whileTheCommandRuns_areOneRunAfterIt() throws Exception {
    Path gate = gate("a");
    try (var _ = watch("--jobs=2")) {
      write("a", "1");
      awaitLog("create a");
      for (int i = 0; i < 5; i++) {
        write("a", "again" + "!".repeat(i));
        write("other" + i, "1"); // is told after it, and runs beside it
        awaitLog("create other" + i);
      }
      assertThat(logged()).hasSize(6).doesNotContain("modify a");
      open(gate);
      awaitLog("modify a");
      open(gate);
      write("last", "1");
      awaitLog("create last");
      assertThat(logged()).hasSize(8).containsOnlyOnce("modify a");
    }
  }

  @Test
  void jobs_asManyAsAskedAtOnce_oneAfterTheOtherWithoutThem() throws Exception {
    List<Path> three = List.of(gate("a"), gate("b"), gate("c"));
    try (var _ = watch("--jobs=3")) {
      for (String name : List.of("a", "b", "c")) {
        write(name, "1");
        awaitLog("create " + name); // while those before it wait
      }
      write("d", "1");
      open(three.get(1));
      awaitLog("create d"); // in the place of b
      open(three.get(0));
      open(three.get(2));
    }
    Files.delete(log);
    Path first = gate("e");
    try (var _ = watch()) {
      write("e", "1");
      awaitLog("create e");
      write("f", "1");
      write("g", "1");
      assertThat(logged()).containsExactly("create e");
      open(first);
      awaitLog("create f");
      awaitLog("create g");
    }
  }

  @Test
  void batch_changesWhileItRuns_areOneRunAfterIt() throws Exception {
    Path gate = gate("in");
    try (var watch = watch("--batch", "--json", "--debounce=200ms")) {
      write("a", "1");
      awaitLog("batch in");
      for (int i = 0; i < 20; i++) {
        write("b" + i, "1");
      }
      open(gate);
      Patience.until("it runs again", () -> logged().size() == 2);
      open(gate);
      Patience.until("both are told", () -> watch.out().lines().count() == 2);
      assertThat(watch.out().lines().toList().getLast()).contains("\"changes\":20,");
    }
  }

  @Test
  void once_withoutAnythingBefore_endsAfterTheFirstChanges() throws Exception {
    try (var watch = watch("--once")) {
      write("a", "1");
      assertThat(watch.exitCode()).isZero();
      assertThat(logged()).containsExactly("create a");
      assertThat(watch.err()).endsWith("carillon watch: 1 run, 0 failed\n");
    }
  }

  @Test
  void failFast_endsWithTheCodeOfTheCommand() throws Exception {
    try (var watch =
        RunningWatch.start(dir.toString(), "--fail-fast", "--run", "[ {name} = a ] || exit 9")) {
      write("a", "1");
      write("b", "1");
      assertThat(watch.exitCode()).isEqualTo(9);
    }
  }

  @Test
  void restart_ofACommandThatEndsByItself_isTold_andWaitsForAChange() throws Exception {
    String command = "echo $CARILLON_EVENT >>%s; exit 5".formatted(log);
    try (var watch = RunningWatch.start(dir.toString(), "--restart", "--run", command)) {
      Patience.until(
          "it is told", () -> watch.err().contains("carillon watch: start: exit code 5"));
      assertThat(logged()).containsExactly("start");
      write("a", "1");
      awaitLog("restart");
    }
  }

  @Test
  void directory_thatGoesAndComesBack_isWatchedAgain() throws Exception {
    try (var watch = watch("--existing")) {
      Files.delete(dir);
      Patience.until("that is told", () -> watch.err().contains("is tried again in"));
      Files.createDirectory(dir);
      write("a", "1");
      awaitLog("create a");
      assertThat(watch.err()).doesNotContain("\tat ");
    }
  }

  @Test
  void interrupt_endsTheCommand_andThePositionIsBeforeWhatItWasRunFor() throws Exception {
    String position = place.resolve("done").toString();
    gate("b");
    try (var watch = watch("--position=" + position, "--debounce=50ms")) {
      write("a", "1");
      awaitLog("create a");
      write("b", "1");
      awaitLog("create b");
      write("c", "1");
      watch.interrupt();
      assertThat(watch.exitCode()).isEqualTo(130);
      assertThat(watch.err()).endsWith("carillon watch: 1 run, 0 failed\n");
    }
    Files.delete(gates.resolve("b"));
    Files.delete(log);
    try (var watch = watch("--position=" + position, "--once")) {
      assertThat(watch.exitCode()).isZero();
      assertThat(logged()).containsExactlyInAnyOrder("create b", "create c");
    }
  }

  // ── helpers ──

  private RunningWatch watch(String... options) throws Exception {
    String command =
        ("echo $CARILLON_EVENT $CARILLON_NAME >>%s; gate=%s/$CARILLON_NAME;"
                + " [ ! -p $gate ] || read open <$gate")
            .formatted(log, gates);
    var all = new ArrayList<>(List.of(dir.toString(), "--run", command));
    all.addAll(List.of(options));
    return RunningWatch.start(all.toArray(String[]::new));
  }

  private Path gate(String name) throws Exception {
    Path gate = gates.resolve(name);
    assertThat(new ProcessBuilder("mkfifo", gate.toString()).start().waitFor()).isZero();
    return gate;
  }

  /** Lets the command go on that waits there, or the next one that comes. */
  private static void open(Path gate) throws IOException {
    Files.writeString(gate, "open\n");
  }

  private void write(String file, String text) throws IOException {
    Files.writeString(dir.resolve(file), text);
  }

  private void awaitLog(String line) throws Exception {
    Patience.until(line, () -> logged().contains(line));
  }

  private List<String> logged() throws IOException {
    return Files.exists(log) ? Files.readAllLines(log) : List.of();
  }
}
