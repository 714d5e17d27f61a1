package dev.carillon.tools;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;

/** The same census by {@link CompletableFuture}, for comparison. */
final class FutureCensus {
  private final ClassTable<CompletableFuture<Void>> table =
      ClassTable.concurrent(_ -> new CompletableFuture<>());

  private FutureCensus() {}

  /** {@return the classes, all measured} */
  static ClassTable<CompletableFuture<Void>> run() {
    var census = new FutureCensus();
    try (var pool = new ForkJoinPool()) {
      pool.invoke(JdkImage.visiting(census::readOne));
    }
    census.table.requireComplete();
    CompletableFuture.allOf(
            census.table.nodes().parallelStream()
                .map(ClassNode::task)
                .toArray(CompletableFuture[]::new))
        .join();
    return census.table;
  }

  @SuppressWarnings("FutureReturnValueIgnored") // the node's future has the outcome
  private void readOne(Path file) throws IOException {
    ClassNode<CompletableFuture<Void>> node = table.read(file);
    var inputs = new CompletableFuture<?>[node.supertypes().size()];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = node.supertypes().get(i).task();
    }
    CompletableFuture.allOf(inputs)
        .whenComplete((_, failure) -> {
          if (failure == null) {
            node.measure();
            node.task().complete(null);
          } else {
            node.task().completeExceptionally(failure);
          }
        });
  }
}
