package dev.carillon.device;

import dev.carillon.event.CompletionListener;
import dev.carillon.event.Event;
import dev.carillon.spi.DriverStatus;
import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What a device event stands for between two resets. */
final class Occurrence implements Upstream {
  /*
   * Two words. `state` has how far recording has come, in its low two bits, and above them how many
   * threads are using the driver's event. `outcome` is null until the occurrence has finished, and
   * set once, by CAS: whoever sets it, the driver's answer or the host's, has decided, and does what
   * follows, without a lock.
   *
   * The driver's event is used only between begin and end of a use. It goes back to its pool when the
   * occurrence has finished and the last use has ended: RETURNED is set by CAS, and only while nobody
   * uses it, so it goes back once, and no use begins after that. Recording and finishing by the host may
   * meet: each, after its own write, looks at the other's word, so that at least one of them finds that
   * it is to go back; and who gives it back tells the driver first, if the driver did not know.
   *
   * Waiting threads wait on a completion event that is made when somebody asks for it. Who makes it
   * looks at the outcome after that, who sets the outcome looks for the event after that, and both may
   * complete it. That event is nobody else's: users get a merge of it, which they can do what they like
   * with.
   */
  private static final System.Logger LOG = System.getLogger("dev.carillon.device");

  private static final int RECORDING = 1;
  private static final int SCHEDULED = 2;
  private static final int RETURNED = 3; // scheduled, and the driver's event has gone back
  private static final int STEP = 3;
  private static final int USE = 4;

  private static final Object SUCCEEDED = new Object();

  private static final VarHandle STATE;
  private static final VarHandle OUTCOME;
  private static final VarHandle WATCHED;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      STATE = lookup.findVarHandle(Occurrence.class, "state", int.class);
      OUTCOME = lookup.findVarHandle(Occurrence.class, "outcome", Object.class);
      WATCHED = lookup.findVarHandle(Occurrence.class, "isWatched", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final LocalDeviceEvent event;
  final long generation;

  private volatile int state; // changed by CAS
  private volatile @Nullable Object outcome; // SUCCEEDED or a Throwable; set by CAS

  @SuppressWarnings("UnusedVariable")
  private volatile boolean isWatched; // set by CAS, to be watched once

  private volatile boolean isWanted; // somebody is to be told when it finishes
  private volatile boolean isDriverDone; // the driver itself has said that it has finished
  private volatile @Nullable Event done;
  private volatile @Nullable Callbacks callbacks;

  // written before SCHEDULED, and not after
  private @Nullable Object driverEvent; // null if it was recorded without a stream
  private @Nullable LocalStream stream;
  private long since; // how many were recorded on the stream before this one began to be
  private long sequence;
  private @Nullable Waited before; // what the stream has waited for, until it is known

  private long nanos; // written before the outcome, if hasNanos
  private boolean hasNanos;
  private @Nullable Event shared; // guarded by this

  Occurrence(LocalDeviceEvent event, long generation) {
    this.event = event;
    this.generation = generation;
  }

  // ── what is known ──

  /** {@return where it stands as far as is known here} */
  DeviceEventStatus known() {
    Object end = outcome;
    if (end != null) {
      return SUCCEEDED.equals(end) ? DeviceEventStatus.SUCCESS : DeviceEventStatus.FAILED;
    }
    return (state & STEP) >= SCHEDULED
        ? DeviceEventStatus.SCHEDULED
        : DeviceEventStatus.INITIALIZED;
  }

  @Override
  public boolean isFinished() {
    return outcome != null;
  }

  /** {@return whether nothing has happened to it} */
  boolean isNew() {
    return outcome == null && (state & STEP) == 0;
  }

  @Override
  public @Nullable Throwable failure() {
    return outcome instanceof Throwable failure ? failure : null;
  }

  @Override
  public String describe() {
    return event.describe();
  }

  OptionalLong nanos() {
    return SUCCEEDED.equals(outcome) && hasNanos ? OptionalLong.of(nanos) : OptionalLong.empty();
  }

  /** {@return the stream it is recorded on; null if none} */
  @Nullable LocalStream stream() {
    return (state & STEP) >= SCHEDULED ? stream : null;
  }

  /** {@return its number among what was recorded on its stream, given when it was recorded} */
  long sequence() {
    return sequence;
  }

  /**
   * {@return the number of the last that was recorded on its stream before this one began to be}
   */
  long since() {
    return since;
  }

  @Override
  public boolean isBehind(Upstream pending) {
    LocalStream on = stream();
    return on != null
        && pending instanceof Occurrence one
        && on.equals(one.stream())
        && on.options().isOrdered()
        && on.lost() == null
        && since >= one.sequence;
  }

  @Override
  public @Nullable Waited before() {
    return (state & STEP) >= SCHEDULED ? before : null;
  }

  // ── recording ──

  /** {@return whether the calling thread is the one that records it} */
  boolean begin() {
    return STATE.compareAndSet(this, 0, RECORDING);
  }

  /** Says that it is recorded, but on no stream. */
  void recorded() {
    recorded(null, 0, 0, null, null);
  }

  /** Says that it is recorded. */
  void recorded(
      @Nullable LocalStream on,
      long earlier,
      long number,
      @Nullable Object driver,
      @Nullable Waited upstream) {
    stream = on;
    since = earlier;
    sequence = number;
    driverEvent = driver;
    before = upstream;
    state = SCHEDULED;
    if (outcome != null) { // the host was faster
      before = null;
      returnIfUnused();
    } else if (isWanted) {
      watch();
    }
  }

  // ── finishing ──

  /** {@return whether this call has decided that it has finished so} Null for success. */
  boolean finish(@Nullable Throwable failure) {
    if (!OUTCOME.compareAndSet(this, null, failure == null ? SUCCEEDED : failure)) {
      return false;
    }
    device().counts().finished(failure == null, (state & STEP) >= SCHEDULED);
    try {
      Event waiting = done;
      if (waiting != null) {
        complete(waiting);
      }
      Callbacks told = callbacks;
      if (told != null) {
        told.finished(known());
      }
    } finally {
      before = null; // or each would keep all that was ever before it
      returnIfUnused();
    }
    return true;
  }

  @Override
  public boolean poll() {
    if (outcome != null || (state & STEP) < SCHEDULED) {
      return outcome != null;
    }
    LocalStream on = stream;
    Throwable lost = on == null ? null : on.lost();
    if (lost != null) {
      finish(lost);
      return true;
    }
    Object driver = use();
    if (driver == null) {
      return outcome != null;
    }
    try {
      DriverStatus status = device().driver().query(driver);
      if (status != DriverStatus.PENDING) {
        ended(driver, status);
      }
    } catch (RuntimeException e) { // of the driver: it cannot say how it ended
      finish(e);
    } finally {
      endUse();
    }
    return outcome != null;
  }

  /**
   * {@return whether it has finished, having asked the driver} What that throws, and an Error of a
   * callback, is logged, so that others can be asked, too.
   */
  boolean ask() {
    try {
      return poll();
    } catch (Throwable e) {
      LOG.log(Level.ERROR, "asking for " + describe(), e);
      end(e);
      return true;
    }
  }

  /** Fails it, unless it has finished. An Error of a callback is logged. */
  void end(Throwable cause) {
    try {
      finish(cause);
    } catch (Throwable e) {
      LOG.log(Level.ERROR, "ending " + describe(), e);
    }
  }

  /** The driver says that it has finished, which is the truth unless something before it failed. */
  private void ended(Object driver, DriverStatus status) {
    isDriverDone = true;
    Throwable failure = Waited.failureOfPassed(before);
    if (failure == null && status == DriverStatus.FAILED) {
      failure = device().driver().failure(driver, event);
    } else if (failure == null && event.isTimed()) {
      readTime(driver);
    }
    finish(failure);
  }

  private void readTime(Object driver) {
    OptionalLong time;
    try {
      time = device().driver().nanos(driver);
    } catch (RuntimeException e) { // it has finished all the same; only its time is not known
      LOG.log(Level.WARNING, "the driver does not tell the time of " + describe(), e);
      return;
    }
    if (time.isPresent() && outcome == null) {
      nanos = time.getAsLong();
      hasNanos = true;
    }
  }

  // ── the driver's event ──

  /** {@return the driver's event, which stays until {@link #endUse}; null if there is none} */
  @Nullable Object use() {
    while (true) {
      int now = state;
      if ((now & STEP) != SCHEDULED || driverEvent == null) {
        return null;
      }
      if (STATE.compareAndSet(this, now, now + USE)) {
        return driverEvent;
      }
    }
  }

  void endUse() {
    STATE.getAndAdd(this, -USE);
    if (outcome != null) {
      returnIfUnused();
    }
  }

  private void returnIfUnused() {
    if (STATE.compareAndSet(this, SCHEDULED, RETURNED)) {
      Object driver = driverEvent;
      driverEvent = null;
      if (driver != null) {
        giveBack(driver);
      }
    }
  }

  private void giveBack(Object driver) {
    OpenDriver open = device().driver();
    boolean isClosed = device().isClosed();
    if (!isClosed
        && !isDriverDone
        && open.isFinishedByHost()) { // so that those go on that wait in the driver
      Throwable failure = failure();
      try {
        open.setFinished(driver, failure == null ? null : Failures.text(failure));
      } catch (RuntimeException e) { // is not for whoever found out that it has finished
        LOG.log(Level.ERROR, "the driver was not told that it has finished: " + describe(), e);
      }
    }
    event.giveBack(driver, isDriverDone && !isClosed); // or it is only released
    if (!isClosed && device().isClosed()) {
      device().releasePools(); // which may have been done before it came there
    }
  }

  // ── waiting ──

  /**
   * {@return the event that is completed when this has finished; to be completed by nobody else}
   */
  Event done() {
    Event waiting = done;
    if (waiting == null) {
      synchronized (this) {
        waiting = done;
        if (waiting == null) {
          waiting = device().events().newEvent(event.describe());
          done = waiting;
        }
      }
      want();
      if (outcome != null) {
        complete(waiting);
      }
    }
    return waiting;
  }

  /** {@return the same for users, who may do with it what they like} */
  Event shared() {
    Event waiting = done();
    synchronized (this) {
      if (shared == null) {
        shared = device().events().merge(waiting);
      }
      return shared;
    }
  }

  void whenFinished(CompletionListener listener) {
    var _ = done().whenComplete(listener);
  }

  void add(DeviceCallback callback) {
    Callbacks told = callbacks;
    if (told == null) {
      synchronized (this) {
        told = callbacks;
        if (told == null) {
          told = new Callbacks(event);
          callbacks = told;
        }
      }
      want();
    }
    told.add(callback);
    if (outcome != null) {
      told.finished(known());
    }
  }

  private void want() {
    isWanted = true;
    if ((state & STEP) >= SCHEDULED) {
      watch();
    }
  }

  /** Sees to it that the driver's event comes back, as nobody may ask for this any more. */
  void leave() {
    if (!poll()) {
      want();
    }
  }

  private void watch() {
    if (outcome == null && driverEvent != null && WATCHED.compareAndSet(this, false, true)) {
      device().watch(this);
    }
  }

  private void complete(Event waiting) {
    Throwable failure = failure();
    if (failure == null) {
      waiting.tryTrigger();
    } else {
      waiting.tryPoison(failure);
    }
  }

  private LocalDevice device() {
    return event.device();
  }
}
