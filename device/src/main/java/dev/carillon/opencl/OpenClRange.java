package dev.carillon.opencl;

import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * How many work items a kernel is run for, in one to three dimensions.
 *
 * @param global how many in each dimension, each at least 1
 * @param local how many of them make a work group, in each dimension; empty to leave it to the
 *     driver. Many drivers want each of the global sizes to be a multiple.
 */
public record OpenClRange(List<Long> global, List<Long> local) {

  /**
   * Checks the sizes.
   *
   * @throws IllegalArgumentException if there is no dimension or more than three, a size is less
   *     than 1, the work items are 2⁶³ or more, or the two differ in their dimensions
   */
  public OpenClRange {
    global = List.copyOf(global);
    local = List.copyOf(local);
    if (global.isEmpty() || global.size() > 3) {
      throw new IllegalArgumentException("a range must have 1 to 3 dimensions: global=" + global);
    }
    if (!local.isEmpty() && local.size() != global.size()) {
      throw new IllegalArgumentException(
          "work groups must have the dimensions of the range: global="
              + global
              + " local="
              + local);
    }
    if (LongStream.concat(stream(global), stream(local)).anyMatch(size -> size < 1)) {
      throw new IllegalArgumentException(
          "sizes of a range must be 1 or more: global=" + global + " local=" + local);
    }
    if (Stream.of(global, local).anyMatch(OpenClRange::isTooMany)) {
      throw new IllegalArgumentException(
          "a range must have fewer than 2^63 work items: global=" + global + " local=" + local);
    }
  }

  /**
   * {@return a range whose work groups the driver chooses}
   *
   * @param global how many work items in each dimension
   */
  public static OpenClRange of(long... global) {
    return new OpenClRange(LongStream.of(global).boxed().toList(), List.of());
  }

  /**
   * {@return this range in work groups of a size}
   *
   * @param local how many work items of each dimension make a group
   */
  public OpenClRange inGroupsOf(long... local) {
    return new OpenClRange(global, LongStream.of(local).boxed().toList());
  }

  private static boolean isTooMany(List<Long> sizes) {
    long all = 1;
    for (long size : sizes) {
      if (size > Long.MAX_VALUE / all) {
        return true;
      }
      all *= size;
    }
    return false;
  }

  long[] globalArray() {
    return stream(global).toArray();
  }

  long[] localArray() {
    return stream(local).toArray();
  }

  private static LongStream stream(List<Long> sizes) {
    return sizes.stream().mapToLong(Long::longValue);
  }
}
