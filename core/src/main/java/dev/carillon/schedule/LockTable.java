package dev.carillon.schedule;

import dev.carillon.event.Event;
import dev.carillon.event.EventSystem;
import dev.carillon.event.PoisonedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The locks of a scheduler: who holds which, and who waits. */
final class LockTable implements Locks {
  /*
   * Tasks take their declared locks in ascending order, as continuations: a task that finds one
   * taken waits in its queue, holding the lower ones, and blocks no thread; who gives the lock back
   * hands it on and takes the next ones for the task too. Threads that take locks as they go block
   * on an event. Both wait by deadline, and what they wait for inherits their urgency.
   *
   * Order excludes deadlock: in a circle of owners, each waiting for a lock that the next holds,
   * one would wait for a lock not above one that it holds (Havender 1968). Where a thread asks for
   * no order, the circle is looked for at the moment in which a wait begins, as only that can close
   * one: that of a thread, or that of a task which was handed one declared lock and now lacks the
   * next. Each owner waits for one lock, and each lock has one holder, so it is a walk along a
   * chain; and while nobody waits for a lock below one that he holds, there can be none to look
   * for. Tasks that do not run cannot give way, but every circle has a thread that can, since the
   * declared locks alone keep the order.
   * Permits need no part in it: a task has them before it takes its first lock, so whoever holds a
   * lock never waits for permits.
   *
   * The table's lock guards everything here. Nothing of the user's runs under it: who is to go on is
   * collected, and told after it is left.
   */
  /** By their own deadlines: in a circle all inherit those of all. */
  private static final Comparator<LockOwner> LEAST_URGENT =
      Comparator.<LockOwner>comparingLong(owner -> owner.own).thenComparingLong(LockOwner::number);

  private final EventSystem events;
  private final DeadlockPolicy policy;
  private final Host host;

  private final Object lock = new Object();
  // guarded by lock
  private final HashMap<String, LockOwner.Lock> locks = new HashMap<>(); // those held
  private final HashMap<Thread, LockOwner> threads = new HashMap<>(); // those that hold or wait
  private long deadlocks;
  private int outOfOrder; // how many wait for a lock below one that they hold
  private long taken; // numbers threads among those due together

  /** What the table needs of the scheduler. */
  interface Host {
    /** {@return the task that the calling thread runs, or null} */
    @Nullable TaskRun current();

    /** {@return when somebody is due who comes now and has no deadline} */
    long dueWithoutDeadline();

    /** Makes a task as urgent as one that waits for it. */
    void urge(TaskRun task, long wanted, int band);

    /** Goes on with a task that has all its locks, or was cancelled. */
    void proceed(TaskRun task);
  }

  /** What is to be done once the table's lock is left. */
  private static final class After {
    final List<TaskRun> proceed = new ArrayList<>(0);
    final List<Event> trigger = new ArrayList<>(0);
    final List<Refusal> refusals = new ArrayList<>(0);
    final List<Urge> urges = new ArrayList<>(0);

    private record Refusal(Event wake, DeadlockException why) {}

    private record Urge(TaskRun task, long wanted, int band) {}

    /** Makes an owner more urgent: {@return whether it was less so} */
    boolean urge(LockOwner owner, long wanted, int band) {
      if (!owner.inherit(wanted, band)) {
        return false;
      }
      if (owner.task != null) {
        urges.add(new Urge(owner.task, wanted, band));
      }
      return true;
    }

    void run(Host host) {
      urges.forEach(urge -> host.urge(urge.task(), urge.wanted(), urge.band()));
      refusals.forEach(refusal -> refusal.wake().tryPoison(refusal.why()));
      trigger.forEach(Event::tryTrigger);
      proceed.forEach(host::proceed);
    }
  }

  LockTable(EventSystem events, DeadlockPolicy policy, Host host) {
    this.events = events;
    this.policy = policy;
    this.host = host;
  }

  // ── declared locks of tasks ──

  /** {@return true if the task has its locks, or was cancelled; false if it now waits for one} */
  boolean acquire(LockOwner owner) {
    var after = new After();
    boolean all;
    synchronized (lock) {
      all = takeDeclared(owner, after);
    }
    after.run(host);
    return all;
  }

  private boolean takeDeclared(LockOwner owner, After after) {
    while (owner.granted < owner.declared.size()) {
      if (owner.isCancelled()) {
        return true;
      }
      LockOwner.Lock wanted = lockOf(owner.declared.get(owner.granted));
      if (wanted.owner != null) {
        await(owner, wanted, after);
        return false;
      }
      take(owner, wanted);
      owner.granted++;
    }
    return true;
  }

  private LockOwner.Lock lockOf(String id) {
    return locks.computeIfAbsent(id, LockOwner.Lock::new);
  }

  private static void take(LockOwner owner, LockOwner.Lock wanted) {
    wanted.owner = owner;
    owner.held.add(wanted);
  }

  private void await(LockOwner owner, LockOwner.Lock wanted, After after) {
    String greatest = owner.greatestHeld();
    owner.outOfOrder = greatest != null && wanted.id.compareTo(greatest) < 0;
    outOfOrder += owner.outOfOrder ? 1 : 0;
    wanted.add(owner);
    passOn(owner, after);
    breakCircle(owner, after);
  }

  private void waitNoLonger(LockOwner owner, LockOwner.Lock waited) {
    waited.remove(owner);
    outOfOrder -= owner.outOfOrder ? 1 : 0;
    owner.outOfOrder = false;
  }

  /** Makes what an owner waits for as urgent as the owner, and what that waits for, and so on. */
  private static void passOn(LockOwner owner, After after) {
    long wanted = owner.wanted();
    int band = owner.band();
    LockOwner.Lock waited = owner.waitsFor;
    while (waited != null) {
      LockOwner holder = waited.owner;
      if (holder == null || !after.urge(holder, wanted, band)) {
        return;
      }
      waited = holder.waitsFor;
      if (waited != null) {
        waited.moved(holder);
      }
    }
  }

  /** Takes everything back from an owner. */
  void release(LockOwner owner) {
    var after = new After();
    synchronized (lock) {
      for (int i = owner.held.size() - 1; i >= 0; i--) {
        handOn(owner.held.get(i), after);
      }
      owner.held.clear();
      owner.leases.clear();
      owner.granted = 0;
    }
    after.run(host);
  }

  private void handOn(LockOwner.Lock given, After after) {
    given.owner = null;
    LockOwner next = given.waits.first();
    if (next == null) {
      locks.remove(given.id);
      return;
    }
    waitNoLonger(next, given);
    take(next, given);
    LockOwner urgent = given.waits.first();
    if (urgent != null) {
      after.urge(next, urgent.wanted(), given.highestBand());
    }
    Event wake = next.wake;
    if (wake != null) {
      next.wake = null;
      after.trigger.add(wake);
    } else if (next.task != null) {
      next.granted++;
      if (takeDeclared(next, after)) {
        after.proceed.add(next.task);
      }
    }
  }

  /** {@return whether a task waited for a declared lock; it no longer does} */
  boolean withdraw(LockOwner owner) {
    synchronized (lock) {
      return owner.wake == null && stopWaiting(owner);
    }
  }

  private boolean stopWaiting(LockOwner owner) {
    LockOwner.Lock waited = owner.waitsFor;
    if (waited == null) {
      return false;
    }
    waitNoLonger(owner, waited);
    return true;
  }

  /** Puts a task that has become more urgent where it now belongs. */
  void reorder(LockOwner owner) {
    var after = new After();
    synchronized (lock) {
      LockOwner.Lock waited = owner.waitsFor;
      if (waited != null) {
        waited.moved(owner);
        passOn(owner, after);
      }
    }
    after.run(host);
  }

  // ── locks that threads take as they go ──

  @Override
  public LockLease acquire(String id) throws InterruptedException {
    return acquire(id, null, true).orElseThrow();
  }

  @Override
  public Optional<LockLease> acquire(String id, Duration timeout) throws InterruptedException {
    return acquire(id, timeout, true);
  }

  @Override
  public LockLease acquireInAnyOrder(String id) throws InterruptedException {
    return acquire(id, null, false).orElseThrow();
  }

  @Override
  public Optional<LockLease> acquireInAnyOrder(String id, Duration timeout)
      throws InterruptedException {
    return acquire(id, timeout, false);
  }

  private Optional<LockLease> acquire(String id, @Nullable Duration timeout, boolean ordered)
      throws InterruptedException {
    if (id.isBlank()) {
      throw new IllegalArgumentException("a lock's name must not be blank: id=\"" + id + "\"");
    }
    if (Thread.interrupted()) {
      throw new InterruptedException("interrupted before taking lock \"" + id + "\"");
    }
    TaskRun task = host.current();
    long due = task == null ? host.dueWithoutDeadline() : 0; // asks a clock: not under the lock
    LockOwner owner;
    LockOwner.Lock wanted;
    Event wake;
    var after = new After();
    synchronized (lock) {
      owner = task == null ? ownerOfThread(due) : task.lockOwner();
      try {
        check(owner, id, ordered);
        wanted = lockOf(id);
        if (wanted.owner == null) {
          take(owner, wanted);
          return Optional.of(lease(owner, wanted));
        }
        if (timeout != null && (timeout.isNegative() || timeout.isZero())) {
          return Optional.empty();
        }
        // a pending event of a private name: creating it takes no lock of ours and runs nothing
        wake = events.newEvent("lock \"%s\" for %s".formatted(id, owner.name()));
        owner.wake = wake;
        owner.refusal = null;
        await(owner, wanted, after);
      } finally {
        forget(owner);
      }
    }
    after.run(host);
    return finishWaiting(owner, wanted, wake, timeout);
  }

  private LockOwner ownerOfThread(long due) {
    Thread thread = Thread.currentThread();
    LockOwner known = threads.get(thread);
    if (known != null) {
      return known;
    }
    var owner = new LockOwner(thread, taken++, due);
    threads.put(thread, owner);
    return owner;
  }

  private void check(LockOwner owner, String id, boolean ordered) {
    String greatest = owner.greatestHeld();
    if (owner.holds(id)) {
      throw new LockOrderException(owner.name(), id, id);
    }
    if (ordered && greatest != null && id.compareTo(greatest) < 0) {
      throw new LockOrderException(owner.name(), id, greatest);
    }
  }

  private LockOwner.Lease lease(LockOwner owner, LockOwner.Lock held) {
    var lease = new LockOwner.Lease(this, owner, held);
    owner.leases.add(lease);
    return lease;
  }

  private Optional<LockLease> finishWaiting(
      LockOwner owner, LockOwner.Lock wanted, Event wake, @Nullable Duration timeout)
      throws InterruptedException {
    boolean woken = true;
    try {
      woken = await(owner, wake, timeout);
    } catch (PoisonedException e) {
      DeadlockException refusal = stop(owner, wanted, wake);
      throw refusal == null ? e : refusal;
    } catch (Throwable e) { // interrupted, perhaps as the lock came
      stop(owner, wanted, wake);
      throw e;
    }
    synchronized (lock) {
      if (owner.held.contains(wanted)) {
        return Optional.of(lease(owner, wanted));
      }
    }
    DeadlockException refusal = stop(owner, wanted, wake);
    if (refusal != null) {
      throw refusal;
    }
    if (woken) {
      throw new IllegalStateException(
          "a wait for a lock must be ended by the lock: lock=\"%s\", triggered=%s"
              .formatted(wanted.id, wake));
    }
    return Optional.empty();
  }

  /** Ends a wait, giving the lock back if it has come: {@return why, if the thread gives way} */
  private @Nullable DeadlockException stop(LockOwner owner, LockOwner.Lock wanted, Event wake) {
    DeadlockException refusal;
    var after = new After();
    synchronized (lock) {
      refusal = owner.refusal;
      owner.refusal = null;
      if (stopWaiting(owner)) {
        owner.wake = null;
        after.trigger.add(wake);
      } else if (owner.held.remove(wanted)) {
        handOn(wanted, after);
      }
      forget(owner);
    }
    after.run(host);
    return refusal;
  }

  /** Waits; meanwhile the pool of a task may use another thread. {@return whether it was woken} */
  private static boolean await(LockOwner owner, Event wake, @Nullable Duration timeout)
      throws InterruptedException {
    Pool pool = owner.task == null ? null : owner.task.pool;
    if (pool != null) {
      pool.beginBlocking();
    }
    try {
      if (timeout != null) {
        return wake.await(timeout);
      }
      wake.await();
      return true;
    } finally {
      if (pool != null) {
        pool.endBlocking();
      }
    }
  }

  /** Forgets a thread that neither holds nor awaits a lock. */
  private void forget(LockOwner owner) {
    if (owner.thread != null && owner.held.isEmpty() && owner.waitsFor == null) {
      threads.remove(owner.thread);
    }
  }

  void close(LockOwner.Lease lease) {
    var after = new After();
    synchronized (lock) {
      if (!lease.owner.leases.remove(lease)) {
        return;
      }
      lease.owner.held.remove(lease.lock);
      handOn(lease.lock, after);
      forget(lease.owner);
    }
    after.run(host);
  }

  @Override
  public int held() {
    synchronized (lock) {
      int held = 0;
      for (LockOwner.Lock each : locks.values()) {
        held += each.owner == null ? 0 : 1;
      }
      return held;
    }
  }

  // ── deadlocks ──

  private void breakCircle(LockOwner start, After after) {
    List<LockOwner> circle = outOfOrder == 0 ? List.of() : circle(start);
    if (circle.isEmpty()) {
      return;
    }
    deadlocks++;
    LockOwner victim = start;
    if (policy == DeadlockPolicy.LEAST_URGENT || start.wake == null) {
      victim =
          circle.stream()
              .filter(owner -> owner.wake != null) // a task not running cannot give way
              .max(LEAST_URGENT)
              .orElseThrow();
    }
    var lines = new ArrayList<String>(circle.size());
    for (LockOwner owner : circle) {
      lines.add(describe(owner));
    }
    var refusal = new DeadlockException(victim.name(), lines);
    stopWaiting(victim);
    Event wake = victim.wake;
    if (wake != null) {
      victim.refusal = refusal;
      victim.wake = null;
      after.refusals.add(new After.Refusal(wake, refusal));
    }
  }

  private static List<LockOwner> circle(LockOwner start) {
    var chain = new ArrayList<LockOwner>();
    LockOwner owner = start;
    while (owner != null && owner.waitsFor != null) {
      chain.add(owner);
      owner = owner.waitsFor.owner;
      if (owner == start) {
        return chain;
      }
    }
    return List.of();
  }

  private static String describe(LockOwner owner) {
    var held = new ArrayList<String>();
    owner.held.forEach(each -> held.add("\"" + each.id + "\""));
    LockOwner.Lock waits = owner.waitsFor;
    String line = "%s holds %s".formatted(owner.name(), held.isEmpty() ? "no lock" : held);
    if (waits == null) {
      return line;
    }
    LockOwner holder = waits.owner;
    return "%s and waits for \"%s\", held by %s"
        .formatted(line, waits.id, holder == null ? "nobody" : holder.name());
  }

  /** {@return what an owner holds and waits for, and who has that, along the chain} */
  List<String> reasons(LockOwner start) {
    synchronized (lock) {
      var lines = new ArrayList<String>();
      LockOwner owner = start;
      while (owner != null && lines.size() < 16) {
        lines.add(describe(owner));
        owner = owner.waitsFor == null ? null : owner.waitsFor.owner;
      }
      return lines;
    }
  }

  /** {@return how many deadlocks were found and broken} */
  long deadlocks() {
    synchronized (lock) {
      return deadlocks;
    }
  }
}
