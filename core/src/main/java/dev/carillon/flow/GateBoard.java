package dev.carillon.flow;

import dev.carillon.time.Clock;
import dev.carillon.time.Timer;
import dev.carillon.time.Timers;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The gates of one run, and who waits at them. Who comes names the gates that it passes, the
 * outermost first; as branches lie in each other, a gate is always behind the same others. Safe for
 * use by any thread.
 */
final class GateBoard implements AutoCloseable {
  /*
   * Gates are a forest: a gate's parent is the one around it. All of a list are passed at one moment
   * or none is, so who waits has nothing, and gates cannot be part of a deadlock.
   *
   * A gate is open if fewer than its limit are inside and its rate has a permit. At each gate stand
   * those who contend for it: who wants no gate within it, and, of each gate within it that is open,
   * the one that is first there. First is who arrived first. Who is first at an open outermost gate
   * has only open gates behind it, and is let through.
   *
   * - All gates of somebody are open: it is let through, or somebody older with the same open gate.
   * - A waiter passes an older one at a gate that both want only while a gate further inside, which
   *   the older alone wants, is shut. Once that is open it stays so until the older one, or one older
   *   still, has passed it, for nobody else is first there. So each waiter becomes first at its gates
   *   from the innermost to the outermost, and nobody is overtaken for ever, if permits come back.
   * - Nothing is kept for who could not use it: a gate further inside that is shut does not have the
   *   places of the outer ones stand empty.
   *
   * `offered` is what a gate has its parent know: who is first there, if it is open. It changes when
   * who contends, the limit or the rate does, each time from the innermost gate that it concerns to
   * the outermost. Of a gate that is shut by its rate alone, and wanted, `shut` knows when it opens;
   * one timer is set for the first of them. All is under one lock.
   *
   * Who is let through is told after that, outside the lock. What a thread lets through while it
   * tells somebody, it tells when that has returned, so its stack stays flat.
   */

  /** Waits at gates. */
  interface Waiter {
    /**
     * All gates are passed: what has been asked for has to be released. Told under no lock, and
     * must be quick: whoever it lets through itself is told when it has returned.
     */
    void admitted();
  }

  /**
   * A gate as it was at one moment.
   *
   * @param name of the branch whose it is
   * @param inUse how many have passed it and not released it
   * @param limit the most at once
   * @param rate of passing
   * @param waiting how many wait for it, at this gate or at others
   */
  record GateState(
      String name, int inUse, OptionalInt limit, Sync.@Nullable Rate rate, int waiting) {}

  private static final ThreadLocal<@Nullable ArrayDeque<Waiter>> TELLING = new ThreadLocal<>();

  private final Clock clock;
  private final Timers timers;
  private final long origin;
  private final BoardGate[] gates;

  private final Object lock = new Object();
  // guarded by lock
  private final IdentityHashMap<Waiter, Arrival> waiting = new IdentityHashMap<>();
  private final TreeSet<Arrival> first = new TreeSet<>(); // of the outermost gates that are open
  private final TreeSet<BoardGate> shut = new TreeSet<>(); // until a time that is known
  private long arrivals;
  private @Nullable Timer timer;
  private long timed; // when the timer is due
  private boolean closed;

  /** Somebody who waits. */
  static final class Arrival implements Comparable<Arrival> {
    final Waiter waiter;
    final BoardGate innermost;
    private final long number;

    private Arrival(Waiter waiter, BoardGate innermost, long number) {
      this.waiter = waiter;
      this.innermost = innermost;
      this.number = number;
    }

    @Override
    public int compareTo(Arrival other) {
      return Long.compare(number, other.number);
    }
  }

  /**
   * Makes a board on which nobody has passed.
   *
   * @param clock which the timers go by
   * @param timers wake who waits for a rate
   */
  GateBoard(CompiledPlan.GatePlan[] plans, Clock clock, Timers timers) {
    this.clock = clock;
    this.timers = timers;
    this.origin = clock.nanos();
    this.gates = new BoardGate[plans.length];
    Arrays.setAll(gates, i -> new BoardGate(i, plans[i]));
  }

  /**
   * Passes gates, at once or when it is the waiter's turn.
   *
   * @param waiter is told once when all are passed, by this thread or another, unless it has been
   *     withdrawn; told apart from others by identity
   * @param wanted indexes of gates, the outermost first; each always behind the same others
   * @throws IllegalArgumentException if a gate was behind others before
   * @throws IllegalStateException if the waiter waits already, or the board is closed; or if it has
   *     to wait for a rate and the timers are closed: then it waits still, and has to be withdrawn
   */
  void acquire(Waiter waiter, List<Integer> wanted) {
    Objects.requireNonNull(waiter, "waiter");
    if (wanted.isEmpty()) {
      tell(List.of(waiter));
      return;
    }
    var admitted = new ArrayList<Waiter>(1);
    try {
      synchronized (lock) {
        admit(waiter, wanted, admitted);
      }
    } finally {
      tell(admitted);
    }
  }

  private void admit(Waiter waiter, List<Integer> wanted, List<Waiter> admitted) {
    if (closed) {
      throw new IllegalStateException("gates must be open to be passed: gates=" + wanted);
    }
    if (waiting.containsKey(waiter)) {
      throw new IllegalStateException("who waits at gates must not come again: gates=" + wanted);
    }
    BoardGate innermost = innermost(wanted);
    long now = now();
    if (innermost.isFree(now)) {
      innermost.pass(now);
      admitted.add(waiter);
      return;
    }
    var arrival = new Arrival(waiter, innermost, arrivals++);
    waiting.put(waiter, arrival);
    innermost.join(arrival);
    settle(innermost, now, admitted);
  }

  /**
   * Takes a waiter away.
   *
   * @return true if it waited, and is not told any more; false if it is admitted, though perhaps
   *     not told yet, or never came
   */
  boolean withdraw(Waiter waiter) {
    var admitted = new ArrayList<Waiter>(0);
    try {
      synchronized (lock) {
        Arrival arrival = waiting.remove(waiter);
        if (arrival == null) {
          return false;
        }
        arrival.innermost.leave(arrival);
        settle(arrival.innermost, now(), admitted);
      }
    } finally {
      tell(admitted);
    }
    return true;
  }

  /**
   * Gives back what was passed, and lets through whose turn it is. Rates are not given back.
   *
   * @param passed as it was wanted
   * @throws IllegalArgumentException if a gate was behind others before
   * @throws IllegalStateException if nobody is inside one of them
   */
  void release(List<Integer> passed) {
    if (passed.isEmpty()) {
      return;
    }
    var admitted = new ArrayList<Waiter>(1);
    try {
      synchronized (lock) {
        BoardGate innermost = innermost(passed);
        innermost.release();
        settle(innermost, now(), admitted);
      }
    } finally {
      tell(admitted);
    }
  }

  /** {@return the gates as they are now, by their indexes} */
  List<GateState> gates() {
    synchronized (lock) {
      return Arrays.stream(gates).map(BoardGate::state).toList();
    }
  }

  /**
   * Lets nobody through any more: who waits is not told, and can still be withdrawn; who is inside
   * can still release. Drops the timer. Idempotent.
   */
  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
      dropTimer();
    }
  }

  /** {@return the last gate of a list, having seen that those before it are around it} */
  private BoardGate innermost(List<Integer> list) {
    BoardGate around = null;
    for (int index : list) {
      BoardGate gate = gates[Objects.checkIndex(index, gates.length)];
      if (!gate.isBehind(around)) {
        throw new IllegalArgumentException(
            "a gate must always be behind the same others: gate=\"%s\", gates=%s"
                .formatted(gate.plan.name(), list));
      }
      around = gate;
    }
    return Objects.requireNonNull(around);
  }

  private long now() {
    return clock.nanos() - origin;
  }

  /**
   * Lets through whose turn it is, after something has changed at a gate or those around it; the
   * lock is held.
   *
   * @param changed null for none
   * @param admitted is given who is to be told, even if the timers are closed
   */
  private void settle(@Nullable BoardGate changed, long now, List<Waiter> admitted) {
    if (closed) {
      return;
    }
    refresh(changed, now);
    while (!shut.isEmpty() && shut.first().opensAt() <= now) {
      refresh(shut.first(), now);
    }
    while (!first.isEmpty()) {
      Arrival next = first.first();
      waiting.remove(next.waiter);
      next.innermost.leave(next);
      next.innermost.pass(now);
      admitted.add(next.waiter);
      refresh(next.innermost, now);
    }
    setTimer();
  }

  /** Has a gate, and in turn those around it, offer who is first there. */
  private void refresh(@Nullable BoardGate changed, long now) {
    for (BoardGate gate = changed; gate != null; gate = gate.around()) {
      shut.remove(gate);
      gate.offer(now, first);
      if (gate.awaitsItsRate(now)) {
        shut.add(gate);
      }
    }
  }

  private void setTimer() {
    if (shut.isEmpty()) {
      dropTimer();
      return;
    }
    long due = shut.first().opensAt();
    if (timer == null || timed != due) {
      dropTimer();
      timed = due;
      timer = timers.scheduleAt(origin + due, this::ring);
    }
  }

  private void dropTimer() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  /** Is called when a rate has a permit; by a timer that was dropped too late, too. */
  private void ring() {
    var admitted = new ArrayList<Waiter>();
    try {
      synchronized (lock) {
        long now = now();
        if (timed <= now) {
          dropTimer();
        }
        settle(null, now, admitted);
      }
    } finally {
      tell(admitted);
    }
  }

  private static void tell(List<Waiter> admitted) {
    if (admitted.isEmpty()) {
      return;
    }
    ArrayDeque<Waiter> outer = TELLING.get();
    if (outer != null) {
      outer.addAll(admitted);
      return;
    }
    var toTell = new ArrayDeque<>(admitted);
    TELLING.set(toTell);
    try {
      tellAll(toTell);
    } finally {
      TELLING.remove();
    }
  }

  /** Tells each, even if one before has thrown something, which is thrown in the end. */
  private static void tellAll(ArrayDeque<Waiter> toTell) {
    Throwable failure = null;
    for (Waiter next = toTell.poll(); next != null; next = toTell.poll()) {
      try {
        next.admitted();
      } catch (RuntimeException | Error e) {
        if (failure == null) {
          failure = e;
        } else if (!failure.equals(e)) {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure instanceof RuntimeException exception) {
      throw exception;
    }
  }
}
