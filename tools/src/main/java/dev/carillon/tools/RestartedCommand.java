package dev.carillon.tools;

import dev.carillon.bus.Message;
import dev.carillon.source.FileChange;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A command that goes on until something changes, and then begins anew. */
final class RestartedCommand implements WatchedCommands {
  /*
   * The bus hands over one change at a time, so there is one command at a time. The first of several
   * changes takes all that are pending, once nothing has come for a while; those behind it find
   * nothing.
   *
   * close() comes from another thread: it closes the latch and then ends the current command. Who
   * starts one makes it the current one and then looks at the latch: one of the two ends it.
   */
  private static final Duration SIMULTANEOUS = Duration.ofMillis(250); // see CommandRuns

  private final WatchPlan plan;
  private final PendingChanges pending;
  private final Starter starter;
  private final Consumer<RunEnded> told;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile @Nullable Running current; // written by one thread after another

  /** A command, and whether it was ended by us. */
  private record Running(Child child, RunBegun run, AtomicBoolean isEnding) {}

  /** Tells {@code told} when a command ends by itself. */
  RestartedCommand(
      WatchPlan plan, PendingChanges pending, Starter starter, Consumer<RunEnded> told) {
    this.plan = plan;
    this.pending = pending;
    this.starter = starter;
    this.told = told;
  }

  /** Starts it for the first time. */
  @Override
  public void begin() {
    start(WatchTrigger.ofAll(plan.root(), "start", List.of()));
  }

  @Override
  public void handle(Message<FileChange> message) throws InterruptedException {
    if (pending.isEmpty()) {
      return;
    }
    pending.awaitQuiet(plan.debounce(), plan.mostQuiet());
    List<WatchedChange> wanted = plan.wanted(pending.takeAll());
    if (!wanted.isEmpty() && closed.getCount() > 0) {
      end();
      start(WatchTrigger.ofAll(plan.root(), "restart", wanted));
    }
  }

  private void start(WatchTrigger trigger) {
    var run = new RunBegun(trigger, 1, true);
    Child child;
    try {
      child = starter.start(trigger, 1);
    } catch (IOException e) {
      told.accept(run.notStarted(e));
      return;
    }
    var running = new Running(child, run, new AtomicBoolean());
    current = running;
    Thread.ofVirtual().name("end of " + child.process().pid()).start(() -> awaitEnd(running));
    if (closed.getCount() == 0) {
      end();
    }
  }

  private void awaitEnd(Running running) {
    try {
      running.child.awaitEnd();
      if (!closed.await(SIMULTANEOUS.toMillis(), TimeUnit.MILLISECONDS)
          && running.isEnding.compareAndSet(false, true)) {
        told.accept(running.run.ended(running.child.exitCode()));
      }
    } catch (InterruptedException e) { // nobody does
      throw new IllegalStateException("interrupted while a command ran", e);
    }
  }

  private void end() {
    Running running = current;
    if (running != null) {
      running.isEnding.set(true);
      running.child.end(plan.grace());
    }
  }

  @Override
  public void close() {
    closed.countDown();
    end();
  }
}
