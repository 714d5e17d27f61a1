package dev.carillon.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.event.EventSystem;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What {@code carillon demo} prints, and its exit codes. */
final class DemoCommandTest {
  private static final ObviousCensus OBVIOUS = ObviousCensus.ofThisJdk();

  @TempDir private static Path store;

  private static CommandRun demo(String... args) {
    return CommandRun.of(new CommandLine(new DemoCommand(() -> false, Map.of(), store)), args);
  }

  private static CommandRun demoOnATerminal(String... args) {
    return CommandRun.of(new CommandLine(new DemoCommand(() -> true, Map.of(), store)), args);
  }

  @Test
  void json_ofThisJdk_hasExactlyTheKeysAndTheObviousValues() throws Exception {
    CommandRun outcome = demo("--json");
    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.err()).isEmpty();
    Map<String, Object> json = Json.object(outcome.out());
    assertThat(json.keySet())
        .containsExactly(
            "modules",
            "classes",
            "edges",
            "deepest",
            "maxDepth",
            "mostImplemented",
            "events",
            "merges",
            "slots",
            "seconds",
            "singleThreadSeconds",
            "firstComeSeconds",
            "meanWaitSeconds",
            "firstComeMeanWaitSeconds",
            "mostWaiting",
            "firstComeMostWaiting",
            "digest");
    // that the loops agree with the obvious census is shown elsewhere
    CensusSummary summary = CensusSummary.of(LoopCensus.run(Fault.NONE));
    double classes = OBVIOUS.types.size();
    assertThat(json)
        .containsEntry("modules", (double) summary.modules())
        .containsEntry("classes", classes)
        .containsEntry("edges", (double) summary.edges())
        .containsEntry("deepest", summary.deepest().getLast())
        .containsEntry("maxDepth", (double) summary.maxDepth())
        .containsEntry("events", 2 * classes + 1)
        .containsEntry("merges", classes)
        .containsEntry(
            "mostImplemented",
            summary.mostImplemented().stream()
                .map(used -> Map.of("name", used.name(), "count", (double) used.count()))
                .toList());
    assertThat((double) json.get("slots")).isBetween(1.0, 2 * classes + 1);
    assertThat((double) json.get("meanWaitSeconds")).isPositive();
    assertThat((double) json.get("firstComeMeanWaitSeconds")).isPositive();
    assertThat((double) json.get("seconds")).isPositive();
    assertThat((double) json.get("singleThreadSeconds")).isPositive();
    assertThat(json.get("digest")).isEqualTo(OBVIOUS.digestWithout(Set.of()));
  }

  @Test
  void report_notOnATerminal_isPlainAndComplete() {
    CommandRun outcome = demo();
    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out())
        .startsWith("Carillon takes a census of JDK " + Runtime.version())
        .contains("Classes", "Deepest", "Interfaces", "Events", "Time", "ratio")
        .containsPattern("Parts .* discover\n.* read\n.* link\n.* measure\nDigest")
        .contains("java.lang.Object", "java.io.Serializable")
        .contains(OBVIOUS.digestWithout(Set.of()))
        .doesNotContain("\u001b", "\r");
    assertThat(outcome.out().chars()).allMatch(c -> c < 128);
  }

  @Test
  void break_withJson_countsTheClassesWithoutResult() {
    Set<String> missing = OBVIOUS.dependents("java.util.Collection");
    CommandRun outcome = demo("--json", "--break", "java.util.Collection");
    assertThat(outcome.exitCode()).isEqualTo(3);
    Map<String, Object> json = Json.object(outcome.out());
    assertThat(json.get("poisoned")).isEqualTo((double) missing.size());
    assertThat(json.get("digest")).isEqualTo(OBVIOUS.digestWithout(missing));
  }

  @Test
  void break_ofObject_leavesNoResult() {
    Map<String, Object> json = Json.object(demo("--json", "--break", "java.lang.Object").out());
    assertThat(json.get("poisoned")).isEqualTo(json.get("classes"));
    assertThat(json.get("deepest")).isNull();
    assertThat(json.get("digest")).isEqualTo(OBVIOUS.digestWithout(OBVIOUS.types.keySet()));
  }

  @Test
  void break_reported_showsEachPoisonedClassWithTheWayToItsCause() {
    Set<String> missing = OBVIOUS.dependents("java.util.AbstractMap");
    CommandRun outcome = demo("--break=java.util.AbstractMap");
    assertThat(outcome.exitCode()).isEqualTo(3);
    assertThat(outcome.out())
        .contains("Poisoned   " + missing.size() + " classes")
        .contains("  java.util.LinkedHashMap <- java.util.HashMap <- java.util.AbstractMap\n")
        .containsPattern(" java.util.AbstractMap \\[evt:.*]: broken on request\n");
    assertThat(waysIn(outcome, "java.util.AbstractMap")).isEqualTo(missing);
  }

  @Test
  void break_onATerminal_showsThemAllToo() {
    CommandRun outcome = demoOnATerminal("--break=java.util.AbstractMap");
    assertThat(outcome.exitCode()).isEqualTo(3);
    assertThat(outcome.out())
        .containsPattern("\r\u001b\\[K[0-9 ]+ class files read, [0-9 ]+ events pending\r\u001b\\[K")
        .contains("\r\u001b[KComparing with one thread ...\r\u001b[K");
    assertThat(waysIn(outcome, "java.util.AbstractMap"))
        .isEqualTo(OBVIOUS.dependents("java.util.AbstractMap"));
  }

  @Test
  void break_ofObject_showsEachWayAlthoughMostPoisonIsOld() {
    CommandRun outcome = demo("--break=java.lang.Object");
    assertThat(outcome.exitCode()).isEqualTo(3);
    assertThat(waysIn(outcome, "java.lang.Object")).isEqualTo(OBVIOUS.types.keySet());
  }

  /** {@return the classes with a way to a cause, each of which follows supertypes} */
  private static Set<String> waysIn(CommandRun outcome, String cause) {
    var classes = new TreeSet<String>();
    for (String line : outcome.out().lines().toList()) {
      List<String> way = List.of(line.strip().split(" <- "));
      if (line.startsWith("  ") && way.getLast().equals(cause)) {
        for (int i = 1; i < way.size(); i++) {
          assertThat(OBVIOUS.types.get(way.get(i - 1)).supertypes()).contains(way.get(i));
        }
        assertThat(classes.add(way.getFirst())).as(line).isTrue();
      }
    }
    return classes;
  }

  @Test
  void hang_explained_namesWhoWaits() {
    Set<String> waiting = OBVIOUS.dependents("java.util.AbstractMap");
    CommandRun outcome = demo("--hang", "java.util.AbstractMap");
    assertThat(outcome.exitCode()).isEqualTo(4);
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out())
        .contains(waiting.size() + " wait for java.util.AbstractMap")
        .containsPattern("RUNNING  link\n.*\n  WAITING  measure\n +waits for link\n")
        .contains("PENDING")
        .contains(waiting.stream().map(name -> name + " [evt:").toList())
        .containsPattern(
            String.join(
                "",
                "\n   ├─ merge completes evt:\\S+",
                "\n   │  └─ listener completes java.util.HashMap \\S+",
                "(\n   │     .*)*",
                "\n   │     [├└]─ merge completes evt:\\S+",
                "\n   │     [│ ]  └─ listener completes java.util.LinkedHashMap \\S+\n"));
  }

  @Test
  void hang_ofObject_saysHowManyWaitersItLeavesOut() {
    CommandRun outcome = demo("--hang=java.lang.Object");
    assertThat(outcome.exitCode()).isEqualTo(4);
    assertThat(outcome.out())
        .startsWith("Carillon takes a census")
        .contains("wait for java.lang.Object, itself among them:")
        .containsPattern("\n\\(\\d+ more left out\\)\n$");
    assertThat(outcome.out().lines().count()).isBetween(1_000L, 1_100L);
  }

  @Test
  void hang_withJson_hasTheExplanation() {
    Set<String> waiting = OBVIOUS.dependents("java.util.AbstractMap");
    CommandRun outcome = demo("--hang=java.util.AbstractMap", "--json");
    assertThat(outcome.exitCode()).isEqualTo(4);
    Map<String, Object> json = Json.object(outcome.out());
    assertThat(json.get("pending")).isEqualTo((double) waiting.size());
    assertThat((double) json.get("seconds")).isPositive();
    assertThat((double) json.get("singleThreadSeconds")).isPositive();
    assertThat(json.get("explanation").toString()).contains("java.util.LinkedHashMap");
    assertThat(json.get("digest")).isEqualTo(OBVIOUS.digestWithout(waiting));
  }

  @Test
  void breakAndHang_ofAnUnknownClass_areRefusedWithItsName() {
    for (String option : List.of("--break", "--hang")) {
      for (CommandRun outcome :
          List.of(demo(option, "no.such.Thing"), demo("--json", option, "no.such.Thing"))) {
        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err()).contains("CLASS=no.such.Thing").hasLineCount(1);
      }
    }
  }

  @Test
  void failure_ofTheCensus_isOneLineAndOne() throws Exception {
    for (Exception failure :
        List.of(
            new CensusException("no classes"),
            new IOException("no classes"),
            new UncheckedIOException("no classes", new IOException()))) {
      var err = new StringWriter();
      Callable<Integer> failing =
          () -> {
            throw failure;
          };
      assertThat(DemoCommand.orFailed(new PrintWriter(err), failing)).isEqualTo(1);
      assertThat(err.toString()).isEqualToIgnoringNewLines("carillon demo: no classes");
    }
  }

  @Test
  void failure_ofTheEventSystem_isOneLineAndOne() throws Exception {
    var err = new StringWriter();
    Callable<Integer> failing =
        () -> {
          var events = EventSystem.create();
          events.close();
          events.newEvent();
          return 0;
        };
    assertThat(DemoCommand.orFailed(new PrintWriter(err), failing)).isEqualTo(1);
    assertThat(err.toString()).startsWith("carillon demo: ").hasLineCount(1);
  }

  @Test
  void main_withoutCommand_tellsTheCommandsAndFails() {
    CommandRun outcome = CommandRun.carillon();
    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err())
        .contains("Usage: carillon", "\n  demo ", "\n  tail ", "\n  history ", "\n  bench ");
  }

  @Test
  void main_unknownCommand_isRefusedWithItsName() {
    CommandRun outcome = CommandRun.carillon("chime");
    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err()).contains("'chime'");
  }

  @Test
  void main_help_tellsAllCommands() {
    CommandRun outcome = CommandRun.carillon("--help");
    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out())
        .contains("Usage: carillon", "\n  demo ", "\n  tail ", "\n  history ", "\n  bench ");
  }

  @Test
  void main_version_tellsThatOfTheJvmToo() {
    CommandRun outcome = CommandRun.carillon("--version");
    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out()).startsWith("carillon ").contains(Runtime.version().toString());
  }

  @Test
  void help_namesEveryKeyOfTheJson() {
    assertThat(demo("--help").out())
        .contains("singleThreadSeconds", "poisoned", "pending", "explanation", "digest");
  }

  @Test
  void json_oddText_isQuotedSoThatItCanBeRead() throws Exception {
    CensusSummary summary = CensusSummary.of(ClassTable.plain(_ -> true));
    try (var events = EventSystem.create()) {
      String odd = "\"quoted\" \\ \n\t\u0001 ├─ \ud83d\udd14";
      var json = new CensusJson(summary, events.stats()).with("odd", odd);
      assertThat(json.toString()).doesNotContain("\n", "\t", "\u0001");
      assertThat(Json.object(json.toString())).containsEntry("odd", odd);
    }
  }

  @Test
  void breakAndHang_together_areRefused() {
    CommandRun outcome = demo("--break=java.lang.Object", "--hang=java.lang.Object");
    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err()).contains("--break", "--hang", "mutually exclusive");
  }
}
