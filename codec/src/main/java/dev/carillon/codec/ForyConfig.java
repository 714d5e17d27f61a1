package dev.carillon.codec;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The settings of {@link ForyCodec}: immutable, changed by {@code with} methods, checked when made.
 *
 * @param types the classes of values by their names; arrays of them go along, as do the classes of
 *     the JDK that Fory knows
 * @param maxBytes length of a whole value in bytes, 16 to 2,000,000,000; holds for writing too
 * @param maxDepth how deeply values that are read may lie in each other, 2 to 10,000
 * @param maxMemory how much memory the objects of a value that is read may take, in bytes, by
 *     Fory's estimate, which leaves texts and arrays of primitives out; at least 1,024
 * @param evolving whether a class may have other fields where a value is read than where it was
 *     written: bytes then say which fields there are
 */
public record ForyConfig(
    Map<String, Class<?>> types, int maxBytes, int maxDepth, long maxMemory, boolean evolving) {

  /** The default settings: no types but the JDK's, 1 MiB, 200 levels, 32 MiB, evolving. */
  public static final ForyConfig DEFAULT = new ForyConfig(Map.of(), 1 << 20, 200, 32L << 20, true);

  private static final int LEAST_BYTES = 16;
  private static final int MOST_BYTES = 2_000_000_000;
  private static final int MOST_DEPTH = 10_000;
  private static final long LEAST_MEMORY = 1_024;

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a number is outside its range, a name is not 1 to 200 of
   *     letters, digits and {@code . _ - $}, a class stands for two names, or is one that Fory must
   *     not have: see {@link #withType}
   */
  public ForyConfig {
    types = Collections.unmodifiableMap(new LinkedHashMap<>(types));
    check("maxBytes", maxBytes, LEAST_BYTES, MOST_BYTES);
    check("maxDepth", maxDepth, 2, MOST_DEPTH);
    check("maxMemory", maxMemory, LEAST_MEMORY, Long.MAX_VALUE);
    ForyTypes.check(types);
  }

  private static void check(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s must be %d to %d: %s=%d".formatted(name, least, most, name, value));
    }
  }

  /**
   * {@return these settings and a class}
   *
   * @param name what it is called, 1 to 200 of letters, digits and {@code . _ - $}, such as {@code
   *     shop.Order}; in the bytes stands a number that is made of it
   * @param type a class, record or enum; not one of the JDK's, nor an interface or abstract class,
   *     whose classes are named each, nor one that says itself how it is serialised, by methods
   *     such as {@code readObject}: Fory would run them
   * @throws IllegalArgumentException if the name or the class breaks a rule or is there already
   */
  public ForyConfig withType(String name, Class<?> type) {
    var more = new LinkedHashMap<>(types);
    Class<?> before = more.putIfAbsent(name, type);
    if (before != null) {
      throw new IllegalArgumentException(
          "a name must be for one class: name=\"%s\", classes=%s and %s"
              .formatted(name, before.getName(), type.getName()));
    }
    return new ForyConfig(more, maxBytes, maxDepth, maxMemory, evolving);
  }

  /**
   * {@return these settings with another length}
   *
   * @param most bytes of a whole value, 16 to 2,000,000,000
   * @throws IllegalArgumentException if it is outside its range
   */
  public ForyConfig withMaxBytes(int most) {
    return new ForyConfig(types, most, maxDepth, maxMemory, evolving);
  }

  /**
   * {@return these settings with another depth}
   *
   * @param most levels, 2 to 10,000
   * @throws IllegalArgumentException if it is outside its range
   */
  public ForyConfig withMaxDepth(int most) {
    return new ForyConfig(types, maxBytes, most, maxMemory, evolving);
  }

  /**
   * {@return these settings with another bound of memory}
   *
   * @param most bytes, at least 1,024
   * @throws IllegalArgumentException if it is outside its range
   */
  public ForyConfig withMaxMemory(long most) {
    return new ForyConfig(types, maxBytes, maxDepth, most, evolving);
  }

  /**
   * {@return these settings, with or without evolution} Both sides must have the same. Without it
   * values are shorter and faster, and refused where a class has other fields.
   *
   * @param allowed whether fields may differ
   */
  public ForyConfig withEvolution(boolean allowed) {
    return new ForyConfig(types, maxBytes, maxDepth, maxMemory, allowed);
  }
}
