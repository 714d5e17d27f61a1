package dev.carillon.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A graph made of {@link CompletableFuture}s, which can run once. */
final class PartFutures {
  private final CompletableFuture<Object> start = new CompletableFuture<>();
  private final List<CompletableFuture<Object>> parts;
  private final CompletableFuture<?> end;

  private PartFutures(PartGraph graph, @Nullable Executor executor) {
    parts = new ArrayList<>(graph.parts());
    var sinks = new ArrayList<CompletableFuture<Object>>(graph.sinks());
    for (int part = 0; part < graph.parts(); part++) {
      var future = executor == null ? part(graph, part) : part(graph, part, executor);
      parts.add(future);
      if (graph.outputs(part) == 0) {
        sinks.add(future);
      }
    }
    end = CompletableFuture.allOf(sinks.toArray(CompletableFuture<?>[]::new));
  }

  /** {@return a graph whose parts are called by whichever thread has completed the last input} */
  static PartFutures direct(PartGraph graph) {
    return new PartFutures(graph, null);
  }

  /** {@return a graph whose parts are called by an executor} */
  static PartFutures on(Executor executor, PartGraph graph) {
    return new PartFutures(graph, executor);
  }

  private CompletableFuture<Object> part(PartGraph graph, int part) {
    return switch (graph.inputs(part)) {
      case 0 -> start.thenApply(PartValues::call);
      case 1 -> input(graph, part, 0).thenApply(PartValues::call);
      case 2 -> input(graph, part, 0).thenCombine(input(graph, part, 1), PartValues::call);
      default -> all(graph, part).thenApply(_ -> ofThree(graph, part));
    };
  }

  private CompletableFuture<Object> part(PartGraph graph, int part, Executor executor) {
    return switch (graph.inputs(part)) {
      case 0 -> start.thenApplyAsync(PartValues::call, executor);
      case 1 -> input(graph, part, 0).thenApplyAsync(PartValues::call, executor);
      case 2 ->
          input(graph, part, 0).thenCombineAsync(input(graph, part, 1), PartValues::call, executor);
      default -> all(graph, part).thenApplyAsync(_ -> ofThree(graph, part), executor);
    };
  }

  private CompletableFuture<?> all(PartGraph graph, int part) {
    return CompletableFuture.allOf(
        input(graph, part, 0), input(graph, part, 1), input(graph, part, 2));
  }

  private Object ofThree(PartGraph graph, int part) {
    return PartValues.call(
        input(graph, part, 0).join(), input(graph, part, 1).join(), input(graph, part, 2).join());
  }

  private CompletableFuture<Object> input(PartGraph graph, int part, int index) {
    return parts.get(graph.input(part, index));
  }

  /** {@return the value of the last part, when all have run} */
  Object run() {
    start.complete(PartValues.call());
    end.join();
    return parts.getLast().join();
  }
}
