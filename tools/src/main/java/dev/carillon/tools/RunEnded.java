package dev.carillon.tools;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A command has ended; on {@code watch.run.ended}.
 *
 * @param trigger what it was run for
 * @param attempt 1 for the first time, and one more each time that it is tried again
 * @param exitCode 0 if all is fine; 124 if its time was over, 126 or 127 if it cannot be run
 * @param detail why it could not be run; null if it could
 * @param isLast whether it is not tried again
 * @param began when
 * @param took how long
 */
record RunEnded(
    WatchTrigger trigger,
    int attempt,
    int exitCode,
    @Nullable String detail,
    boolean isLast,
    Instant began,
    Duration took) {

  /** What timeout(1) says, too. */
  static final int TIMED_OUT = 124;

  /** What shells say of a command that may not be run. */
  static final int NOT_ALLOWED = 126;

  /** What shells say of a command that they do not find. */
  static final int NOT_FOUND = 127;

  boolean isFine() {
    return exitCode == 0;
  }

  /** {@return it as one JSON object} */
  String json() {
    var members = new LinkedHashMap<String, @Nullable Object>();
    members.put("time", began);
    members.put("event", trigger.event());
    members.put("path", trigger.path());
    members.put("changes", trigger.changes().size());
    members.put("attempt", attempt);
    members.put("exit", exitCode);
    members.put("last", isLast);
    members.put("seconds", took.toMillis() / 1000.0);
    if (detail != null) {
      members.put("detail", detail);
    }
    return JsonText.object(members);
  }

  /** {@return what went wrong, for people} */
  String failure() {
    String how =
        switch (exitCode) {
          case TIMED_OUT -> "its time was over";
          case NOT_ALLOWED, NOT_FOUND -> detail == null ? "exit code " + exitCode : detail;
          default -> "exit code " + exitCode;
        };
    String attempts = attempt == 1 ? "" : ", attempt " + attempt;
    return "%s: %s%s%s".formatted(trigger, how, attempts, isLast ? "" : ", tried again");
  }
}
