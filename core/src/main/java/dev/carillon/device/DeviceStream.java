package dev.carillon.device;

import dev.carillon.event.Event;
import dev.carillon.spi.Site;
import dev.carillon.spi.StreamOptions;
import java.time.Duration;
import java.util.Optional;

/**
 * A queue of work on a device, done in order. What the work is, its kind says: {@link #as} gives
 * the stream as its kind has it.
 *
 * <p><b>Failure.</b> A stream that has waited for something that failed, or whose own work failed,
 * has failed: each event that is recorded on it fails with that cause, until {@link #recover}. A
 * stream of a CPU skips its work meanwhile; a driver may run work whose input is missing, which is
 * why the events behind it say so.
 *
 * <p>Safe for use by any thread. Memory consistency: actions before something is given to a stream
 * happen-before its work; that happens-before actions after a wait for an event recorded behind it.
 */
public sealed interface DeviceStream extends AutoCloseable permits LocalStream {

  /** {@return its device} */
  Device device();

  /** {@return how it was made, the name filled in} */
  StreamOptions options();

  /**
   * Records an event behind all that was given to this stream so far.
   *
   * @param event one of this stream's device; where the host finishes events, if it has finished
   *     already, nothing happens
   * @throws DeviceMisuseException if the event was recorded before and not reset, belongs to
   *     another device, or this stream waits for it
   * @throws dev.carillon.spi.DeviceException if the driver refuses; the event has failed with its
   *     text
   */
  void record(DeviceEvent event);

  /** {@return a new event of this stream's device, recorded} */
  DeviceEvent record();

  /**
   * Has what is given to this stream from now on run after an event. Does not fail if the event
   * does; see above. An event that is not recorded yet is waited for all the same.
   *
   * @param event of any kind and device
   * @return how it waits. Only {@link WaitPath#BLOCKING} blocks the calling thread, which happens
   *     for kinds without gates.
   * @throws dev.carillon.spi.DeviceException if the driver refuses, or the thread was interrupted
   *     while it was blocked; its interrupt status is kept
   */
  WaitPath waitFor(DeviceEvent event);

  /**
   * Has what is given to this stream from now on run after a completion event.
   *
   * @param event any event
   * @return how it waits, as above
   * @throws dev.carillon.spi.DeviceException as above
   */
  WaitPath waitFor(Event event);

  /**
   * Blocks until all that was given to this stream so far has finished.
   *
   * @return {@link DeviceEventStatus#SUCCESS} or {@link DeviceEventStatus#FAILED}
   * @throws InterruptedException if the thread was interrupted first
   * @throws DeviceMisuseException if this is called by a callback that runs on the thread that
   *     watches devices, or by this stream's own work or callbacks
   */
  DeviceEventStatus finish() throws InterruptedException;

  /** {@return why this stream has failed, if it is known to have} */
  Optional<Throwable> failure();

  /**
   * Forgets that this stream has failed, and that what it waits for may yet fail: what is given to
   * it from now on is run again, behind those waits, and succeeds by itself. What was given before
   * ends as it would have. Where drivers have events fail and streams wait for them natively, as
   * OpenCL's do except PoCL, such a wait may still fail what is behind it.
   */
  void recover();

  /**
   * {@return this stream as a place for parts of cycles} The part's work is called on a virtual
   * thread and gives the stream what there is to do; the attempt ends when the stream has done it,
   * well or with the driver's text, and what the work gave is handed on only then. After an attempt
   * that failed the stream recovers, so that another can be made.
   */
  Site asSite();

  /** {@return what this stream waits for by the host, since when and how, as text for people} */
  String explain();

  /**
   * {@return this stream as its kind has it}
   *
   * @param type such as {@link CpuStream}
   * @param <T> the type
   * @throws IllegalArgumentException if its kind has no such type, naming the one it has
   */
  <T> T as(Class<T> type);

  /**
   * Takes nothing more, lets what was given finish, for as long as configured, and gives the stream
   * up. Events that have not finished by then fail. What it waits for by gates is not waited for:
   * what is behind such a gate fails. Idempotent; blocks, and if interrupted, waits no longer.
   *
   * @throws DeviceMisuseException if this is called by a callback that runs on the thread that
   *     watches devices, or by this stream's own work or callbacks
   */
  @Override
  void close();

  /**
   * {@return whether all that was given has finished when it is closed so}
   *
   * @param patience how long to wait at most
   * @throws DeviceMisuseException as above
   */
  boolean close(Duration patience);
}
