package dev.carillon.event;

import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/**
 * One event and all that can be done with it, against a sequential specification. The whole core
 * takes part: the system is so small that the event's slot is used again as soon as it is free.
 *
 * <p>When a listener is told is no part of the specification, as that happens after the event is
 * complete, if before the call returns; that each was told once is checked in the end.
 */
@Param(name = "thread", gen = ThreadIdGen.class)
@Param(name = "shared", gen = IntGen.class, conf = "0:2")
public class EventLincheckTest {
  private static final int THREADS = 8; // more than there are in any program

  private final EventCore core = Linchecks.core(4);
  private final long event = core.create();
  private final Listener[] shared = new Listener[3];
  private final Listener[] own = new Listener[THREADS];

  public EventLincheckTest() {
    for (int i = 0; i < shared.length; i++) {
      shared[i] = new Listener(null);
    }
  }

  /** A listener, and the one that the same thread added before. */
  private final class Listener implements CompletionListener {
    private final Listener before;
    private final long registration;
    private volatile boolean removed;
    private volatile int told;

    Listener(Listener before) {
      this.before = before;
      this.registration = core.listen(event, this);
    }

    boolean remove() {
      boolean done = core.remove(event, registration);
      if (done) {
        removed = true;
      }
      return done;
    }

    @Override
    public void completed(Poison poison) {
      told = told + 1;
    }
  }

  @Operation
  public boolean tryTrigger() {
    return core.tryTrigger(event);
  }

  @Operation
  public boolean tryPoison() {
    return core.tryPoison(event, "why");
  }

  @Operation
  public String status() {
    return core.status(event).toString();
  }

  @Operation
  public String reason() {
    Poison poison = core.poisonOf(event);
    return poison == null ? "none" : poison.reason();
  }

  @Operation
  public boolean listen(@Param(name = "thread") int thread) {
    own[thread] = new Listener(own[thread]);
    return own[thread].registration != 0;
  }

  @Operation
  public boolean removeOwn(@Param(name = "thread") int thread) {
    return own[thread] != null && own[thread].remove();
  }

  @Operation
  public boolean removeShared(@Param(name = "shared") int which) {
    return shared[which].remove();
  }

  /** Creates an event, in this one's slot if that is free, and ends it the other way. */
  @Operation
  public String other() {
    long other = core.create();
    String before = core.status(other).toString();
    core.poison(other, "other");
    return before + core.status(other);
  }

  @Validate
  public void everyListenerWasToldOnceUnlessRemoved() {
    boolean complete = core.status(event).isComplete();
    for (Listener listener : shared) {
      check(listener, complete);
    }
    for (Listener last : own) {
      for (Listener listener = last; listener != null; listener = listener.before) {
        check(listener, complete);
      }
    }
  }

  private static void check(Listener listener, boolean complete) {
    int due = complete && !listener.removed ? 1 : 0;
    if (listener.told != due) {
      throw new AssertionError("told=%d due=%d".formatted(listener.told, due));
    }
  }

  @Test
  void operations_inAnyInterleaving_areLinearizable() {
    Linchecks.check(EventLincheckTest.class, Specification.class, 5, 100);
  }

  /** What the operations mean, one after another. */
  public static class Specification {
    private String status = "PENDING";
    private final boolean[] removed = new boolean[3];
    private final boolean[] own = new boolean[THREADS];

    private boolean complete(String outcome) {
      if (!isPending()) {
        return false;
      }
      status = outcome;
      return true;
    }

    private boolean isPending() {
      return status.equals("PENDING");
    }

    public boolean tryTrigger() {
      return complete("TRIGGERED");
    }

    public boolean tryPoison() {
      return complete("POISONED");
    }

    public String status() {
      return status;
    }

    public String reason() {
      return status.equals("POISONED") ? "why" : "none";
    }

    public boolean listen(int thread) {
      own[thread] = isPending();
      return own[thread];
    }

    public boolean removeOwn(int thread) {
      boolean done = own[thread] && isPending();
      own[thread] = false;
      return done;
    }

    public boolean removeShared(int which) {
      boolean done = !removed[which] && isPending();
      removed[which] |= done;
      return done;
    }

    public String other() {
      return "PENDINGPOISONED";
    }
  }
}
