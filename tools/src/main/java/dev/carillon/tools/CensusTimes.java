package dev.carillon.tools;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * How long a census takes, from before its first object is made until its last thread has ended.
 *
 * @param cold the census on events in a JVM that has just started, in seconds; its threads may
 *     still be there
 * @param events the same once more, warm: the best of a few rounds
 * @param inTurn the same if class files are read first come, first served: the best of as many
 * @param loops by plain loops on one thread: the best of as many, all run in turns
 */
record CensusTimes(double cold, Round events, Round inTurn, Round loops) {
  private static final int ROUNDS = 3;

  /**
   * One census.
   *
   * @param seconds how long it took
   * @param waits how long classes waited for others, if they did
   */
  record Round(double seconds, Waits waits) {
    private static final Round NONE = new Round(Double.MAX_VALUE, new Waits());

    Round best(Round other) {
      return seconds <= other.seconds ? this : other;
    }
  }

  /** A census to be timed. */
  @FunctionalInterface
  private interface Census {
    ClassTable<?> run(Waits waits) throws IOException, InterruptedException;
  }

  /**
   * Compares the census on events with those in another order and by loops.
   *
   * @param cold how long the first took, in seconds
   * @throws CensusException if they do not find out the same
   */
  static CensusTimes measure(Fault fault, double cold, String digest)
      throws IOException, InterruptedException {
    List<Census> censuses =
        List.of(
            waits -> onEvents(fault, EventCensus.Order.WANTED_FIRST, waits),
            waits -> onEvents(fault, EventCensus.Order.FIRST_COME, waits),
            _ -> LoopCensus.run(fault));
    var best = new ArrayList<Round>(List.of(Round.NONE, Round.NONE, Round.NONE));
    for (int i = 0; i < ROUNDS * censuses.size(); i++) {
      int turn = (i + i / ROUNDS) % censuses.size(); // each comes first, second and third
      best.set(turn, best.get(turn).best(time(censuses.get(turn), digest)));
    }
    return new CensusTimes(cold, best.get(0), best.get(1), best.get(2));
  }

  private static ClassTable<?> onEvents(Fault fault, EventCensus.Order order, Waits waits)
      throws InterruptedException {
    try (var census = new EventCensus(fault, order, waits)) {
      return census.run(EventCensus.Progress.NONE);
    }
  }

  private static Round time(Census census, String digest) throws IOException, InterruptedException {
    long start = System.nanoTime();
    var waits = new Waits();
    ClassTable<?> table = census.run(waits);
    double seconds = secondsSince(start);
    String found = CensusSummary.digest(table);
    if (!found.equals(digest)) {
      throw new CensusException("digests must be equal: digests=" + digest + ", " + found);
    }
    return new Round(seconds, waits);
  }

  static double secondsSince(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  double ratio() {
    return events.seconds() / loops.seconds();
  }
}
