package dev.carillon.binary;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.SequencedSet;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.Vector;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Lists, sets and queues, which keep their identity. */
final class CollectionKinds {
  /*
   * A class of the JDK that is common and can be made again is a kind. Whatever else the JDK has as
   * a list, set or map, such as unmodifiable ones, views and parts of others, is written as what its
   * interface says, and becomes one that cannot be changed. Each of these implements all that such a
   * one may be declared as: a set is sequenced, and a sorted one can be navigated. Collections of
   * other classes, and those of the JDK that promise more than their interface says, as being safe
   * for threads, are refused.
   *
   * A set may tell elements apart that are equal, as one around a map by identity does. Behind a
   * wrapper that cannot be seen, so a reader of one compares the numbers.
   */
  private static final String JDK = "java.util.";

  /** Makes an empty collection for so many elements; the input is behind their number. */
  private interface Maker {
    Collection<Object> make(Input in, int count);
  }

  /** A collection whose elements are added one by one. */
  private static class Growing extends Form {
    private final int number;
    private final boolean isSet;
    private final Maker maker;
    private final @Nullable UnaryOperator<Collection<Object>> sealer;

    Growing(
        int number,
        String name,
        boolean isSet,
        Maker maker,
        @Nullable UnaryOperator<Collection<Object>> sealer) {
      super(name, true, true, sealer != null);
      this.number = number;
      this.isSet = isSet;
      this.maker = maker;
      this.sealer = sealer;
    }

    @Override
    void writeKind(Output out) {
      out.putByte(number);
    }

    @Override
    void write(Output out, Object value) {
      Collection<?> elements = (Collection<?>) value;
      int count = elements.size();
      out.count(count);
      writeOrder(out, value);
      int at = 0;
      for (Object element : elements) {
        try {
          if (isSet) {
            out.key(element);
          } else {
            out.any(element);
          }
        } catch (Failure f) {
          throw f.at(at);
        }
        at++;
      }
      Sizes.check(count, at);
    }

    // What may not be null is refused by the collection itself.
    @SuppressWarnings("NullAway")
    private static void add(Collection<Object> elements, @Nullable Object element) {
      elements.add(element);
    }

    /** Passes over what the maker would read. */
    void skipOrder(Input in) {}

    /** Writes what the maker needs to know besides the number. */
    void writeOrder(Output out, Object value) {}

    @Override
    Object read(Input in, int number) {
      int count = in.count();
      Collection<Object> elements = maker.make(in, count);
      if (sealer == null) {
        in.made(number, elements);
      }
      var collisions = isSet ? Collisions.guard(count, in) : null;
      for (int i = 0; i < count; i++) {
        in.next();
        try {
          add(elements, collisions != null ? collisions.key(in) : isSet ? in.key() : in.any());
        } catch (Throwable t) {
          throw Failure.reading(t).at(i);
        }
      }
      if (sealer == null) {
        return elements;
      }
      Sizes.checkDistinct(count, elements.size());
      return sealer.apply(elements);
    }

    @Override
    void skip(Input in) {
      int count = in.count();
      skipOrder(in);
      for (int left = count; left > 0; left--) {
        in.next();
        if (isSet) {
          in.skipKey();
        } else {
          in.skip();
        }
      }
    }
  }

  /** A sorted set: its order comes between their number and its elements. */
  private static final class Sorted extends Growing {
    Sorted(int number, String name, @Nullable UnaryOperator<Collection<Object>> sealer) {
      super(number, name, true, (in, count) -> new TreeSet<>(Orders.read(in)), sealer);
    }

    @Override
    void writeOrder(Output out, Object value) {
      out.putByte(Orders.of(((SortedSet<?>) value).comparator()));
    }

    @Override
    void skipOrder(Input in) {
      in.getByte();
    }
  }

  /** A set of constants of an enum. */
  private static final class Constants extends Form {
    private static final int BITS_PER_OBJECT = 512;

    Constants() {
      super("$enum-set", true, true, false);
    }

    @Override
    void writeKind(Output out) {
      out.putByte(WireFormat.ENUM_SET);
    }

    @Override
    void write(Output out, Object value) {
      EnumSet<?> constants = (EnumSet<?>) value;
      EnumType type = (EnumType) out.registered(elementType(constants));
      out.charge(type.constants.length / BITS_PER_OBJECT);
      out.type(type);
      out.count(constants.size());
      for (Enum<?> constant : constants) {
        out.putText(constant.name());
      }
    }

    private static <E extends Enum<E>> Class<?> elementType(EnumSet<E> constants) {
      EnumSet<E> some = constants.isEmpty() ? EnumSet.complementOf(constants) : constants;
      if (some.isEmpty()) {
        throw new Failure("a set of an enum without constants cannot be written: constants=0");
      }
      return some.iterator().next().getDeclaringClass();
    }

    @Override
    @SuppressWarnings({
      "unchecked",
      "rawtypes"
    }) // the type is that of an enum, checked by registered
    Object read(Input in, int number) {
      EnumType type = in.registered(in.type(), EnumType.class);
      in.charge(type.constants.length / BITS_PER_OBJECT);
      EnumSet constants = EnumSet.noneOf((Class) type.type);
      in.made(number, constants);
      int count = in.count();
      for (int i = 0; i < count; i++) {
        in.next();
        constants.add(type.constant(in));
      }
      return constants;
    }

    @Override
    void skip(Input in) {
      in.type();
      for (int left = in.count(); left > 0; left--) {
        in.next();
        in.skipText();
      }
    }
  }

  private static final Growing UNMODIFIABLE_LIST =
      new Growing(
          WireFormat.LIST,
          "$list",
          false,
          (in, count) -> new ArrayList<>(count),
          c -> Collections.unmodifiableList((List<Object>) c));
  private static final Growing UNMODIFIABLE_SET =
      new Growing(
          WireFormat.SET,
          "$set",
          true,
          (in, count) -> LinkedHashSet.newLinkedHashSet(count),
          c -> Collections.unmodifiableSequencedSet((SequencedSet<Object>) c));
  private static final Sorted UNMODIFIABLE_SORTED_SET =
      new Sorted(
          WireFormat.SORTED_SET,
          "$sorted-set",
          c -> Collections.unmodifiableNavigableSet((NavigableSet<Object>) c));

  private CollectionKinds() {}

  static List<Kinds.Entry> entries() {
    return List.of(
        new Kinds.Entry(WireFormat.LIST, UNMODIFIABLE_LIST, List.of()),
        new Kinds.Entry(WireFormat.SET, UNMODIFIABLE_SET, List.of()),
        new Kinds.Entry(WireFormat.SORTED_SET, UNMODIFIABLE_SORTED_SET, List.of()),
        list(WireFormat.ARRAY_LIST, "$array-list", ArrayList.class, ArrayList::new),
        list(WireFormat.LINKED_LIST, "$linked-list", LinkedList.class, CollectionKinds::linked),
        list(WireFormat.ARRAY_DEQUE, "$array-deque", ArrayDeque.class, ArrayDeque::new),
        // Each change of one copies it, so it is made of all elements at once.
        new Kinds.Entry(
            WireFormat.COPY_ON_WRITE_LIST,
            new Growing(
                WireFormat.COPY_ON_WRITE_LIST,
                "$copy-on-write-list",
                false,
                (in, count) -> new ArrayList<>(count),
                CopyOnWriteArrayList::new),
            List.of(CopyOnWriteArrayList.class)),
        set(WireFormat.HASH_SET, "$hash-set", HashSet.class, HashSet::newHashSet),
        set(
            WireFormat.LINKED_SET,
            "$linked-set",
            LinkedHashSet.class,
            LinkedHashSet::newLinkedHashSet),
        new Kinds.Entry(
            WireFormat.TREE_SET,
            new Sorted(WireFormat.TREE_SET, "$tree-set", null),
            List.of(TreeSet.class)),
        new Kinds.Entry(
            WireFormat.ENUM_SET,
            new Constants(),
            List.of(
                EnumSet.noneOf(Thread.State.class).getClass(),
                EnumSet.noneOf(Character.UnicodeScript.class).getClass())));
  }

  @SuppressWarnings("JdkObsolete") // who wrote one gets one
  private static Collection<Object> linked(int count) {
    return new LinkedList<>();
  }

  private static Kinds.Entry list(
      int number, String name, Class<?> type, IntFunction<Collection<Object>> maker) {
    return new Kinds.Entry(
        number,
        new Growing(number, name, false, (in, count) -> maker.apply(count), null),
        List.of(type));
  }

  private static Kinds.Entry set(
      int number, String name, Class<?> type, IntFunction<Collection<Object>> maker) {
    return new Kinds.Entry(
        number,
        new Growing(number, name, true, (in, count) -> maker.apply(count), null),
        List.of(type));
  }

  /** {@return how a collection or map of the JDK is written that is no kind; null if it is not} */
  static @Nullable Form ofOther(Object value) {
    String type = value.getClass().getName();
    boolean promisesMore =
        !type.startsWith(JDK)
            || type.startsWith(JDK + "concurrent.")
            || type.contains("$Synchronized")
            || type.contains("$Checked")
            || type.contains("Identity")
            || type.contains("Weak")
            || type.contains("SetFromMap")
            || value instanceof Vector<?>
            || value instanceof Hashtable<?, ?>;
    if (promisesMore) {
      return null;
    }
    return switch (value) {
      case SortedSet<?> sorted -> UNMODIFIABLE_SORTED_SET;
      case Set<?> set -> UNMODIFIABLE_SET;
      case Map<?, ?> map -> MapKinds.ofOther(map);
      case List<?> list -> UNMODIFIABLE_LIST;
      default -> null;
    };
  }
}
