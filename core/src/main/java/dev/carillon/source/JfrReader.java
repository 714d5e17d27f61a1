package dev.carillon.source;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import jdk.jfr.consumer.EventStream;
import jdk.jfr.consumer.RecordedEvent;
import org.jspecify.annotations.Nullable;

/** Puts recorded events in: the callbacks of one stream, called on its thread. */
final class JfrReader {
  /*
   * Events come in the order of their ends, and several may end at once. So a position is an end and
   * how many events of that end there have been: who goes on skips as many. It counts what is
   * recorded of the types that are read, whether long enough or not.
   *
   * The recorder goes on after what a callback throws. So the first failure is kept, the stream
   * closed, and the rest passes by.
   */
  static final String DATA_LOSS = "jdk.DataLoss";

  private final Intake<JfrEvent> intake;
  private final Origin origin;
  private final boolean hasPositions;
  private final Runnable close;

  // the stream's thread
  private Instant end = Instant.MIN;
  private long atEnd; // events of that end
  private Instant skipTo = Instant.MIN;
  private long skip; // events of that end to skip

  private volatile @Nullable Throwable failure;

  JfrReader(Intake<JfrEvent> intake, Origin origin, boolean hasPositions, Runnable close) {
    this.intake = intake;
    this.origin = origin;
    this.hasPositions = hasPositions;
    this.close = close;
  }

  /**
   * Has a stream begin behind the position; before it is started.
   *
   * @param began where it begins if there is none; null for its own beginning
   */
  void continueAt(EventStream stream, @Nullable Instant began) {
    String position = intake.position().orElse(null);
    if (position == null) {
      if (began != null) {
        stream.setStartTime(began);
      }
      return;
    }
    int blank = position.indexOf(' ');
    try {
      skipTo = Instant.parse(position.substring(0, Math.max(blank, 0)));
      skip = Long.parseLong(position.substring(blank + 1));
    } catch (DateTimeParseException | NumberFormatException e) {
      throw new IllegalStateException(
          "a position of events must be a time and a number: position=\"" + position + "\"", e);
    }
    stream.setStartTime(skipTo);
  }

  /** An event was recorded. */
  void take(RecordedEvent event, Duration threshold) {
    if (failure != null || intake.isStopping() || isBehind(event.getEndTime())) {
      return;
    }
    try {
      if (event.getDuration().compareTo(threshold) >= 0) {
        JfrEvent plain = JfrFields.event(event);
        Item<JfrEvent> item = intake.item(plain).from(origin).withTime(plain.start());
        intake.emit(hasPositions ? item.withPosition(end + " " + atEnd) : item);
      }
    } catch (InterruptedException e) { // it is being stopped, which closes the stream
      failure = e;
    } catch (RuntimeException e) {
      failed(e);
    }
  }

  /** Counts an event: {@return whether it was there before the position} */
  private boolean isBehind(Instant eventEnd) {
    if (eventEnd.isBefore(skipTo)) {
      return true;
    }
    if (eventEnd.isAfter(end)) {
      end = eventEnd;
      atEnd = 0;
    }
    if (eventEnd.equals(end)) { // and not one that comes out of order, as some do, very rarely
      atEnd++;
    }
    return eventEnd.equals(skipTo) && skip-- > 0;
  }

  /** The recorder has lost something. */
  void lost(RecordedEvent event) {
    intake.refuse("data-loss", "lost by the recorder: bytes=" + event.getLong("amount"));
  }

  /** The stream or a callback has failed. */
  void failed(Throwable cause) {
    if (failure == null) {
      failure = cause;
      close.run();
    }
  }

  /** Fails if it has failed. */
  void check() throws InterruptedException {
    switch (failure) {
      case null -> {}
      case InterruptedException e -> throw e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new IllegalStateException("the stream has failed: " + e, e);
    }
  }
}
