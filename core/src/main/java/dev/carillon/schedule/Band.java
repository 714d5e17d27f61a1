package dev.carillon.schedule;

/**
 * A level of priority: what is ready in a higher band runs before what is ready in a lower one,
 * except for the share that the lower bands are promised.
 *
 * @param index 0 for the highest, up to {@value #MOST} less one
 */
public record Band(int index) implements Comparable<Band> {

  /** The most bands that a scheduler can have. */
  public static final int MOST = 64;

  /** The highest band. */
  public static final Band HIGH = new Band(0);

  /** The band below {@link #HIGH}: the lower of the two that a scheduler has by default. */
  public static final Band LOW = new Band(1);

  /** Checks the index. */
  public Band {
    if (index < 0 || index >= MOST) {
      throw new IllegalArgumentException(
          "a band must be 0 to %d: index=%d".formatted(MOST - 1, index));
    }
  }

  /** Compares by urgency: the higher band comes first. */
  @Override
  public int compareTo(Band other) {
    return Integer.compare(index, other.index);
  }

  /** {@return {@code HIGH}, {@code LOW} or the number of the band} */
  @Override
  public String toString() {
    return index == 0 ? "HIGH" : index == 1 ? "LOW" : "band " + index;
  }
}
