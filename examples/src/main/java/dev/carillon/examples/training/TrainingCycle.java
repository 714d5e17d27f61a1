package dev.carillon.examples.training;

import dev.carillon.examples.training.Moons.Point;
import dev.carillon.flow.Cycle;
import dev.carillon.flow.Guard;
import dev.carillon.flow.Key;
import dev.carillon.flow.Loop;
import dev.carillon.flow.OnError;
import dev.carillon.flow.PartContext;
import dev.carillon.flow.Sync;
import dev.carillon.schedule.Band;
import dev.carillon.schedule.Placement;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The cycle: load, step; now and then evaluate and save. */
final class TrainingCycle {
  static final Key<Network> MODEL = Key.ofRun("model", Network.class, Network.random(0));
  static final Key<Double> ACCURACY = Key.ofRun("accuracy", Double.class, 0.0);

  private static final int BATCH = 2_048;
  private static final int MOST = 3_000;
  private static final double ENOUGH = 0.97;

  private final List<Point> test;
  private final Path checkpoint;
  private final List<Evaluation> evaluations = new CopyOnWriteArrayList<>();

  /**
   * What an evaluation found.
   *
   * @param iteration of which network
   * @param loss of the step that made it
   * @param accuracy on points that it is not trained on
   */
  record Evaluation(long iteration, double loss, double accuracy) {}

  TrainingCycle(long seed, Path checkpoint) {
    this.test = new Moons(seed).batch(-1, BATCH);
    this.checkpoint = checkpoint;
  }

  // @start region=cycle
  Cycle<Moons, Network.Step> define() {
    return Cycle.define(
        "train",
        Moons.class,
        c -> {
          c.sync(Sync.parallel().pipelined(2)); // load is one ahead
          c.loop(Loop.times(MOST).until(view -> view.read(ACCURACY) >= ENOUGH));

          var batch =
              c.partWith("load", (run, moons) -> moons.batch(run.iteration(), BATCH), c.input());
          var step =
              c.partWith("step", this::step, batch)
                  .writes(MODEL)
                  .validate("the loss must be a number", s -> Double.isFinite(s.loss()))
                  .within(Duration.ofMinutes(2))
                  .onError(OnError.retry(r -> r.withMaxAttempts(3), OnError.instantFail()));
          c.split(
              "side",
              Sync.parallel(),
              side -> {
                side.branch(
                    "evaluation",
                    b ->
                        b.when(Guard.every(10))
                            .partWith("evaluate", this::evaluate, step)
                            .writes(ACCURACY)
                            .priority(Band.LOW));
                side.branch(
                    "checkpoint",
                    b ->
                        b.when(Guard.every(100))
                            .part("save", this::save, step)
                            .on(Placement.BLOCKING)
                            .onError(OnError.skip()));
              });
          return step;
        });
  }

  // @end

  private Network.Step step(PartContext run, List<Point> batch) {
    Network.Step step = run.read(MODEL).step(batch);
    run.write(MODEL, step.network());
    return step;
  }

  private Evaluation evaluate(PartContext run, Network.Step step) {
    var found = new Evaluation(run.iteration(), step.loss(), step.network().accuracy(test));
    evaluations.add(found);
    run.write(ACCURACY, found.accuracy());
    return found;
  }

  private Path save(Network.Step step) throws IOException {
    step.network().save(checkpoint);
    return checkpoint;
  }

  /** {@return the accuracy of the network that was saved last} */
  double accuracyOfCheckpoint() throws IOException {
    return Network.load(checkpoint).accuracy(test);
  }

  List<Evaluation> evaluations() {
    return List.copyOf(evaluations);
  }
}
