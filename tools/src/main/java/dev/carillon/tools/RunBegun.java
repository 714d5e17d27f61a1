package dev.carillon.tools;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A run of a command that has not ended. */
final class RunBegun {
  private static final Pattern DENIED = Pattern.compile("error[:=] ?13\\b"); // EACCES, says the JDK

  private final WatchTrigger trigger;
  private final int attempt;
  private final boolean isLast;
  private final Instant began = Instant.now();
  private final long start = System.nanoTime();

  /**
   * @param attempt 1 for the first time
   * @param isLast whether it is not tried again if it fails
   */
  RunBegun(WatchTrigger trigger, int attempt, boolean isLast) {
    this.trigger = trigger;
    this.attempt = attempt;
    this.isLast = isLast;
  }

  /** {@return what became of it} */
  RunEnded ended(int exitCode) {
    return ended(exitCode, null, isLast || exitCode == 0);
  }

  /** {@return what became of it: to try again what is not there is in vain} */
  RunEnded notStarted(IOException why) {
    String message = String.valueOf(why.getMessage());
    boolean isDenied = DENIED.matcher(message).find();
    return ended(isDenied ? RunEnded.NOT_ALLOWED : RunEnded.NOT_FOUND, message, true);
  }

  private RunEnded ended(int exitCode, @Nullable String detail, boolean isTheLast) {
    var took = Duration.ofNanos(System.nanoTime() - start);
    return new RunEnded(trigger, attempt, exitCode, detail, isTheLast, began, took);
  }
}
