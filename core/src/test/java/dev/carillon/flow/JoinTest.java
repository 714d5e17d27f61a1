package dev.carillon.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.schedule.Scheduler;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Joins about which nothing is said but their inputs. */
final class JoinTest {
  private final Scheduler scheduler = Scheduler.open();
  private final Flow flow = Flow.on(scheduler);

  @AfterEach
  void close() {
    flow.close();
    scheduler.close();
  }

  @Test
  void anySuccess_withoutSettings_isGivenTheValuesThatThereAre() throws Exception {
    Cycle<Done, List<Integer>> cycle =
        Cycle.supply(
            "c",
            c -> {
              Out<Integer> good = c.part("good", () -> 1);
              Out<Integer> bad = c.part("bad", JoinTest::fails).onError(OnError.skip());
              return c.<Integer, List<Integer>>anySuccess("any", List::copyOf, List.of(good, bad));
            });
    Run<List<Integer>> run = flow.start(cycle);
    assertThat(run.await()).isEqualTo(RunStatus.OK);
    assertThat(run.output()).contains(List.of(1));
  }

  @Test
  void always_withoutSettings_isGivenAllOutcomes() throws Exception {
    Cycle<Done, Integer> cycle =
        Cycle.supply(
            "c",
            c -> {
              Out<Integer> good = c.part("good", () -> 1);
              Out<Integer> bad = c.part("bad", JoinTest::fails).onError(OnError.skip());
              return c.always("always", List::size, List.of(good, bad));
            });
    Run<Integer> run = flow.start(cycle);
    run.await();
    assertThat(run.output()).contains(2);
  }

  private static int fails() {
    throw new IllegalStateException("no");
  }

  @Test
  void always_onAPartThatHandsItsFailureOn_isGivenAnOutcome_andTakesIt() throws Exception {
    Cycle<Done, Outcome<?>> cycle =
        Cycle.supply(
            "c",
            c -> {
              Out<Result<Integer>> bad = c.part("bad", JoinTest::fails).propagating();
              return c.<Outcome<?>>always("always", List::getFirst, List.of(bad));
            });
    Run<Outcome<?>> run = flow.start(cycle);
    assertThat(run.await()).isEqualTo(RunStatus.OK);
    assertThat(run.output()).get().isInstanceOf(Outcome.Propagated.class);
  }
}
