package dev.carillon.event;

import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Finds traced events whose object was dropped while they were pending, and poisons them. */
final class LeakWatch {
  /*
   * A phantom reference to the object of each traced event; a daemon thread, started with the first
   * one, takes them from the queue when the collector has found their objects unreachable. An event
   * whose handle was asked for, or that was released, may be completed by somebody else and is left
   * alone. References are kept reachable by `watched` until they are taken from the queue.
   */
  private static final System.Logger LOG = System.getLogger("dev.carillon.event");

  private final EventCore core;
  private final ReferenceQueue<LocalEvent> queue = new ReferenceQueue<>();
  private final Set<Watched> watched = ConcurrentHashMap.newKeySet();
  private final LongAdder leaked = new LongAdder();

  // guarded by this
  private @Nullable Thread thread;
  private boolean closed;

  private static final class Watched extends PhantomReference<LocalEvent> {
    final long event;
    final Details details;

    Watched(LocalEvent event, Details details, ReferenceQueue<LocalEvent> queue) {
      super(event, queue);
      this.event = event.raw;
      this.details = details;
    }
  }

  LeakWatch(EventCore core) {
    this.core = core;
  }

  void watch(LocalEvent event, Details details) {
    watched.add(new Watched(event, details, queue));
    synchronized (this) {
      if (thread == null && !closed) {
        thread =
            Thread.ofPlatform()
                .daemon()
                .name("carillon-" + core.name() + "-leaks")
                .start(this::run);
      }
    }
  }

  long leaked() {
    return leaked.sum();
  }

  private void run() {
    try {
      while (true) {
        Watched reference = (Watched) queue.remove();
        watched.remove(reference);
        if (!reference.details.released) {
          try {
            report(reference);
          } catch (Error e) { // a listener's; it must not end the watch
            LOG.log(System.Logger.Level.ERROR, "a listener of a dropped event failed", e);
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closed
    }
  }

  private void report(Watched reference) {
    String site = reference.details.createdAt;
    String where = site == null ? "" : "; created at " + site;
    if (core.status(reference.event).isComplete()) {
      return;
    }
    leaked.increment(); // before anybody can see the poison
    if (core.tryPoison(reference.event, "dropped while pending, nobody can complete it" + where)) {
      var flight = new EventLeakedEvent();
      if (flight.shouldCommit()) {
        flight.commit(core.name(), core.handle(reference.event), site);
      }
    } else {
      leaked.decrement();
    }
  }

  /** Ends the thread. */
  void close() {
    Thread ending;
    synchronized (this) {
      closed = true;
      ending = thread;
    }
    watched.clear();
    if (ending == null || ending.equals(Thread.currentThread())) {
      return;
    }
    ending.interrupt();
    boolean interrupted = false;
    while (ending.isAlive()) {
      try {
        ending.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
