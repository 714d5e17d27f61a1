package dev.carillon.codec;

import dev.carillon.build.Gen;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Values for the tests of Fory. */
final class ForySamples {
  /** An object that is no record, and may be part of itself. */
  static final class Node {
    String name = "";
    Node next;
    final List<Node> others = new ArrayList<>();
    Runnable task;
  }

  /** A value of a sealed hierarchy. */
  sealed interface Shape permits Circle, Square {}

  record Circle(double radius) implements Shape {}

  record Square(int side, Shape inside) implements Shape {}

  private ForySamples() {}

  static ForyConfig types(ForyConfig config) {
    return config
        .withType("test.Node", Node.class)
        .withType("test.Circle", Circle.class)
        .withType("test.Square", Square.class)
        .withType("test.Item", Samples.Item.class)
        .withType("test.Order", Samples.Order.class)
        .withType("test.Times", Samples.Times.class)
        .withType("test.Size", Samples.Size.class);
  }

  /** {@return values of many kinds} */
  static Object value(Gen gen, int depth) {
    return switch (gen.intBetween(0, depth == 0 ? 8 : 13)) {
      case 0 -> gen.text(30);
      case 1 -> (int) gen.anyLong();
      case 2 -> gen.anyLong();
      case 3 -> gen.oneOf(0.1, -0.0, Double.NaN, 1e300);
      case 4 -> gen.oneOf(Samples.Size.values());
      case 5 -> new UUID(gen.anyLong(), gen.anyLong());
      case 6 -> Instant.ofEpochSecond(gen.longBetween(0, 1L << 33), gen.intBetween(0, 999_999_999));
      case 7 -> new BigDecimal(gen.anyLong()).scaleByPowerOfTen(gen.intBetween(-9, 9));
      case 8 ->
          new Samples.Item(gen.text(9), (int) gen.anyLong(), gen.oneOf(Samples.Size.values()));
      case 9 -> gen.listOf(0, 5, g -> value(g, depth - 1));
      case 10 -> Optional.of(value(gen, depth - 1));
      case 11 -> {
        var map = new LinkedHashMap<Object, Object>();
        for (int i = gen.intBetween(0, 5); i > 0; i--) {
          map.put(gen.text(5), value(gen, depth - 1));
        }
        yield map;
      }
      case 12 -> new Square((int) gen.anyLong(), new Circle(gen.anyLong() / 7.0));
      default -> List.copyOf(gen.listOf(0, 5, g -> value(g, depth - 1)));
    };
  }
}
