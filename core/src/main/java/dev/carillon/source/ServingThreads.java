package dev.carillon.source;

import dev.carillon.time.Timers;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/** Runs what a server does for its connections: each request on a virtual thread, under watch. */
final class ServingThreads implements Executor {
  private static final System.Logger LOG = System.getLogger("dev.carillon.source");
  private static final ScopedValue<Watch> WATCH = ScopedValue.newInstance();

  private final Intake<?> intake;
  private final HttpLimits limits;
  private final Timers timers;
  private final AtomicInteger busy = new AtomicInteger();

  ServingThreads(Intake<?> intake, HttpLimits limits, Timers timers) {
    this.intake = intake;
    this.limits = limits;
    this.timers = timers;
  }

  /** {@return the watch over the calling thread, one of these} */
  static Watch watch() {
    return WATCH.get();
  }

  /** The server closes the connection of what is rejected. */
  @Override
  public void execute(Runnable exchange) {
    if (busy.incrementAndGet() > limits.maxBusy()) {
      busy.decrementAndGet();
      String what = "maxBusy=" + limits.maxBusy();
      intake.refuse("busy-connections", what);
      throw new RejectedExecutionException("too many connections are busy: " + what);
    }
    Thread.ofVirtual()
        .name("carillon-source-" + intake.config().name() + "-request")
        .start(() -> serve(exchange));
  }

  private void serve(Runnable exchange) {
    var watch = new Watch(timers, () -> intake.refuse("slow-connection", "a sender was too slow"));
    try {
      watch.begin(limits.headersWithin());
      ScopedValue.where(WATCH, watch).run(exchange);
    } catch (IOException | IllegalStateException e) { // the timers end only after the server
      LOG.log(Level.WARNING, "a request could not be served", e);
    } finally {
      watch.end();
      busy.decrementAndGet();
    }
  }
}
