package dev.carillon.device;

import dev.carillon.event.Event;
import dev.carillon.event.EventStatus;
import dev.carillon.event.Poison;
import dev.carillon.spi.DeviceException;
import dev.carillon.spi.DeviceGate;
import dev.carillon.spi.DeviceKind;
import dev.carillon.spi.Site;
import dev.carillon.spi.StreamOptions;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A stream: the driver's, what it was told to wait for, and the gates in it. */
final class LocalStream implements DeviceStream {
  /*
   * The driver orders work; what is kept here is why an event of the stream may have failed although
   * the driver says that it is complete: what the stream was told to wait for. An event takes that as
   * it is when it is recorded: by the time that the driver has passed the event, all in it have
   * finished too.
   *
   * A driver may fail the first event behind work that failed, and no other. So an event also takes
   * the one recorded before it, whose failure is its own, until recover(). That is done for drivers
   * whose events are given back, since all of those are asked for: each keeps the one before it for
   * as long as it is pending. A CPU's queue sees to its own failures.
   */
  private final LocalDevice device;
  private final StreamOptions options;
  private final Object driverStream;
  private final AtomicLong sequence = new AtomicLong(); // of the event recorded last
  private final Upstreams upstreams = new Upstreams();
  private final ClosedGates gates = new ClosedGates();
  private final UnderWay underWay = new UnderWay(this);
  private final StreamEnd end;

  // of the watcher's thread
  private long sweep;
  private long pending;

  LocalStream(LocalDevice device, StreamOptions options, Object driverStream) {
    this.device = device;
    this.options = options;
    this.driverStream = driverStream;
    this.end = new StreamEnd(device, this, gates, underWay);
  }

  @Override
  public LocalDevice device() {
    return device;
  }

  @Override
  public StreamOptions options() {
    return options;
  }

  Object driverStream() {
    return driverStream;
  }

  String describe() {
    return "stream \"" + options.name() + "\" of " + device.id();
  }

  /** {@return the closed gates that it waits at} */
  List<StreamGate> waits() {
    return gates.all();
  }

  /** {@return how it ends} */
  StreamEnd end() {
    return end;
  }

  /** {@return why its events are not asked for any more; null while they are} */
  @Nullable Throwable lost() {
    return end.lost();
  }

  /** Notes that in a sweep one of its events was found to be pending. */
  void isPending(long inSweep, long number) {
    pending = sweep == inSweep ? Math.min(pending, number) : number;
    sweep = inSweep;
  }

  /**
   * {@return whether an event must be pending, as one before it was found so in this sweep}
   *
   * @param earlier the number of the last that had been recorded when recording it began. Its own
   *     number does not tell: of two that are recorded at once, either may be first in the driver.
   */
  boolean isBehindPending(long inSweep, long earlier) {
    return sweep == inSweep && options.isOrdered() && earlier >= pending && lost() == null;
  }

  // ── recording ──

  @Override
  public void record(DeviceEvent event) {
    LocalDeviceEvent known = (LocalDeviceEvent) event;
    checkOpen();
    if (!known.device().equals(device)) {
      throw new DeviceMisuseException(
          "an event is recorded on streams of its own device: "
              + known.describe()
              + " on "
              + describe());
    }
    if (gates.waitFor(known.now())) {
      throw new DeviceMisuseException(
          "an event is not recorded behind a wait for itself, which would never end: "
              + known.describe()
              + " on "
              + describe());
    }
    Occurrence recorded = known.begin();
    if (recorded != null) {
      put(recorded);
    }
  }

  @Override
  public DeviceEvent record() {
    checkOpen();
    LocalDeviceEvent event = new LocalDeviceEvent(device, null, false);
    Occurrence recorded = event.now();
    var _ = recorded.begin(); // nobody else has it
    put(recorded);
    return event;
  }

  /** Records an occurrence that the calling thread has begun. */
  void put(Occurrence recorded) {
    EventPool pool = device.pool(recorded.event.isTimed());
    OpenDriver open = device.driver();
    long earlier = sequence.get();
    Object driver = null;
    try {
      driver = pool.take();
      open.record(driver, driverStream);
    } catch (RuntimeException | Error e) {
      if (driver != null) {
        pool.give(driver, false);
      }
      recorded.recorded();
      recorded.finish(e);
      throw e;
    }
    device.counts().recorded();
    Waited before = upstreams.forEvent(open.takesBack() ? recorded : null);
    recorded.recorded(this, earlier, sequence.incrementAndGet(), driver, before);
    if (open.takesBack()) {
      underWay.add(recorded);
      if (gates.isShut()) { // who closes it may have asked before
        underWay.settle();
      }
    }
  }

  // ── waiting ──

  @Override
  public WaitPath waitFor(DeviceEvent event) {
    Occurrence awaited = ((LocalDeviceEvent) event).now();
    checkOpen();
    WaitPath path = waitFor(awaited);
    device.counts().waits(path);
    return path;
  }

  private WaitPath waitFor(Occurrence awaited) {
    DeviceEventStatus known = awaited.known();
    if (known.isFinished()) {
      if (known == DeviceEventStatus.FAILED) {
        upstreams.add(awaited);
        skip();
      }
      return WaitPath.NONE;
    }
    LocalStream its = awaited.stream();
    if (its != null && its.equals(this) && options.isOrdered()) {
      upstreams.add(awaited); // it may yet fail, which may have been recovered from since
      if (driverStream instanceof CpuQueue) {
        skipIfFailed(awaited);
      }
      return WaitPath.NONE;
    }
    DeviceKind kind = awaited.event.device().kind();
    Object driver = device.driver().path(kind) == WaitPath.NATIVE ? awaited.use() : null;
    if (driver != null) {
      boolean isNative = false;
      try {
        upstreams.add(awaited); // before, so that no event behind the wait misses it
        isNative = device.driver().waits(driverStream, kind, driver);
      } finally {
        if (!isNative) {
          upstreams.remove(awaited);
        }
        awaited.endUse();
      }
      if (isNative) {
        return WaitPath.NATIVE;
      }
    } else if (awaited.isFinished()) {
      return waitFor(awaited);
    }
    return byHost(new StreamGate(awaited, awaited, device.now()), awaited.done());
  }

  @Override
  public WaitPath waitFor(Event event) {
    Objects.requireNonNull(event, "event");
    checkOpen();
    if (event.status() == EventStatus.TRIGGERED) {
      return WaitPath.NONE;
    }
    WaitPath path = byHost(new StreamGate(new EventUpstream(event), null, device.now()), event);
    device.counts().waits(path);
    return path;
  }

  /** Has work behind an event of this very stream skipped if that fails; it is reached before. */
  private void skipIfFailed(Occurrence awaited) {
    Object driver = awaited.use();
    if (driver != null) {
      try {
        var _ = device.driver().waits(driverStream, device.kind(), driver);
      } finally {
        awaited.endUse();
      }
    } else if (awaited.failure() != null) {
      skip();
    }
  }

  /**
   * Waits for something that the driver does not know, until an event says that it has finished.
   */
  private WaitPath byHost(StreamGate gate, Event until) {
    upstreams.add(gate);
    try {
      DeviceGate closed = device.driver().gate(driverStream);
      if (closed == null) {
        Waiting.blocked(until, this, gate);
        return WaitPath.BLOCKING;
      }
      gate.keep(closed);
    } catch (RuntimeException | Error e) { // it does not wait
      upstreams.remove(gate);
      throw e;
    }
    if (!gates.add(gate)) {
      DeviceException cause = closed();
      gate.abandon(cause);
      throw cause;
    }
    gate.listens(until.whenComplete(poison -> passed(gate, poison)));
    return WaitPath.GATE;
  }

  private void passed(StreamGate gate, @Nullable Poison poison) {
    gates.remove(gate);
    if (poison != null && !gate.isFinished()) { // the event system has ended, and nobody else tells
      gate.abandon(
          new DeviceException(
              "nobody can wait any longer for " + gate.describe() + ": " + poison.message()));
    } else {
      gate.open(poison == null);
    }
  }

  /** Has the driver skip what comes, if it can. */
  private void skip() {
    DeviceGate gate = device.driver().gate(driverStream);
    if (gate != null) {
      gate.open(false);
    }
  }

  // ── failure ──

  @Override
  public Optional<Throwable> failure() {
    Throwable ended = lost();
    if (ended != null) {
      return Optional.of(ended);
    }
    Throwable failure = upstreams.failure();
    if (failure == null && driverStream instanceof CpuQueue queue) {
      failure = queue.failure();
    }
    return Optional.ofNullable(failure);
  }

  @Override
  public void recover() {
    checkOpen();
    upstreams.clear();
    if (driverStream instanceof CpuQueue queue) {
      queue.recover(); // behind its gates, which fail what is before that
    } else {
      gates.all().forEach(StreamGate::forgive);
    }
  }

  // ── the end ──

  @Override
  public DeviceEventStatus finish() throws InterruptedException {
    return record().finish();
  }

  @Override
  public String explain() {
    return Explaining.stream(this, waits());
  }

  @Override
  public Site asSite() {
    return new StreamSite(this);
  }

  @Override
  public <T> T as(Class<T> type) {
    return LocalDevice.as(type, driverStream, describe());
  }

  @Override
  public void close() {
    var _ = close(device.closePatience());
  }

  @Override
  public boolean close(Duration patience) {
    Objects.requireNonNull(patience, "patience");
    checkMayWait();
    return end.close(patience);
  }

  /**
   * Refuses to wait on the threads that it would wait for.
   *
   * @throws DeviceMisuseException on one of them
   */
  void checkMayWait() {
    if (device.watcher().isCurrent() || isCurrent()) {
      throw new DeviceMisuseException(
          "a callback, and work of the stream itself, must not wait for it to end: " + describe());
    }
  }

  /** {@return whether the calling thread runs its work, so that it cannot wait for its end} */
  boolean isCurrent() {
    return driverStream instanceof CpuQueue queue && queue.isCurrent();
  }

  boolean isOpen() {
    return !gates.isShut();
  }

  private void checkOpen() {
    if (gates.isShut()) {
      throw closed();
    }
  }

  /** {@return what is thrown when it is given something after it was closed} */
  DeviceException closed() {
    return new DeviceException("a stream takes nothing after it was closed: " + describe());
  }

  @Override
  public String toString() {
    return describe();
  }
}
