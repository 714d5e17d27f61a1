package dev.carillon.binary;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
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
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The bytes of version 1, as they are kept in {@code carillon-1.hex}: they are written so for ever,
 * and read by every later version. A value that is new is added at the end of both.
 */
@Covers("S2")
final class GoldenTest {
  private static Map<String, Object> values() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("false", false);
    values.put("true", true);
    values.put("byte", (byte) -2);
    values.put("short", (short) 300);
    values.put("char", '€');
    values.put("int", -70_000);
    values.put("long", Long.MIN_VALUE);
    values.put("float", 1.5f);
    values.put("double", -0.1);
    values.put("text empty", "");
    values.put("text", "bell");
    values.put("text of 127", "x".repeat(127));
    values.put("text of 128", "ü".repeat(128));
    values.put("text in utf-8", "glocke 🔔");
    values.put("text with half a pair", "\ud83d!");
    values.put("order", Samples.order());
    values.put("primitives", new Samples.Primitives(true, (byte) 1, (short) 2, 'c', 3, 4, 5, 6));
    values.put("enum with a body", Samples.Color.GREEN);
    values.put("sealed", new Samples.Box(1, 2, new Samples.Circle(3)));
    values.put("via", new Samples.Money(new BigDecimal("9.90"), "EUR"));
    values.put("list", List.of(1, 2));
    values.put("array list", new ArrayList<>(Arrays.asList("a", null, "a")));
    values.put("linked list", new LinkedList<>(List.of(1)));
    values.put("copy on write list", new CopyOnWriteArrayList<>(List.of(1)));
    values.put("array deque", new ArrayDeque<>(List.of(1)));
    values.put("set", Set.of(7));
    values.put("hash set", new HashSet<>(List.of(7)));
    values.put("linked set", new LinkedHashSet<>(List.of(7, 3)));
    values.put("sorted set", Collections.unmodifiableSortedSet(new TreeSet<>(List.of(7, 3))));
    values.put("tree set", new TreeSet<>(List.of(7, 3)));
    values.put("tree set reversed", reversed());
    values.put("enum set", EnumSet.of(Samples.Color.RED, Samples.Color.BLUE));
    values.put("enum set empty", EnumSet.noneOf(Samples.Color.class));
    values.put("map", Map.of("k", 1));
    values.put("hash map", new HashMap<>(Map.of("k", 1)));
    values.put("linked map", new LinkedHashMap<>(Map.of("k", 1)));
    values.put("concurrent map", new ConcurrentHashMap<>(Map.of("k", 1)));
    values.put("sorted map", Collections.unmodifiableSortedMap(new TreeMap<>(Map.of("k", 1))));
    values.put("tree map", new TreeMap<>(Map.of("b", 1, "a", 2)));
    values.put("tree map without case", withoutCase());
    values.put("enum map", new EnumMap<>(Map.of(Samples.Color.RED, 1)));
    values.put("booleans", new boolean[] {true, false});
    values.put("bytes", new byte[] {1, -1});
    values.put("shorts", new short[] {1, -1});
    values.put("chars", new char[] {'a', '€'});
    values.put("ints", new int[] {1, -1});
    values.put("longs", new long[] {1, -1});
    values.put("floats", new float[] {1, Float.NaN});
    values.put("doubles", new double[] {1, Double.NaN});
    values.put("objects", new Object[] {1, "x", null});
    values.put("texts", new String[] {"x"});
    values.put("orders", new Samples.Line[][] {{new Samples.Line("a", 1, 2)}, null});
    values.put("optional", Optional.of("x"));
    values.put("optional empty", Optional.empty());
    values.put("optional int", OptionalInt.of(5));
    values.put("optional long", OptionalLong.of(5));
    values.put("optional double", OptionalDouble.of(5));
    values.put("optional double empty", OptionalDouble.empty());
    values.put("uuid", new UUID(0x0123456789abcdefL, 0xfedcba9876543210L));
    values.put("big integer", new BigInteger("-123456789012345678901234567890"));
    values.put("big decimal", new BigDecimal("123.4500"));
    values.put("uri", URI.create("https://example.com/a?b"));
    values.put("byte buffer", ByteBuffer.wrap(new byte[] {9, 8, 7, 6}, 1, 2));
    values.put("bit set", BitSet.valueOf(new long[] {5}));
    values.put("instant", Instant.ofEpochSecond(-5, 999_999_999));
    values.put("duration", Duration.ofMillis(1500));
    values.put("local date", LocalDate.of(2026, 11, 21));
    values.put("local time", LocalTime.of(23, 59, 59, 1));
    values.put("local date time", LocalDateTime.of(2026, 11, 21, 10, 15));
    values.put("offset time", OffsetTime.of(10, 15, 0, 0, ZoneOffset.ofHours(-3)));
    values.put(
        "offset date time",
        OffsetDateTime.of(2026, 11, 21, 10, 15, 0, 0, ZoneOffset.ofHoursMinutes(5, 30)));
    values.put(
        "zoned date time", ZonedDateTime.of(2026, 10, 25, 2, 30, 0, 0, ZoneId.of("Europe/Berlin")));
    values.put("zone offset", ZoneOffset.ofHours(2));
    values.put("zone", ZoneId.of("Europe/Berlin"));
    values.put("period", Period.of(1, -2, 3));
    values.put("year", Year.of(-44));
    values.put("year month", YearMonth.of(2026, 11));
    values.put("month day", MonthDay.of(2, 29));
    values.put("month", Month.NOVEMBER);
    values.put("day of week", DayOfWeek.SATURDAY);
    values.put("circle", circle());
    values.put("met twice", twice());
    values.put("shared records", shared());
    values.put("many types", manyTypes());
    return values;
  }

  private static TreeSet<Integer> reversed() {
    var set = new TreeSet<Integer>(Collections.reverseOrder());
    set.addAll(List.of(3, 7));
    return set;
  }

  private static TreeMap<String, Integer> withoutCase() {
    var map = new TreeMap<String, Integer>(String.CASE_INSENSITIVE_ORDER);
    map.put("K", 1);
    return map;
  }

  private static Samples.Node circle() {
    var node = new Samples.Node();
    node.name = "n";
    node.left = node;
    node.right = new Object[] {node};
    return node;
  }

  private static List<Object> twice() {
    var inner = new ArrayList<Object>(List.of(1));
    var outer = new ArrayList<Object>(List.of(inner, inner));
    outer.add(outer);
    return outer;
  }

  private static List<Object> shared() {
    var one = new Samples.Shared("s", null);
    return List.of(one, one);
  }

  private static List<Object> manyTypes() {
    return List.of(
        new Samples.Line("a", 1, 1),
        Samples.Unit.LINE,
        Samples.Color.RED,
        new Samples.Line("b", 2, 2),
        Samples.Unit.POINT);
  }

  private static Map<String, String> kept() {
    try (InputStream in = GoldenTest.class.getResourceAsStream("carillon-1.hex")) {
      Map<String, String> kept = new LinkedHashMap<>();
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
        int end = line.lastIndexOf(": ");
        kept.put(line.substring(0, end), line.substring(end + 2));
      }
      return kept;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @TestFactory
  Stream<DynamicTest> encode_givesTheBytesOfVersion1() {
    Map<String, String> kept = kept();
    return values().entrySet().stream()
        .map(entry ->
            DynamicTest.dynamicTest(
                entry.getKey(),
                () ->
                    assertThat(HexFormat.of().formatHex(Samples.CODEC.encode(entry.getValue())))
                        .isEqualTo(kept.get(entry.getKey()))));
  }

  @TestFactory
  Stream<DynamicTest> decode_ofTheBytesOfVersion1_givesTheValues() {
    Map<String, Object> values = values();
    return kept().entrySet().stream()
        .map(entry ->
            DynamicTest.dynamicTest(
                entry.getKey(),
                () ->
                    SameGraph.check(
                        Samples.CODEC,
                        values.get(entry.getKey()),
                        Samples.CODEC.decode(
                            HexFormat.of().parseHex(entry.getValue()), Object.class))));
  }

  /** So that the file pins the whole format. */
  @Test
  void values_haveEveryKindThatThereIs() {
    Set<String> names = new TreeSet<>();
    values().values().forEach(value -> names.add(Samples.CODEC.typeOf(value)));
    for (int kind = 0; kind < WireFormat.KINDS; kind++) {
      String name = Kinds.nameOf(kind);
      if (name != null) {
        assertThat(names).as("kind %d", kind).contains(name);
      }
    }
  }
}
