package dev.carillon.function;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/**
 * Settings of a {@link FunctionCodec}: immutable, changed by its methods.
 *
 * @param allowed classes whose lambdas and method references may be made from bytes, each marked as
 *     {@link Sendable}
 * @param restorations how {@link Quiescent} objects are made anew, by name
 * @param maxCaptured how much a lambda may have captured when it is sent, in bytes of the codec, 1
 *     to 2,000,000,000; what is received is bounded by the codec's limits
 * @param quiesceWithin how long all {@link Quiescent} objects of a function together may take to
 *     come to rest, 1 ms to 1 hour
 */
public record FunctionCodecConfig(
    Set<Class<?>> allowed,
    Map<String, Restoration<?, ?>> restorations,
    int maxCaptured,
    Duration quiesceWithin) {

  private static final int MOST_CAPTURED = 2_000_000_000;
  private static final Duration LEAST_TIME = Duration.ofMillis(1);
  private static final Duration MOST_TIME = Duration.ofHours(1);

  /** The default settings: nothing allowed, nothing restored, 64 KiB captured, 10 s to rest. */
  public static final FunctionCodecConfig DEFAULT =
      new FunctionCodecConfig(Set.of(), Map.of(), 64 << 10, Duration.ofSeconds(10));

  /**
   * How objects of a class are made anew.
   *
   * @param type their class
   * @param snapshot type of what is sent in their place
   * @param restore makes one, which rests until it is told to resume
   * @param <S> type of what is sent in their place
   * @param <T> their class
   */
  public record Restoration<S, T extends Quiescent<S>>(
      Class<T> type, Class<S> snapshot, Function<? super S, ? extends T> restore) {

    /** Checks that nothing is missing. */
    public Restoration {
      Objects.requireNonNull(type, "type");
      Objects.requireNonNull(snapshot, "snapshot");
      Objects.requireNonNull(restore, "restore");
    }
  }

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if one is outside its range, or an allowed class not marked
   */
  public FunctionCodecConfig {
    allowed = Set.copyOf(allowed);
    restorations = Map.copyOf(restorations);
    for (Class<?> type : allowed) {
      if (!type.isAnnotationPresent(Sendable.class)) {
        throw new IllegalArgumentException(
            "an allowed class must be marked as @Sendable: class=" + type.getTypeName());
      }
    }
    for (String name : restorations.keySet()) {
      if (name.isBlank() || name.length() > Wire.MAX_NAME) {
        throw new IllegalArgumentException(
            "a name must have 1 to %d characters: name=\"%s\"".formatted(Wire.MAX_NAME, name));
      }
    }
    if (maxCaptured < 1 || maxCaptured > MOST_CAPTURED) {
      throw new IllegalArgumentException(
          "maxCaptured must be 1 to %d: maxCaptured=%d".formatted(MOST_CAPTURED, maxCaptured));
    }
    if (quiesceWithin.compareTo(LEAST_TIME) < 0 || quiesceWithin.compareTo(MOST_TIME) > 0) {
      throw new IllegalArgumentException(
          "quiesceWithin must be %s to %s: quiesceWithin=%s"
              .formatted(LEAST_TIME, MOST_TIME, quiesceWithin));
    }
  }

  /**
   * {@return these settings, where lambdas and method references of a class may be made from bytes
   * that the same build wrote}
   *
   * @param type in which they are written; marked as {@link Sendable}
   * @throws IllegalArgumentException if it is not
   */
  public FunctionCodecConfig allow(Class<?> type) {
    var more = new HashSet<>(allowed);
    more.add(type);
    return new FunctionCodecConfig(more, restorations, maxCaptured, quiesceWithin);
  }

  /**
   * {@return these settings, where running objects of a class may be sent, and are made anew}
   *
   * @param name what the bytes say for the class, the same on both sides, 1 to 200 characters
   * @param type their class, exactly
   * @param snapshot type of what is sent in their place
   * @param restore makes one, which rests until it is told to resume
   * @param <S> type of what is sent in their place
   * @param <T> their class
   * @throws IllegalArgumentException if the name or the class is there already
   */
  public <S, T extends Quiescent<S>> FunctionCodecConfig restoring(
      String name, Class<T> type, Class<S> snapshot, Function<? super S, ? extends T> restore) {
    var more = new HashMap<>(restorations);
    for (Restoration<?, ?> each : more.values()) {
      if (each.type() == type) {
        throw new IllegalArgumentException(
            "a class is restored in one way only: name=\"%s\", class=%s"
                .formatted(name, type.getTypeName()));
      }
    }
    if (more.put(name, new Restoration<>(type, snapshot, restore)) != null) {
      throw new IllegalArgumentException("a name stands for one class only: name=" + name);
    }
    return new FunctionCodecConfig(allowed, more, maxCaptured, quiesceWithin);
  }

  /**
   * {@return these settings with another bound of what a lambda may have captured when it is sent}
   *
   * @param most bytes, 1 to 2,000,000,000
   * @throws IllegalArgumentException if it is outside its range
   */
  public FunctionCodecConfig withMaxCaptured(int most) {
    return new FunctionCodecConfig(allowed, restorations, most, quiesceWithin);
  }

  /**
   * {@return these settings with another time to come to rest}
   *
   * @param time 1 ms to 1 hour
   * @throws IllegalArgumentException if it is outside its range
   */
  public FunctionCodecConfig withQuiesceWithin(Duration time) {
    return new FunctionCodecConfig(allowed, restorations, maxCaptured, time);
  }
}
