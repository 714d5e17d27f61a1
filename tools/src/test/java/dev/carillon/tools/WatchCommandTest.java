package dev.carillon.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.carillon.build.Covers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code carillon watch --once} runs, tells and ends with. */
@Covers("C14")
final class WatchCommandTest {
  @TempDir private Path place;
  private Path dir;
  private Path log;

  @BeforeEach
  void makeDirectory() throws IOException {
    dir = Files.createDirectory(place.toRealPath().resolve("in"));
    log = place.toRealPath().resolve("log");
  }

  // ── what it runs ──

  @Test
  void existing_files_areHandledOnceEach() throws Exception {
    write("a.txt");
    write("sub/b.txt");
    CommandRun run = once("--existing", "--run", logging("{relative} {event}"));
    assertThat(run.exitCode()).isZero();
    assertThat(logged()).containsExactlyInAnyOrder("a.txt create", "sub/b.txt create");
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .isEqualTo(
            "carillon watch: watching %s%ncarillon watch: 2 runs, 0 failed%n".formatted(dir));
  }

  @Test
  void names_thatAShellCouldRun_arriveAsTheyAre() throws Exception {
    List<String> names =
        List.of(
            "a b;rm -rf $HOME.txt",
            "$(touch HIT)",
            "`touch HIT`",
            "it's",
            "say \"hi\"",
            "two\nlines",
            "-rf",
            "*",
            "back\\slash",
            "{name}",
            " ");
    for (String name : names) {
      write(name);
    }
    String each = "printf '%s\\0' {path} \"{path}\" '{path}' \"$CARILLON_PATH\" >>" + log;
    CommandRun run = once("--existing", "--run", each);
    assertThat(run.exitCode()).isZero();
    assertThat(zeroEnded()).hasSize(4 * names.size()).hasSameElementsAs(paths(names));
    Files.delete(log);
    CommandRun direct =
        once("--existing", "--", "sh", "-c", "printf '%s\\0' \"$1\" >>" + log, "sh", "{path}");
    assertThat(direct.exitCode()).isZero();
    assertThat(zeroEnded()).containsExactlyInAnyOrderElementsOf(paths(names));
    assertThat(dir.resolve("HIT")).doesNotExist();
    assertThat(place.resolve("HIT")).doesNotExist();
    assertThat(Path.of("HIT")).doesNotExist();
  }

  private List<String> paths(List<String> names) {
    return names.stream().map(name -> dir.resolve(name).toString()).toList();
  }

  private List<String> zeroEnded() throws IOException {
    return List.of(Files.readString(log).split("\0"));
  }

  @Test
  void relative_withADashFirst_isNoOption() throws Exception {
    write("-n");
    CommandRun run =
        once(
            "--existing",
            "--run",
            "cd $CARILLON_DIR && cat {relative} >&2 && " + logging("{relative} {name}"));
    assertThat(run.exitCode()).isZero();
    assertThat(logged()).containsExactly("./-n -n");
  }

  @Test
  void environment_hasAllThatIsKnown() throws Exception {
    write("sub/x");
    String all =
        "$CARILLON_PATH|$CARILLON_RELATIVE|$CARILLON_NAME|$CARILLON_EVENT|$CARILLON_DIR"
            + "|$CARILLON_COUNT|$CARILLON_ATTEMPT";
    once("--existing", "--run", "echo \"" + all + "\" >>" + log);
    assertThat(logged()).containsExactly(dir + "/sub/x|sub/x|x|create|" + dir + "|1|1");
  }

  @Test
  void globs_andIgnores_chooseFiles() throws Exception {
    for (String file :
        List.of("a.csv", "b.txt", "sub/c.csv", "tmp/d.csv", ".git/e.csv", "f.csv~", ".g.csv.swp")) {
      write(file);
    }
    once("--existing", "--glob=*.csv", "--ignore=tmp", "--run", logging("{relative}"));
    assertThat(logged()).containsExactlyInAnyOrder("a.csv", "sub/c.csv");
    Files.delete(log);
    once(
        "--existing", "--no-recursive", "--glob=a.*", "--glob=b.*", "--run", logging("{relative}"));
    assertThat(logged()).containsExactlyInAnyOrder("a.csv", "b.txt");
    Files.delete(log);
    once("--existing", "--no-default-ignores", "--glob=.git/**", "--run", logging("{relative}"));
    assertThat(logged()).containsExactly(".git/e.csv");
  }

  @Test
  void file_insteadOfADirectory_isTheOnlyOne() throws Exception {
    write("a[1].txt");
    write("a1.txt");
    CommandRun run =
        CommandRun.carillon(
            "watch",
            dir.resolve("a[1].txt").toString(),
            "--once",
            "--existing",
            "--run",
            logging("{relative}"));
    assertThat(run.exitCode()).isZero();
    assertThat(logged()).containsExactly("a[1].txt");
  }

  @Test
  void batch_isOneRunWithAllPathsAtItsInput() throws Exception {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      names.add("file " + i);
      write("file " + i);
    }
    CommandRun run =
        once(
            "--existing",
            "--batch",
            "--debounce=500ms",
            "--json",
            "--run",
            "echo $CARILLON_COUNT $CARILLON_EVENT $CARILLON_RELATIVE >>%s; cat >%s.in"
                .formatted(log, log));
    assertThat(run.exitCode()).isZero();
    assertThat(logged()).containsExactly("300 batch .");
    String input = Files.readString(Path.of(log + ".in"));
    assertThat(input).endsWith("\0");
    assertThat(input.split("\0")).containsExactlyInAnyOrderElementsOf(paths(names));
    assertThat(object(run.out().strip()))
        .containsEntry("event", "batch")
        .containsEntry("changes", 300L)
        .containsEntry("path", dir.toString());
  }

  // ── failures ──

  @Test
  void failure_ofOne_isToldAndTheOthersAreRun() throws Exception {
    write("a");
    write("bad");
    CommandRun run = once("--existing", "--run", logging("{name}") + "; [ {name} != bad ]");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(logged()).containsExactlyInAnyOrder("a", "bad");
    assertThat(run.err())
        .contains("carillon watch: create bad: exit code 1\n")
        .endsWith("carillon watch: 2 runs, 1 failed\n");
  }

  @Test
  void retries_asOftenAsAsked_untilItIsFine() throws Exception {
    write("a");
    CommandRun run =
        once(
            "--existing",
            "--retries=3",
            "--backoff=1ms",
            "--json",
            "--run",
            logging("$CARILLON_ATTEMPT") + "; [ $CARILLON_ATTEMPT = 3 ] || exit 7");
    assertThat(run.exitCode()).isZero();
    assertThat(logged()).containsExactly("1", "2", "3");
    assertThat(run.lines().stream().map(WatchCommandTest::object))
        .extracting(line -> line.get("attempt"), line -> line.get("exit"), line -> line.get("last"))
        .containsExactly(tuple(1L, 7L, false), tuple(2L, 7L, false), tuple(3L, 0L, true));
    assertThat(run.err())
        .contains("create a: exit code 7, tried again\n")
        .contains("create a: exit code 7, attempt 2, tried again\n")
        .endsWith("1 run, 0 failed, 2 tried again\n");
  }

  @Test
  void retries_usedUp_isAFailure() throws Exception {
    write("a");
    CommandRun run =
        once("--existing", "--retries=1", "--backoff=0", "--run", logging("x") + "; exit 7");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(logged()).hasSize(2);
    assertThat(run.err()).contains("create a: exit code 7, attempt 2\n");
  }

  @Test
  void timeout_endsTheCommandAndWhatItStarted() throws Exception {
    write("a");
    CommandRun run =
        once(
            "--existing",
            "--timeout=200ms",
            "--json",
            "--run",
            "sleep 1000 & echo $! >>%s; wait".formatted(log));
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(object(run.out().strip())).containsEntry("exit", 124L);
    assertThat(run.err()).contains("create a: its time was over\n");
    long pid = Long.parseLong(logged().getFirst());
    assertThat(ProcessHandle.of(pid).flatMap(left -> left.info().command())).isEmpty();
  }

  @Test
  void failFast_endsWithTheCodeOfTheCommand_andBeginsNoMore() throws Exception {
    for (int i = 0; i < 20; i++) {
      write("file" + i);
    }
    CommandRun run = once("--existing", "--fail-fast", "--run", logging("{name}") + "; exit 42");
    assertThat(run.exitCode()).isEqualTo(42);
    assertThat(logged()).hasSize(1);
    assertThat(run.err()).hasLineCount(3).endsWith("carillon watch: 1 run, 1 failed\n");
  }

  @Test
  void command_thatIsNotThere_isTold() throws Exception {
    write("a");
    CommandRun run = once("--existing", "--retries=5", "--fail-fast", "--", "no-such-command");
    assertThat(run.exitCode()).isEqualTo(127);
    assertThat(run.err()).contains("create a: ", "no-such-command");
    Path plain = Files.writeString(place.resolve("plain"), "not a program");
    CommandRun denied = once("--existing", "--fail-fast", "--", plain.toString());
    assertThat(denied.exitCode()).isEqualTo(126);
  }

  // ── what it tells ──

  @Test
  void json_hasALineForEachRun() throws Exception {
    write("a");
    CommandRun run = once("--existing", "--json", "--run", "true");
    assertThat(run.lines()).hasSize(1);
    Map<String, @Nullable Object> line = object(run.out().strip());
    assertThat(line.keySet())
        .containsExactly("time", "event", "path", "changes", "attempt", "exit", "last", "seconds");
    assertThat(line)
        .containsEntry("event", "create")
        .containsEntry("path", dir.resolve("a").toString())
        .containsEntry("attempt", 1L)
        .containsEntry("exit", 0L)
        .containsEntry("last", true);
  }

  @Test
  void label_beginsEachLine() throws Exception {
    write("a");
    CommandRun run = once("--existing", "--label", "--run", "echo 1; echo 2 >&2; printf 3");
    assertThat(run.lines()).containsExactly("[a] 1", "[a] 3");
    assertThat(run.err()).contains("[a] 2\n");
    CommandRun json = once("--existing", "--label", "--json", "--run", "echo 1");
    assertThat(json.lines()).hasSize(1).first().asString().startsWith("{");
    assertThat(json.err()).contains("[a] 1\n");
  }

  @Test
  void quiet_tellsNothing() throws Exception {
    write("a");
    CommandRun run = once("--existing", "-q", "--run", "exit 1");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).isEmpty();
  }

  // ── positions ──

  @Test
  void position_continuesWithWhatHasChangedSince() throws Exception {
    String position = dir.resolve("done.position").toString(); // where it must not be seen itself
    write("a");
    write("b");
    String[] again = {
      "--debounce=50ms",
      "--existing",
      "--position",
      position,
      "--on=create,modify,delete",
      "--run",
      logging("{event} {name}")
    };
    assertThat(once(again).exitCode()).isZero();
    assertThat(logged()).containsExactlyInAnyOrder("create a", "create b");
    assertThat(once(again).exitCode()).isZero();
    assertThat(logged()).hasSize(2);
    Files.writeString(dir.resolve("a"), "more");
    Files.delete(dir.resolve("b"));
    write("c");
    assertThat(once(again).exitCode()).isZero();
    assertThat(logged().subList(2, logged().size()))
        .containsExactlyInAnyOrder("modify a", "delete b", "create c");
  }

  @Test
  void position_afterFailFast_continuesWithWhatFailed() throws Exception {
    String position = place.resolve("done").toString();
    for (int i = 0; i < 10; i++) {
      write("file" + i);
    }
    CommandRun broken =
        once(
            "--debounce=50ms",
            "--existing",
            "--position",
            position,
            "--fail-fast",
            "--run",
            logging("{name}") + "; [ $(wc -l <%s) -lt 4 ]".formatted(log));
    assertThat(broken.exitCode()).isEqualTo(1);
    assertThat(logged()).hasSize(4);
    assertThat(
            once("--debounce=50ms", "--position", position, "--run", logging("{name}")).exitCode())
        .isZero();
    List<String> all = logged();
    assertThat(all).hasSize(11);
    assertThat(all.subList(4, 11)).contains(all.get(3)); // what failed comes again
    assertThat(new TreeSet<>(all)).hasSize(10);
  }

  @Test
  void position_thatCannotBeKept_isTold() throws Exception {
    Path file = Files.writeString(place.resolve("file"), "");
    CommandRun run = once("--position", file + "/done", "--run", "true");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).startsWith("carillon watch: ").contains(file.toString());
  }

  @Test
  void position_damagedOrInUse_isToldAtOnce() throws Exception {
    Path position = place.toRealPath().resolve("done");
    Files.writeString(position, "this is not what was written");
    CommandRun damaged = once("--position", position.toString(), "--run", "true");
    assertThat(damaged.exitCode()).isEqualTo(1);
    assertThat(damaged.err()).contains(position.toString()).hasLineCount(2);
    Files.delete(position);
    try (var _ =
        RunningWatch.start(dir.toString(), "--position", position.toString(), "--run", "true")) {
      CommandRun second = once("--position", position.toString(), "--run", "true");
      assertThat(second.exitCode()).isEqualTo(1);
      assertThat(second.err()).contains(position.toString());
    }
  }

  // ── wrong use ──

  @Test
  void use_wrong_isRefusedWithTheRule() throws Exception {
    assertWrong("either that of --run or the words after --");
    assertWrong("either that of --run or the words after --", "--run", "true", "--", "true");
    assertWrong("--jobs must be 1 to 1024: N=0", "--jobs=0", "--run", "true");
    assertWrong("--retries must be 0 to", "--retries=-1", "--run", "true");
    assertWrong("--debounce must be a number and", "--debounce=fast", "--run", "true");
    assertWrong("--debounce must be at most 3600 s: TIME=2h", "--debounce=2h", "--run", "true");
    assertWrong("--timeout must be positive", "--timeout=0s", "--run", "true");
    assertWrong("--on must be a list of create, modify and delete", "--on=rename", "--run", "true");
    assertWrong("--glob must be a pattern", "--glob=[", "--run", "true");
    assertWrong("--ignore must be a pattern", "--ignore={a", "--run", "true");
    assertWrong("--position must name a file", "--position=.x", "--run", "true");
    assertWrong("must not be given together", "--batch", "--restart", "--run", "true");
    assertWrong("--batch has one command at a time", "--batch", "--jobs=2", "--run", "true");
    assertWrong("--restart must not be given together with", "--restart", "--run", "true");
    assertWrong("COMMAND must not name one file", "--batch", "--run", "cat {path}");
  }

  private void assertWrong(String rule, String... options) {
    CommandRun run = once(options);
    assertThat(run.exitCode()).as(rule).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("carillon watch: ").contains(rule).hasLineCount(1);
  }

  @Test
  void directory_thatIsNotThere_isRefused() {
    CommandRun run = CommandRun.carillon("watch", place + "/none", "--run", "true");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("DIR must be", "DIR=" + place + "/none");
    CommandRun missing = CommandRun.carillon("watch");
    assertThat(missing.exitCode()).isEqualTo(2);
    assertThat(missing.err()).contains("DIR");
  }

  @Test
  void help_namesEachCodeAndFitsATerminal() {
    CommandRun run = CommandRun.carillon("watch", "--help");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("{path}", "CARILLON_PATH", "--restart", "Exit codes: 0 ");
    WatchedFiles.IGNORED.forEach(ignored -> assertThat(run.out()).contains(" " + ignored));
    assertThat(run.lines()).allMatch(line -> line.length() <= 80);
  }

  // ── helpers ──

  private CommandRun once(String... options) {
    List<String> all = new ArrayList<>(List.of("watch", dir.toString(), "--once"));
    if (Arrays.stream(options).noneMatch(option -> option.startsWith("--debounce"))) {
      all.add("--debounce=0");
    }
    all.addAll(List.of(options));
    return CommandRun.carillon(all.toArray(String[]::new));
  }

  private static Map<String, @Nullable Object> object(String line) {
    return JsonFields.parse(line).orElseThrow(() -> new AssertionError("no JSON: " + line));
  }

  private void write(String file) throws IOException {
    Path path = dir.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, "text");
  }

  /** {@return a command that writes a line} */
  private String logging(String words) {
    return "echo " + words + " >>" + log;
  }

  private List<String> logged() throws IOException {
    return Files.exists(log) ? Files.readAllLines(log) : List.of();
  }
}
