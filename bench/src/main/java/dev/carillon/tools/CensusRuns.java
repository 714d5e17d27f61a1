package dev.carillon.tools;

import java.io.IOException;
import java.util.concurrent.ForkJoinPool;

/** The censuses of {@code carillon demo}, for benchmarks. */
public final class CensusRuns {
  private CensusRuns() {}

  /** {@return the number of classes measured by the census on events} */
  public static long events() throws IOException, InterruptedException {
    try (var census = new EventCensus(Fault.NONE)) {
      return measured(census.run());
    }
  }

  /** {@return the number of classes measured by plain loops on this thread} */
  public static long loops() throws IOException {
    return measured(LoopCensus.run(Fault.NONE));
  }

  /** {@return the number of classes measured by the census on futures} */
  public static long futures() throws IOException {
    return measured(FutureCensus.run());
  }

  /** {@return the number of class files read, by as many threads, with nobody waiting for any} */
  public static long reading() {
    ClassTable<Boolean> table = ClassTable.concurrent(_ -> true);
    try (var pool = new ForkJoinPool()) {
      pool.invoke(JdkImage.visiting(table::read));
    }
    return table.read();
  }

  private static long measured(ClassTable<?> table) {
    return table.nodes().stream().filter(ClassNode::isMeasured).count();
  }
}
