package dev.carillon.device;

import dev.carillon.event.Event;
import dev.carillon.spi.DeviceException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A device event: rules, and the occurrence that it stands for now. */
final class LocalDeviceEvent implements DeviceEvent {
  private static final VarHandle NOW;

  static {
    try {
      NOW = MethodHandles.lookup().findVarHandle(LocalDeviceEvent.class, "now", Occurrence.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /**
   * For how many nanoseconds a thread asks a driver before it waits to be told, which takes about
   * as long by itself.
   */
  private static final long ASKING = 20_000;

  private final LocalDevice device;
  private final @Nullable String name;
  private final boolean isTimed;
  private volatile Occurrence now; // changed by CAS, to one that is new

  LocalDeviceEvent(LocalDevice device, @Nullable String name, boolean isTimed) {
    this.device = device;
    this.name = name;
    this.isTimed = isTimed;
    this.now = new Occurrence(this, 0);
  }

  @Override
  public LocalDevice device() {
    return device;
  }

  @Override
  public String name() {
    return name == null ? "unnamed" : name;
  }

  boolean isTimed() {
    return isTimed;
  }

  Occurrence now() {
    return now;
  }

  /** {@return what it is, for messages} */
  String describe() {
    return "device event " + (name == null ? "" : "\"" + name + "\" ") + "of " + device.id();
  }

  @Override
  public long generation() {
    return now.generation;
  }

  // ── what became of it ──

  @Override
  public DeviceEventStatus query() {
    Occurrence asked = now;
    asked.poll();
    return asked.known();
  }

  @Override
  public String errorMessage() {
    Occurrence asked = now;
    asked.poll();
    Throwable failure = asked.failure();
    return failure == null ? NO_ERROR : Failures.text(failure);
  }

  @Override
  public Optional<Throwable> failure() {
    Occurrence asked = now;
    asked.poll();
    return Optional.ofNullable(asked.failure());
  }

  @Override
  public OptionalLong nanos() {
    Occurrence asked = now;
    asked.poll();
    return asked.nanos();
  }

  // ── recording ──

  @Override
  public void record() {
    if (!device.driver().isFinishedByHost()) {
      throw new DeviceMisuseException(
          "an event of this kind is recorded on a stream, as its driver finishes it: "
              + describe());
    }
    Occurrence recorded = begin();
    if (recorded != null) {
      device.counts().recorded();
      recorded.recorded();
    }
  }

  @Override
  public void recordFailure(Throwable cause) {
    Objects.requireNonNull(cause, "cause");
    Occurrence recorded = begin();
    if (recorded != null) {
      recorded.recorded();
      recorded.finish(cause);
    }
  }

  /**
   * {@return the occurrence that the calling thread is to record now; null if there is nothing to
   * do as it has finished already}
   *
   * @throws DeviceMisuseException if it was recorded before
   */
  @Nullable Occurrence begin() {
    Occurrence recorded = now;
    if (device.driver().isFinishedByHost() && recorded.isFinished()) {
      return null;
    }
    if (!recorded.begin()) { // whoever else finishes it has begun it, or is the host
      throw new DeviceMisuseException(
          "an event is recorded once, and then reset before it is recorded again: "
              + describe()
              + ", "
              + recorded.known());
    }
    return recorded;
  }

  // ── finishing by the host ──

  @Override
  public void setFinished() {
    setFinished(now, null);
  }

  @Override
  public void setFinished(Throwable cause) {
    setFinished(now, Objects.requireNonNull(cause, "cause"));
  }

  @Override
  public void setFinished(String message) {
    Objects.requireNonNull(message, "message");
    setFinished(now, new DeviceException(message));
  }

  private void setFinished(Occurrence finished, @Nullable Throwable failure) {
    if (!device.driver().isFinishedByHost()) {
      if (!finished.begin()) {
        throw new DeviceMisuseException(
            "the host finishes an event of this kind only before it is recorded: "
                + describe()
                + ", "
                + finished.known());
      }
      try {
        finished.finish(failure); // before it is recorded, as it never was
      } finally {
        finished.recorded();
      }
      return;
    }
    if (finished.finish(failure)) {
      return;
    }
    if (finished.failure() == null) {
      throw new DeviceMisuseException(
          "an event that has succeeded is not finished again before it is reset: " + describe());
    }
    device.counts().finishedTwice();
  }

  // ── waiting ──

  @Override
  public DeviceEventStatus finish() throws InterruptedException {
    Occurrence awaited = now;
    if (!soon(awaited, true)) {
      Waiting.until(awaited);
    }
    return awaited.known();
  }

  @Override
  public DeviceEventStatus finish(Duration timeout) throws InterruptedException {
    Objects.requireNonNull(timeout, "timeout");
    Occurrence awaited = now;
    if (!soon(awaited, false)) {
      Waiting.atMost(awaited, timeout);
    }
    return awaited.known();
  }

  @Override
  public void await() throws InterruptedException {
    Occurrence awaited = now;
    if (!soon(awaited, true) || awaited.failure() != null) {
      Waiting.untilWell(awaited);
    }
  }

  /** {@return whether it has finished, asking for it a little if nobody would tell at once} */
  private boolean soon(Occurrence awaited, boolean mayBlock) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException("interrupted before waiting for " + describe());
    }
    if (awaited.poll()) {
      return true;
    }
    Waiting.check(awaited);
    OpenDriver driver = device.driver();
    if (driver.isFinishedByHost() || awaited.known() != DeviceEventStatus.SCHEDULED) {
      return false; // who finishes it wakes this thread
    }
    if (mayBlock && driver.blocks() && !driver.callsBack() && !Thread.currentThread().isVirtual()) {
      block(awaited);
      return awaited.poll();
    }
    long start = System.nanoTime();
    do {
      Thread.onSpinWait();
      if (awaited.poll()) {
        return true;
      }
    } while (System.nanoTime() - start < ASKING);
    return false;
  }

  private void block(Occurrence awaited) throws InterruptedException {
    Object event = awaited.use();
    if (event != null) {
      try {
        device.driver().finish(event);
      } catch (RuntimeException e) { // this reports failures, and does not throw them
        awaited.finish(e);
      } finally {
        awaited.endUse();
      }
    }
  }

  @Override
  public void setCallback(DeviceCallback callback) {
    now.add(Objects.requireNonNull(callback, "callback"));
  }

  @Override
  public Event asEvent() {
    return now.shared();
  }

  @Override
  public void reset() {
    Occurrence before = now;
    if (before.isNew()) {
      return;
    }
    if (NOW.compareAndSet(this, before, new Occurrence(this, before.generation + 1))) {
      before.leave();
    }
  }

  /**
   * Gives the driver's event of an occurrence back.
   *
   * @param isDone whether the driver has said that it has finished
   */
  void giveBack(Object driverEvent, boolean isDone) {
    device.pool(isTimed).give(driverEvent, isDone);
  }

  @Override
  public String explain() {
    Occurrence asked = now;
    asked.poll();
    return Explaining.event(this, asked);
  }

  @Override
  public String toString() {
    return describe() + ", " + now.known();
  }
}
