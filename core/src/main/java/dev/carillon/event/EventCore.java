package dev.carillon.event;

import static dev.carillon.event.SlotTable.COMPACTING;
import static dev.carillon.event.SlotTable.DETAILS;
import static dev.carillon.event.SlotTable.FREE;
import static dev.carillon.event.SlotTable.HEAD;
import static dev.carillon.event.SlotTable.JOIN;
import static dev.carillon.event.SlotTable.PENDING;
import static dev.carillon.event.SlotTable.POISONED;
import static dev.carillon.event.SlotTable.STATUS;
import static dev.carillon.event.SlotTable.TRIGGERED;
import static dev.carillon.event.SlotTable.generation;
import static dev.carillon.event.SlotTable.head;
import static dev.carillon.event.SlotTable.isPending;

import dev.carillon.time.Clock;
import dev.carillon.time.Timers;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The events of one system on raw handles: the machine below all other surfaces. */
final class EventCore implements RawEvents {
  /*
   * SlotTable tells how an event completes in one CAS, Waitlist how waiters come and go, Cascade how
   * they are delivered to, Merges how an event waits for others. This class puts them together.
   *
   * The thread whose CAS completed an event frees the slot, before delivery; for the output of a
   * merge, see Merges.
   *
   * Poisoning holds the monitor of the slot's poison log from the CAS to the entry in the log, so
   * whoever sees a poisoned state and asks the log for the reason waits for the entry. Then the
   * generation moves on. After shutdown it stays: no new event needs the slot, and no log is needed
   * either, since the reason is the same for all.
   *
   * Shutdown sets `shutdown`, then poisons every pending slot it finds. An event that a racing
   * thread creates too late to be found is poisoned when somebody first looks at it or waits for it:
   * adding a waiter reads `shutdown` after the CAS, so either shutdown finds the waiter's event, or
   * the waiter finds the shutdown.
   */
  private static final int AGE_SHIFT = 30; // coarse ages count in 2^30 ns, about a second

  private final EventSystemConfig config;
  private final Clock clock;
  private final long started;
  private final int lastGeneration;
  private final int batch; // free slots a thread takes at once
  private final int kept; // free slots a thread keeps at most

  final SlotTable slots;
  final WaiterTable nodes = new WaiterTable();
  final ThreadCaches caches;
  final Waitlist waitlist;
  final Cascade cascade;
  final Merges merges;
  final DetailsBook details;
  final WaitObservers observers = new WaitObservers();
  private final PoisonBook poisons;
  private final AtomicLong retired = new AtomicLong();
  private final Timers timers;
  private volatile @Nullable Shutdown shutdown;

  /** Why and when the system was shut down. */
  private record Shutdown(String reason, Instant time) {}

  /**
   * @param config the settings, with the owner id filled in
   */
  EventCore(EventSystemConfig config) {
    this.config = config;
    this.clock = config.clock();
    this.started = clock.coarseNanos();
    this.lastGeneration = config.generationBits() == 32 ? -1 : (1 << config.generationBits()) - 1;
    // a small system counts its slots exactly, so no thread may keep any back
    boolean small = config.maxEvents() < 1 << 16;
    this.batch = small ? 1 : IndexPool.BATCH;
    this.kept = small ? 0 : ThreadCache.CAPACITY;
    this.slots = new SlotTable(config.maxEvents());
    this.details = new DetailsBook(slots);
    this.caches = new ThreadCaches(slots, nodes);
    this.merges = new Merges(this, slots);
    this.waitlist = new Waitlist(this, slots, nodes, caches);
    this.cascade =
        new Cascade(
            this, merges, nodes, waitlist, caches, config.cascadeBudget(), config.overflow());
    this.poisons = new PoisonBook(slots, config.maxPoisonRecords());
    this.timers = Timers.on(clock, "carillon-" + config.name() + "-timers");
  }

  // -- creation

  @Override
  public long create() {
    return create(takeSlot(false), PENDING);
  }

  @Override
  public long create(String name) {
    Objects.requireNonNull(name, "name");
    int index = takeSlot(false);
    var about = new Details((long) index << 32 | slots.chunk(index).generationOfTaken(index));
    about.name = name;
    details.add(about);
    return create(index, PENDING | DETAILS);
  }

  /** {@return a new pending event in a slot that the caller took} */
  long create(int index, long flags) {
    SlotTable.Chunk slot = slots.chunk(index);
    long generation = slot.generationOfTaken(index);
    slot.born(index, coarseAge(clock.coarseNanos()));
    slot.stateRelease(index, (generation << 32) | flags);
    return ((long) index << 32) | generation;
  }

  int takeSlot(boolean merge) {
    Shutdown ended = shutdown;
    if (ended != null) {
      throw new SystemClosedException(
          "a new event needs a system that was not shut down: system=%s reason=%s"
              .formatted(config.name(), ended.reason));
    }
    ThreadCache cache = caches.acquire();
    int index = cache.takeSlot(slots, batch);
    if (index != IndexPool.NONE) {
      cache.created++;
      if (merge) {
        cache.merges++;
      }
    }
    caches.release(cache);
    if (index == IndexPool.NONE) {
      throw new EventLimitException(
          "no more events may be pending or retired in system %s: maxEvents=%d"
              .formatted(config.name(), config.maxEvents()));
    }
    return index;
  }

  /**
   * {@return a free slot for a part of a merge; {@link IndexPool#NONE} if each is to be an event}
   */
  int takePart() {
    if (kept == 0) {
      return IndexPool.NONE;
    }
    ThreadCache cache = caches.acquire();
    int index = cache.takeSlot(slots, batch);
    caches.release(cache);
    return index;
  }

  private int coarseAge(long coarseNanos) {
    return (int) ((coarseNanos - started) >> AGE_SHIFT);
  }

  // -- handles and status

  @Override
  public EventHandle handle(long event) {
    check(event);
    return new EventHandle(config.owner(), (int) (event >>> 32), (int) event);
  }

  @Override
  public long raw(EventHandle handle) {
    if (handle.owner() != config.owner()) {
      throw new UnknownOwnerException(handle, config.owner());
    }
    long event = (long) handle.index() << 32 | Integer.toUnsignedLong(handle.generation());
    state(event);
    return event;
  }

  @Override
  public Event event(long event) {
    state(event);
    return new LocalEvent(this, event);
  }

  /** Throws unless an event of this system has or had that handle. */
  void check(long event) {
    state(event);
  }

  /** {@return the state of a slot, the handle having been checked against it} */
  private long state(long event) {
    int index = (int) (event >>> 32);
    return checked(event, slotOf(event).stateAcquire(index));
  }

  SlotTable.Chunk slotOf(long event) {
    SlotTable.Chunk slot = slots.find((int) (event >>> 32));
    if (slot == null) {
      throw invalid(event);
    }
    return slot;
  }

  /** {@return the state, which is of the event's slot} Throws unless the event ever existed. */
  private long checked(long event, long state) {
    int order = Integer.compareUnsigned((int) event, generation(state));
    if (order > 0 || (int) event == 0 || (order == 0 && (state & STATUS) == FREE)) {
      throw invalid(event);
    }
    return state;
  }

  InvalidHandleException invalid(long event) {
    String shown =
        Integer.toUnsignedString((int) (event >>> 32))
            + "@"
            + Integer.toUnsignedString((int) event);
    return new InvalidHandleException(
        "a handle must be of an event that this system created: handle=%s system=%s owner=%016x"
            .formatted(shown, config.name(), config.owner()));
  }

  @Override
  public EventStatus status(long event) {
    long state = state(event);
    if (generation(state) == (int) event) {
      long status = state & STATUS;
      if (status == PENDING) {
        if (shutdown == null) {
          return EventStatus.PENDING;
        }
        poisonForShutdown(event);
        return status(event);
      }
      return status == TRIGGERED ? EventStatus.TRIGGERED : EventStatus.POISONED;
    }
    return poisons.contains(event) ? EventStatus.POISONED : EventStatus.TRIGGERED;
  }

  /** {@return why an event failed, or null if it is pending or triggered} */
  @Nullable Poison poisonOf(long event) {
    if (status(event) != EventStatus.POISONED) {
      return null;
    }
    Poison poison = poisons.find(handle(event));
    return poison == null ? shutdownPoison(event) : poison;
  }

  // -- triggering

  @Override
  public void trigger(long event) {
    if (!tryTrigger(event)) {
      throw alreadyCompleted(event, "trigger");
    }
  }

  private AlreadyCompletedException alreadyCompleted(long event, String attempt) {
    EventStatus outcome = status(event);
    return new AlreadyCompletedException(
        "an event completes once: attempt=%s outcome=%s event=%s"
            .formatted(attempt, outcome, handle(event)),
        outcome);
  }

  @Override
  public boolean tryTrigger(long event) {
    int index = (int) (event >>> 32);
    SlotTable.Chunk slot = slotOf(event);
    long state = slot.stateAcquire(index);
    while (isPending(state, (int) event)) {
      if ((state & (COMPACTING | JOIN | DETAILS)) != 0 || (int) event == lastGeneration) {
        return triggerWithFlags(event);
      }
      if (slot.casState(index, state, ((state >>> 32) + 1) << 32)) {
        ThreadCache cache = caches.acquire();
        cache.triggered++;
        cache.giveSlot(slots, index, kept);
        caches.release(cache);
        if ((state & HEAD) != 0) {
          cascade.deliver(state, null);
        }
        return true;
      }
      state = slot.stateAcquire(index);
    }
    checked(event, state);
    return false;
  }

  private boolean triggerWithFlags(long event) {
    int index = (int) (event >>> 32);
    long state = slots.stateAcquire(index);
    while (isPending(state, (int) event)) {
      long completed =
          (state & COMPACTING) != 0 ? (state & ~STATUS) | TRIGGERED : after(event, TRIGGERED);
      if (slots.casState(index, state, completed)) {
        if ((state & COMPACTING) == 0) {
          completed(event, state, null, false);
        }
        return true;
      }
      state = slots.stateAcquire(index);
    }
    return false;
  }

  /** {@return the state word of a slot whose event has completed} */
  long after(long event, long status) {
    return (int) event == lastGeneration ? (event << 32) | status : (event + 1) << 32 | FREE;
  }

  /** Does what follows the completion of an event, whose slot's state has been set. */
  private void completed(long event, long state, @Nullable Poison poison, boolean byInputs) {
    freeAfterCompletion(event, state, poison, byInputs);
    if (head(state) != 0) {
      cascade.deliver(state, poison);
    }
  }

  void freeAfterCompletion(long event, long state, @Nullable Poison poison, boolean byInputs) {
    int index = (int) (event >>> 32);
    if ((state & DETAILS) != 0 && shutdown == null) { // after shutdown names are still asked for
      details.remove(event);
    }
    boolean free = (state & JOIN) == 0 || byInputs || merges.completedEarly(index);
    boolean retire = (int) event == lastGeneration;
    if (retire) {
      retired.incrementAndGet();
    }
    ThreadCache cache = caches.acquire();
    if (poison == null) {
      cache.triggered++;
    } else {
      cache.poisoned++;
    }
    if (free && !retire && shutdown == null) {
      cache.giveSlot(slots, index, kept);
    }
    caches.release(cache);
  }

  /** Makes a slot free for another event; after shutdown there is none. */
  void giveSlot(int index) {
    if (shutdown == null) {
      ThreadCache cache = caches.acquire();
      cache.giveSlot(slots, index, kept);
      caches.release(cache);
    }
  }

  /** Called by the compacting thread when the event completed under its hands. */
  void completedWhileCompacting(long event, long state) {
    boolean triggered = (state & STATUS) == TRIGGERED;
    Poison poison = triggered ? null : poisonOf(event);
    slots.stateRelease((int) (event >>> 32), after(event, state & STATUS));
    completed(event, state, poison, false);
  }

  // -- poisoning

  @Override
  public void poison(long event, String reason) {
    requirePoisoned(event, tryPoison(event, reason));
  }

  void poison(long event, Poison poison) {
    requirePoisoned(event, tryPoison(event, Objects.requireNonNull(poison, "poison")));
  }

  void poison(long event, Throwable cause) {
    requirePoisoned(event, tryPoison(event, cause));
  }

  private void requirePoisoned(long event, boolean done) {
    if (!done && status(event) == EventStatus.TRIGGERED) {
      throw alreadyCompleted(event, "poison");
    }
  }

  @Override
  public boolean tryPoison(long event, String reason) {
    return tryPoison(event, reason, null);
  }

  boolean tryPoison(long event, Throwable cause) {
    return tryPoison(event, String.valueOf(cause), cause);
  }

  private boolean tryPoison(long event, String reason, @Nullable Throwable cause) {
    Objects.requireNonNull(reason, "reason");
    if (!isPending(state(event), (int) event)) {
      return false;
    }
    Poison poison = Poison.of(handle(event), nameOf(event), reason, cause, clock.now());
    return tryPoison(event, poison);
  }

  boolean tryPoison(long event, Poison poison) {
    long state = recordPoison(event, poison);
    if (state != 0 && (state & COMPACTING) == 0) {
      completed(event, state, poison, false);
    }
    return state != 0;
  }

  /** {@return the state word before the event was poisoned; 0 if it was complete already} */
  long recordPoison(long event, Poison poison) {
    int index = (int) (event >>> 32);
    long state = state(event);
    if (!isPending(state, (int) event)) {
      return 0;
    }
    PoisonLog log = poisons.makeLog(index);
    synchronized (log) {
      do {
        if (slots.casState(index, state, (state & ~STATUS) | POISONED)) {
          log.record((int) event, poison);
          break;
        }
        state = slots.stateAcquire(index);
      } while (isPending(state, (int) event));
      if (!isPending(state, (int) event)) {
        return 0;
      }
      if ((state & COMPACTING) == 0) {
        slots.stateRelease(index, after(event, POISONED));
      }
    }
    poisons.countRecord(event);
    var flight = new EventPoisonedEvent();
    if (flight.shouldCommit()) {
      flight.commit(config.name(), poison);
    }
    return state;
  }

  // -- merging and waiting

  @Override
  public long merge(long... inputs) {
    return merges.create(inputs);
  }

  @Override
  public long mergeFailFast(long... inputs) {
    return Quorum.create(this, inputs.length, inputs);
  }

  @Override
  public void await(long event) throws InterruptedException {
    Waiter.await(this, event, Long.MAX_VALUE);
  }

  @Override
  public boolean await(long event, Duration timeout) throws InterruptedException {
    long nanos;
    try {
      nanos = timeout.toNanos();
    } catch (ArithmeticException e) {
      nanos = timeout.isNegative() ? 0 : Long.MAX_VALUE;
    }
    return Waiter.await(this, event, nanos);
  }

  @Override
  public long whenComplete(long event, CompletionListener listener) {
    return listen(event, Objects.requireNonNull(listener, "listener"));
  }

  /** {@return the registration; 0 if the event was complete and the listener ran} */
  long listen(long event, CompletionListener listener) {
    long registration = waitlist.add(event, listener);
    if (registration == 0) {
      cascade.call(listener, poisonOf(event));
    }
    return registration;
  }

  @Override
  public boolean remove(long event, long registration) {
    state(event);
    return registration != 0 && waitlist.remove(event, registration);
  }

  // -- details

  /** {@return the details of an event, or null if it has none or is complete} */
  @Nullable Details detailsOf(long event) {
    return (state(event) & DETAILS) == 0 ? null : details.find(event);
  }

  @Nullable String nameOf(long event) {
    Details about = detailsOf(event);
    return about == null ? null : about.name;
  }

  /** {@return the event on one line: its handle, and its name if it has one} */
  String describe(long event) {
    String name = nameOf(event);
    return name == null ? handle(event).toString() : name + " [" + handle(event) + "]";
  }

  String name() {
    return config.name();
  }

  Instant now() {
    return clock.now();
  }

  EventSystemConfig config() {
    return config;
  }

  Timers timers() {
    return timers;
  }

  /** {@return how long an event has been pending, in nanoseconds, to about a second} */
  long age(long event) {
    int now = coarseAge(clock.nanos());
    return (long) Math.max(0, now - slots.chunk((int) (event >>> 32)).born((int) (event >>> 32)))
        << AGE_SHIFT;
  }

  /** {@return the raw handle of the pending event in a slot; 0 if there is none} */
  long pendingIn(int index) {
    SlotTable.Chunk slot = slots.find(index);
    if (slot == null) {
      return 0;
    }
    long state = slot.stateAcquire(index);
    return (state & STATUS) == PENDING ? (long) index << 32 | state >>> 32 : 0;
  }

  // -- shutdown and statistics

  boolean isShutdown() {
    return shutdown != null;
  }

  void shutdown(String reason) {
    synchronized (this) {
      if (shutdown == null) {
        shutdown = new Shutdown(Objects.requireNonNull(reason, "reason"), clock.now());
      }
    }
    VarHandle.fullFence(); // the reason is written before the slots are read; see above
    Error error = null;
    for (int index = 0; index < slots.highWater(); index++) {
      long event = pendingIn(index);
      if (event != 0) {
        try {
          poisonForShutdown(event);
        } catch (Error e) { // a listener's; the others are served first
          error = error == null ? e : error;
        }
      }
    }
    if (error != null) {
      throw error;
    }
  }

  /** Poisons an event with the reason for shutdown, unless it is complete. */
  void poisonForShutdown(long event) {
    int index = (int) (event >>> 32);
    long state = slots.stateAcquire(index);
    while (isPending(state, (int) event)) {
      if ((state & COMPACTING) != 0) {
        tryPoison(event, shutdownPoison(event));
        return;
      }
      Poison poison = shutdownPoison(event);
      if (slots.casState(index, state, (state & ~(HEAD | STATUS)) | POISONED)) {
        completed(event, state, poison, false);
        return;
      }
      state = slots.stateAcquire(index);
    }
  }

  private Poison shutdownPoison(long event) {
    Shutdown ended = Objects.requireNonNull(shutdown);
    return Poison.of(handle(event), nameOf(event), "shut down: " + ended.reason, null, ended.time);
  }

  void close(String reason) {
    try {
      shutdown(reason);
    } finally {
      timers.close();
    }
  }

  EventStats stats(long leaked) {
    return new EventStats(
        caches.sum(c -> c.created),
        caches.sum(c -> c.triggered),
        caches.sum(c -> c.poisoned),
        caches.sum(c -> c.merges),
        slots.highWater(),
        retired.get(),
        caches.sum(c -> c.registered),
        poisons.records(),
        cascade.failedListeners.sum(),
        leaked);
  }
}
