package dev.carillon.binary;

import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Maps, which keep their identity; their keys do not. */
final class MapKinds {
  /** Makes an empty map for so many entries; the input is behind their number. */
  private interface Maker {
    Map<Object, Object> make(Input in, int count);
  }

  /** A map whose entries are put one by one. */
  private static class Growing extends Form {
    private static final int VALUES_PER_ENTRY = 2;

    private final int number;
    private final Maker maker;
    private final @Nullable UnaryOperator<Map<Object, Object>> sealer;

    Growing(
        int number, String name, Maker maker, @Nullable UnaryOperator<Map<Object, Object>> sealer) {
      super(name, true, true, sealer != null);
      this.number = number;
      this.maker = maker;
      this.sealer = sealer;
    }

    @Override
    void writeKind(Output out) {
      out.putByte(number);
    }

    @Override
    void write(Output out, Object value) {
      Map<?, ?> map = (Map<?, ?>) value;
      int count = map.size();
      out.count(count);
      writeOrder(out, value);
      int written = 0;
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        try {
          out.key(entry.getKey());
          out.any(entry.getValue());
        } catch (Failure f) {
          throw f.under(entry.getKey());
        }
        written++;
      }
      Sizes.check(count, written);
    }

    /** Writes what the maker needs to know besides the number. */
    void writeOrder(Output out, Object value) {}

    // What may not be null is refused by the map itself.
    @SuppressWarnings("NullAway")
    private static void put(Map<Object, Object> map, @Nullable Object key, @Nullable Object value) {
      map.put(key, value);
    }

    /** Passes over what the maker would read. */
    void skipOrder(Input in) {}

    @Override
    Object read(Input in, int number) {
      int count = in.count(VALUES_PER_ENTRY);
      Map<Object, Object> map = maker.make(in, count);
      if (sealer == null) {
        in.made(number, map);
      }
      Collisions collisions = Collisions.guard(count, in);
      for (int i = 0; i < count; i++) {
        Object key = null;
        try {
          in.next();
          key = collisions == null ? in.key() : collisions.key(in);
          in.next();
          put(map, key, in.any());
        } catch (Throwable t) {
          throw Failure.reading(t).under(key);
        }
      }
      if (sealer == null) {
        return map;
      }
      Sizes.checkDistinct(count, map.size());
      return sealer.apply(map);
    }

    @Override
    void skip(Input in) {
      int count = in.count(VALUES_PER_ENTRY);
      skipOrder(in);
      for (int left = count; left > 0; left--) {
        in.next();
        in.skipKey();
        in.next();
        in.skip();
      }
    }
  }

  /** A sorted map: its order comes between their number and its entries. */
  private static final class Sorted extends Growing {
    Sorted(int number, String name, @Nullable UnaryOperator<Map<Object, Object>> sealer) {
      super(number, name, (in, count) -> new TreeMap<>(Orders.read(in)), sealer);
    }

    @Override
    void writeOrder(Output out, Object value) {
      out.putByte(Orders.of(((SortedMap<?, ?>) value).comparator()));
    }

    @Override
    void skipOrder(Input in) {
      in.getByte();
    }
  }

  /** A map from constants of an enum. */
  private static final class Constants extends Form {
    private static final int CONSTANTS_PER_OBJECT = 8;

    Constants() {
      super("$enum-map", true, true, false);
    }

    @Override
    void writeKind(Output out) {
      out.putByte(WireFormat.ENUM_MAP);
    }

    @Override
    void write(Output out, Object value) {
      EnumMap<?, ?> map = (EnumMap<?, ?>) value;
      EnumType type = (EnumType) keyType(out, map);
      out.charge(type.constants.length / CONSTANTS_PER_OBJECT);
      out.type(type);
      out.count(map.size());
      for (Map.Entry<? extends Enum<?>, ?> entry : map.entrySet()) {
        out.putText(entry.getKey().name());
        try {
          out.any(entry.getValue());
        } catch (Failure f) {
          throw f.under(entry.getKey().name());
        }
      }
    }

    private static NamedType keyType(Output out, EnumMap<?, ?> map) {
      return map.isEmpty()
          ? out.enumThatFits(map)
          : out.registered(map.keySet().iterator().next().getDeclaringClass());
    }

    @Override
    @SuppressWarnings({
      "unchecked",
      "rawtypes"
    }) // the type is that of an enum, checked by registered
    Object read(Input in, int number) {
      EnumType type = in.registered(in.type(), EnumType.class);
      in.charge(type.constants.length / CONSTANTS_PER_OBJECT);
      EnumMap map = new EnumMap((Class) type.type);
      in.made(number, map);
      int count = in.count(2);
      for (int i = 0; i < count; i++) {
        in.next();
        Enum<?> key = type.constant(in);
        in.next();
        try {
          map.put(key, in.any());
        } catch (Throwable t) {
          throw Failure.reading(t).under(key.name());
        }
      }
      return map;
    }

    @Override
    void skip(Input in) {
      in.type();
      for (int left = in.count(2); left > 0; left--) {
        in.next();
        in.skipText();
        in.next();
        in.skip();
      }
    }
  }

  private static final Growing UNMODIFIABLE_MAP =
      new Growing(
          WireFormat.MAP,
          "$map",
          (in, count) -> LinkedHashMap.newLinkedHashMap(count),
          m -> Collections.unmodifiableSequencedMap((SequencedMap<Object, Object>) m));
  private static final Sorted UNMODIFIABLE_SORTED_MAP =
      new Sorted(
          WireFormat.SORTED_MAP,
          "$sorted-map",
          m -> Collections.unmodifiableNavigableMap((NavigableMap<Object, Object>) m));

  private MapKinds() {}

  static List<Kinds.Entry> entries() {
    return List.of(
        new Kinds.Entry(WireFormat.MAP, UNMODIFIABLE_MAP, List.of()),
        new Kinds.Entry(WireFormat.SORTED_MAP, UNMODIFIABLE_SORTED_MAP, List.of()),
        map(
            WireFormat.HASH_MAP,
            "$hash-map",
            HashMap.class,
            (in, count) -> HashMap.newHashMap(count)),
        map(
            WireFormat.LINKED_MAP,
            "$linked-map",
            LinkedHashMap.class,
            (in, count) -> LinkedHashMap.newLinkedHashMap(count)),
        map(
            WireFormat.CONCURRENT_MAP,
            "$concurrent-map",
            ConcurrentHashMap.class,
            (in, count) -> new ConcurrentHashMap<>(count)),
        new Kinds.Entry(
            WireFormat.TREE_MAP,
            new Sorted(WireFormat.TREE_MAP, "$tree-map", null),
            List.of(TreeMap.class)),
        new Kinds.Entry(WireFormat.ENUM_MAP, new Constants(), List.of(EnumMap.class)));
  }

  private static Kinds.Entry map(int number, String name, Class<?> type, Maker maker) {
    return new Kinds.Entry(number, new Growing(number, name, maker, null), List.of(type));
  }

  /** {@return how a map of the JDK is written that is no kind} */
  static Form ofOther(Map<?, ?> map) {
    return map instanceof SortedMap ? UNMODIFIABLE_SORTED_MAP : UNMODIFIABLE_MAP;
  }
}
