package dev.carillon.bench;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How fast the processor is, whatever else runs on it: the least time that a CAS takes in a loop.
 */
final class Speed {
  private static final double WHERE_GOALS_WERE_SET = 3.5; // ns per CAS
  private static final int ROUNDS = 20_000;
  private static final int CALLS = 10_000;

  private Speed() {}

  /** {@return how much slower this machine is than the one that the goals were set on} */
  static double slower() {
    String nanos = Fork.output(Speed.class, List.of());
    return Double.parseDouble(nanos.strip()) / WHERE_GOALS_WERE_SET;
  }

  /** Prints nanoseconds per CAS. */
  public static void main(String[] args) {
    var word = new AtomicLong();
    long least = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      long start = System.nanoTime();
      count(word);
      least = Math.min(least, System.nanoTime() - start);
    }
    System.out.println((double) least / CALLS);
  }

  private static void count(AtomicLong word) {
    for (int i = 0; i < CALLS; i++) {
      long before = word.getPlain();
      word.compareAndSet(before, before + 1);
    }
  }
}
