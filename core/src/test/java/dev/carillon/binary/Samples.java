package dev.carillon.binary;

import dev.carillon.build.Gen;
import dev.carillon.spi.CodecLimits;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Month;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** Types that the tests register, and random values of all kinds. */
final class Samples {
  enum Color {
    RED,
    GREEN {
      @Override
      public String toString() {
        return "the green one";
      }
    },
    BLUE
  }

  sealed interface Shape {}

  record Circle(double radius) implements Shape {}

  record Box(int width, int height, Shape inside) implements Shape {}

  enum Unit implements Shape {
    POINT,
    LINE
  }

  record Line(String article, int pieces, double price) {}

  record Order(
      String id, Instant placed, List<Line> lines, Color color, Map<String, String> notes) {}

  record Primitives(
      boolean truth,
      byte small,
      short shorter,
      char letter,
      int number,
      long larger,
      float rough,
      double fine) {}

  record Anything(Object value, String text, Object[] array) {}

  record Shared(String name, Object value) {}

  static final class Node {
    String name = "";
    int weight;
    Object left;
    Object right;
  }

  /** A class that is written as another. */
  record Money(BigDecimal amount, String currency) {
    static Money of(String text) {
      String[] parts = text.split(" ", -1);
      return new Money(new BigDecimal(parts[0]), parts[1]);
    }

    String text() {
      return amount + " " + currency;
    }
  }

  static final BinaryCodec CODEC = BinaryCodec.of(Samples::types);

  private Samples() {}

  static BinaryConfig types(BinaryConfig config) {
    return config
        .register("order", Order.class)
        .register("line", Line.class)
        .register("color", Color.class)
        .registerSealed("shape.", Shape.class)
        .register("primitives", Primitives.class)
        .register("anything", Anything.class)
        .register("shared", Shared.class, RecordOptions::shared)
        .registerVia("money", Money.class, String.class, Money::text, Money::of)
        .registerObject(
            "node",
            Node.class,
            Node::new,
            f ->
                f.with("name", String.class, n -> n.name, (n, name) -> n.name = name)
                    .with("weight", int.class, n -> n.weight, (n, weight) -> n.weight = weight)
                    .with("left", Object.class, n -> n.left, (n, left) -> n.left = left)
                    .with("right", Object.class, n -> n.right, (n, right) -> n.right = right));
  }

  static BinaryCodec with(CodecLimits limits) {
    return BinaryCodec.of(c -> types(c).withLimits(unused -> limits));
  }

  static Order order() {
    return new Order(
        "A-17",
        Instant.parse("2026-11-21T10:15:30.123456789Z"),
        List.of(new Line("clapper", 2, 19.5), new Line("Glöckchen €", 1, -0.0)),
        Color.GREEN,
        new TreeMap<>(Map.of("gift", "yes", "note", "")));
  }

  static Primitives primitives(Gen gen) {
    return new Primitives(
        gen.chance(0.5),
        (byte) gen.anyLong(),
        (short) gen.anyLong(),
        (char) gen.anyLong(),
        number(gen),
        gen.chance(0.5) ? number(gen) : gen.anyLong(),
        Float.intBitsToFloat((int) gen.anyLong()),
        Double.longBitsToDouble(gen.anyLong()));
  }

  private static int number(Gen gen) {
    return gen.oneOf(0, 1, -1, 63, 64, -64, -65, Integer.MAX_VALUE, Integer.MIN_VALUE)
        + (gen.chance(0.5) ? 0 : (int) gen.anyLong());
  }

  static String text(Gen gen) {
    return switch (gen.intBetween(0, 5)) {
      case 0 -> "";
      case 1 -> "x".repeat(gen.intBetween(28, 140));
      case 2 -> "ÿ".repeat(gen.intBetween(0, 300));
      case 3 -> gen.text(5) + '\ud83d'; // half of a pair
      case 4 -> "glocke\u2009🔔".repeat(gen.intBetween(1, 40));
      default -> gen.text(20);
    };
  }

  /** {@return a value without others inside} */
  static Object leaf(Gen gen) {
    List<Supplier<Object>> all =
        List.of(
            () -> gen.chance(0.5),
            () -> (byte) gen.anyLong(),
            () -> (short) gen.anyLong(),
            () -> (char) gen.anyLong(),
            () -> number(gen),
            gen::anyLong,
            () -> (float) gen.anyLong(),
            () -> (double) gen.anyLong(),
            () -> text(gen),
            () -> text(gen),
            () -> Color.values()[gen.intBetween(0, 2)],
            () -> gen.oneOf(Unit.values()),
            () -> new UUID(gen.anyLong(), gen.anyLong()),
            () -> BigInteger.valueOf(gen.anyLong()).pow(gen.intBetween(0, 5)),
            () -> new BigDecimal(BigInteger.valueOf(gen.anyLong()), gen.intBetween(-9, 99)),
            () -> URI.create("https://example.com/" + gen.intBetween(0, 9)),
            () -> OptionalInt.of(number(gen)),
            OptionalInt::empty,
            () -> OptionalLong.of(gen.anyLong()),
            () -> OptionalDouble.of(gen.anyLong()),
            () -> BitSet.valueOf(new long[] {gen.anyLong()}),
            () ->
                ByteBuffer.wrap(text(gen).getBytes(java.nio.charset.StandardCharsets.UTF_8))
                    .order(gen.oneOf(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)),
            () -> new Money(BigDecimal.valueOf(gen.anyLong(), 2), "EUR"));
    return gen.chance(0.2) ? time(gen) : gen.oneOf(all).get();
  }

  private static Object time(Gen gen) {
    LocalDate date = LocalDate.ofEpochDay(gen.longBetween(-900_000_000L, 900_000_000L));
    LocalTime time = LocalTime.ofNanoOfDay(gen.longBetween(0, LocalTime.MAX.toNanoOfDay()));
    ZoneOffset offset = ZoneOffset.ofTotalSeconds(gen.intBetween(-18 * 3600, 18 * 3600));
    ZoneId zone = gen.oneOf(ZoneId.of("Europe/Berlin"), ZoneId.of("UTC"), offset);
    return gen.oneOf(
        Instant.ofEpochSecond(gen.longBetween(-99_999_999_999L, 99_999_999_999L), 999_999_999),
        Duration.ofSeconds(gen.anyLong() >> 8, gen.intBetween(0, 999_999_999)),
        date,
        time,
        LocalDateTime.of(date, time),
        OffsetTime.of(time, offset),
        OffsetDateTime.of(date, time, offset),
        ZonedDateTime.of(date, time, zone),
        zone,
        Period.of(gen.intBetween(-9, 9), 5, gen.intBetween(-400, 400)),
        Year.of(date.getYear()),
        YearMonth.from(date),
        MonthDay.from(date),
        Month.from(date),
        DayOfWeek.from(date));
  }

  /** Makes graphs; a part may be one that was made before, or one that is being made. */
  static final class Graphs {
    private final Gen gen;
    private final List<Object> known = new ArrayList<>();
    private int left;

    Graphs(Gen gen, int size) {
      this.gen = gen;
      this.left = size;
    }

    Object graph() {
      return container();
    }

    Object part() {
      if (--left < 0 || gen.chance(0.4)) {
        return gen.chance(0.1) ? null : leaf(gen);
      }
      if (!known.isEmpty() && gen.chance(0.15)) {
        return gen.oneOf(known);
      }
      return container();
    }

    private int count() {
      return gen.intBetween(0, Math.max(0, Math.min(left, 6)));
    }

    private Object container() {
      return switch (gen.intBetween(0, 11)) {
        case 0 -> filled(new ArrayList<>());
        case 1 -> filled(new LinkedList<>());
        case 2, 3 -> filledMap(gen.oneOf(new HashMap<>(), new LinkedHashMap<>()));
        case 4 -> filledArray();
        case 5 -> node();
        case 6 -> primitives(gen);
        case 7 -> new Shared(text(gen), part());
        case 8 -> new Anything(part(), gen.chance(0.1) ? null : text(gen), new Object[] {part()});
        case 9 -> gen.chance(0.5) ? Optional.empty() : Optional.of(gen.intBetween(0, 9));
        case 10 -> primitiveArray();
        default -> keyed();
      };
    }

    private Object filled(Collection<Object> collection) {
      known.add(collection);
      for (int i = count(); i > 0; i--) {
        collection.add(part());
      }
      return collection;
    }

    private Object filledMap(Map<Object, Object> map) {
      known.add(map);
      for (int i = count(); i > 0; i--) {
        map.put(key(), part());
      }
      return map;
    }

    private Object filledArray() {
      Object[] array = new Object[count()];
      known.add(array);
      for (int i = 0; i < array.length; i++) {
        array[i] = part();
      }
      return array;
    }

    private Object node() {
      Node node = new Node();
      known.add(node);
      node.name = text(gen);
      node.weight = number(gen);
      node.left = part();
      node.right = part();
      return node;
    }

    private Object primitiveArray() {
      int n = count();
      Object array =
          gen.oneOf(
              new boolean[] {true, false, gen.chance(0.5)},
              new byte[n],
              new short[] {(short) gen.anyLong()},
              new char[] {(char) gen.anyLong(), 'x'},
              new int[] {number(gen), number(gen)},
              new long[] {gen.anyLong(), n},
              new float[] {(float) gen.anyLong()},
              new double[] {gen.anyLong(), Double.NaN},
              new String[] {text(gen), null},
              new Color[] {Color.RED, null, Color.GREEN},
              new Shape[] {new Circle(1.5), Unit.LINE},
              new int[][] {{1, 2}, null, {}},
              new Integer[] {number(gen)});
      known.add(array);
      return array;
    }

    /** {@return a key: a tree of values that are equal by content} */
    private Object key() {
      return switch (gen.intBetween(0, 4)) {
        case 0 -> List.of(gen.intBetween(0, 99), text(gen));
        case 1 -> new Line(text(gen), number(gen), 1.5);
        case 2 -> gen.oneOf(Color.values());
        default -> text(gen);
      };
    }

    private Object keyed() {
      List<Integer> numbers = gen.listOf(0, 6, g -> g.intBetween(-99, 99));
      Map<String, Object> byText = new TreeMap<>();
      numbers.forEach(n -> byText.put("k" + n, n));
      EnumMap<Color, Object> byColor = new EnumMap<>(Color.class);
      if (gen.chance(0.6)) {
        byColor.put(Color.BLUE, part());
      }
      EnumSet<Color> colors = EnumSet.noneOf(Color.class);
      if (gen.chance(0.6)) {
        colors.add(Color.GREEN);
      }
      List<Object> all =
          List.of(
              new HashSet<>(numbers),
              new LinkedHashSet<>(numbers),
              new TreeSet<>(numbers),
              new TreeSet<>(numbers).descendingSet(),
              List.copyOf(numbers),
              java.util.Set.copyOf(numbers),
              Map.copyOf(byText),
              Collections.unmodifiableSortedMap(new TreeMap<>(byText)),
              byText,
              new ConcurrentHashMap<>(byText),
              new CopyOnWriteArrayList<>(numbers),
              new ArrayDeque<>(numbers),
              byColor,
              colors,
              numbers.subList(0, numbers.size() / 2),
              new TreeMap<>(String.CASE_INSENSITIVE_ORDER));
      Object made = gen.oneOf(all);
      known.add(made);
      return made;
    }
  }
}
