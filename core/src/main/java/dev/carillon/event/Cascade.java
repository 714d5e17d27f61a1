package dev.carillon.event;

import static dev.carillon.event.SlotTable.directInput;
import static dev.carillon.event.SlotTable.directOutput;
import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.LongAdder;
import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/** Delivers completions: wakes threads, runs listeners, counts merges down, and what follows. */
final class Cascade {
  /*
   * Whoever completes an event takes its list of waiters and delivers to each. An input that was the
   * last of its merge completes the merge's output, whose list is appended to the one under way, so
   * a chain or tree of merges of any size is a loop, in breadth-first order; a direct head, which
   * cannot be linked, is followed at once instead. Lists of poisoned outputs wait in a queue of
   * their own, as each brings its own poison.
   *
   * Listeners run user code, which may complete events in turn, on the same stack. Each thread has a
   * Turn that counts how deep it is. At MAX_DEPTH a completion is put off: its list joins the
   * turn's queue, which the innermost delivery works off before it returns. So a chain of a million
   * listeners uses at most MAX_DEPTH stack segments. An owned thread cache holds the turn of a
   * platform thread; other threads use a thread-local. Were a turn missing, only the depth of the
   * stack would be affected.
   *
   * Most lists have one waiter, and most chains of merges are short; `deliver` follows these without
   * the machinery for the rest.
   *
   * A delivery that lasts longer than the budget hands what is left to the overflow executor, so
   * that triggering an event with a million waiters does not hold its thread for their sake. The
   * executor's submission passes on the memory effects. The clock is read once in CHECK deliveries.
   */
  private static final int CHECK = 256;
  private static final Duration LONGEST = Duration.ofDays(365);
  private static final System.Logger LOG = System.getLogger("dev.carillon.event");
  private static final ThreadLocal<Turn> TURNS = ThreadLocal.withInitial(Turn::new);

  private final EventCore core;
  private final Merges merges;
  private final WaiterTable nodes;
  private final Waitlist waitlist;
  private final ThreadCaches caches;
  private final long budget;
  private final Executor overflow;
  final LongAdder failedListeners = new LongAdder();

  Cascade(
      EventCore core,
      Merges merges,
      WaiterTable nodes,
      Waitlist waitlist,
      ThreadCaches caches,
      Duration budget,
      @Nullable Executor overflow) {
    this.core = core;
    this.merges = merges;
    this.nodes = nodes;
    this.waitlist = waitlist;
    this.caches = caches;
    this.budget = (budget.compareTo(LONGEST) > 0 ? LONGEST : budget).toNanos();
    this.overflow = overflow == null ? Thread::startVirtualThread : overflow;
  }

  /**
   * Delivers to the waiters in a state word, which the caller took by completing the event.
   *
   * @param taken the state word before completion; it has waiters
   * @param poison why the event failed, or null
   */
  void deliver(long taken, @Nullable Poison poison) {
    long list = taken;
    for (int step = 0; poison == null && step < CHECK; step++) {
      int node = SlotTable.head(list);
      if (SlotTable.isDirect(node)) {
        list = merges.countDown(directOutput(node), directInput(node), null);
      } else {
        WaiterTable.Chunk words = nodes.chunk(node);
        if (words.next(node) != 0) {
          break;
        }
        if (words.target(node) != null) {
          deliverToOne(list, node, words);
          return;
        }
        int output = words.output(node);
        int input = words.input(node);
        waitlist.free(node);
        list = merges.countDown(output, input, null);
      }
      if (list == 0) {
        return;
      }
      if (Merges.isFailure(list)) {
        Turn.Delivery failed = merges.poison(list);
        if (failed != null) {
          deliver(failed);
        }
        return;
      }
    }
    int first = waitlist.take(list);
    if (first != 0) {
      deliver(first, poison, caches.ofCaller());
    }
  }

  /** Delivers a trigger to the only waiter of a list, which is not an input of a merge. */
  private void deliverToOne(long list, int node, WaiterTable.Chunk words) {
    ThreadCache mine = caches.ofCaller();
    Turn turn = turn(mine);
    if ((list & SlotTable.REMOVALS) != 0 || turn.depth >= Turn.MAX_DEPTH - 1) {
      int first = waitlist.take(list);
      if (first != 0) {
        deliver(first, null, mine);
      }
      return;
    }
    Object target = words.takeTarget(node);
    free(node, mine);
    turn.depth++;
    try {
      call(target, null);
    } finally {
      turn.depth--;
    }
  }

  /** Delivers to a list that was taken. */
  void deliver(Turn.Delivery delivery) {
    deliver(delivery.first(), delivery.poison(), caches.ofCaller());
  }

  private void deliver(int first, @Nullable Poison poison, @Nullable ThreadCache mine) {
    Turn turn = turn(mine);
    if (turn.depth == Turn.MAX_DEPTH) {
      turn.deferred.add(new Turn.Delivery(first, poison));
      return;
    }
    turn.depth++;
    Error error;
    try {
      error = run(first, poison, mine);
      if (turn.depth == Turn.MAX_DEPTH) {
        for (Turn.Delivery d = turn.deferred.poll(); d != null; d = turn.deferred.poll()) {
          Error another = run(d.first(), d.poison(), mine);
          error = error == null ? another : error;
        }
      }
    } finally {
      turn.depth--;
    }
    if (error != null) {
      throw error;
    }
  }

  private static Turn turn(@Nullable ThreadCache mine) {
    return mine == null ? TURNS.get() : mine;
  }

  /** Frees a node whose target is cleared. */
  private void free(int node, @Nullable ThreadCache mine) {
    if (mine != null) {
      mine.giveNode(nodes, node);
    } else {
      waitlist.free(node);
    }
  }

  /** Delivers to a list and what follows; {@return the first Error that a listener threw} */
  private @Nullable Error run(
      int firstNode, @Nullable Poison firstPoison, @Nullable ThreadCache mine) {
    int node = firstNode; // or a direct head, which ends its list
    Poison poison = firstPoison;
    int last = 0; // of the list under way, once known
    ArrayDeque<Turn.Delivery> failed = null;
    Error error = null;
    long deadline = 0;
    for (int delivered = 1; ; delivered++) {
      long taken = 0;
      int next = 0;
      if (SlotTable.isDirect(node)) {
        taken = merges.countDown(directOutput(node), directInput(node), poison);
      } else {
        WaiterTable.Chunk words = nodes.chunk(node);
        Object target = words.target(node);
        if (target == null) {
          taken = merges.countDown(words.output(node), words.input(node), poison);
        } else {
          words.clearTarget(node);
          try {
            call(target, poison);
          } catch (Error e) {
            error = error == null ? e : error;
          }
        }
        next = words.next(node);
        free(node, mine);
      }
      if (taken != 0 && next != 0) {
        taken = follow(taken);
      }
      if (Merges.isFailure(taken)) {
        Turn.Delivery delivery = merges.poison(taken);
        if (delivery != null) {
          failed = failed == null ? new ArrayDeque<>() : failed;
          failed.add(delivery);
        }
      } else if (taken != 0) {
        int more = waitlist.take(taken);
        if (next == 0) {
          next = more;
          last = 0;
        } else if (more != 0) {
          nodes.next(last == 0 ? lastFrom(next) : last, more);
          last = lastFrom(more);
        }
      }
      node = next;
      if (node == 0) {
        last = 0;
        Turn.Delivery more = failed == null ? null : failed.poll();
        if (more == null) {
          break;
        }
        node = more.first();
        poison = more.poison();
      }
      if (delivered % CHECK == 0) {
        long now = System.nanoTime();
        if (deadline == 0) {
          deadline = now + budget | 1;
        } else if (now - deadline > 0) {
          try {
            if (new Rest(node, poison, failed).handedOver()) {
              break;
            }
          } catch (Error e) {
            error = error == null ? e : error;
            break;
          }
        }
      }
    }
    return error;
  }

  /**
   * Counts down merges each of which is the only waiter of the one before; {@return what is left: a
   * state word with a list of nodes, a failure, or 0}
   */
  private long follow(long taken) {
    long list = taken;
    for (int step = 1; SlotTable.isDirect(SlotTable.head(list)); step++) {
      int head = SlotTable.head(list);
      int node = step < CHECK ? IndexPool.NONE : waitlist.nodeOf(head);
      if (node != IndexPool.NONE) {
        return node; // a long chain, which is not to keep the others waiting
      }
      list = merges.countDown(directOutput(head), directInput(head), null);
    }
    return list;
  }

  private int lastFrom(int node) {
    int last = node;
    for (int next = nodes.next(last); next != 0; next = nodes.next(last)) {
      last = next;
    }
    return last;
  }

  /** What is left of a delivery that outlasted its budget. */
  private final class Rest implements Runnable {
    private final int node;
    private final @Nullable Poison poison;
    private final @Nullable ArrayDeque<Turn.Delivery> failed;
    private volatile boolean begun;

    Rest(int node, @Nullable Poison poison, @Nullable ArrayDeque<Turn.Delivery> failed) {
      this.node = node;
      this.poison = poison;
      this.failed = failed;
    }

    /** {@return whether the overflow executor took it, or has even run it} */
    boolean handedOver() {
      try {
        overflow.execute(this);
        return true;
      } catch (RejectedExecutionException e) {
        LOG.log(DEBUG, "the overflow executor refused", e);
      } catch (RuntimeException e) {
        report("the overflow executor failed", e);
      } catch (Error e) { // a listener's, if run at once; or no memory for another thread
        if (begun) {
          throw e;
        }
        report("the overflow executor failed", e);
      }
      return begun;
    }

    @Override
    public void run() {
      begun = true;
      ThreadCache mine = caches.ofCaller();
      Error error = Cascade.this.run(node, poison, mine);
      while (failed != null && !failed.isEmpty()) {
        Turn.Delivery d = failed.remove();
        Error another = Cascade.this.run(d.first(), d.poison(), mine);
        error = error == null ? another : error;
      }
      if (error != null) {
        throw error;
      }
    }
  }

  /** Delivers to one waiter that is not an input of a merge. */
  void call(Object target, @Nullable Poison poison) {
    if (target instanceof Waiter waiter) {
      waiter.wake(poison);
      return;
    }
    if (FlightRecorder.isInitialized() && SlowListenerEvent.isRecorded()) {
      var slow = new SlowListenerEvent();
      slow.begin();
      listen((CompletionListener) target, poison);
      slow.end();
      if (slow.shouldCommit()) {
        slow.commit(core.name(), target);
      }
    } else {
      listen((CompletionListener) target, poison);
    }
  }

  /** Runs a listener; what it throws is counted and logged. */
  void listen(CompletionListener listener, @Nullable Poison poison) {
    try {
      listener.completed(poison);
    } catch (Exception e) {
      failedListeners.increment();
      report("a listener failed; the others go on: " + listener.getClass().getName(), e);
    }
  }

  /** Logs a failure; a log that fails in turn must not keep the others from being served. */
  private static void report(String message, Throwable failure) {
    try {
      LOG.log(ERROR, message, failure);
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }
}
