package dev.carillon.schedule;

import dev.carillon.time.Clock;
import java.time.Duration;
import java.util.Optional;

/** Walks through occurrences by their protocol. */
final class LocalCursor implements ScheduleCursor {
  private final Occurrences occurrences;
  private final Clock clock;

  private long at; // when to look at the occurrences again
  private boolean hasBegun;
  private long missed; // as far as told

  LocalCursor(Occurrences occurrences, Clock clock) {
    this.occurrences = occurrences;
    this.clock = clock;
    this.at = occurrences.first();
  }

  @Override
  public void awaitDue() throws InterruptedException {
    clock.await(nanosUntilDue());
  }

  @Override
  public Duration untilDue() {
    return Duration.ofNanos(nanosUntilDue());
  }

  private long nanosUntilDue() {
    check(false, "an occurrence has begun: finish it first");
    return Math.max(0, at - clock.nanos());
  }

  @Override
  public Optional<Occurrence> tryBegin() {
    check(false, "an occurrence has begun: finish it first");
    long now = clock.nanos();
    if (at - now > 0) {
      return Optional.empty();
    }
    at = occurrences.wake(now);
    if (at - now > 0) {
      return Optional.empty();
    }
    hasBegun = true;
    long before = missed;
    missed = occurrences.missed();
    return Optional.of(new Occurrence(occurrences.due(), occurrences.through(), missed - before));
  }

  @Override
  public void finish() {
    check(true, "no occurrence has begun");
    hasBegun = false;
    at = occurrences.next(clock.nanos());
  }

  private void check(boolean wanted, String rule) {
    if (hasBegun != wanted) {
      throw new IllegalStateException(rule);
    }
  }
}
