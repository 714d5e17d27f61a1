package dev.carillon.device;

import dev.carillon.event.Event;
import dev.carillon.event.EventStatus;
import dev.carillon.spi.DeviceException;
import dev.carillon.spi.DeviceGate;
import dev.carillon.spi.StreamOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A stream: the driver's, what it was told to wait for, and the gates in it. */
final class LocalStream implements DeviceStream {
  /*
   * The driver orders work; what is kept here is why an event of the stream may have failed although
   * the driver says that it is complete. `upstream` has what the stream was told to wait for and what
   * is not known to have succeeded. An event takes a copy when it is recorded: by the time that the
   * driver has passed it, all in the copy have finished too. What is known to have succeeded is dropped
   * whenever the list is looked at, so it is empty in a stream that waits for nothing, and else as long
   * as what is pending, and one that failed, which stays until recover().
   *
   * Gates are kept until they have been opened, so that closing the stream can open them, and
   * explanations tell what they are for.
   *
   * `lost` is set once, when the stream ends with work that has not finished: from then on the driver
   * is not asked for its events, which have failed.
   */
  private final LocalDevice device;
  private final StreamOptions options;
  private final Object driverStream;
  private volatile @Nullable Throwable lost; // written once
  private volatile boolean isClosing; // written under the monitor, once
  private volatile boolean hasUpstream; // whether the list is not empty; written under the monitor

  // guarded by this
  private List<Upstream> upstream = List.of();
  private final List<StreamGate> gates = new ArrayList<>();
  private long sequence;

  // of the watcher's thread
  private long sweep;
  private long pending;

  LocalStream(LocalDevice device, StreamOptions options, Object driverStream) {
    this.device = device;
    this.options = options;
    this.driverStream = driverStream;
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

  /** {@return why its events are not asked for any more; null while they are} */
  @Nullable Throwable lost() {
    return lost;
  }

  /** Notes that in a sweep one of its events was found to be pending. */
  void isPending(long inSweep, long number) {
    sweep = inSweep;
    pending = number;
  }

  /** {@return whether an event must be pending, as one before it was found so in this sweep} */
  boolean isBehindPending(long inSweep, long number) {
    return sweep == inSweep && options.isOrdered() && number > pending && lost == null;
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
    if (waitsByGateFor(known.now())) {
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

  private void put(Occurrence recorded) {
    EventPool pool = device.pool(recorded.event.isTimed());
    Object driver = null;
    try {
      driver = pool.take();
      device.driver().record(driver, driverStream);
    } catch (RuntimeException | Error e) {
      recorded.recorded(null, 0, null, List.of());
      recorded.finish(e);
      if (driver != null) {
        pool.give(driver, false);
      }
      throw e;
    }
    long number;
    List<Upstream> before = List.of();
    synchronized (this) {
      number = ++sequence;
      if (hasUpstream) {
        before = List.copyOf(upstream);
      }
    }
    recorded.recorded(this, number, driver, before);
    device.counts().recorded();
    if (!before.isEmpty()) {
      prune();
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
        add(awaited);
        skip();
      }
      return WaitPath.NONE;
    }
    LocalStream its = awaited.stream();
    if (its != null && its.equals(this) && options.isOrdered()) {
      add(awaited); // it may yet fail, which may have been recovered from since
      if (driverStream instanceof CpuQueue) {
        skipIfFailed(awaited);
      }
      return WaitPath.NONE;
    }
    Object driver = awaited.use();
    if (driver != null) {
      try {
        add(awaited);
        if (device.driver().waits(driverStream, awaited.event.device().kind(), driver)) {
          return WaitPath.NATIVE;
        }
      } finally {
        awaited.endUse();
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
    add(gate);
    DeviceGate closed = device.driver().gate(driverStream);
    if (closed == null) {
      Waiting.blocked(until, describe(), gate);
      return WaitPath.BLOCKING;
    }
    gate.keep(closed);
    boolean isLate;
    synchronized (this) {
      isLate = isClosing;
      if (!isLate) {
        gates.add(gate);
      }
    }
    if (isLate) {
      gate.open(false);
      throw closed();
    }
    var _ = until.whenComplete(poison -> passed(gate, poison == null));
    return WaitPath.GATE;
  }

  private void passed(StreamGate gate, boolean isWell) {
    synchronized (this) {
      gates.remove(gate);
    }
    gate.open(isWell);
  }

  /** Has the driver skip what comes, if it can. */
  private void skip() {
    DeviceGate gate = device.driver().gate(driverStream);
    if (gate != null) {
      gate.open(false);
    }
  }

  private synchronized boolean waitsByGateFor(Occurrence recorded) {
    for (StreamGate gate : gates) {
      if (gate.isFor(recorded)) {
        return true;
      }
    }
    return false;
  }

  // ── failure ──

  private void add(Upstream awaited) {
    prune();
    synchronized (this) {
      var more = new ArrayList<>(upstream);
      more.add(awaited);
      upstream = more;
      hasUpstream = true;
    }
  }

  /** Forgets what is known to have succeeded. */
  private void prune() {
    List<Upstream> known;
    synchronized (this) {
      if (!hasUpstream) {
        return;
      }
      known = List.copyOf(upstream);
    }
    known.forEach(Upstream::poll); // asks drivers, so not under the monitor
    synchronized (this) {
      upstream =
          upstream.stream().filter(one -> !one.isFinished() || one.failure() != null).toList();
      hasUpstream = !upstream.isEmpty();
    }
  }

  @Override
  public Optional<Throwable> failure() {
    Throwable end = lost;
    if (end != null) {
      return Optional.of(end);
    }
    List<Upstream> known;
    synchronized (this) {
      known = List.copyOf(upstream);
    }
    Throwable failure = Failures.of(known);
    if (failure == null && driverStream instanceof CpuQueue queue) {
      failure = queue.failure();
    }
    return Optional.ofNullable(failure);
  }

  @Override
  public void recover() {
    checkOpen();
    synchronized (this) {
      upstream = List.of();
      hasUpstream = false;
    }
    if (driverStream instanceof CpuQueue queue) {
      queue.recover();
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

  /** {@return the gates that are closed} */
  synchronized List<StreamGate> waits() {
    return List.copyOf(gates);
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
    return shut() ? end(patience) : lost == null;
  }

  /**
   * Refuses to wait on the threads that it would wait for.
   *
   * @throws DeviceMisuseException on one of them
   */
  void checkMayWait() {
    if (device.watcher().isCurrent()
        || (driverStream instanceof CpuQueue queue && queue.isCurrent())) {
      throw new DeviceMisuseException(
          "a callback, and work of the stream itself, must not wait for it to end: " + describe());
    }
  }

  /**
   * Takes nothing more, and waits for nothing by gates any more. To be followed by {@link #end}.
   *
   * @return whether this call is the first
   */
  boolean shut() {
    List<StreamGate> shut;
    synchronized (this) {
      if (isClosing) {
        return false;
      }
      isClosing = true;
      shut = List.copyOf(gates);
      gates.clear();
    }
    DeviceException cause = closed();
    shut.forEach(gate -> gate.abandon(cause));
    return true;
  }

  /**
   * Lets what was given finish, and gives the stream up.
   *
   * @return whether all has finished in time
   */
  boolean end(Duration patience) {
    boolean isDrained = drain(patience);
    if (!isDrained) {
      lose(
          new DeviceException(
              "its stream was closed before it had finished: "
                  + describe()
                  + ", patience="
                  + patience));
    }
    device.closed(this);
    device.driver().closeStream(driverStream);
    return isDrained;
  }

  /** {@return whether all that was given has finished in time} */
  private boolean drain(Duration patience) {
    LocalDeviceEvent last = new LocalDeviceEvent(device, "end of " + options.name(), false);
    Occurrence end = last.now();
    var _ = end.begin();
    try {
      put(end);
    } catch (DeviceException e) { // the device has failed, so nothing is under way
      return true;
    }
    try {
      return last.finish(patience).isFinished();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return end.isFinished();
    }
  }

  /** Has all events fail that have not finished. */
  void lose(Throwable cause) {
    lost = cause;
    device.watcher().look();
  }

  /** Ends without asking the driver, which has lost the device. */
  void abandon(Throwable cause) {
    List<StreamGate> shut;
    synchronized (this) {
      if (isClosing) {
        return;
      }
      isClosing = true;
      shut = List.copyOf(gates);
      gates.clear();
    }
    lose(cause);
    shut.forEach(gate -> gate.abandon(cause));
    device.driver().closeStream(driverStream);
  }

  boolean isOpen() {
    return !isClosing;
  }

  private void checkOpen() {
    if (isClosing) {
      throw closed();
    }
  }

  private DeviceException closed() {
    return new DeviceException("a stream takes nothing after it was closed: " + describe());
  }

  @Override
  public String toString() {
    return describe();
  }
}
