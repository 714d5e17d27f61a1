package dev.carillon.source;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An event of the JDK's Flight Recorder.
 *
 * @param name of its type, such as {@code jdk.GarbageCollection}
 * @param start when it began
 * @param duration how long it lasted; zero for a moment
 * @param thread the name of the thread that it was in; null if it was in none
 * @param fields its other fields by name, without those that are null: numbers, Booleans, {@link
 *     String}, {@link Instant}, {@link Duration}, and lists and maps of such
 */
public record JfrEvent(
    String name,
    Instant start,
    Duration duration,
    @Nullable String thread,
    Map<String, Object> fields) {

  /** Checks that nothing is missing, and copies the fields. */
  public JfrEvent {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(start, "start");
    Objects.requireNonNull(duration, "duration");
    fields = Map.copyOf(fields);
  }

  /** {@return when it ended} */
  public Instant end() {
    return start.plus(duration);
  }
}
