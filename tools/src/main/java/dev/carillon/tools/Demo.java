package dev.carillon.tools;

import static dev.carillon.tools.Terminal.count;

import dev.carillon.bus.Bus;
import dev.carillon.event.Event;
import dev.carillon.event.PoisonedException;
import dev.carillon.flow.Cycle;
import dev.carillon.flow.Done;
import dev.carillon.flow.Flow;
import dev.carillon.flow.PartContext;
import dev.carillon.flow.PartFailure;
import dev.carillon.flow.Result;
import dev.carillon.flow.Run;
import dev.carillon.flow.RunOptions;
import dev.carillon.schedule.Placement;
import dev.carillon.spi.MessageStore;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** One run of the demonstration, which a signal may end at any time. */
final class Demo implements AutoCloseable {
  /*
   * The census is a cycle of five parts. Directories are read, and classes measured, as they are
   * found, by the events of the census; discover begins that, read and link wait for its ends. A
   * class that is broken fails link, which hands that on, and the others go on with what there is.
   * A class that hangs has link hang: then the run is asked why, and cancelled.
   *
   * When the JVM is told to end, a shutdown hook stops the census: its pending events are
   * poisoned, which wakes whoever awaits them, and its threads end. What that makes fail, on the
   * thread that runs the demonstration, is no failure to report; and nothing is printed any more.
   * The JVM ends with the exit code that says which signal it was, 130 for Ctrl-C. The bus is left
   * open until the threads that publish on it have ended. Its store is closed by the hook then, as
   * the JVM need not wait until whoever opened it comes to that.
   */
  static final int DONE = 0;
  static final int BROKEN = 3;
  static final int HANGING = 4;
  static final int INTERRUPTED = 130;

  private final Bus bus;
  private final Flow flow;
  private final Terminal terminal;
  private final boolean json;
  private final Fault fault;
  private final long start = System.nanoTime();
  private final PublishedNews news;
  private final EventCensus census;
  private final Thread hook = Thread.ofPlatform().name("census-stop").unstarted(this::stop);
  private final CountDownLatch hangs = new CountDownLatch(1); // all is done that can be
  private final CountDownLatch hookIsDone = new CountDownLatch(1);
  private @Nullable ProgressLine progress; // set before the run, and used by one part
  private volatile boolean stopped;

  /** What the parts before the report found out. */
  private record Findings(
      CensusSummary summary, CensusTimes times, @Nullable PoisonedClasses poisoned) {}

  /** On a bus and a flow, which stay open. */
  Demo(Bus bus, Flow flow, Terminal terminal, boolean json, Fault fault) {
    this.bus = bus;
    this.flow = flow;
    this.terminal = terminal;
    this.json = json;
    this.fault = fault;
    this.news = new PublishedNews(bus);
    this.census = new EventCensus(fault, news);
  }

  /** {@return the exit code} */
  int run() throws IOException {
    try {
      Runtime.getRuntime().addShutdownHook(hook);
    } catch (IllegalStateException e) {
      hookIsDone.countDown(); // the JVM is ending, and will not run it
      return INTERRUPTED;
    }
    try {
      return takeCensus();
    } catch (RuntimeException e) {
      if (stopped) {
        return INTERRUPTED;
      }
      news.failed(e);
      throw e;
    } catch (IOException e) {
      news.failed(e);
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return INTERRUPTED;
    }
  }

  private int takeCensus() throws IOException, InterruptedException {
    if (!json) {
      terminal.println(
          "Carillon takes a census of JDK %s on %d cores: an event for each class."
              .formatted(Runtime.version(), Runtime.getRuntime().availableProcessors()));
    }
    news.started(fault);
    progress = terminal.isLive() ? new ProgressLine(bus, terminal) : null;
    try (Run<Integer> run = flow.start(cycle(), Done.DONE, RunOptions::traced)) {
      if (fault.kind() == Fault.Kind.HANG) {
        run.ended().whenComplete(_ -> hangs.countDown()); // it may fail before
        hangs.await();
        if (!run.isOver()) {
          return explain(run);
        }
      }
      run.await();
      for (PartFailure failure : run.failures()) {
        rethrow(failure.cause());
      }
      return run.output().orElseThrow();
    } finally {
      closeProgress();
    }
  }

  private Cycle<Done, Integer> cycle() {
    return Cycle.supply(
        "census",
        c -> {
          var all = c.part("discover", census::discover);
          var table = c.part("read", census::read, all).on(Placement.BLOCKING);
          var linked = c.part("link", this::link, table).on(Placement.BLOCKING).propagating();
          var findings = c.part("measure", this::measure, linked);
          return c.partWith("report", this::report, findings);
        });
  }

  private ClassTable<Event> link(ClassTable<Event> read) throws InterruptedException {
    census.link(read);
    if (fault.kind() == Fault.Kind.HANG) {
      hangs.countDown();
      census.awaitHanging();
    }
    return read;
  }

  private Findings measure(Result<ClassTable<Event>> linked)
      throws IOException, InterruptedException {
    ClassTable<Event> table =
        switch (linked) {
          case Result.Ok<ClassTable<Event>> ok -> ok.value();
          case Result.Err<ClassTable<Event>>(PoisonedException poisoned) ->
              census.requireBroken(poisoned);
          case Result.Err<ClassTable<Event>> _ -> linked.orElseThrow();
        };
    closeProgress();
    double seconds = CensusTimes.secondsSince(start);
    CensusSummary summary = summary(table, seconds);
    PoisonedClasses poisoned = fault.kind() == Fault.Kind.BREAK ? census.poisoned() : null;
    terminal.status("Comparing with one thread ...");
    return new Findings(summary, CensusTimes.measure(fault, seconds, summary.digest()), poisoned);
  }

  private CensusSummary summary(ClassTable<Event> table, double seconds) {
    var summary = CensusSummary.of(table);
    news.finished(summary, seconds);
    return summary;
  }

  /** {@return the exit code} */
  private int report(PartContext context, Findings found) {
    PoisonedClasses poisoned = found.poisoned;
    if (json) {
      CensusJson object = json(found.summary, found.times);
      terminal.println(
          (poisoned == null ? object : object.with("poisoned", poisoned.count())).toString());
    } else {
      Run<?> run = flow.run(context.run()).orElseThrow();
      var report = new CensusReport(terminal, found.summary);
      report.print(
          census.stats(), census.tasks(), census.peakPending(), found.times, run.timeline());
      if (poisoned != null) {
        report.print(poisoned);
      }
    }
    return poisoned == null ? DONE : BROKEN;
  }

  private static void rethrow(Throwable failure) throws IOException {
    switch (failure) {
      case RuntimeException e -> throw e;
      case IOException e -> throw e;
      default -> throw new IllegalStateException(failure);
    }
  }

  private void closeProgress() {
    if (progress != null) {
      progress.close();
    }
  }

  private CensusJson json(CensusSummary summary, CensusTimes times) {
    return new CensusJson(summary, census.stats())
        .withSeconds("seconds", times.events())
        .withSeconds("singleThreadSeconds", times.loops())
        .withSeconds("firstComeSeconds", times.inTurn())
        .withSeconds("meanWaitSeconds", times.waits().mean())
        .withSeconds("firstComeMeanWaitSeconds", times.waitsInTurn().mean())
        .with("mostWaiting", times.waits().most())
        .with("firstComeMostWaiting", times.waitsInTurn().most())
        .with("digest", summary.digest());
  }

  private int explain(Run<?> run) throws IOException, InterruptedException {
    double seconds = CensusTimes.secondsSince(start);
    String state = run.explain().toString();
    run.close();
    CensusSummary summary = summary(census.table(), seconds);
    String tree = census.explainFault().toString();
    if (json) {
      CensusTimes times = CensusTimes.measure(fault, seconds, summary.digest());
      terminal.println(
          json(summary, times)
              .with("pending", summary.missing())
              .with("explanation", tree)
              .toString());
    } else {
      terminal.println(state);
      terminal.println(
          String.format(
              Locale.ROOT,
              "%s classes are done after %.3f s; %s wait for %s, itself among them:",
              count(summary.classes() - summary.missing()),
              seconds,
              count(summary.missing()),
              fault.className()));
      terminal.println("");
      terminal.println(tree.stripTrailing());
    }
    return HANGING;
  }

  /** Runs in the shutdown hook. */
  private void stop() {
    stopped = true;
    news.silence();
    terminal.close();
    census.close();
    MessageStore store = bus.config().store();
    try {
      if (store != null) {
        store.close();
      }
    } finally {
      hookIsDone.countDown();
    }
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) { // the JVM is ending, and the hook does the rest
      awaitHook();
      return;
    }
    news.silence(); // what is pending is poisoned now
    census.close();
    news.close();
  }

  private void awaitHook() {
    try {
      hookIsDone.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
