package dev.carillon.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.bus.Bus;
import dev.carillon.bus.Topic;
import dev.carillon.schedule.Backoff;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What cannot be planned, and what can and is probably not meant. */
class PlanChecksTest {
  private static final Key<Integer> SHORT = Key.ofIteration("short", Integer.class);

  private static void assertRefused(String message, Consumer<Definition<Done>> body) {
    assertThatThrownBy(() -> Cycle.of("c", body))
        .isInstanceOf(PlanException.class)
        .hasMessage(message);
  }

  private static List<String> findings(Consumer<Definition<Done>> body) {
    return Cycle.of("c", body).plan().findings();
  }

  // ── what cannot be ──

  @Test
  void fallback_thatDoesNotPassTheChecks_throws() {
    assertRefused(
        "a default must pass the checks of its part: cycle=c, part=a, rule=\"is small\","
            + " default=9, which does not pass",
        c ->
            c.part("a", () -> 1)
                .validate("is positive", v -> v > 0)
                .validate("is small", v -> v < 5)
                .onError(OnError.retry(r -> r, OnError.fallback(9))));
  }

  @Test
  void fallback_forWhichACheckThrows_throws() {
    assertRefused(
        "a default must pass the checks of its part: cycle=c, part=a, rule=\"divides\","
            + " default=0, for which the check threw java.lang.ArithmeticException: / by zero",
        c ->
            c.part("a", () -> 1).validate("divides", v -> 6 % v == 0).onError(OnError.fallback(0)));
  }

  @Test
  void propagating_withADefault_throws() {
    assertRefused(
        "a part that hands its failures on has no default: cycle=c, part=a, default=1",
        c -> {
          Out<Integer> a = c.part("a", () -> 1);
          assertThat(a.onError(OnError.fallbackFail(1)).propagating().name()).isEqualTo("a");
        });
  }

  @Test
  void output_ofWhatPropagates_mustBeItsResult() {
    assertThatThrownBy(() ->
            Cycle.supply(
                "c",
                c -> {
                  var a = c.part("a", () -> 1);
                  assertThat(a.propagating().name()).isEqualTo("a");
                  return a;
                }))
        .isInstanceOf(PlanException.class)
        .hasMessageContaining("gives results");
  }

  @Test
  void reads_ofWhatNobodyHasWritten_throws() {
    assertRefused(
        "what is read must have been written before: cycle=c, part=r, key=short",
        c -> {
          c.act("r", () -> {}).reads(SHORT);
          c.act("w", () -> {}).writes(SHORT);
        });
  }

  @Test
  void keys_differentOnesOfOneName_throws() {
    assertThatThrownBy(() ->
            Cycle.of(
                "c",
                c -> c.act("a", () -> {}).writes(SHORT, Key.ofRun("short", String.class, "x"))))
        .isInstanceOf(PlanException.class)
        .hasMessageContaining("a key's name must be unique in a cycle: cycle=c, part=a");
  }

  // ── findings ──

  @Test
  void findings_ofAPlainCycle_areNone() {
    assertThat(
            findings(c -> {
              c.act("w", () -> {}).writes(SHORT).within(Duration.ofSeconds(1));
              c.act("r", () -> {}).reads(SHORT).onError(OnError.retry(r -> r));
              c.sync(Sync.parallel().maxConcurrent(2));
            }))
        .isEmpty();
  }

  @Test
  void findings_ofTimes_tellWhatIsTooLong() {
    Duration second = Duration.ofSeconds(1);
    assertThat(
            findings(c -> {
              c.act("a", () -> {}).within(second).attempt(Duration.ofSeconds(2));
              Backoff pause = Backoff.fixed(Duration.ofSeconds(3));
              c.act("b", () -> {}).within(second).onError(OnError.retry(r -> r.withBackoff(pause)));
            }))
        .containsExactly(
            "an attempt of \"a\" may take PT2S, longer than all of them together, PT1S",
            "\"b\" is never tried again, as it may take PT1S, and the first pause alone is PT3S");
  }

  @Test
  void findings_ofResultsAndKeys_tellWhatNobodyTakes() {
    Key<Integer> never = new Key<>("never", Integer.class, Key.Lifetime.RUN, null);
    assertThat(
            findings(c -> {
              assertThat(c.part("a", () -> 1).propagating().name()).isEqualTo("a");
              c.act("w", () -> {}).writes(SHORT);
              c.act("r", () -> {}).reads(never);
            }))
        .containsExactlyInAnyOrder(
            "\"a\" hands its failures on, and nobody takes them",
            "key \"short\" is written and never read",
            "key \"never\" is read, never written, and has no initial value");
  }

  @Test
  void findings_ofSplits_tellWhatHasNoEffect() {
    assertThat(
            findings(c -> {
              c.split(
                  "p", Sync.INHERITED.pipelined(2), s -> s.branch("b", b -> b.act("x", () -> {})));
              c.split(
                  "g",
                  Sync.INHERITED.maxConcurrent(2),
                  s -> s.branch("b", b -> b.act("x", () -> {})));
            }))
        .containsExactly(
            "pipelined(2) of \"p\" has nothing to overlap, as there is a barrier around it",
            "\"g\" lets 2 attempts run at once and has only 1 parts");
  }

  @Test
  void findings_tooMany_areCounted() {
    List<String> findings =
        findings(c -> {
          for (int i = 0; i < 150; i++) {
            c.act("w" + i, () -> {}).writes(Key.ofRun("k" + i, Integer.class, 0));
          }
        });
    assertThat(findings).hasSize(101).last().isEqualTo("there are 50 more findings");
  }

  @Test
  void part_namedAsTheInput_throws() {
    assertThatThrownBy(() -> Cycle.of("c", c -> c.part("input", () -> 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("\"input\" is the name of what a cycle is given, and of nothing else: cycle=c");
    Cycle<Done, Done> within = Cycle.of("c", c -> c.branch("side", b -> b.part("input", () -> 1)));
    assertThat(within.plan().part("side/input").level()).isEqualTo(1);
  }

  @Test
  void part_namedAsTheGuardOfItsBranch_throws() {
    assertRefused(
        "a branch with a guard has nothing else of that name: cycle=c, name=\"side/guard\"",
        c ->
            c.branch(
                "side",
                b -> {
                  b.part("guard", () -> 1);
                  b.when(_ -> true);
                }));
    assertRefused(
        "a branch with a guard has nothing else of that name: cycle=c, name=\"guard\"",
        c -> {
          c.when(_ -> true);
          c.part("guard", () -> 1);
        });
    Cycle<Done, Done> without = Cycle.of("c", c -> c.branch("side", b -> b.part("guard", () -> 1)));
    assertThat(without.plan().part("side/guard").level()).isEqualTo(1);
  }

  @Test
  void loopOn_ofAnIndependentCycle_throws() {
    try (var bus = Bus.open()) {
      var topic = Topic.of("orders", String.class);
      assertThatThrownBy(() ->
              Cycle.define(
                  "c",
                  String.class,
                  c -> {
                    c.loopOn(bus, topic);
                    c.sync(Sync.independent());
                    return c.part("part", x -> x, c.input());
                  }))
          .isInstanceOf(PlanException.class)
          .hasMessage(
              "each message is the input of one iteration, and there is none of a cycle whose"
                  + " branches repeat by themselves: cycle=c");
    }
  }
}
