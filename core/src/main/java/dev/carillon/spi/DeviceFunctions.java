package dev.carillon.spi;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a kind of device does with events: the table of caffe2's event, each function of it
 * replaceable by itself.
 *
 * <p>The functions move a driver's events; the states that users see, misuse, callbacks, waiting
 * threads and propagation of failures are the same for all kinds and not theirs. So a table needs
 * {@link #create}, {@link #record} and {@link #query}; what else is missing has a default that goes
 * by those.
 *
 * <p>An event goes its way once: created or reset, recorded, queried until it has finished, and
 * then reset for the next or released. The functions are called for one event by one thread at a
 * time until it is recorded, and by any number from then on, but never after it has been reset or
 * released. They are called without a lock. None of them may block but {@link #finish}.
 *
 * @param create makes an event that is not recorded
 * @param record puts an event behind all that was given to a stream so far
 * @param query asks whether an event has finished
 * @param errorMessage what the driver says of one that failed; null for a general text
 * @param finish blocks the calling thread until an event has finished; null: threads wait for the
 *     completion that a callback or the poller tells
 * @param setFinished learns that the host has said what became of a recorded event; null if that
 *     changes nothing for the driver. Only if the host finishes events of this kind.
 * @param setCallback has an action run when an event has finished; null: it is polled. Those with a
 *     callback are polled too, but seldom, for drivers that lose some.
 * @param reset makes an event that has finished ready to be recorded again; null: it is released,
 *     and another created
 * @param release gives an event up; null if that needs nothing
 * @param time when an event finished; null if its driver does not know
 * @param gate puts a gate into a stream; null: who has a stream wait for something that its driver
 *     does not know is blocked until it has happened
 * @param waits how a stream of this kind waits for events of others and of its own, by their kind;
 *     where there is none it waits by the host
 * @param isFinishedByHost whether code of the host finishes recorded events, as on a CPU
 * @param <S> the driver's streams
 * @param <E> the driver's events
 */
public record DeviceFunctions<S, E>(
    CreateFunction<E> create,
    RecordFunction<S, E> record,
    QueryFunction<E> query,
    @Nullable ErrorMessageFunction<E> errorMessage,
    @Nullable FinishFunction<E> finish,
    @Nullable SetFinishedFunction<E> setFinished,
    @Nullable SetCallbackFunction<E> setCallback,
    @Nullable ResetFunction<E> reset,
    @Nullable ReleaseFunction<E> release,
    @Nullable TimeFunction<E> time,
    @Nullable GateFunction<S> gate,
    Map<DeviceKind, WaitFunction<S>> waits,
    boolean isFinishedByHost) {

  /** Checks that the three functions that have no default are there. */
  public DeviceFunctions {
    Objects.requireNonNull(create, "create");
    Objects.requireNonNull(record, "record");
    Objects.requireNonNull(query, "query");
    waits = Map.copyOf(waits);
  }

  /**
   * {@return a table with what each needs, and no more}
   *
   * @param create makes events
   * @param record records them
   * @param query asks for them
   * @param <S> the driver's streams
   * @param <E> the driver's events
   */
  public static <S, E> DeviceFunctions<S, E> of(
      CreateFunction<E> create, RecordFunction<S, E> record, QueryFunction<E> query) {
    return new DeviceFunctions<>(
        create, record, query, null, null, null, null, null, null, null, null, Map.of(), false);
  }

  /**
   * Makes an event.
   *
   * @param <E> the driver's events
   */
  @FunctionalInterface
  public interface CreateFunction<E> {
    /**
     * {@return an event that is not recorded}
     *
     * @param device the index of the device that it is for
     * @param isTimed whether its time will be asked for
     */
    E create(int device, boolean isTimed);
  }

  /**
   * Records an event.
   *
   * @param <S> the driver's streams
   * @param <E> the driver's events
   */
  @FunctionalInterface
  public interface RecordFunction<S, E> {
    /**
     * Puts an event behind all that was given to a stream so far.
     *
     * @param event the event, of the stream's device
     * @param stream the stream
     */
    void record(E event, S stream);
  }

  /**
   * Asks for an event.
   *
   * @param <E> the driver's events
   */
  @FunctionalInterface
  public interface QueryFunction<E> {
    /**
     * {@return whether an event has finished} What has finished stays so.
     *
     * @param event one that is recorded
     */
    DriverStatus query(E event);
  }

  /**
   * Says how an event failed.
   *
   * @param <E> the driver's events
   */
  @FunctionalInterface
  public interface ErrorMessageFunction<E> {
    /**
     * {@return what the driver says of it}
     *
     * @param event one of which {@link QueryFunction} said that it failed
     */
    String errorMessage(E event);
  }

  /**
   * Blocks until an event has finished.
   *
   * @param <E> the driver's events
   */
  @FunctionalInterface
  public interface FinishFunction<E> {
    /**
     * Returns when an event has finished. Called on platform threads only, as a native call keeps
     * the carrier of a virtual one.
     *
     * @param event one that is recorded
     * @throws InterruptedException if the thread was interrupted first, if it notices
     */
    void finish(E event) throws InterruptedException;
  }

  /**
   * Learns what the host says of an event.
   *
   * @param <E> the driver's events
   */
  @FunctionalInterface
  public interface SetFinishedFunction<E> {
    /**
     * Has those that wait for an event in the driver go on.
     *
     * @param event one that is recorded
     * @param error how it failed; null if it did not
     */
    void setFinished(E event, @Nullable String error);
  }

  /**
   * Tells when an event has finished.
   *
   * @param <E> the driver's events
   */
  @FunctionalInterface
  public interface SetCallbackFunction<E> {
    /**
     * Has an action run once an event has finished or failed; at once if it has.
     *
     * @param event one that is recorded
     * @param action short, may be run by any thread and more than once, also after the event was
     *     reset; does not throw
     */
    void setCallback(E event, Runnable action);
  }

  /**
   * Makes events ready to be recorded again.
   *
   * @param <E> the driver's events
   */
  @FunctionalInterface
  public interface ResetFunction<E> {
    /**
     * Makes an event ready to be recorded again. Streams that were told to wait for it go on
     * waiting for what it was recorded behind before.
     *
     * @param event one that has finished
     */
    void reset(E event);
  }

  /**
   * Gives events up.
   *
   * @param <E> the driver's events
   */
  @FunctionalInterface
  public interface ReleaseFunction<E> {
    /**
     * Gives an event up, recorded or not.
     *
     * @param event not used again
     */
    void release(E event);
  }

  /**
   * Tells when events finished.
   *
   * @param <E> the driver's events
   */
  @FunctionalInterface
  public interface TimeFunction<E> {
    /**
     * {@return nanoseconds on the clock of the event's device} Only differences mean something.
     *
     * @param event one that was created as timed, and has finished well
     */
    long nanos(E event);
  }

  /**
   * Has a stream wait for the host.
   *
   * @param <S> the driver's streams
   */
  @FunctionalInterface
  public interface GateFunction<S> {
    /**
     * {@return a new gate behind all that was given to a stream so far}
     *
     * @param stream the stream
     */
    DeviceGate gate(S stream);
  }

  /**
   * Has a stream wait for an event of some kind.
   *
   * @param <S> the driver's streams
   */
  @FunctionalInterface
  public interface WaitFunction<S> {
    /**
     * Has what is given to a stream from now on run after an event.
     *
     * @param stream the stream
     * @param event the event of the other driver, one that is recorded
     * @return false if it cannot be done for these two, such as two contexts that share nothing
     */
    boolean wait(S stream, Object event);
  }

  /**
   * {@return this table with another function}
   *
   * @param create makes events
   */
  public DeviceFunctions<S, E> withCreate(CreateFunction<E> create) {
    return with(draft -> draft.create = create);
  }

  /**
   * {@return this table with another function}
   *
   * @param record records events
   */
  public DeviceFunctions<S, E> withRecord(RecordFunction<S, E> record) {
    return with(draft -> draft.record = record);
  }

  /**
   * {@return this table with another function}
   *
   * @param query asks for events
   */
  public DeviceFunctions<S, E> withQuery(QueryFunction<E> query) {
    return with(draft -> draft.query = query);
  }

  /**
   * {@return this table with another function}
   *
   * @param errorMessage says how events failed
   */
  public DeviceFunctions<S, E> withErrorMessage(ErrorMessageFunction<E> errorMessage) {
    return with(draft -> draft.errorMessage = errorMessage);
  }

  /**
   * {@return this table with another function}
   *
   * @param finish blocks until an event has finished
   */
  public DeviceFunctions<S, E> withFinish(FinishFunction<E> finish) {
    return with(draft -> draft.finish = finish);
  }

  /**
   * {@return this table with another function}
   *
   * @param setFinished learns what the host says
   */
  public DeviceFunctions<S, E> withSetFinished(SetFinishedFunction<E> setFinished) {
    return with(draft -> draft.setFinished = setFinished);
  }

  /**
   * {@return this table with another function}
   *
   * @param setCallback tells when an event has finished
   */
  public DeviceFunctions<S, E> withSetCallback(SetCallbackFunction<E> setCallback) {
    return with(draft -> draft.setCallback = setCallback);
  }

  /**
   * {@return this table with another function}
   *
   * @param reset makes events ready again
   */
  public DeviceFunctions<S, E> withReset(ResetFunction<E> reset) {
    return with(draft -> draft.reset = reset);
  }

  /**
   * {@return this table with another function}
   *
   * @param release gives events up
   */
  public DeviceFunctions<S, E> withRelease(ReleaseFunction<E> release) {
    return with(draft -> draft.release = release);
  }

  /**
   * {@return this table with another function}
   *
   * @param time tells when events finished
   */
  public DeviceFunctions<S, E> withTime(TimeFunction<E> time) {
    return with(draft -> draft.time = time);
  }

  /**
   * {@return this table with another function}
   *
   * @param gate has streams wait for the host
   */
  public DeviceFunctions<S, E> withGate(GateFunction<S> gate) {
    return with(draft -> draft.gate = gate);
  }

  /**
   * {@return this table with a wait for another kind}
   *
   * @param kind the kind of the events
   * @param wait has a stream of this kind wait for one of them
   */
  public DeviceFunctions<S, E> withWait(DeviceKind kind, WaitFunction<S> wait) {
    var more = new HashMap<>(waits);
    more.put(kind, wait);
    return with(draft -> draft.waits = more);
  }

  /** {@return this table for a kind whose recorded events code of the host finishes} */
  public DeviceFunctions<S, E> finishedByHost() {
    return with(draft -> draft.isFinishedByHost = true);
  }

  private DeviceFunctions<S, E> with(Consumer<Draft<S, E>> change) {
    var draft = new Draft<>(this);
    change.accept(draft);
    return draft.table();
  }

  /** A table that is being changed. */
  private static final class Draft<S, E> {
    CreateFunction<E> create;
    RecordFunction<S, E> record;
    QueryFunction<E> query;
    @Nullable ErrorMessageFunction<E> errorMessage;
    @Nullable FinishFunction<E> finish;
    @Nullable SetFinishedFunction<E> setFinished;
    @Nullable SetCallbackFunction<E> setCallback;
    @Nullable ResetFunction<E> reset;
    @Nullable ReleaseFunction<E> release;
    @Nullable TimeFunction<E> time;
    @Nullable GateFunction<S> gate;
    Map<DeviceKind, WaitFunction<S>> waits;
    boolean isFinishedByHost;

    Draft(DeviceFunctions<S, E> table) {
      create = table.create;
      record = table.record;
      query = table.query;
      errorMessage = table.errorMessage;
      finish = table.finish;
      setFinished = table.setFinished;
      setCallback = table.setCallback;
      reset = table.reset;
      release = table.release;
      time = table.time;
      gate = table.gate;
      waits = table.waits;
      isFinishedByHost = table.isFinishedByHost;
    }

    DeviceFunctions<S, E> table() {
      return new DeviceFunctions<>(
          create,
          record,
          query,
          errorMessage,
          finish,
          setFinished,
          setCallback,
          reset,
          release,
          time,
          gate,
          waits,
          isFinishedByHost);
    }
  }
}
