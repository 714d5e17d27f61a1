package dev.carillon.schedule;

/** The calls of which a circuit breaker takes rates. Guarded by whoever has it. */
abstract sealed class CircuitBreakerWindow {
  private static final int FAILED = 1;
  private static final int SLOW = 2;

  /** How many calls there are. */
  long calls;

  /** How many of them failed. */
  long failures;

  /** How many of them were slow. */
  long slow;

  /** {@return an empty window} */
  static CircuitBreakerWindow of(CircuitBreakerConfig.Window config, long now) {
    return switch (config) {
      case CircuitBreakerConfig.Window.Calls last -> new OfCalls(last.calls());
      case CircuitBreakerConfig.Window.Time time ->
          new OfTime(Nanos.of(time.part()), time.parts(), now);
    };
  }

  /** Adds a call that ended at that time. */
  abstract void add(boolean failed, boolean wasSlow, long now);

  /** Drops the calls that are too old. */
  void moveTo(long now) {}

  /** {@return whether one more call that was all right would leave everything as it is} */
  boolean isSteady() {
    return false;
  }

  final void count(int outcome, int by) {
    calls += by;
    failures += (outcome & FAILED) != 0 ? by : 0;
    slow += (outcome & SLOW) != 0 ? by : 0;
  }

  /** The last calls: a ring of outcomes. */
  private static final class OfCalls extends CircuitBreakerWindow {
    private final byte[] outcomes;
    private int next;

    OfCalls(int calls) {
      outcomes = new byte[calls];
    }

    @Override
    void add(boolean failed, boolean wasSlow, long now) {
      if (calls == outcomes.length) {
        count(outcomes[next], -1);
      }
      int outcome = (failed ? FAILED : 0) | (wasSlow ? SLOW : 0);
      outcomes[next] = (byte) outcome;
      count(outcome, 1);
      next = next + 1 == outcomes.length ? 0 : next + 1;
    }

    @Override
    boolean isSteady() {
      return calls == outcomes.length && failures == 0 && slow == 0;
    }
  }

  /** The calls of some time: a ring of counts, one place for each part of the time. */
  private static final class OfTime extends CircuitBreakerWindow {
    private final long origin;
    private final long part;
    private final long[] callsOf;
    private final long[] failuresOf;
    private final long[] slowOf;
    private long current; // the number of the part under way, counted from the origin

    OfTime(long part, int parts, long origin) {
      this.part = part;
      this.origin = origin;
      callsOf = new long[parts];
      failuresOf = new long[parts];
      slowOf = new long[parts];
    }

    @Override
    void moveTo(long now) {
      long target = (now - origin) / part;
      long steps = Math.min(target - current, callsOf.length);
      for (long i = 1; i <= steps; i++) {
        forget((int) ((current + i) % callsOf.length));
      }
      current = Math.max(current, target);
    }

    private void forget(int place) {
      calls -= callsOf[place];
      failures -= failuresOf[place];
      slow -= slowOf[place];
      callsOf[place] = 0;
      failuresOf[place] = 0;
      slowOf[place] = 0;
    }

    @Override
    void add(boolean failed, boolean wasSlow, long now) {
      moveTo(now);
      int place = (int) (current % callsOf.length);
      callsOf[place]++;
      failuresOf[place] += failed ? 1 : 0;
      slowOf[place] += wasSlow ? 1 : 0;
      count((failed ? FAILED : 0) | (wasSlow ? SLOW : 0), 1);
    }
  }
}
