package dev.carillon.binary;

import java.util.Collections;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** The orders of sorted sets and maps that can be made again. */
final class Orders {
  private Orders() {}

  static byte of(@Nullable Comparator<?> order) {
    if (order == null || order.equals(Comparator.naturalOrder())) {
      return WireFormat.NATURAL_ORDER;
    }
    if (order.equals(Collections.reverseOrder())) {
      return WireFormat.REVERSE_ORDER;
    }
    if (order.equals(String.CASE_INSENSITIVE_ORDER)) {
      return WireFormat.ORDER_WITHOUT_CASE;
    }
    throw new Failure(
        "an order must be the natural one, its reverse, or String.CASE_INSENSITIVE_ORDER: order="
            + order.getClass().getName());
  }

  /** {@return the order; null for the natural one} */
  @SuppressWarnings("unchecked") // elements of another type are refused by the order itself
  static @Nullable Comparator<Object> read(Input in) {
    byte order = in.getByte();
    Comparator<?> comparator =
        switch (order) {
          case WireFormat.NATURAL_ORDER -> null;
          case WireFormat.REVERSE_ORDER -> Collections.reverseOrder();
          case WireFormat.ORDER_WITHOUT_CASE -> String.CASE_INSENSITIVE_ORDER;
          default -> throw new Failure("an order must be 0 to 2: order=" + order);
        };
    return (Comparator<Object>) comparator;
  }
}
