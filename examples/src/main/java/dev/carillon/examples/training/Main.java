package dev.carillon.examples.training;

import dev.carillon.Carillon;
import dev.carillon.examples.SeededExample;
import dev.carillon.flow.Run;
import dev.carillon.flow.RunOptions;
import dev.carillon.flow.RunStatus;
import dev.carillon.flow.Timeline;
import dev.carillon.flow.Timeline.Span;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Trains a network, and prints how that went. */
public final class Main {
  private static final String HELP =
      """
      trains a small network to tell two half moons apart: batches are loaded while the one before
      is learned from; every 10th network is evaluated, every 100th saved, until it is good enough
      """;

  private Main() {}

  /**
   * Runs it.
   *
   * @param arguments see {@code --help}
   * @return the exit code
   * @throws Exception if it fails
   */
  public static int run(String... arguments) throws Exception {
    return SeededExample.run("training", HELP, Main::train, arguments);
  }

  private static void train(PrintStream out, long seed) throws IOException, InterruptedException {
    Path checkpoint = Files.createTempFile("carillon-training", ".weights");
    try (var carillon = Carillon.open(c -> c.named("training"))) {
      var training = new TrainingCycle(seed, checkpoint);
      Run<Network.Step> run =
          carillon.flow().start(training.define(), new Moons(seed), RunOptions::traced);
      RunStatus status = run.await();
      out.printf("%9s %9s %9s%n", "iteration", "loss", "accuracy");
      training.evaluations().stream()
          .filter(e -> e.iteration() % 50 == 1)
          .forEach(e -> out.printf("%9d %9.4f %9.4f%n", e.iteration(), e.loss(), e.accuracy()));
      out.printf("%s after %d iterations%n", status, run.progress().iterations());
      out.printf("the last checkpoint has %.4f%n%n", training.accuracyOfCheckpoint());
      print(out, run.timeline());
    } finally {
      Files.deleteIfExists(checkpoint);
    }
  }

  private static void print(PrintStream out, Timeline timeline) {
    Map<Long, Span> steps = new HashMap<>();
    timeline.spans().stream()
        .filter(span -> span.part().equals("step"))
        .forEach(span -> steps.put(span.iteration(), span));
    long ahead =
        timeline.spans().stream()
            .filter(span -> span.part().equals("load"))
            .filter(load -> {
              Span before = steps.get(load.iteration() - 1);
              return before != null && load.startNanos() < before.endNanos();
            })
            .count();
    out.printf("%d of %d steps began with a batch that was loaded ahead%n", ahead, steps.size());
    long last = steps.keySet().stream().mapToLong(Long::longValue).max().orElse(1);
    out.printf("what iteration %d took:%n", last);
    timeline
        .criticalPath(last)
        .forEach(
            span -> out.printf("  %-26s %8.3f ms%n", span.part(), span.duration().toNanos() / 1e6));
  }
}
