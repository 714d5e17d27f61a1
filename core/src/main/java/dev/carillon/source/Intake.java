package dev.carillon.source;

import dev.carillon.time.Clock;
import java.net.SocketAddress;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a {@link SourceKind} puts items into: the inside of a source.
 *
 * <p>Safe for use by any thread. What one thread puts in, by whichever method, goes to the outlet
 * in that order. Actions before an item is put in happen-before its handling.
 *
 * @param <T> type of the payloads
 */
public sealed interface Intake<T> permits LocalIntake {

  /** {@return the settings of the source} */
  SourceConfig config();

  /** {@return what counts as time} */
  default Clock clock() {
    return config().clock();
  }

  /** {@return the origin of items, unless they say otherwise} */
  Origin origin();

  /**
   * {@return a new item}
   *
   * @param payload what it is
   */
  Item<T> item(T payload);

  /**
   * {@return where to continue: the position of the last item up to which all were taken care of;
   * nothing if there is none, as on the first start} It moves on as items are taken care of.
   */
  Optional<String> position();

  /**
   * {@return what the kind keeps in memory from one run of this source to the next: what the first
   * call made}
   *
   * @param type its class
   * @param fresh makes it
   * @param <S> its type
   * @throws ClassCastException if the first call made something of another class
   */
  <S> S kept(Class<S> type, Supplier<? extends S> fresh);

  /** Says that it is connected: it has opened what it reads, and can take in. */
  void ready();

  /**
   * Says that it is connected, and listens.
   *
   * @param address where
   */
  void ready(SocketAddress address);

  /**
   * Puts an item in, and waits while there is no room: while as many are under way as the window
   * says, the source is paused or its rate is used up.
   *
   * @param item what came
   * @throws InterruptedException if the source is stopped first; the item is not taken then
   */
  void emit(Item<T> item) throws InterruptedException;

  /**
   * Puts an item in if there is room. Never waits.
   *
   * @param item what came
   * @param settled is told what becomes of it, if it is taken
   * @return whether it was taken; after false, {@link #onRoom} tells when to try again
   */
  boolean offer(Item<T> item, SettledListener settled);

  /**
   * Puts an item in as {@link #emit(Item)} does.
   *
   * @param item what came
   * @param settled is told what becomes of it, if it is taken
   * @throws InterruptedException if the source is stopped first; the item is not taken then
   */
  void emit(Item<T> item, SettledListener settled) throws InterruptedException;

  /** {@return whether an item would be taken now: a moment's value} */
  boolean hasRoom();

  /**
   * Has an action run once when there is room, at once if there is now, in place of one that waits.
   * It runs on any thread, perhaps under the lock by which the outlet is called for one item after
   * another. So it must be short, and must not wait for a thread that puts something in.
   *
   * @param action wakes whoever offers
   */
  void onRoom(Runnable action);

  /**
   * Counts something that was not taken in, or was cut off: it breaks a rule. Logged, at most once
   * a second for each rule.
   *
   * @param rule which limit or rule, such as {@code max-body}; one of a fixed, small set
   * @param what who and what it was, with the value: for people
   */
  void refuse(String rule, String what);

  /** {@return whether the source is being stopped} */
  boolean isStopping();

  /**
   * Has an action run when this run is stopped, before the thread is interrupted: it closes what
   * the thread may be blocked in. Runs at once if it is being stopped already; dropped when {@link
   * SourceKind#run} returns.
   *
   * @param action closes something; what it throws is logged
   */
  void onStop(AutoCloseable action);

  /**
   * Has an action run when this run is over: after {@link SourceKind#run} has returned, what was
   * left with {@link #onStop} has run, and what was put in was handled or is not waited for any
   * longer. For kinds that answer those whose items are under way, and so have to stay connected
   * until then. Runs at once if the run is over.
   *
   * @param action closes something; what it throws is logged
   */
  void onEnd(AutoCloseable action);

  /**
   * Waits until the source is stopped.
   *
   * @throws InterruptedException when it is
   */
  void awaitStop() throws InterruptedException;
}
