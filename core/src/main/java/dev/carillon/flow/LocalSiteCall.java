package dev.carillon.flow;

import dev.carillon.event.Event;
import dev.carillon.spi.Site;
import dev.carillon.spi.SiteCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** An attempt that is made elsewhere, while a virtual thread waits for its outcome here. */
final class LocalSiteCall implements SiteCall {
  private final PartAttempts attempts;
  private final int number;
  private final @Nullable Object work;
  private final @Nullable Object[] inputs;
  private final Form form;
  private final CountDownLatch told = new CountDownLatch(1);
  private final Event cancelled;

  // guarded by this
  private boolean isCancelled;
  private @Nullable Object value;
  private @Nullable Throwable failure;

  LocalSiteCall(
      PartAttempts attempts,
      int number,
      @Nullable Object work,
      @Nullable Object[] inputs,
      Form form) {
    this.attempts = attempts;
    this.number = number;
    this.work = work;
    this.inputs = inputs;
    this.form = form;
    this.cancelled =
        attempts.unit.run.flow().events().newEvent("cancelling of " + part()).release();
  }

  /** Has it made, and waits: {@return the value} */
  Object on(Site site) throws Exception {
    try {
      site.start(this);
      told.await();
    } catch (InterruptedException e) {
      cancel();
      throw e;
    } finally {
      cancelled.tryPoison("the attempt is over"); // nothing, if it was cancelled
    }
    synchronized (this) {
      if (value != null) {
        return value;
      }
      Throwable cause = Objects.requireNonNull(failure);
      if (cause instanceof Exception exception) {
        throw exception;
      }
      if (cause instanceof Error error) {
        throw error;
      }
      throw new PartFailedException("a site failed: part=" + part(), cause);
    }
  }

  private void cancel() {
    synchronized (this) {
      isCancelled = true;
    }
    cancelled.tryTrigger();
  }

  @Override
  public String part() {
    return attempts.unit.name(attempts.node);
  }

  @Override
  public int attempt() {
    return number;
  }

  @Override
  public String idempotencyKey() {
    return AttemptContext.idempotencyKey(attempts.unit, attempts.node, attempts.iteration);
  }

  @Override
  public Object work() {
    return Objects.requireNonNull(work);
  }

  @Override
  public List<Object> inputs() {
    var all = new ArrayList<Object>();
    for (Object input : inputs) {
      all.add(Objects.requireNonNull(input));
    }
    return List.copyOf(all);
  }

  @Override
  public Object call() throws Exception {
    if (form.wantsContext()) {
      throw new UnsupportedOperationException(
          "a part that runs elsewhere has no context there: part=" + part());
    }
    Object result = Calls.call(form, work, inputs, null);
    if (result == null) {
      throw UnitRun.noValue(part());
    }
    return result;
  }

  @Override
  public boolean succeed(Object result) {
    Objects.requireNonNull(result, "value");
    return tell(result, null);
  }

  @Override
  public boolean fail(Throwable cause) {
    Objects.requireNonNull(cause, "cause");
    return tell(null, cause);
  }

  private synchronized boolean tell(@Nullable Object result, @Nullable Throwable cause) {
    if (isCancelled || value != null || failure != null) {
      return false;
    }
    value = result;
    failure = cause;
    told.countDown();
    return true;
  }

  @Override
  public synchronized boolean isCancelled() {
    return isCancelled;
  }

  @Override
  public Event cancelled() {
    return cancelled;
  }
}
