package dev.carillon.binary;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The kinds of values that need not be registered. */
final class Kinds {
  private static final Form[] BY_NUMBER = new Form[WireFormat.KINDS];
  private static final Map<Class<?>, Form> BY_CLASS = new HashMap<>();

  /**
   * A kind with a number of its own.
   *
   * @param number of the kind
   * @param form of its values
   * @param classes whose instances, and of no subclass, are written so
   */
  record Entry(int number, Form form, List<Class<?>> classes) {}

  static {
    Stream.of(
            Scalars.entries(),
            Times.entries(),
            ArrayKinds.entries(),
            CollectionKinds.entries(),
            MapKinds.entries())
        .flatMap(List::stream)
        .forEach(Kinds::add);
  }

  private Kinds() {}

  private static void add(Entry entry) {
    if (BY_NUMBER[entry.number()] != null) {
      throw new IllegalStateException("a number must be of one kind: kind=" + entry.number());
    }
    BY_NUMBER[entry.number()] = entry.form();
    for (Class<?> type : entry.classes()) {
      BY_CLASS.put(type, entry.form());
    }
  }

  /** {@return the kind of that number} */
  static Form of(int number) {
    Form form = BY_NUMBER[number];
    if (form == null) {
      throw new Failure("the kind of a value must be one that is known: kind=" + number);
    }
    return form;
  }

  /** {@return what the kind of that number is called; null if there is none} */
  static @Nullable String nameOf(int number) {
    Form form = BY_NUMBER[number];
    return form == null ? null : form.name;
  }

  /** {@return the kinds of the classes that have one} */
  static Map<Class<?>, Form> byClass() {
    return BY_CLASS;
  }

  /** {@return the kind of values whose class has none, by what they are; null if there is none} */
  static @Nullable Form ofOther(Object value) {
    if (value instanceof java.nio.ByteBuffer) {
      return Scalars.BYTE_BUFFER;
    }
    if (value instanceof java.time.ZoneId) {
      return Times.ZONE;
    }
    if (value.getClass().isArray()) {
      return ArrayKinds.OBJECTS;
    }
    return CollectionKinds.ofOther(value);
  }

  /** {@return the classes that arrays may be of without registration, in the format's order} */
  static List<Class<?>> elements() {
    return Elements.CLASSES;
  }

  /** The order is part of the format: classes are added at the end only. */
  private static final class Elements {
    static final List<Class<?>> CLASSES =
        List.of(
            Object.class,
            String.class,
            Boolean.class,
            Byte.class,
            Short.class,
            Character.class,
            Integer.class,
            Long.class,
            Float.class,
            Double.class,
            Number.class,
            CharSequence.class,
            Comparable.class,
            boolean.class,
            byte.class,
            short.class,
            char.class,
            int.class,
            long.class,
            float.class,
            double.class,
            Iterable.class,
            java.util.Collection.class,
            List.class,
            java.util.Set.class,
            Map.class,
            java.util.Optional.class,
            java.util.UUID.class,
            java.math.BigInteger.class,
            java.math.BigDecimal.class,
            java.net.URI.class,
            java.nio.ByteBuffer.class,
            java.util.BitSet.class,
            java.time.Instant.class,
            java.time.Duration.class,
            java.time.LocalDate.class,
            java.time.LocalTime.class,
            java.time.LocalDateTime.class,
            java.time.OffsetTime.class,
            java.time.OffsetDateTime.class,
            java.time.ZonedDateTime.class,
            java.time.ZoneOffset.class,
            java.time.ZoneId.class,
            java.time.Period.class,
            java.time.Year.class,
            java.time.YearMonth.class,
            java.time.MonthDay.class,
            java.time.Month.class,
            java.time.DayOfWeek.class,
            Record.class,
            Enum.class);
  }
}
