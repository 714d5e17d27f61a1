package dev.carillon.schedule;

import java.time.Duration;
import java.util.Objects;

/** See {@link Schedule#after}. */
record OneTime(Duration delay) implements Schedule {
  OneTime {
    Objects.requireNonNull(delay, "delay");
  }
}
