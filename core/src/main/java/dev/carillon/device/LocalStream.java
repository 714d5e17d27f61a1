package dev.carillon.device;

import dev.carillon.event.Event;
import dev.carillon.event.EventStatus;
import dev.carillon.event.Poison;
import dev.carillon.spi.DeviceException;
import dev.carillon.spi.DeviceGate;
import dev.carillon.spi.DeviceKind;
import dev.carillon.spi.Site;
import dev.carillon.spi.StreamOptions;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A stream: the driver's, what it was told to wait for, and the gates in it. */
final class LocalStream implements DeviceStream {
  /*
   * The driver orders work; what is kept here is why an event of the stream may have failed although
   * the driver says that it is complete. `upstream` has what the stream was told to wait for. An event
   * takes it as it is when it is recorded: by the time that the driver has passed the event, all in it
   * have finished too.
   *
   * A driver may fail the first event behind work that failed, and no other. So an event also takes
   * the one recorded before it, whose failure is its own, until recover(). That is done for drivers
   * whose events are given back, since all of those are asked for: each keeps the one before it for
   * as long as it is pending. A CPU's queue sees to its own failures.
   *
   * What has succeeded is dropped, and what was waited for after something that failed, which stays
   * until recover(). To find that out costs a look at each, so it is done when there are twice as many
   * as were left by the last time, for a wait, with asking drivers; and when as many events were
   * recorded as there are, without. So it is empty in a stream that waits for nothing, and else in
   * proportion to what is pending, and each wait and event pays for a look or two.
   *
   * Gates are kept until they have been opened, so that closing the stream can open them, and
   * explanations tell what they are for.
   *
   * `lost` is set once, when the stream ends with work that has not finished: from then on the driver
   * is not asked for its events, which have failed.
   */
  private static final System.Logger LOG = System.getLogger("dev.carillon.device");
  private static final int FEW = 8; // waits that are not worth a look

  private final LocalDevice device;
  private final StreamOptions options;
  private final Object driverStream;
  private volatile @Nullable Throwable lost; // written under the monitor, once
  private volatile boolean isClosing; // written under the monitor, once
  private volatile long sequence; // of the event recorded last; written under the monitor

  // guarded by this
  private @Nullable Waited upstream;
  private @Nullable Earlier last; // recorded; null if it went well, or that does not matter
  private int worthAsking = FEW; // how many in upstream are
  private int sinceLook; // events recorded since upstream was looked at
  private @Nullable Thread closer;
  private final Set<StreamGate> gates = new LinkedHashSet<>();

  private final UnderWay underWay = new UnderWay(this);
  private final CountDownLatch closed = new CountDownLatch(1); // when the driver's was given up

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
    return sweep == inSweep && options.isOrdered() && earlier >= pending && lost == null;
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
    OpenDriver open = device.driver();
    long earlier = sequence;
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
    long number;
    Waited before;
    synchronized (this) {
      number = ++sequence;
      if (upstream != null && ++sinceLook >= upstream.size()) {
        upstream = Waited.pruned(upstream);
        sinceLook = 0;
      }
      before = upstream;
      if (open.takesBack()) {
        before = behindLast();
        last = new Earlier(recorded);
      }
    }
    device.counts().recorded();
    recorded.recorded(this, earlier, number, driver, before);
    if (open.takesBack()) {
      underWay.add(recorded);
    }
  }

  /** {@return what an event comes after that is recorded now} Called under the monitor. */
  private @Nullable Waited behindLast() {
    Earlier earlier = last;
    if (earlier == null || (earlier.isFinished() && earlier.failure() == null)) {
      return upstream;
    }
    Waited all = Waited.and(upstream, earlier);
    if (earlier.isFinished()) {
      upstream = all; // which stays until it recovers
      last = null;
    }
    return all;
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
    DeviceKind kind = awaited.event.device().kind();
    Object driver = device.driver().path(kind) == WaitPath.NATIVE ? awaited.use() : null;
    if (driver != null) {
      boolean isNative = false;
      try {
        add(awaited); // before, so that no event behind the wait misses it
        isNative = device.driver().waits(driverStream, kind, driver);
      } finally {
        if (!isNative) {
          remove(awaited);
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
    add(gate);
    try {
      DeviceGate closed = device.driver().gate(driverStream);
      if (closed == null) {
        Waiting.blocked(until, this, gate);
        return WaitPath.BLOCKING;
      }
      gate.keep(closed);
    } catch (RuntimeException | Error e) { // it does not wait
      remove(gate);
      throw e;
    }
    boolean isLate;
    synchronized (this) {
      isLate = isClosing;
      if (!isLate) {
        gates.add(gate);
      }
    }
    if (isLate) {
      DeviceException cause = closed();
      gate.abandon(cause);
      throw cause;
    }
    gate.listens(until.whenComplete(poison -> passed(gate, poison)));
    return WaitPath.GATE;
  }

  private void passed(StreamGate gate, @Nullable Poison poison) {
    synchronized (this) {
      gates.remove(gate);
    }
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
    Waited asked = null;
    synchronized (this) {
      upstream = Waited.and(upstream, awaited);
      if (upstream.size() > worthAsking) {
        asked = upstream;
        worthAsking = 2 * upstream.size(); // nobody else asks meanwhile
      }
    }
    if (asked != null) {
      Waited.poll(asked); // asks drivers, so not under the monitor
      synchronized (this) {
        upstream = Waited.pruned(upstream);
        worthAsking = Math.max(FEW, upstream == null ? 0 : 2 * upstream.size());
      }
    }
  }

  /** Forgets something that it does not wait for after all. */
  private synchronized void remove(Upstream awaited) {
    upstream = Waited.without(upstream, awaited);
  }

  @Override
  public Optional<Throwable> failure() {
    Throwable end = lost;
    if (end != null) {
      return Optional.of(end);
    }
    Waited known;
    synchronized (this) {
      known = behindLast();
    }
    Waited.poll(known);
    Throwable failure = Waited.failure(known);
    if (failure == null && driverStream instanceof CpuQueue queue) {
      failure = queue.failure();
    }
    return Optional.ofNullable(failure);
  }

  @Override
  public void recover() {
    checkOpen();
    List<StreamGate> forgiven;
    synchronized (this) {
      upstream = null;
      last = null;
      forgiven = driverStream instanceof CpuQueue ? List.of() : List.copyOf(gates);
    }
    forgiven.forEach(StreamGate::forgive);
    if (driverStream instanceof CpuQueue queue) {
      queue.recover(); // behind those gates
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
    return shut() ? end(patience) : awaitClosed(patience) && lost == null;
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
    return shut(closed());
  }

  private boolean shut(Throwable cause) {
    List<StreamGate> shut;
    synchronized (this) {
      if (isClosing) {
        return false;
      }
      isClosing = true;
      closer = Thread.currentThread();
      shut = List.copyOf(gates);
      gates.clear();
    }
    try {
      shut.forEach(gate -> gate.abandon(cause));
    } catch (RuntimeException | Error e) {
      giveUp();
      throw e;
    }
    return true;
  }

  /**
   * Lets what was given finish, and gives the stream up.
   *
   * @return whether all has finished in time
   */
  boolean end(Duration patience) {
    boolean isDrained = false;
    try {
      isDrained = drain(patience);
      if (!isDrained) {
        underWay.settle(); // what has finished by now has not failed
        lose(
            new DeviceException(
                "its stream was closed before it had finished: "
                    + describe()
                    + ", patience="
                    + patience));
      }
    } finally {
      giveUp();
    }
    return isDrained && lost == null;
  }

  /** Gives the driver's stream up. */
  private void giveUp() {
    try {
      underWay.settle(); // while the driver can be asked
      device.closed(this);
      device.driver().closeStream(driverStream);
    } finally {
      closed.countDown();
    }
  }

  /** {@return whether another thread that closes this stream has done so in time} */
  private boolean awaitClosed(Duration patience) {
    if (closed.getCount() == 0) {
      return true;
    }
    synchronized (this) {
      if (Thread.currentThread().equals(closer)) { // in a callback of an event that it has failed
        return false;
      }
    }
    try {
      return closed.await(TimeUnit.NANOSECONDS.convert(patience), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return closed.getCount() == 0;
    }
  }

  /**
   * {@return whether all that was given has finished in time} Goes without the event system, which
   * may have ended.
   */
  private boolean drain(Duration patience) {
    LocalDeviceEvent last = new LocalDeviceEvent(device, "end of " + options.name(), false);
    Occurrence end = last.now();
    var _ = end.begin();
    try {
      put(end);
    } catch (RuntimeException e) { // so the device has failed, and nothing is under way
      LOG.log(Level.DEBUG, "closing " + describe(), e);
      return true;
    }
    if (end.poll()) {
      return true;
    }
    var isOver = new CountDownLatch(1);
    end.add(_ -> isOver.countDown());
    try {
      return isOver.await(TimeUnit.NANOSECONDS.convert(patience), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return end.isFinished();
    }
  }

  /** Has all events fail that have not finished. */
  private void lose(Throwable cause) {
    synchronized (this) {
      if (lost == null) {
        lost = cause;
      }
    }
    device.watcher().look();
  }

  /** Ends without asking the driver, which has lost the device. */
  void abandon(Throwable cause) {
    lose(cause); // first, as a thread may be closing it and wait for its end
    if (shut(cause)) {
      giveUp();
    } else {
      var _ = awaitClosed(device.closePatience());
    }
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
