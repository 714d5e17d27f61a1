package dev.carillon.function;

import dev.carillon.spi.CodingException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Puts other values in the place of some, wherever these are in values. For one thread. */
final class Rewriting {
  /*
   * What a replaced value lies in is copied, and all else is left as it is: what stays shared among
   * the values and their copies stays one object. A copy is made when the first of its parts is
   * known to be replaced; so something that holds itself cannot have a replaced part, as it would
   * have to be in its own copy before that is there.
   */
  private static final int MOST_LEVELS = 1_000; // each needs stack

  private enum State {
    OPEN // its parts are being looked at
  }

  /** Says what stands for a value. */
  interface Replacing {
    /** {@return another value, or the same} */
    Object replace(Object value);
  }

  private final Replacing replacing;
  private final IdentityHashMap<Object, Object> done = new IdentityHashMap<>();

  Rewriting(Replacing replacing) {
    this.replacing = replacing;
  }

  /** {@return whether values that lie in one can be replaced} */
  static boolean copies(Object value) {
    Class<?> type = value.getClass();
    return type == Object[].class
        || value instanceof Optional<?>
        || (Inspection.isOfJdk(type)
            && (value instanceof List<?>
                || (value instanceof Map<?, ?> && !(value instanceof EnumMap<?, ?>))));
  }

  /** {@return a value with others in the places of some} */
  @Nullable Object rewrite(@Nullable Object value) {
    return rewrite(value, 0);
  }

  private @Nullable Object rewrite(@Nullable Object value, int level) {
    if (value == null) {
      return null;
    }
    Object other = replacing.replace(value);
    if (isOther(other, value) || !copies(value)) {
      return other;
    }
    Object known = done.get(value);
    if (known == State.OPEN) {
      throw refused("not hold itself", value);
    }
    if (level >= MOST_LEVELS) {
      throw refused("be at most " + MOST_LEVELS + " levels deep", value);
    }
    if (known == null) {
      done.put(value, State.OPEN);
      known = copy(value, level + 1);
      done.put(value, known);
    }
    return known;
  }

  private static CodingException refused(String must, Object value) {
    return new CodingException(
        "a value must %s when functions or running objects are among the values: class=%s"
            .formatted(must, value.getClass().getTypeName()),
        "",
        null);
  }

  @SuppressWarnings("ReferenceEquality") // whether it was replaced, not what by
  private static boolean isOther(@Nullable Object one, @Nullable Object other) {
    return one != other;
  }

  /** {@return a copy if anything in it is replaced, else itself} */
  private Object copy(Object value, int level) {
    return switch (value) {
      case List<?> all -> copy(all, level);
      case Map<?, ?> all -> copy(all, level);
      case Object[] all -> copy(all, level);
      case Optional<?> one -> copy(one, level);
      default -> value; // copies() says so
    };
  }

  private Object copy(List<?> all, int level) {
    var copy = new ArrayList<@Nullable Object>(all.size());
    boolean isChanged = false;
    for (Object each : all) {
      Object other = rewrite(each, level);
      isChanged |= isOther(other, each);
      copy.add(other);
    }
    return isChanged ? copy : all;
  }

  @SuppressWarnings("unchecked") // it is ordered by the same comparator
  private Object copy(Map<?, ?> all, int level) {
    Map<Object, @Nullable Object> copy =
        all instanceof SortedMap<?, ?> sorted
            ? new TreeMap<>((Comparator<Object>) sorted.comparator())
            : new LinkedHashMap<>();
    boolean isChanged = false;
    for (Map.Entry<?, ?> each : all.entrySet()) {
      Object other = rewrite(each.getValue(), level);
      isChanged |= isOther(other, each.getValue());
      copy.put(each.getKey(), other);
    }
    return isChanged ? copy : all;
  }

  private Object copy(Object[] all, int level) {
    @Nullable Object[] copy = all.clone();
    boolean isChanged = false;
    for (int i = 0; i < copy.length; i++) {
      copy[i] = rewrite(all[i], level);
      isChanged |= isOther(copy[i], all[i]);
    }
    return isChanged ? copy : all;
  }

  private Object copy(Optional<?> one, int level) {
    Object inside = one.orElse(null);
    Object written = rewrite(inside, level);
    return written != null && isOther(written, inside) ? Optional.of(written) : one;
  }
}
