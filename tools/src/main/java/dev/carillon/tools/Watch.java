package dev.carillon.tools;

import dev.carillon.Carillon;
import dev.carillon.CarillonConfig;
import dev.carillon.bus.Message;
import dev.carillon.bus.Middleware;
import dev.carillon.bus.SubscriptionOptions;
import dev.carillon.bus.Topic;
import dev.carillon.bus.TopicPattern;
import dev.carillon.bus.WhenFull;
import dev.carillon.event.CarillonException;
import dev.carillon.event.Event;
import dev.carillon.event.PoisonedException;
import dev.carillon.event.Promise;
import dev.carillon.schedule.Placement;
import dev.carillon.source.FileChange;
import dev.carillon.source.ItemFailedException;
import dev.carillon.source.OnItemFailure;
import dev.carillon.source.Outlet;
import dev.carillon.source.Positions;
import dev.carillon.source.Source;
import dev.carillon.source.SourceConfig;
import dev.carillon.source.SourceFailedException;
import dev.carillon.source.SourceState;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** One run of {@code carillon watch}, which a signal may end at any time. */
final class Watch {
  /*
   *   files -> source -> "watch.changed" -> commands, in order for each path, --jobs at once
   *                                             |
   *                                     "watch.run.ended" -> tally, report
   *
   * No more changes than the window are under way. What comes on top of that waits in the source,
   * which knows what is new without holding it. A change is settled when the run that stands for it
   * has ended, so a position never passes one that the command has not been run for.
   *
   * In the end no more begins, what runs is ended, what waits fails, and so nothing is under way; the
   * source saves its position. If it is a signal that ends all, a shutdown hook does that, and the
   * JVM then ends with the code of the signal.
   */
  static final int DONE = 0;
  static final int FAILED = 1;
  static final int INTERRUPTED = 130;

  private static final Topic<FileChange> CHANGED = Topic.of("watch.changed", FileChange.class);
  private static final Topic<RunEnded> ENDED = Topic.of("watch.run.ended", RunEnded.class);
  private static final Placement COMMANDS = Placement.on("commands");
  private static final int WINDOW = 1024;
  private static final int WINDOW_OF_BATCHES = 16_384; // so that one run can stand for many
  private static final Duration AS_LONG_AS_IT_TAKES = Duration.ofDays(365);

  private final WatchPlan plan;
  private final @Nullable Positions positions;
  private final WatchReport report;
  private final LibraryLog log;
  private final WatchTally tally = new WatchTally();
  private final PendingChanges pending = new PendingChanges();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Carillon carillon;
  private final WatchedCommands commands;
  private final Source<FileChange> source;

  private final Thread hook = Thread.ofPlatform().name("watch-stop").unstarted(this::stop);
  private final ReentrantLock ending = new ReentrantLock();
  private volatile boolean wasReady; // written by the source
  private volatile boolean isStopped; // written with the lock held

  private Watch(WatchPlan plan, PrintWriter out, PrintWriter err) {
    this.plan = plan;
    this.positions = plan.files().positions();
    this.report = new WatchReport(plan.output(), out, err);
    this.log = new LibraryLog(WatchReport.COMMAND, err);
    if (plan.output().isQuiet()) {
      log.silence();
    }
    this.carillon = Carillon.open(this::configure);
    var starter = new Starter(plan, out, err);
    this.commands =
        plan.mode() == WatchPlan.Mode.RESTART
            ? new RestartedCommand(plan, pending, starter, this::publish)
            : new CommandRuns(plan, pending, starter, this::publish);
    this.source =
        Source.open(
            plan.files().kind(plan.settledFor(), plan.isOnce()),
            Outlet.to(carillon.bus(), CHANGED),
            this::configure);
  }

  /**
   * Watches until there is nothing more to do, or the thread is interrupted.
   *
   * @return the exit code
   * @throws java.io.UncheckedIOException if the position cannot be kept
   */
  static int run(WatchPlan plan, PrintWriter out, PrintWriter err) {
    return new Watch(plan, out, err).run();
  }

  // ── joining it together ──

  private CarillonConfig configure(CarillonConfig defaults) {
    return defaults
        .named("watch")
        .scheduler(s -> s.withPool(COMMANDS.pool(), threads, plan.jobs()))
        .bus(b -> b.withTimeout(null));
  }

  private SourceConfig configure(SourceConfig defaults) {
    SourceConfig named = defaults.named(plan.files().name());
    return (positions == null ? named : named.withPositions(positions))
        .withWindow(window())
        .withGrace(AS_LONG_AS_IT_TAKES) // stop() sees to it that that is soon
        .onItemFailure(OnItemFailure.STOP)
        .withRestart(defaults.restart().withRetryable(this::isPassing));
  }

  /**
   * {@return whether it is worth to try again} What is wrong from the beginning is told at once.
   */
  private boolean isPassing(Throwable failure) {
    SourceState state = source.state(); // still that of the run which failed
    if (state == SourceState.CONNECTED || state == SourceState.IDLE) {
      wasReady = true;
    }
    return wasReady && !(failure instanceof ItemFailedException);
  }

  private int window() {
    return plan.mode() == WatchPlan.Mode.EACH ? WINDOW : WINDOW_OF_BATCHES;
  }

  private void subscribe() {
    var bus = carillon.bus();
    bus.use(TopicPattern.of(CHANGED.name()), this::note);
    bus.subscribe(CHANGED, commands, this::configure);
    bus.onPayload(ENDED, tally::add);
    bus.onPayload(ENDED, report::ended);
  }

  private SubscriptionOptions<FileChange> configure(SubscriptionOptions<FileChange> defaults) {
    return defaults
        .named("commands")
        .orderedBy(this::key, window())
        .on(COMMANDS)
        .capacity(window(), WhenFull.BLOCK)
        .blockAtMost(null)
        .onError(e -> e.propagate().disableAfter(0, e.probeAfter()));
  }

  /** {@return what has one command at a time} */
  private Path key(Message<FileChange> message) {
    return plan.mode() == WatchPlan.Mode.EACH ? message.payload().path() : plan.root();
  }

  /** Sees a change before it is handed on. */
  private @Nullable Message<?> note(Message<?> message, Middleware.Next next) throws Exception {
    pending.note(WatchedChange.of((FileChange) message.payload()));
    return next.handle(message);
  }

  private void publish(RunEnded run) {
    if (plan.failsFast() && !run.isFine() && run.isLast()) {
      log.silence(); // the rest follows from it
    }
    carillon.bus().publish(ENDED, run);
  }

  // ── from the beginning to the end ──

  private int run() {
    try {
      Runtime.getRuntime().addShutdownHook(hook);
    } catch (IllegalStateException e) { // the JVM is ending
      stop();
      return INTERRUPTED;
    }
    try {
      return watch();
    } catch (InterruptedException e) {
      stop(); // while this thread can still wait
      Thread.currentThread().interrupt();
      return INTERRUPTED;
    } finally {
      stop();
      removeHook();
    }
  }

  private int watch() throws InterruptedException {
    subscribe();
    Promise<FileChange> first = source.next(carillon.events());
    try {
      source.start().awaitReady(AS_LONG_AS_IT_TAKES);
      Event ended = source.ended(carillon.events());
      report.tell("watching " + plan.files().root());
      commands.begin();
      if (plan.isOnce() && !plan.files().knowsBefore()) {
        first.await();
        pending.awaitQuiet(plan.debounce(), plan.mostQuiet());
        source.stop();
      }
      ended.await();
    } catch (PoisonedException | SourceFailedException e) {
      return failed(e);
    }
    if (isStopped) {
      return INTERRUPTED;
    }
    return tally.hasFailures() ? failure() : DONE;
  }

  /** {@return the exit code when a command has failed} */
  private int failure() {
    return plan.failsFast() ? tally.firstFailure() : FAILED;
  }

  /** {@return the exit code for a source that has failed for good} */
  private int failed(CarillonException how) {
    if (isStopped) {
      return INTERRUPTED;
    }
    if (plan.failsFast() && tally.hasFailures()) {
      return failure();
    }
    report.fail(source.failure().map(Throwable::toString).orElse(String.valueOf(how.getMessage())));
    return FAILED;
  }

  /** Ends all of it. Whoever comes second waits until that is done. */
  private void stop() {
    ending.lock();
    try {
      if (isStopped) {
        return;
      }
      isStopped = true;
      log.silence();
      commands.close();
      source.close();
      carillon.close();
      threads.close();
      log.close();
      report.tell(tally.summary());
    } finally {
      ending.unlock();
    }
  }

  private void removeHook() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      return; // the JVM is ending, and it has run
    }
  }
}
