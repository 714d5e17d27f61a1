package dev.carillon.tools;

import static dev.carillon.tools.Terminal.count;

import dev.carillon.bus.Bus;
import dev.carillon.event.Event;
import dev.carillon.spi.MessageStore;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;

/** One run of the demonstration, which a signal may end at any time. */
final class Demo implements AutoCloseable {
  /*
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
  private final Terminal terminal;
  private final boolean json;
  private final Fault fault;
  private final long start = System.nanoTime();
  private final PublishedNews news;
  private final EventCensus census;
  private final Thread hook = Thread.ofPlatform().name("census-stop").unstarted(this::stop);
  private final CountDownLatch hookIsDone = new CountDownLatch(1);
  private volatile boolean stopped;

  /** On a bus, which stays open. */
  Demo(Bus bus, Terminal terminal, boolean json, Fault fault) {
    this.bus = bus;
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
    ClassTable<Event> table = runShown();
    double seconds = CensusTimes.secondsSince(start);
    var summary = CensusSummary.of(table);
    news.finished(summary, seconds);
    if (fault.kind() == Fault.Kind.HANG) {
      return explain(summary, seconds);
    }
    PoisonedClasses poisoned = fault.kind() == Fault.Kind.BREAK ? census.poisoned() : null;
    terminal.status("Comparing with one thread ...");
    CensusTimes times = CensusTimes.measure(fault, seconds, summary.digest());
    if (json) {
      CensusJson object = json(summary, times);
      terminal.println(
          (poisoned == null ? object : object.with("poisoned", poisoned.count())).toString());
    } else {
      var report = new CensusReport(terminal, summary);
      report.print(census.stats(), census.tasks(), census.peakPending(), times);
      if (poisoned != null) {
        report.print(poisoned);
      }
    }
    return poisoned == null ? DONE : BROKEN;
  }

  private ClassTable<Event> runShown() throws InterruptedException {
    try (var _ = terminal.isLive() ? new ProgressLine(bus, terminal) : null) {
      return census.run();
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

  private int explain(CensusSummary summary, double seconds)
      throws IOException, InterruptedException {
    String tree = census.explainFault().toString();
    if (json) {
      CensusTimes times = CensusTimes.measure(fault, seconds, summary.digest());
      terminal.println(
          json(summary, times)
              .with("pending", summary.missing())
              .with("explanation", tree)
              .toString());
    } else {
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
