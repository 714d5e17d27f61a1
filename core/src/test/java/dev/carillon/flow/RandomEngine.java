package dev.carillon.flow;

import dev.carillon.build.Gen;
import dev.carillon.build.Patience;
import dev.carillon.build.Workers;
import dev.carillon.event.EventSystem;
import dev.carillon.schedule.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** The engine on one thread, the test's, in an order and on a clock that follow from a seed. */
final class RandomEngine implements AutoCloseable {
  private static final int MOST_STEPS = 5_000;
  private static final int MOST_IDLE = 200;

  /** What has no deadline is due after this, and random deadlines are about as far away. */
  static final Duration PATIENCE = Duration.ofHours(10);

  private final Gen gen;
  private final RandomClock clock = new RandomClock();
  private final List<Runnable> turns = new ArrayList<>(); // guarded by itself
  private final EventSystem events;
  private final Scheduler scheduler;
  private final LocalFlow flow;
  private int idle;
  private int steps;

  RandomEngine(Gen gen) {
    this.gen = gen;
    Executor executor = this::execute;
    this.events =
        EventSystem.create(
            c -> c.withClock(clock).withCascadeBudget(Duration.ofSeconds(1), executor));
    this.scheduler =
        Scheduler.open(
            events,
            c ->
                c.withCpuExecutor(executor)
                    .withBlockingExecutor(executor)
                    .withTurnQuota(1)
                    .withPatience(PATIENCE)
                    .withRandom(new SplittableRandom(gen.anyLong())));
    this.flow = new LocalFlow(scheduler, FlowConfig.DEFAULT.withKeptFailures(1 << 16));
  }

  private void execute(Runnable turn) {
    synchronized (turns) {
      turns.add(turn);
    }
  }

  /** Starts a cycle. */
  <I, O> LocalRun<O> start(Cycle<I, O> cycle, I input, RunProbe probe) {
    return flow.start(cycle, input, RunOptions.DEFAULT, probe);
  }

  /** Runs one of the turns that wait, at random; lets time pass if there is none. */
  void step(Run<?> run) {
    Runnable turn = next();
    if (turn != null) {
      idle = 0;
      turn.run();
      if (gen.chance(0.02) || clock.isLate()) { // also while something is always to do
        clock.advance(Duration.ofMillis(gen.intBetween(0, 50)));
      }
    } else {
      idle++;
      clock.advance(Duration.ofMillis(1L << Math.min(idle, 10)));
    }
    if (idle > MOST_IDLE || ++steps > MOST_STEPS) {
      throw new AssertionError("the run does not end: " + run.explain());
    }
  }

  private @Nullable Runnable next() {
    synchronized (turns) {
      return turns.isEmpty() ? null : turns.remove(gen.intBetween(0, turns.size() - 1));
    }
  }

  void runToTheEnd(Run<?> run) {
    while (!run.isOver()) {
      step(run);
    }
  }

  /** {@return what the numbers of a plan stand for} */
  static TraceCheck.Names names(CompiledPlan plan, ReferenceModel model) {
    return new TraceCheck.Names() {
      @Override
      public @Nullable String node(int unit, int node) {
        int part = plan.units[unit].part(node, plan.names.length);
        return part <= 0 ? null : plan.names[part];
      }

      @Override
      public @Nullable String unit(int unit) {
        String name = plan.units[unit].name;
        return model.units.names().contains(name) ? name : null;
      }
    };
  }

  /** Closes all, while turns are run and time passes, so that what does not stop is given up. */
  @Override
  public void close() {
    try (var workers = new Workers()) {
      Thread closer =
          workers.start(() -> {
            flow.close();
            scheduler.close();
            events.close();
          });
      Patience.until(
          "it is closed",
          () -> {
            for (Runnable turn = next(); turn != null; turn = next()) {
              turn.run();
            }
            clock.advance(Duration.ofMillis(100));
            return !closer.isAlive();
          });
    } catch (Exception e) {
      throw new AssertionError("while closing", e);
    }
  }
}
