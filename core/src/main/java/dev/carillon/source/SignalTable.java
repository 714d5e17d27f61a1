package dev.carillon.source;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Who has which signal in this JVM. */
final class SignalTable {
  /*
   * The first who wants a signal has a handler installed for it, and the one before is remembered;
   * when the last one leaves, that is put back. The handler reads an immutable list, so a signal
   * that comes in between finds those who were there.
   *
   * Passing on calls the handler before, on a thread of its own, since that of shutting down does
   * not return. The system's default cannot be called, nor can Java raise a signal that has it; so
   * who wants that is refused.
   */
  private static final System.Logger LOG = System.getLogger("dev.carillon.source");

  private static final Map<String, Entry> ENTRIES = new HashMap<>(); // guarded by itself

  /** Who has a signal, and who had it before. */
  private record Entry(Told told, Object before) {}

  /** Those who are told of a signal. */
  private static final class Told implements Runnable {
    volatile List<Runnable> listeners; // written under the table's lock

    Told(List<Runnable> listeners) {
      this.listeners = listeners;
    }

    @Override
    public void run() {
      listeners.forEach(Runnable::run);
    }
  }

  private SignalTable() {}

  /**
   * Has somebody told when a signal comes.
   *
   * @param passesOn whether it is to be passed on
   * @throws IllegalStateException if the JVM or the system keeps it for itself, or if it is to be
   *     passed on and cannot
   */
  static void add(String name, Runnable listener, boolean passesOn) {
    synchronized (ENTRIES) {
      Entry entry = ENTRIES.get(name);
      if (entry == null) {
        var told = new Told(List.of(listener));
        entry = new Entry(told, RawSignals.handle(name, told));
        ENTRIES.put(name, entry);
      } else {
        var more = new ArrayList<>(entry.told().listeners);
        more.add(listener);
        entry.told().listeners = List.copyOf(more);
      }
      if (passesOn && RawSignals.isDefault(entry.before())) {
        remove(name, listener);
        throw new IllegalStateException(
            "the system's default of a signal cannot be passed on to: signal=\"" + name + "\"");
      }
    }
  }

  /** Ends that. */
  static void remove(String name, Runnable listener) {
    synchronized (ENTRIES) {
      Entry entry = ENTRIES.get(name);
      if (entry == null) {
        return;
      }
      Told told = entry.told();
      told.listeners = told.listeners.stream().filter(one -> !one.equals(listener)).toList();
      if (told.listeners.isEmpty()) {
        ENTRIES.remove(name);
        RawSignals.restore(name, entry.before());
      }
    }
  }

  /** Gives a signal to whom it would have gone, on another thread. */
  static void passOn(String name) {
    Thread.ofPlatform().daemon().name("carillon-signal-" + name).start(() -> givePrevious(name));
  }

  private static void givePrevious(String name) {
    Object before;
    synchronized (ENTRIES) {
      Entry entry = ENTRIES.get(name);
      if (entry == null) { // all have left, so it would go there if it came now
        RawSignals.raise(name);
        return;
      }
      before = entry.before();
    }
    if (!RawSignals.call(before, name)) { // outside of the lock: it may not return
      LOG.log(
          Level.WARNING,
          "signal \"" + name + "\" was not passed on: " + before + " cannot be called");
    }
  }
}
