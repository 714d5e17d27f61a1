package dev.carillon.tools;

import dev.carillon.event.CompletionListener;
import dev.carillon.event.Event;
import dev.carillon.event.EventStats;
import dev.carillon.event.EventStatus;
import dev.carillon.event.EventSystem;
import dev.carillon.event.Explanation;
import dev.carillon.event.Poison;
import dev.carillon.event.PoisonedException;
import dev.carillon.schedule.Placement;
import dev.carillon.schedule.Scheduler;
import dev.carillon.schedule.SchedulerStats;
import dev.carillon.schedule.TaskOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAccumulator;
import org.jspecify.annotations.Nullable;

/**
 * The census on events and tasks: whatever has to wait for something else waits on its event, and
 * what others wait for is read first.
 */
final class EventCensus implements AutoCloseable {
  /*
   * Each class has an event, named after it, that completes when the class is measured. A task for
   * each directory, in the LOW band, submits those for the directories in it and reads the class
   * files in it; the tasks run on a pool of one thread per core. What a class file says of its
   * supertypes becomes a merge of their events; the listener of the merge measures the class and
   * triggers its event, which may complete further merges, and so on. It runs on the thread that
   * completes the last supertype, a thread of the pool, since nobody else completes anything here.
   * Listeners use the try forms only: when the system is shut down in the middle, all events are
   * complete already.
   *
   * The classes of a directory whose supertypes are elsewhere and not read yet are linked to them by
   * a task of their own, in the HIGH band and with a deadline, that comes after the reading of
   * those. The scheduler hands band and deadline on to what is waited for; so the directories that
   * hold others up are read first, those first that have been waited for longest. A directory that
   * is found after somebody named a class in it starts in the HIGH band. First come, first served,
   * for comparison, does without all that.
   *
   * The end is known by two more events: that all class files are read, and a merge of all the
   * classes' events, or of those that are going to complete.
   */
  private static final Duration REFRESH = Duration.ofMillis(200);

  private static final TaskOptions READ = TaskOptions.DEFAULT;
  private static final TaskOptions READ_SOON = READ.high().deadline(Duration.ofMillis(1));
  private static final TaskOptions LINK =
      TaskOptions.DEFAULT.high().deadline(Duration.ofMillis(1)).on(Placement.CALLER);

  private final Fault fault;
  private final Order order;
  private final Waits waits;
  private final CensusNews news;
  private final EventSystem events =
      EventSystem.create(c -> c.withName("census").withTraceEvery(0)); // the names say it all
  private final Scheduler scheduler = Scheduler.open(c -> c.withName("census"));
  private final ClassTable<Event> table = ClassTable.concurrent(events::newEvent);
  private final Event allRead = events.newEvent("all class files are read");
  private final AtomicInteger unread = new AtomicInteger(); // directories
  private final Map<String, Event> readings = new ConcurrentHashMap<>(); // by package
  private final Set<String> wanted = ConcurrentHashMap.newKeySet(); // packages not found yet
  private final Map<ClassNode<Event>, Poison> poisons = new ConcurrentHashMap<>();
  private final LongAccumulator peak = new LongAccumulator(Long::max, 0);

  /** Which class files are read first. */
  enum Order {
    /** Those that others wait for. */
    WANTED_FIRST,
    /** Those that are found first. */
    FIRST_COME
  }

  /** A census that nobody is told about. */
  EventCensus(Fault fault) {
    this(fault, CensusNews.NONE);
  }

  EventCensus(Fault fault, CensusNews news) {
    this(fault, Order.WANTED_FIRST, new Waits(false), news);
  }

  EventCensus(Fault fault, Order order, Waits waits) {
    this(fault, order, waits, CensusNews.NONE);
  }

  private EventCensus(Fault fault, Order order, Waits waits, CensusNews news) {
    this.fault = fault;
    this.order = order;
    this.waits = waits;
    this.news = news;
  }

  /**
   * {@return the classes, measured as far as the fault lets them be}
   *
   * @throws PoisonedException if a class file cannot be read, or the census was closed meanwhile
   */
  ClassTable<Event> run() throws InterruptedException {
    read(discover());
    try {
      return link(table);
    } catch (PoisonedException e) {
      return requireBroken(e);
    }
  }

  /**
   * Has the directories found, and the class files in them read, each as soon as it is found.
   *
   * @return the event that all are read
   */
  Event discover() {
    read(JdkImage.ROOT);
    return allRead;
  }

  /** {@return the classes, once all their files are read} */
  ClassTable<Event> read(Event all) throws InterruptedException {
    await(all);
    tellProgress();
    table.requireComplete();
    return table;
  }

  /**
   * {@return the classes, once all are measured but those that need one that hangs}
   *
   * @throws PoisonedException if one fails
   */
  ClassTable<Event> link(ClassTable<Event> read) throws InterruptedException {
    List<Event> completable = completable();
    if (!completable.isEmpty()) {
      await(events.merge(completable));
    }
    return read;
  }

  /** Waits for the class that hangs. */
  void awaitHanging() throws InterruptedException {
    await(table.node(fault.className()).task());
  }

  /**
   * {@return the classes, if they failed as they were asked to}
   *
   * @param failure if not, it is thrown
   */
  ClassTable<Event> requireBroken(PoisonedException failure) {
    if (fault.kind() != Fault.Kind.BREAK || events.isShutdown()) {
      throw failure;
    }
    return table;
  }

  /** Has a directory read, and those below it. */
  private void read(Path directory) {
    unread.incrementAndGet();
    String name = JdkImage.packageName(directory);
    Event task =
        scheduler.submit(wanted.contains(name) ? READ_SOON : READ, () -> readAll(directory));
    readings.put(name, task);
    task.whenComplete(poison -> {
      if (poison != null) {
        allRead.tryPoison(poison);
      } else if (unread.decrementAndGet() == 0) {
        allRead.tryTrigger();
      }
    });
  }

  private void readAll(Path directory) throws IOException {
    JdkImage.Listing listing = JdkImage.list(directory);
    listing.directories().forEach(this::read);
    var waiting = new ArrayList<Runnable>(0);
    var before = new HashSet<Event>();
    for (Path file : listing.classFiles()) {
      ClassNode<Event> node = table.read(file);
      long began = waits.begin();
      if (order == Order.WANTED_FIRST && addReadings(node, before)) {
        waiting.add(() -> link(node, began));
      } else {
        link(node, began);
      }
    }
    if (!waiting.isEmpty()) {
      TaskOptions link = LINK.after(before.toArray(Event[]::new));
      scheduler.submit(link, () -> waiting.forEach(Runnable::run));
    }
    peak.accumulate(events.stats().pending());
    waits.look();
  }

  /** Adds what reads a class's supertypes elsewhere: {@return whether any is still to be read} */
  private boolean addReadings(ClassNode<Event> node, Set<Event> before) {
    boolean any = false;
    for (ClassNode<Event> supertype : node.supertypes()) {
      if (supertype.isDefined()) { // as far as this thread can see
        continue;
      }
      String name = supertype.packageName();
      Event reading = readings.get(name);
      if (reading == null) {
        wanted.add(name);
      } else if (!name.equals(node.packageName()) && reading.status() == EventStatus.PENDING) {
        before.add(reading);
        any = true;
      }
    }
    return any;
  }

  /** Lets a class wait for its supertypes to be measured. */
  private void link(ClassNode<Event> node, long began) {
    List<ClassNode<Event>> supertypes = node.supertypes();
    if (supertypes.isEmpty()) {
      waits.end(began);
      complete(node, null);
      return;
    }
    var inputs = new Event[supertypes.size()];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = supertypes.get(i).task();
    }
    CompletionListener measure =
        poison -> {
          waits.end(began);
          complete(node, poison);
        };
    events.merge(inputs).whenComplete(CompletionListener.completing(node.task(), measure));
  }

  /**
   * Measures a class, or fails it, once its supertypes are complete. The news of a class comes
   * before those of its subtypes, unless it is the one that is broken.
   */
  void complete(ClassNode<Event> node, @Nullable Poison poison) {
    Event measured = node.task();
    if (poison != null) {
      try {
        fail(node, poison);
      } finally {
        measured.tryPoison(poison);
      }
    } else if (!fault.hits(node)) {
      try {
        node.measure();
        news.measured(node);
      } catch (Throwable e) {
        measured.tryPoison(e);
        throw e;
      }
      measured.tryTrigger();
    } else if (fault.kind() == Fault.Kind.BREAK) {
      measured.tryPoison("broken on request");
      measured.poison().ifPresent(broken -> fail(node, broken));
    }
  }

  private void fail(ClassNode<Event> node, Poison poison) {
    poisons.put(node, poison);
    news.poisoned(node, poison);
  }

  /** {@return the events that are going to complete: all, or those that need no hanging class} */
  private List<Event> completable() {
    if (fault.kind() != Fault.Kind.HANG) {
      return table.nodes().parallelStream().map(ClassNode::task).toList();
    }
    var hanging = new Subtypes<>(table.node(fault.className()));
    return table.nodes().stream()
        .filter(node -> !hanging.contains(node))
        .map(ClassNode::task)
        .toList();
  }

  private void await(Event event) throws InterruptedException {
    while (!event.await(REFRESH)) {
      tellProgress();
    }
  }

  private void tellProgress() {
    news.progress(table.read(), events.stats().pending());
  }

  /**
   * {@return the classes without a result}
   *
   * @throws CensusException if one failed for another reason than that a class was broken
   */
  PoisonedClasses poisoned() {
    return new PoisonedClasses(table, poisons, table.node(fault.className()));
  }

  /** {@return who waits for the class that hangs} */
  Explanation explainFault() {
    return events.explain(table.node(fault.className()).task());
  }

  /** {@return the classes that were found so far} */
  ClassTable<Event> table() {
    return table;
  }

  EventStats stats() {
    return events.stats();
  }

  /** {@return what the scheduler has done} */
  SchedulerStats tasks() {
    return scheduler.stats();
  }

  /** {@return the most events that were pending, as seen after every few class files} */
  long peakPending() {
    return peak.get();
  }

  /** Stops the census, if it runs, and waits until its threads have ended. */
  @Override
  public void close() {
    events.close();
    scheduler.close();
  }
}
