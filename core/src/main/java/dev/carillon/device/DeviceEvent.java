package dev.carillon.device;

import dev.carillon.event.Event;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * An event of a device: a place in one of its streams, which is reached, well or not.
 *
 * <p>States and rules are those of caffe2's event: {@code INITIALIZED}, then {@code SCHEDULED} once
 * recorded, then {@code SUCCESS} or {@code FAILED} until {@link #reset}. Two things wait: streams,
 * by {@link DeviceStream#waitFor}, which blocks nobody where the driver can do it, and threads, by
 * {@link #finish} and {@link #await}. As in caffe2 {@code finish} reports a failure; {@code await}
 * throws it.
 *
 * <p>Safe for use by any thread. Memory consistency: actions before an event is recorded, and the
 * work before it in its stream, happen-before actions after a wait, a callback, or a query that
 * found it finished.
 */
public sealed interface DeviceEvent permits LocalDeviceEvent {

  /** The {@link #errorMessage} of an event that has not failed. */
  String NO_ERROR = "No error";

  /** {@return its device} */
  Device device();

  /** {@return its name; one that is made up if it was given none} */
  String name();

  /** {@return how often it was reset, so that two uses can be told apart} */
  long generation();

  /** {@return where it stands, as the driver knows now} Does not block. */
  DeviceEventStatus query();

  /** {@return how it failed; {@link #NO_ERROR} unless it has} The first failure is kept. */
  String errorMessage();

  /** {@return how it failed, with the driver's text, if it has} */
  Optional<Throwable> failure();

  /**
   * Blocks until it is finished, also if it is not yet recorded. A virtual thread keeps no carrier.
   *
   * @return {@link DeviceEventStatus#SUCCESS} or {@link DeviceEventStatus#FAILED}
   * @throws InterruptedException if the thread was interrupted first
   * @throws DeviceMisuseException if it has not finished and the calling thread is the one that has
   *     to get there first: a callback's that runs on the thread that watches devices, or one that
   *     runs work or callbacks of the CPU's stream that it is recorded on
   */
  DeviceEventStatus finish() throws InterruptedException;

  /**
   * Blocks until it is finished, for a time.
   *
   * @param timeout how long at most
   * @return where it stands then
   * @throws InterruptedException if the thread was interrupted first
   * @throws DeviceMisuseException as above
   */
  DeviceEventStatus finish(Duration timeout) throws InterruptedException;

  /**
   * Blocks until it has succeeded.
   *
   * @throws dev.carillon.event.PoisonedException if it has failed, with the driver's text
   * @throws InterruptedException if the thread was interrupted first
   * @throws DeviceMisuseException as above
   */
  void await() throws InterruptedException;

  /**
   * Records it without a stream: it is finished by whoever says so. Only where the host finishes
   * events; if it has finished already, nothing happens, as the asynchronous part was first.
   *
   * @throws DeviceMisuseException if it was recorded before, or its device finishes its events
   */
  void record();

  /**
   * Records that what should have been recorded has failed before it reached a device.
   *
   * @param cause why
   * @throws DeviceMisuseException if it was recorded before; where the host finishes events, one
   *     that has finished already stays as it is
   */
  void recordFailure(Throwable cause);

  /**
   * Says that it has succeeded. Where the host finishes events, of one that is recorded or not;
   * elsewhere of one that is not recorded.
   *
   * @throws DeviceMisuseException if it has succeeded already, or a driver finishes its kind and it
   *     is recorded or finished. One that has failed stays so: where the host finishes events that
   *     is counted, and no error, as it may have been cancelled.
   */
  void setFinished();

  /**
   * Says that it has failed, else as {@link #setFinished()}.
   *
   * @param cause why
   * @throws DeviceMisuseException as above
   */
  void setFinished(Throwable cause);

  /**
   * Says that it has failed, else as {@link #setFinished()}.
   *
   * @param message why
   * @throws DeviceMisuseException as above
   */
  void setFinished(String message);

  /**
   * Has an action run once when it finishes; at once if it has. Callbacks run in the order in which
   * they were given, one at a time, on the thread that finishes the event or, for drivers, on the
   * one that watches them all, so they are to be short. No lock is held. What one throws is counted
   * and logged, and stops no other. A {@link #reset} does not take them away: they are told of the
   * generation that they were given to.
   *
   * @param callback learns how it ended
   */
  void setCallback(DeviceCallback callback);

  /**
   * Makes it {@code INITIALIZED} again. Whoever waits for it as it was recorded before goes on
   * waiting for that, and learns how that ended. One that is not recorded stays as it is.
   */
  void reset();

  /**
   * {@return the completion event of what this event stands for now: triggered when it succeeds,
   * poisoned with the driver's text when it fails} The same one until {@link #reset}.
   */
  Event asEvent();

  /**
   * {@return when it succeeded, in nanoseconds on the clock of its device; empty if it has not, or
   * the event is not timed} Only differences between events of one device mean something.
   */
  OptionalLong nanos();

  /** {@return where it stands, and what its stream waits for by the host, as text for people} */
  String explain();

  /**
   * {@return whether the work before {@code child} may be given to its device now, though it needs
   * what {@code parent} stands for} That is so if the parent has succeeded, or if it is scheduled,
   * both are of one kind, and the child's work is asynchronous, so that its stream can wait.
   *
   * @param parent what has to be first
   * @param child what comes after
   * @param isAsynchronous whether the child's work returns before it has finished
   */
  static boolean canSchedule(DeviceEvent parent, DeviceEvent child, boolean isAsynchronous) {
    return switch (parent.query()) {
      case SUCCESS -> true;
      case SCHEDULED -> isAsynchronous && parent.device().kind().equals(child.device().kind());
      case INITIALIZED, FAILED -> false;
    };
  }
}
