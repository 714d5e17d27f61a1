package dev.carillon.tools;

import dev.carillon.event.CompletionListener;
import dev.carillon.event.Event;
import dev.carillon.event.EventStats;
import dev.carillon.event.EventSystem;
import dev.carillon.event.Explanation;
import dev.carillon.event.Poison;
import dev.carillon.event.PoisonedException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.LongAccumulator;
import org.jspecify.annotations.Nullable;

/** The census on events: whatever has to wait for something else waits on its event. */
final class EventCensus implements AutoCloseable {
  /*
   * Each class has an event, named after it, that completes when the class is measured. A pool of
   * one thread per core reads class files. What a class file says of its supertypes becomes a merge
   * of their events; the listener of the merge measures the class and triggers its event, which
   * may complete further merges, and so on. It runs on the thread that completes the last
   * supertype, a thread of the pool, since nobody else completes anything here. Listeners use the
   * try forms only: when the system is shut down in the middle, all events are complete already.
   *
   * The end is known by two more events: that all class files are read, and a merge of all the
   * classes' events, or of those that are going to complete.
   */
  private static final int SAMPLE = 512; // one in so many classes looks how many events are pending
  private static final Duration REFRESH = Duration.ofMillis(100);

  private final Fault fault;
  private final EventSystem events =
      EventSystem.create(c -> c.withName("census").withTraceEvery(0)); // the names say it all
  private final ForkJoinPool pool = new ForkJoinPool();
  private final ClassTable<Event> table = ClassTable.concurrent(events::newEvent);
  private final Map<ClassNode<Event>, Poison> poisons = new ConcurrentHashMap<>();
  private final LongAccumulator peak = new LongAccumulator(Long::max, 0);

  EventCensus(Fault fault) {
    this.fault = fault;
  }

  /** Is told how far a census is. */
  @FunctionalInterface
  interface Progress {
    /** Takes no notice. */
    Progress NONE = (read, pending) -> {};

    /** Called on the thread that runs the census, a few times a second. */
    void show(long read, long pending);
  }

  /**
   * {@return the classes, measured as far as the fault lets them be}
   *
   * @throws PoisonedException if a class file cannot be read, or the census was closed meanwhile
   */
  ClassTable<Event> run(Progress progress) throws InterruptedException {
    Event allRead = events.newEvent("all class files are read");
    pool.execute(() -> readAll(allRead));
    await(allRead, progress);
    table.requireComplete();
    List<Event> completable = completable();
    try {
      if (!completable.isEmpty()) {
        await(events.merge(completable), progress);
      }
    } catch (PoisonedException e) {
      if (fault.kind() != Fault.Kind.BREAK || events.isShutdown()) {
        throw e;
      }
    }
    return table;
  }

  private void readAll(Event done) {
    try {
      JdkImage.visiting(this::readOne).invoke();
      done.tryTrigger();
    } catch (Throwable e) { // whoever awaits the event is told
      done.tryPoison(e);
    }
  }

  private void readOne(Path file) throws IOException {
    ClassNode<Event> node = table.read(file);
    List<ClassNode<Event>> supertypes = node.supertypes();
    if (supertypes.isEmpty()) {
      complete(node, null);
    } else {
      var inputs = new Event[supertypes.size()];
      for (int i = 0; i < inputs.length; i++) {
        inputs[i] = supertypes.get(i).task();
      }
      CompletionListener measure = poison -> complete(node, poison);
      events.merge(inputs).whenComplete(CompletionListener.completing(node.task(), measure));
    }
    if (node.id() % SAMPLE == 0) {
      peak.accumulate(events.stats().pending());
    }
  }

  /** Measures a class, or fails it, once its supertypes are complete. */
  void complete(ClassNode<Event> node, @Nullable Poison poison) {
    Event measured = node.task();
    if (poison != null) {
      poisons.put(node, poison);
      measured.tryPoison(poison);
    } else if (!fault.hits(node)) {
      try {
        node.measure();
      } catch (Throwable e) {
        measured.tryPoison(e);
        throw e;
      }
      measured.tryTrigger();
    } else if (fault.kind() == Fault.Kind.BREAK) {
      measured.tryPoison("broken on request");
      measured.poison().ifPresent(broken -> poisons.put(node, broken));
    }
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

  private void await(Event event, Progress progress) throws InterruptedException {
    while (!event.await(REFRESH)) {
      progress.show(table.read(), events.stats().pending());
    }
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

  EventStats stats() {
    return events.stats();
  }

  /** {@return the most events that were pending, as seen after every few class files} */
  long peakPending() {
    return peak.get();
  }

  /** Stops the census, if it runs, and waits until its threads have ended. */
  @Override
  public void close() {
    events.close();
    pool.shutdownNow();
    pool.close();
  }
}
