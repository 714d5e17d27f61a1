package dev.carillon.source;

import dev.carillon.event.Event;
import dev.carillon.event.EventSystem;
import dev.carillon.event.Promise;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Something from outside, taken in and brought somewhere: a {@link SourceKind} joined to an {@link
 * Outlet}, which can be started and stopped.
 *
 * {@snippet :
 * Topic<FileChange> uploads = Topic.of("shop.uploads", FileChange.class);
 * try (var source = Source.open(FileWatch.of(directory), Outlet.to(bus, uploads))) {
 *   source.start();
 *   …
 * }
 * }
 *
 * <p>No more is under way than the window of its {@link SourceConfig} says: while items wait to be
 * handled, nothing more is read, so that whoever sends has to wait, or is refused, and is counted.
 * Items that come one after another are given to the outlet in that order.
 *
 * <p>A source that fails is started again after a delay. It continues behind the last item up to
 * which all were taken care of, if its kind has positions; so an item can come twice where the
 * process or the source ended between its handling and the saving of its position, unless the
 * positions are {@linkplain Positions#inHistory those of a durable history}.
 *
 * <p>Safe for use by any thread. Actions before an item is put in happen-before its handling.
 *
 * @param <T> type of the items' payloads
 */
public sealed interface Source<T> extends AutoCloseable permits LocalSource {

  /**
   * {@return a source with the default settings, not started}
   *
   * @param kind what it takes in
   * @param outlet where that goes
   * @param <T> type of the items' payloads
   */
  static <T> Source<T> open(SourceKind<T> kind, Outlet<? super T> outlet) {
    return open(kind, outlet, config -> config.named(kind.kind()));
  }

  /**
   * {@return a source, not started}
   *
   * @param kind what it takes in
   * @param outlet where that goes
   * @param configure changes the default settings
   * @param <T> type of the items' payloads
   * @throws IllegalArgumentException if a setting is outside its range, does not go with another
   *     one, or the kind cannot work with it
   */
  static <T> Source<T> open(
      SourceKind<T> kind, Outlet<? super T> outlet, UnaryOperator<SourceConfig> configure) {
    SourceConfig config = configure.apply(SourceConfig.DEFAULT.named(kind.kind()));
    HistoryPositions.check(config);
    kind.check(config);
    return new LocalSource<>(kind, outlet, config);
  }

  /** {@return its settings} */
  SourceConfig config();

  /** {@return its name} */
  default String name() {
    return config().name();
  }

  /** {@return its kind, such as {@code file-watch}} */
  String kind();

  /**
   * Starts it, and does not wait until it is connected. Does nothing if it runs. If it is being
   * stopped, it starts when that is over; a kind never runs twice at a time.
   *
   * @return this
   * @throws IllegalStateException if it is closed
   */
  Source<T> start();

  /**
   * Waits until it is connected, or was since its last start, or has ended with nothing more to
   * come.
   *
   * @param timeout how long at most
   * @return whether it is; false if the time passed first, or it was stopped
   * @throws SourceFailedException if it has failed for good
   * @throws InterruptedException if the thread is interrupted first
   */
  boolean awaitReady(Duration timeout) throws InterruptedException;

  /**
   * Stops it: it takes nothing more in, lets what is under way be handled for its time of grace,
   * and saves its position. It can be started again. Does nothing if it does not run. What it does
   * not wait for, it fails; that is what happens to an item whose handler, on a thread of its own,
   * stops the source and waits for that. Called by a handler on the thread that gives it the item,
   * it returns at once.
   *
   * <p>A kind whose thread does not return within 5 s after it was interrupted is given up: the
   * source has failed, though that thread goes on, and says so with its stack. A later start waits
   * until it is gone.
   */
  void stop();

  /** Takes nothing in until {@link #resume}, and stays connected. Idempotent. */
  void pause();

  /** Goes on after a pause. Idempotent. */
  void resume();

  /** {@return how it is} */
  SourceState state();

  /** {@return how it failed last, unless it was connected since} */
  Optional<Throwable> failure();

  /** {@return where it listens, if it does and is connected} */
  Optional<SocketAddress> address();

  /** {@return where it would continue, as far as is known: it is read when it starts} */
  Optional<String> position();

  /** {@return what it has done} */
  SourceStats stats();

  /**
   * {@return an event that completes when the source has no more to come, or is stopped or closed;
   * poisoned if it fails for good} Complete at once if it was started and that is so now.
   *
   * @param events makes the event
   */
  Event ended(EventSystem events);

  /**
   * {@return the payload of the next item that comes in, beside its way to the outlet} Poisoned if
   * the source ends first.
   *
   * @param events makes the promise
   */
  Promise<T> next(EventSystem events);

  /**
   * {@return how it is, what it waits for, and what it refused: a few lines for people, the first
   * one its name and state}
   */
  String explain();

  /** Stops it for good. Idempotent. */
  @Override
  void close();
}
