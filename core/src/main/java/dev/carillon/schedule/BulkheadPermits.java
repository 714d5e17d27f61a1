package dev.carillon.schedule;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.LongAdder;

/** A bulkhead on one counter. */
final class BulkheadPermits implements Bulkhead {
  /*
   * inUse is raised by a CAS that sees it below the limit, so it never passes the limit, and lowered
   * by an atomic decrement. It is lowered once per raise: `call` does it in a finally block, and a
   * Permit only for the report that sets its `reported` flag by CAS. All are volatile accesses, so
   * a raise sees what came before the lowering that made room for it.
   */
  private static final VarHandle IN_USE;
  private static final VarHandle REPORTED;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      IN_USE = lookup.findVarHandle(BulkheadPermits.class, "inUse", int.class);
      REPORTED = lookup.findVarHandle(Permit.class, "reported", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final String name;
  private final int limit;
  private final Admission.Refused refusal;
  private final LongAdder refused = new LongAdder();

  private volatile int inUse; // see above

  BulkheadPermits(String name, int limit) {
    Checks.name(name);
    Checks.range("limit", limit, 1, Integer.MAX_VALUE);
    this.name = name;
    this.limit = limit;
    this.refusal =
        new Admission.Refused(
            "bulkhead \"%s\" admits %d at once, and they are under way".formatted(name, limit),
            Duration.ZERO);
  }

  @Override
  public Admission ask() {
    return take() ? new Permit(this) : refuse();
  }

  @Override
  public <T> T call(Callable<? extends T> work) throws Exception {
    if (!take()) {
      throw new GateClosedException(refuse());
    }
    try {
      return work.call();
    } finally {
      giveBack();
    }
  }

  /** {@return whether there was a permit, which the caller now has} */
  boolean take() {
    int taken = inUse;
    while (taken < limit) {
      int seen = (int) IN_USE.compareAndExchange(this, taken, taken + 1);
      if (seen == taken) {
        return true;
      }
      taken = seen;
    }
    return false;
  }

  /** Gives back a permit that the caller has. */
  void giveBack() {
    IN_USE.getAndAdd(this, -1);
  }

  private Admission.Refused refuse() {
    refused.increment();
    return refusal;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int limit() {
    return limit;
  }

  @Override
  public int inUse() {
    return inUse;
  }

  @Override
  public long refused() {
    return refused.sum();
  }

  @Override
  public String toString() {
    return "Bulkhead[%s, %d of %d]".formatted(name, inUse, limit);
  }

  /** A permit that can be given back once. */
  private static final class Permit implements Admission.Pass {
    private final BulkheadPermits owner;

    @SuppressWarnings("unused") // by handle
    private boolean reported;

    Permit(BulkheadPermits owner) {
      this.owner = owner;
    }

    private void report() {
      if (!REPORTED.compareAndSet(this, false, true)) {
        throw new IllegalStateException(
            "a pass must be reported once: bulkhead=\"" + owner.name + "\"");
      }
      owner.giveBack();
    }

    @Override
    public void success() {
      report();
    }

    @Override
    public void failure(Throwable cause) {
      report();
    }

    @Override
    public void cancelled() {
      report();
    }
  }
}
