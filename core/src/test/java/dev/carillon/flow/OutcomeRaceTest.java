package dev.carillon.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Who asks from outside while parts end is told what has been, and never a mixture. */
@Covers("S18")
class OutcomeRaceTest {
  private static final long ITERATIONS = 30_000;

  private static final class Odd extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final long iteration;

    Odd(long iteration) {
      super("iteration " + iteration, null, false, false);
      this.iteration = iteration;
    }
  }

  private static long evenOrFail(PartContext context) {
    if (context.iteration() % 2 != 0) {
      throw new Odd(context.iteration());
    }
    return context.iteration();
  }

  /** {@return of which iteration an outcome is, which is one that such an outcome can be of} */
  private static long iterationOf(Outcome<?> outcome) {
    return switch (outcome) {
      case Outcome.Success<?>(Long even) when even % 2 == 0 -> even;
      case Outcome.Fallback<?>(Long value, Odd odd, boolean _)
          when value == -1 && odd.iteration % 2 != 0 ->
          odd.iteration;
      case Outcome.Skipped<?>(Outcome.Why why, Odd odd)
          when why == Outcome.Why.OWN && odd.iteration % 2 != 0 ->
          odd.iteration;
      default -> throw new AssertionError("an outcome that never was: " + outcome);
    };
  }

  private static void assertNeverMixed(OnError<Long> policy, Sync.Between between)
      throws Exception {
    var part = new AtomicReference<Out<Long>>();
    try (var lab = new FlowLab()) {
      Cycle<Done, Done> cycle =
          Cycle.of(
              "alternating",
              c -> {
                c.loop(Loop.times(ITERATIONS));
                c.sync(Sync.parallel().between(between));
                Out<Long> alternating =
                    c.partWith("part", OutcomeRaceTest::evenOrFail).onError(policy);
                c.part("behind", x -> x + 1, alternating);
                part.set(alternating);
              });
      Run<Done> run = lab.flow.start(cycle);
      long latest = 0;
      while (!run.isOver()) {
        Optional<Outcome<Long>> outcome = run.outcome(part.get());
        long now = outcome.isPresent() ? iterationOf(outcome.get()) : 0;
        assertThat(now).isGreaterThanOrEqualTo(latest);
        latest = now;
        assertThat(run.explain().toString()).contains("part");
      }
      run.await();
      assertThat(run.outcome(part.get()).map(OutcomeRaceTest::iterationOf)).hasValue(ITERATIONS);
    }
  }

  @Test
  void outcome_whileItIsWritten_isOneThatWas() throws Exception {
    assertNeverMixed(OnError.skip(), new Sync.Barrier());
  }

  @Test
  void outcome_whileDefaultsAreWritten_isOneThatWas() throws Exception {
    assertNeverMixed(OnError.fallback(-1L), new Sync.Barrier());
  }

  @Test
  @Covers("S24")
  void outcome_ofAPipeline_isThatOfTheLatestIteration() throws Exception {
    assertNeverMixed(OnError.skip(), new Sync.Pipelined(3));
  }
}
