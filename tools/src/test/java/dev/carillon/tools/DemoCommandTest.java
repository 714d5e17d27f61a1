package dev.carillon.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What {@code carillon demo} prints, and its exit codes. */
final class DemoCommandTest {
  private static final ObviousCensus OBVIOUS = ObviousCensus.ofThisJdk();

  private record Outcome(int exitCode, String out, String err) {}

  private static Outcome demo(String... args) {
    var out = new StringWriter();
    var err = new StringWriter();
    int exitCode =
        new CommandLine(new DemoCommand())
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(args);
    return new Outcome(exitCode, out.toString(), err.toString());
  }

  @Test
  void json_ofThisJdk_hasExactlyTheKeysAndTheObviousValues() {
    Outcome outcome = demo("--json");
    assertThat(outcome.exitCode).isZero();
    assertThat(outcome.err).isEmpty();
    Map<String, Object> json = Json.object(outcome.out);
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
            "digest");
    assertThat(json.get("classes")).isEqualTo((double) OBVIOUS.types.size());
    assertThat(json.get("maxDepth"))
        .isEqualTo((double) OBVIOUS.depth(json.get("deepest").toString()));
    assertThat((List<?>) json.get("mostImplemented")).hasSize(10);
    assertThat((double) json.get("seconds")).isPositive();
    assertThat((double) json.get("singleThreadSeconds")).isPositive();
    assertThat(json.get("digest")).isEqualTo(OBVIOUS.digestWithout(Set.of()));
  }

  @Test
  void report_notOnATerminal_isPlainAndComplete() {
    Outcome outcome = demo();
    assertThat(outcome.exitCode).isZero();
    assertThat(outcome.err).isEmpty();
    assertThat(outcome.out)
        .startsWith("Carillon takes a census of JDK " + Runtime.version())
        .contains("Classes", "Deepest", "Interfaces", "Events", "Time", "ratio")
        .contains("java.lang.Object", "java.io.Serializable")
        .contains(OBVIOUS.digestWithout(Set.of()))
        .doesNotContain("\u001b", "\r");
    assertThat(outcome.out.chars()).allMatch(c -> c < 128);
  }

  @Test
  void break_withJson_countsTheClassesWithoutResult() {
    Set<String> missing = OBVIOUS.dependents("java.util.Collection");
    Outcome outcome = demo("--json", "--break", "java.util.Collection");
    assertThat(outcome.exitCode).isEqualTo(3);
    Map<String, Object> json = Json.object(outcome.out);
    assertThat(json.get("poisoned")).isEqualTo((double) missing.size());
    assertThat(json.get("digest")).isEqualTo(OBVIOUS.digestWithout(missing));
  }

  @Test
  void break_ofObject_leavesNoResult() {
    Map<String, Object> json = Json.object(demo("--json", "--break", "java.lang.Object").out);
    assertThat(json.get("poisoned")).isEqualTo(json.get("classes"));
    assertThat(json.get("deepest")).isNull();
    assertThat(json.get("digest")).isEqualTo(OBVIOUS.digestWithout(OBVIOUS.types.keySet()));
  }

  @Test
  void break_reported_showsEachPoisonedClassWithTheWayToItsCause() {
    Set<String> missing = OBVIOUS.dependents("java.util.AbstractMap");
    Outcome outcome = demo("--break=java.util.AbstractMap");
    assertThat(outcome.exitCode).isEqualTo(3);
    assertThat(outcome.out)
        .contains("Poisoned   " + missing.size() + " classes")
        .contains("  java.util.LinkedHashMap <- java.util.HashMap <- java.util.AbstractMap\n")
        .contains(missing.stream().map(name -> "  " + name).toList());
  }

  @Test
  void hang_explained_namesWhoWaits() {
    Set<String> waiting = OBVIOUS.dependents("java.util.AbstractMap");
    Outcome outcome = demo("--hang", "java.util.AbstractMap");
    assertThat(outcome.exitCode).isEqualTo(4);
    assertThat(outcome.err).isEmpty();
    assertThat(outcome.out)
        .contains(waiting.size() + " wait for java.util.AbstractMap")
        .contains("PENDING")
        .contains(waiting);
  }

  @Test
  void hang_withJson_hasTheExplanation() {
    Set<String> waiting = OBVIOUS.dependents("java.util.AbstractMap");
    Outcome outcome = demo("--hang=java.util.AbstractMap", "--json");
    assertThat(outcome.exitCode).isEqualTo(4);
    Map<String, Object> json = Json.object(outcome.out);
    assertThat(json.get("pending")).isEqualTo((double) waiting.size());
    assertThat(json.get("explanation").toString()).contains("java.util.LinkedHashMap");
    assertThat(json.get("digest")).isEqualTo(OBVIOUS.digestWithout(waiting));
  }

  @Test
  void breakAndHang_ofAnUnknownClass_areRefusedWithItsName() {
    for (String option : List.of("--break", "--hang")) {
      Outcome outcome = demo(option, "no.such.Thing");
      assertThat(outcome.exitCode).isEqualTo(2);
      assertThat(outcome.out).isEmpty();
      assertThat(outcome.err).contains("CLASS=no.such.Thing").hasLineCount(1);
    }
  }

  @Test
  void breakAndHang_together_areRefused() {
    Outcome outcome = demo("--break=java.lang.Object", "--hang=java.lang.Object");
    assertThat(outcome.exitCode).isEqualTo(2);
    assertThat(outcome.out).isEmpty();
    assertThat(outcome.err).contains("--break", "--hang", "mutually exclusive");
  }
}
