package dev.carillon.opencl;

/**
 * An argument of a kernel that is memory of a work group: a {@code local} pointer.
 *
 * @param bytes how much each group gets, at least 1; devices have some tens of thousands
 */
public record OpenClLocal(long bytes) {

  /**
   * Checks the size.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public OpenClLocal {
    if (bytes < 1) {
      throw new IllegalArgumentException("local memory must be 1 byte or more: bytes=" + bytes);
    }
  }
}
