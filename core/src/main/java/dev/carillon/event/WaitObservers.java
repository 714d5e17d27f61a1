package dev.carillon.event;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Those who are told of threads that block in one system. */
final class WaitObservers {
  private static final System.Logger LOG = System.getLogger("dev.carillon.event");

  // replaced under the monitor of this, read by anyone
  private volatile List<WaitObserver> observers = List.of();

  synchronized Registration add(WaitObserver observer) {
    var more = new ArrayList<>(observers);
    more.add(observer);
    observers = List.copyOf(more);
    return new Place(this, observer);
  }

  private synchronized boolean remove(WaitObserver observer) {
    var fewer = new ArrayList<>(observers);
    boolean was = fewer.remove(observer);
    observers = List.copyOf(fewer);
    return was;
  }

  /** The calling thread blocks: {@return what to run when it goes on; null for nothing} */
  @Nullable Runnable blocking(EventCore core, long event) {
    List<WaitObserver> told = observers;
    if (told.isEmpty()) {
      return null;
    }
    EventHandle handle = core.handle(event);
    var after = new ArrayList<Runnable>();
    for (WaitObserver observer : told) {
      try {
        @Nullable Runnable each = observer.blocking(handle);
        if (each != null) {
          after.add(each);
        }
      } catch (RuntimeException e) {
        LOG.log(Level.WARNING, "an observer of waits failed at " + handle, e);
      }
    }
    return after.isEmpty() ? null : () -> goOn(after, handle);
  }

  private static void goOn(List<Runnable> after, EventHandle handle) {
    for (Runnable each : after) {
      try {
        each.run();
      } catch (RuntimeException e) {
        LOG.log(Level.WARNING, "an observer of waits failed after " + handle, e);
      }
    }
  }

  /** An observer's place. */
  record Place(WaitObservers all, WaitObserver observer) implements Registration {
    @Override
    public boolean remove() {
      return all.remove(observer);
    }
  }
}
