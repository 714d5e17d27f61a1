package dev.carillon.event;

import dev.carillon.time.Timer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Takes the timer of a timeout off the wheel when the event completes in time. */
record Timeout(Timer timer) implements CompletionListener {

  static void set(EventCore core, long event, Duration timeout) {
    if (core.status(event).isComplete()) {
      return;
    }
    String reason = "not complete after " + timeout;
    try {
      Timer timer = core.timers().schedule(timeout, () -> core.tryPoison(event, reason));
      core.listen(event, new Timeout(timer));
    } catch (IllegalStateException e) {
      if (!core.isShutdown()) { // shutdown completes the event anyway
        throw e;
      }
    }
  }

  @Override
  public void completed(@Nullable Poison poison) {
    timer.cancel();
  }

  @Override
  public String toString() {
    return "timeout";
  }
}
