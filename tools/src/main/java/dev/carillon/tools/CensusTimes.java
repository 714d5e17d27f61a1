package dev.carillon.tools;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * How long a census takes, from before its first object is made until its last thread has ended.
 *
 * @param cold the census on events in a JVM that has just started, in seconds; its threads may
 *     still be there
 * @param events the same once more, warm: the best of a few rounds
 * @param inTurn the same if class files are read first come, first served: the best of as many
 * @param loops by plain loops on one thread: the best of as many, all run in turns
 * @param waits how long classes wait for others, in a further round
 * @param waitsInTurn the same, first come, first served
 */
record CensusTimes(
    double cold, double events, double inTurn, double loops, Waits waits, Waits waitsInTurn) {
  private static final int ROUNDS = 3;

  /** A census to be timed. */
  @FunctionalInterface
  private interface Census {
    ClassTable<?> run() throws IOException, InterruptedException;
  }

  /**
   * Compares the census on events with those in another order and by loops.
   *
   * @param cold how long the first took, in seconds
   * @throws CensusException if they do not find out the same
   */
  static CensusTimes measure(Fault fault, double cold, String digest)
      throws IOException, InterruptedException {
    var untold = new Waits(false);
    List<Census> censuses =
        List.of(
            () -> onEvents(fault, EventCensus.Order.WANTED_FIRST, untold),
            () -> onEvents(fault, EventCensus.Order.FIRST_COME, untold),
            () -> LoopCensus.run(fault));
    double[] best = new double[censuses.size()];
    Arrays.fill(best, Double.MAX_VALUE);
    for (int i = 0; i < ROUNDS * best.length; i++) {
      int turn = (i + i / ROUNDS) % best.length; // each comes first, second and third
      best[turn] = Math.min(best[turn], time(censuses.get(turn), digest));
    }
    var waits = new Waits(true);
    var waitsInTurn = new Waits(true);
    onEvents(fault, EventCensus.Order.WANTED_FIRST, waits);
    onEvents(fault, EventCensus.Order.FIRST_COME, waitsInTurn);
    return new CensusTimes(cold, best[0], best[1], best[2], waits, waitsInTurn);
  }

  private static ClassTable<?> onEvents(Fault fault, EventCensus.Order order, Waits waits)
      throws InterruptedException {
    try (var census = new EventCensus(fault, order, waits)) {
      return census.run();
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
