package dev.carillon.function;

import dev.carillon.spi.CodecLimits;
import dev.carillon.spi.CodingException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Looks through values for what cannot be sent as it is. For one thread. */
final class Inspection {
  /*
   * A walk in depth over the objects that can be reached, each looked at once, or twice if it is
   * free where it is found first and not free elsewhere. The JDK's objects are not looked into, apart from its collections, maps, optionals and arrays. Records are read by
   * their accessors, other objects by their fields; what a module does not open is left to the
   * codec, which refuses what it does not know.
   *
   * Functions and objects that can rest are told to a Finder, and not looked into. They can be
   * replaced only in what Rewriting copies: `isFree` says whether all that a value lies in is such.
   * An object that can rest may also be left in its place, if the codec knows its class.
   */
  private static final int MOST_LEVELS = 1_000; // the walk needs stack for each

  private static final ClassValue<List<Field>> FIELDS =
      new ClassValue<>() {
        @Override
        protected List<Field> computeValue(Class<?> type) {
          return readable(type);
        }
      };

  private static final ClassValue<List<Method>> ACCESSORS =
      new ClassValue<>() {
        @Override
        protected List<Method> computeValue(Class<?> type) {
          return accessors(type);
        }
      };

  /** Is told what can be replaced. */
  interface Finder {
    /**
     * Is told of an object that can rest.
     *
     * @param isFree whether it can be replaced
     */
    void found(Quiescent<?> part, ValuePath path, boolean isFree);

    void found(LocalBindable<?> function, ValuePath path);
  }

  private final Finder finder;
  private final int maxLevels;
  private final int maxObjects;
  private final IdentityHashMap<Object, Boolean> seen = new IdentityHashMap<>(); // whether free

  Inspection(CodecLimits limits, Finder finder) {
    this.finder = finder;
    this.maxLevels = Math.min(limits.maxDepth(), MOST_LEVELS);
    this.maxObjects = limits.maxObjects();
  }

  static CodingException refused(ValuePath path, Object value, String why) {
    return new CodingException(
        "a value cannot be sent: %s: %s".formatted(value.getClass().getTypeName(), why),
        path.toString(),
        null);
  }

  /**
   * Looks through a value.
   *
   * @throws CodingException if something in it cannot be sent
   */
  void inspect(@Nullable Object value, ValuePath path) {
    visit(value, path, true, 0);
  }

  private void visit(@Nullable Object value, ValuePath path, boolean isFree, int level) {
    if (value == null || isPlain(value)) {
      return;
    }
    if (value instanceof Quiescent<?> part) {
      finder.found(part, path, isFree);
      return;
    }
    if (value instanceof LocalBindable<?> function) {
      checkFree(value, path, isFree);
      finder.found(function, path);
      return;
    }
    Optional<String> live = LiveKinds.of(value.getClass());
    if (live.isPresent()) {
      throw refused(path, value, "it is " + live.get());
    }
    Boolean wasFree = seen.get(value);
    if (wasFree != null && (isFree || !wasFree)) {
      return;
    }
    seen.put(value, isFree);
    if (level >= maxLevels) {
      throw refused(path, value, "it lies too deep: levels=" + level + ", most=" + maxLevels);
    }
    if (seen.size() > maxObjects) {
      throw refused(path, value, "there are too many objects: most=" + maxObjects);
    }
    try {
      visitParts(value, path, isFree && Rewriting.copies(value), level + 1);
    } catch (CodingException e) {
      throw e;
    } catch (RuntimeException e) { // of the value's own methods, or it changes meanwhile
      throw new CodingException(
          "a value cannot be looked through: class=" + value.getClass().getTypeName(),
          path.toString(),
          e);
    }
  }

  static void checkFree(Object value, ValuePath path, boolean isFree) {
    if (!isFree) {
      throw refused(
          path,
          value,
          "it can be an argument, captured, or in lists, values of maps, optionals and Object[]"
              + " only");
    }
  }

  static boolean isPlain(Object value) {
    Class<?> type = value.getClass();
    return value instanceof String
        || value instanceof Number
        || value instanceof Boolean
        || value instanceof Character
        || value instanceof Enum<?>
        || (type.isArray() && type.componentType().isPrimitive());
  }

  private void visitParts(Object value, ValuePath path, boolean isFree, int level) {
    switch (value) {
      case Collection<?> all -> {
        int i = 0;
        for (Object each : all) {
          visit(each, path.at(i++), isFree, level);
        }
      }
      case Object[] all -> {
        for (int i = 0; i < all.length; i++) {
          visit(all[i], path.at(i), isFree, level);
        }
      }
      case Map<?, ?> all -> {
        for (Map.Entry<?, ?> each : all.entrySet()) {
          ValuePath at = path.at(shown(each.getKey()));
          visit(each.getKey(), at.field("key"), false, level);
          visit(each.getValue(), at, isFree, level);
        }
      }
      case Optional<?> one -> visit(one.orElse(null), path, isFree, level);
      case Map.Entry<?, ?> entry -> {
        visit(entry.getKey(), path.field("key"), false, level);
        visit(entry.getValue(), path.field("value"), false, level);
      }
      case Record bundle -> visitComponents(bundle, path, level);
      default -> visitFields(value, path, level);
    }
  }

  private static Object shown(@Nullable Object key) {
    return key == null ? "null" : key;
  }

  private void visitComponents(Record bundle, ValuePath path, int level) {
    for (Method accessor : ACCESSORS.get(bundle.getClass())) {
      Object part;
      try {
        part = accessor.invoke(bundle);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("an accessor failed: " + accessor.getName(), e);
      }
      visit(part, path.field(accessor.getName()), false, level);
    }
  }

  private void visitFields(Object value, ValuePath path, int level) {
    for (Field field : FIELDS.get(value.getClass())) {
      Object part;
      try {
        part = field.get(value);
      } catch (IllegalAccessException e) {
        throw new IllegalStateException("a field was open and is not: " + field, e);
      }
      visit(part, path.field(field.getName()), false, level);
    }
  }

  // ── reflection ──

  private static List<Method> accessors(Class<?> type) {
    var all = new ArrayList<Method>();
    for (RecordComponent component : type.getRecordComponents()) {
      Method accessor = component.getAccessor();
      if (!component.getType().isPrimitive() && accessor.trySetAccessible()) {
        all.add(accessor);
      }
    }
    return List.copyOf(all);
  }

  private static List<Field> readable(Class<?> type) {
    var all = new ArrayList<Field>();
    for (Class<?> each = type; each != null && !isOfJdk(each); each = each.getSuperclass()) {
      for (Field field : each.getDeclaredFields()) {
        boolean isValue = (field.getModifiers() & (Modifier.STATIC | Modifier.TRANSIENT)) == 0;
        if (isValue && !field.getType().isPrimitive() && field.trySetAccessible()) {
          all.add(field);
        }
      }
    }
    return List.copyOf(all);
  }

  static boolean isOfJdk(Class<?> type) {
    ClassLoader loader = type.getClassLoader();
    return loader == null || loader.equals(ClassLoader.getPlatformClassLoader());
  }
}
