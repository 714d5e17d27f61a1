package dev.carillon.flow;

import java.time.Duration;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * How the parts of a cycle or of a split are ordered: immutable, changed by its methods.
 *
 * <p>Three axes: the order within an iteration, what one iteration waits for of another, and gates.
 * An axis that is not set is inherited from what is around: at the outermost it is {@link
 * Order#PARALLEL}, {@link Barrier}, no gate.
 *
 * {@snippet :
 * Sync.parallel().pipelined(2);
 * Sync.independent().maxConcurrent(4).rate(10, Duration.ofSeconds(1));
 * }
 *
 * @param order what is before what within an iteration; null if not set
 * @param between what an iteration waits for of the one before; null if not set
 * @param limit the most parts whose attempts run at once; empty for any number
 * @param rate how many attempts may begin in a period; null for any number
 */
public record Sync(
    @Nullable Order order, @Nullable Between between, OptionalInt limit, @Nullable Rate rate) {

  /** Nothing set. */
  public static final Sync INHERITED = new Sync(null, null, OptionalInt.empty(), null);

  /** What is before what within an iteration, beyond wires and what parts ask for. */
  public enum Order {
    /** Nothing more. */
    PARALLEL,
    /** The parts and branches one after another, in the order in which they were added. */
    SEQUENTIAL,
    /** All parts of a level before any of a deeper one. */
    LEVEL
  }

  /** What an iteration waits for of another. */
  public sealed interface Between {}

  /** All parts end before any begins again. */
  public record Barrier() implements Between {}

  /**
   * Iterations overlap: a part begins again once those that depend on it have ended the iteration
   * {@code distance} before.
   *
   * @param distance 1 to 1,024; 1 lets neighbours in a chain not overlap
   */
  public record Pipelined(int distance) implements Between {
    /** Checks the distance. */
    public Pipelined {
      if (distance < 1 || distance > 1024) {
        throw new IllegalArgumentException("distance must be 1 to 1024: distance=" + distance);
      }
    }
  }

  /**
   * Each branch has iterations of its own, and is at most so many ahead of the slowest.
   *
   * @param slack 0 or more; {@link #UNBOUNDED} for no limit
   */
  public record Independent(int slack) implements Between {
    /** No limit. */
    public static final int UNBOUNDED = Integer.MAX_VALUE;

    /** Checks the slack. */
    public Independent {
      if (slack < 0) {
        throw new IllegalArgumentException("slack must not be negative: slack=" + slack);
      }
    }
  }

  /**
   * So many in a period.
   *
   * @param permits how many, at least 1
   * @param period in which time
   */
  public record Rate(int permits, Duration period) {
    /** Checks the fields. */
    public Rate {
      if (permits < 1 || period.isNegative() || period.isZero()) {
        throw new IllegalArgumentException(
            "a rate needs at least 1 permit and a positive period: permits=%d, period=%s"
                .formatted(permits, period));
      }
    }
  }

  /**
   * Checks the limit.
   *
   * @throws IllegalArgumentException if the limit is not positive
   */
  public Sync {
    Objects.requireNonNull(limit, "limit");
    if (limit.isPresent() && limit.getAsInt() < 1) {
      throw new IllegalArgumentException("limit must be at least 1: limit=" + limit.getAsInt());
    }
  }

  /** {@return all parts of a level before any of a deeper one} */
  public static Sync level() {
    return INHERITED.ordered(Order.LEVEL);
  }

  /** {@return no order beyond that of wires; the next iteration waits for all} */
  public static Sync parallel() {
    return INHERITED.ordered(Order.PARALLEL);
  }

  /** {@return parts and branches one after another} */
  public static Sync sequential() {
    return INHERITED.ordered(Order.SEQUENTIAL);
  }

  /** {@return branches that go on by themselves, however far ahead} */
  public static Sync independent() {
    return independent(Independent.UNBOUNDED);
  }

  /**
   * {@return branches that go on by themselves}
   *
   * @param slack how many iterations one may be ahead of the slowest
   */
  public static Sync independent(int slack) {
    return INHERITED.between(new Independent(slack));
  }

  /**
   * {@return this with another order}
   *
   * @param newOrder what is before what within an iteration
   */
  public Sync ordered(Order newOrder) {
    return new Sync(newOrder, between, limit, rate);
  }

  /**
   * {@return this with another rule between iterations}
   *
   * @param newBetween what an iteration waits for
   */
  public Sync between(Between newBetween) {
    return new Sync(order, newBetween, limit, rate);
  }

  /** {@return this with a barrier between iterations} */
  public Sync barrier() {
    return between(new Barrier());
  }

  /**
   * {@return this with overlapping iterations}
   *
   * @param distance how far a part may be ahead of those that depend on it
   */
  public Sync pipelined(int distance) {
    return between(new Pipelined(distance));
  }

  /**
   * {@return this with a bound on how many attempts run at once}
   *
   * @param most at least 1
   */
  public Sync maxConcurrent(int most) {
    return new Sync(order, between, OptionalInt.of(most), rate);
  }

  /**
   * {@return this with a bound on how many attempts begin in a period}
   *
   * @param permits how many
   * @param period in which time
   */
  public Sync rate(int permits, Duration period) {
    return new Sync(order, between, limit, new Rate(permits, period));
  }
}
