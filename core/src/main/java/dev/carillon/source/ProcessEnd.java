package dev.carillon.source;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The end of a process.
 *
 * @param pid its number
 * @param exitCode what it ended with, 128 and more for a signal on Unix; null if it is not known,
 *     as of a process that this one has not started
 * @param command the path of its program; null if it is not known
 * @param started when it started; null if it is not known
 * @param at when its end was noticed
 */
public record ProcessEnd(
    long pid,
    @Nullable Integer exitCode,
    @Nullable String command,
    @Nullable Instant started,
    Instant at) {

  /** Checks that nothing is missing. */
  public ProcessEnd {
    Objects.requireNonNull(at, "at");
  }

  /** {@return whether it is known to have ended with 0} */
  public boolean isSuccess() {
    return exitCode != null && exitCode == 0;
  }
}
