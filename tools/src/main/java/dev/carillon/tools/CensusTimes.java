package dev.carillon.tools;

import java.io.IOException;

/**
 * How long a census takes, from before its first object is made until its last thread has ended.
 *
 * @param cold the census on events in a JVM that has just started, in seconds; its threads may
 *     still be there
 * @param events the same once more, warm: the best of a few rounds
 * @param loops by plain loops on one thread, warm: the best of as many rounds, run in turns with
 *     those of {@code events}
 */
record CensusTimes(double cold, double events, double loops) {
  private static final int ROUNDS = 3;

  /** A census to be timed. */
  @FunctionalInterface
  private interface Census {
    ClassTable<?> run() throws IOException, InterruptedException;
  }

  /**
   * Compares the census on events with the one by loops.
   *
   * @param cold how long the first took, in seconds
   * @throws CensusException if they do not find out the same
   */
  static CensusTimes measure(Fault fault, double cold, String digest)
      throws IOException, InterruptedException {
    double loops = Double.MAX_VALUE;
    double events = Double.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      boolean loopsFirst = round % 2 == 0;
      if (loopsFirst) {
        loops = Math.min(loops, time(() -> LoopCensus.run(fault), digest));
      }
      events = Math.min(events, time(() -> runOnEvents(fault), digest));
      if (!loopsFirst) {
        loops = Math.min(loops, time(() -> LoopCensus.run(fault), digest));
      }
    }
    return new CensusTimes(cold, events, loops);
  }

  private static ClassTable<?> runOnEvents(Fault fault) throws InterruptedException {
    try (var census = new EventCensus(fault)) {
      return census.run(EventCensus.Progress.NONE);
    }
  }

  private static double time(Census census, String digest)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    ClassTable<?> table = census.run();
    double seconds = secondsSince(start);
    String found = CensusSummary.digest(table);
    if (!found.equals(digest)) {
      throw new CensusException("digests must be equal: digests=" + digest + ", " + found);
    }
    return seconds;
  }

  static double secondsSince(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  double ratio() {
    return events / loops;
  }
}
