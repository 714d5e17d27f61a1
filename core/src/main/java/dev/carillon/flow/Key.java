package dev.carillon.flow;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The name and type of something that the parts of a cycle share.
 *
 * <p>A part says with {@link Out#reads} and {@link Out#writes} which keys it uses, and so comes
 * after those before it that write what it reads. What it writes is seen by others once its attempt
 * has succeeded, all at once; a failed attempt leaves no trace.
 *
 * {@snippet :
 * Key<Long> seen = Key.ofRun("seen", Long.class, 0L);
 * }
 *
 * @param name unique in a cycle
 * @param type of the value
 * @param scope how long a value lasts
 * @param initial what is read before anything was written; null if reading is an error then
 * @param <T> type of the value
 */
public record Key<T>(String name, Class<T> type, Lifetime scope, @Nullable T initial) {

  /** How long a value lasts. */
  public enum Lifetime {
    /** Until the iteration ends. */
    ITERATION,
    /** Until the run ends: each iteration finds what the one before left. */
    RUN
  }

  /**
   * Checks the fields.
   *
   * @throws IllegalArgumentException if the name is blank or the initial value of another type
   */
  public Key {
    if (name.isBlank()) {
      throw new IllegalArgumentException("a key's name must not be blank: name=\"" + name + "\"");
    }
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(scope, "scope");
    if (initial != null && !type.isInstance(initial)) {
      throw new IllegalArgumentException(
          "a key's initial value must be of its type: key=%s, type=%s, value of %s"
              .formatted(name, type.getName(), initial.getClass().getName()));
    }
  }

  /**
   * {@return a key whose value lasts for the run}
   *
   * @param name unique in a cycle
   * @param type of the value
   * @param initial what the first iteration finds
   * @param <T> type of the value
   */
  public static <T> Key<T> ofRun(String name, Class<T> type, T initial) {
    return new Key<>(name, type, Lifetime.RUN, initial);
  }

  /**
   * {@return a key whose value lasts for an iteration, and that must be written before it is read}
   *
   * @param name unique in a cycle
   * @param type of the value
   * @param <T> type of the value
   */
  public static <T> Key<T> ofIteration(String name, Class<T> type) {
    return new Key<>(name, type, Lifetime.ITERATION, null);
  }
}
