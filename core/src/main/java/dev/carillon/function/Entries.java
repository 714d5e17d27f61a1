package dev.carillon.function;

import dev.carillon.event.EventSystem;
import dev.carillon.event.Promise;
import java.lang.System.Logger.Level;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The entries of a registry, in all scopes. */
final class Entries<T> {
  /*
   * Finding reads a concurrent map. Changing takes the monitor, so that a change, its place in the
   * order of changes and who waits for it are one step; listeners and promises are told after it,
   * by one thread at a time, which looks again for what has come meanwhile. While too much waits
   * for a listener that is slow, nothing more is changed.
   *
   * What is held weakly is found to be gone by whoever changes or lists the registry next.
   */
  private static final System.Logger LOG = System.getLogger("dev.carillon.function");
  private static final int LONGEST_NAME = 200;
  private static final Pattern MAYBE_NUMBER = Pattern.compile("[0-9]{1,9}");
  private static final int MOST_WAITING = 65_536;
  private static final int MOST_UNTOLD = 65_536;

  private final String name;
  private final Class<T> type;
  private final RegistryConfig config;
  private final Map<Scope, Map<String, Entry<T>>> byScope = new EnumMap<>(Scope.class);
  private final List<ListenerPlace<T>> listeners = new CopyOnWriteArrayList<>();
  private final ReferenceQueue<T> collected = new ReferenceQueue<>();

  // guarded by this
  private final Map<String, List<Waiting<T>>> waiting = new HashMap<>();
  private final ArrayDeque<Runnable> untold = new ArrayDeque<>();
  private final Map<Numbered, Integer> taken = new HashMap<>(); // all numbers from 2 to this one
  private int waiters;
  private boolean isTelling;

  /** One entry: held, or held weakly. */
  sealed interface Entry<T> {
    @Nullable T value();
  }

  private record Held<T>(T value) implements Entry<T> {}

  private static final class HeldWeakly<T> extends WeakReference<T> implements Entry<T> {
    final Scope scope;
    final String name;

    HeldWeakly(T value, ReferenceQueue<T> queue, Scope scope, String name) {
      super(value, queue);
      this.scope = scope;
      this.name = name;
    }

    @Override
    public @Nullable T value() {
      return get();
    }
  }

  /** A name that got numbers behind it: there are no more of these than of entries. */
  private record Numbered(Scope scope, String name) {}

  private record Waiting<T>(Scope scope, Promise<T> promise) {}

  /** A listener, and what it can see. */
  static final class ListenerPlace<T> implements RegistryListener.Place {
    private final Entries<T> entries;
    private final Scope scope;
    private final RegistryListener<T> listener;

    ListenerPlace(Entries<T> entries, Scope scope, RegistryListener<T> listener) {
      this.entries = entries;
      this.scope = scope;
      this.listener = listener;
    }

    @Override
    public void close() {
      entries.listeners.remove(this);
    }
  }

  Entries(String name, Class<T> type, RegistryConfig config) {
    if (name.isBlank()) {
      throw new IllegalArgumentException("name must not be blank: name=\"" + name + "\"");
    }
    this.name = name;
    this.type = type;
    this.config = config;
    for (Scope scope : Scope.values()) {
      byScope.put(scope, new ConcurrentHashMap<>());
    }
  }

  String name() {
    return name;
  }

  RegistryConfig config() {
    return config;
  }

  Map<String, Entry<T>> in(Scope scope) {
    Map<String, Entry<T>> entries = byScope.get(scope);
    if (entries == null) {
      throw new IllegalStateException("no such scope: " + scope);
    }
    return entries;
  }

  // ── changing ──

  String register(Scope scope, String entryName, T entry, boolean isWeak) {
    return register(scope, entryName, _ -> entry, isWeak);
  }

  /** Registers what is made of the name that the entry gets; makes it under the monitor. */
  String register(
      Scope scope, String entryName, Function<String, ? extends T> making, boolean isWeak) {
    checkName(entryName);
    String given;
    synchronized (this) {
      purge();
      given = put(scope, entryName, making, isWeak);
    }
    tell();
    return given;
  }

  /**
   * Registers what is made of the name that the entry gets, unless something else is found by then
   * than was seen before: {@return whether it did}
   */
  boolean registerUnlessChanged(
      Scope scope, String entryName, @Nullable T seen, Function<String, ? extends T> making) {
    checkName(entryName);
    boolean isUnchanged;
    synchronized (this) {
      purge();
      isUnchanged = isSame(find(scope, entryName), seen);
      if (isUnchanged) {
        put(scope, entryName, making, false);
      }
    }
    tell();
    return isUnchanged;
  }

  @SuppressWarnings("ReferenceEquality") // the entries' own equality is the user's code
  private static <T> boolean isSame(@Nullable T one, @Nullable T other) {
    return one == other;
  }

  private String put(
      Scope scope, String entryName, Function<String, ? extends T> making, boolean isWeak) {
    checkRoomToTell(entryName);
    Map<String, Entry<T>> entries = in(scope);
    String free = entryName;
    int lastTaken = 0;
    boolean isThere = isThere(scope, entryName);
    if (isThere) {
      switch (config.duplicates()) {
        case REJECT ->
            throw new RegistryException(
                "a name is registered once: registry=\"%s\", scope=%s, name=\"%s\""
                    .formatted(name, scope, entryName));
        case KEEP -> {
          return entryName;
        }
        case NUMBER -> {
          int number = taken.getOrDefault(new Numbered(scope, entryName), 1);
          do {
            number++;
            free = entryName + "-" + number;
          } while (isThere(scope, free));
          checkName(free);
          isThere = false;
          lastTaken = number;
        }
        case REPLACE -> {}
      }
    }
    T entry = making.apply(free);
    checkType(entryName, entry);
    boolean isNew = !isThere;
    if (isNew && entries.size() >= config.maxEntries()) {
      throw new RegistryException(
          "a registry has at most %d entries in a scope: registry=\"%s\", scope=%s, name=\"%s\""
              .formatted(config.maxEntries(), name, scope, entryName));
    }
    entries.put(free, isWeak ? new HeldWeakly<>(entry, collected, scope, free) : new Held<>(entry));
    if (lastTaken > 0) {
      taken.put(new Numbered(scope, entryName), lastTaken);
    }
    note(isNew ? RegistryListener.Change.ADDED : RegistryListener.Change.REPLACED, free, scope);
    arrived(scope, free, entry);
    return free;
  }

  private void checkRoomToTell(String entryName) {
    if (untold.size() >= MOST_UNTOLD) {
      throw new RegistryException(
          "at most %d changes may wait for listeners, which are too slow: registry=\"%s\", name=\"%s\""
              .formatted(MOST_UNTOLD, name, entryName));
    }
  }

  private void checkType(String entryName, T entry) {
    if (!type.isInstance(entry)) {
      throw new IllegalArgumentException(
          "an entry of registry \"%s\" must be a %s: name=\"%s\", entry=%s"
              .formatted(
                  name,
                  type.getTypeName(),
                  entryName,
                  entry == null ? "null" : entry.getClass().getTypeName()));
    }
  }

  private static void checkName(String entryName) {
    boolean isGood =
        !entryName.isBlank()
            && entryName.length() <= LONGEST_NAME
            && entryName.chars().noneMatch(Character::isISOControl);
    if (!isGood) {
      throw new IllegalArgumentException(
          "a name must have 1 to %d characters, none of them a control character: name=\"%s\""
              .formatted(LONGEST_NAME, entryName));
    }
  }

  boolean remove(Scope scope, String entryName) {
    boolean wasThere;
    synchronized (this) {
      purge();
      checkRoomToTell(entryName);
      wasThere = isThere(scope, entryName);
      if (wasThere) {
        in(scope).remove(entryName);
        freed(scope, entryName);
        note(RegistryListener.Change.REMOVED, entryName, scope);
      }
    }
    tell();
    return wasThere;
  }

  /** Takes out what is gone. */
  private void purge() {
    for (Reference<? extends T> each = collected.poll(); each != null; each = collected.poll()) {
      if (each instanceof HeldWeakly<?> gone && in(gone.scope).remove(gone.name, gone)) {
        freed(gone.scope, gone.name);
        note(RegistryListener.Change.COLLECTED, gone.name, gone.scope);
      }
    }
  }

  /** {@return whether a name is taken} What is gone without being told yet is taken out. */
  private boolean isThere(Scope scope, String entryName) {
    Entry<T> entry = in(scope).get(entryName);
    if (entry == null || entry.value() != null) {
      return entry != null;
    }
    in(scope).remove(entryName);
    freed(scope, entryName);
    note(RegistryListener.Change.COLLECTED, entryName, scope);
    return false;
  }

  /** A name is free: if it has a number, that one and those behind it have to be looked at. */
  private void freed(Scope scope, String entryName) {
    int dash = entryName.lastIndexOf('-');
    String number = entryName.substring(dash + 1);
    if (dash > 0 && MAYBE_NUMBER.matcher(number).matches()) {
      int before = Integer.parseInt(number) - 1;
      taken.computeIfPresent(
          new Numbered(scope, entryName.substring(0, dash)),
          (_, last) -> before < 2 ? null : Math.min(last, before));
    }
  }

  void purgeAndTell() {
    synchronized (this) {
      purge();
    }
    tell();
  }

  // ── finding ──

  @Nullable T find(Scope scope, String entryName) {
    Entry<T> own = in(scope).get(entryName);
    T value = own == null ? null : own.value();
    if (value == null && scope != Scope.GLOBAL) {
      Entry<T> global = in(Scope.GLOBAL).get(entryName);
      value = global == null ? null : global.value();
    }
    return value;
  }

  /** {@return whether an entry has a name in a scope itself} */
  boolean isIn(Scope scope, String entryName, T entry) {
    Entry<T> own = in(scope).get(entryName);
    return own != null && isSame(own.value(), entry);
  }

  SortedSet<String> names(Scope scope) {
    var names = new TreeSet<String>();
    collect(scope, names);
    collect(Scope.GLOBAL, names);
    return names;
  }

  private void collect(Scope scope, SortedSet<String> names) {
    in(scope)
        .forEach((each, entry) -> {
          if (entry.value() != null) {
            names.add(each);
          }
        });
  }

  Promise<T> await(Scope scope, String entryName, EventSystem events) {
    checkName(entryName);
    Promise<T> promise = events.promise("entry \"" + entryName + "\" of registry " + name);
    T there;
    synchronized (this) {
      there = find(scope, entryName);
      if (there == null) {
        if (waiters >= MOST_WAITING) {
          promise.poison("too many wait");
          throw new RegistryException(
              "at most %d may wait for entries: registry=\"%s\", name=\"%s\""
                  .formatted(MOST_WAITING, name, entryName));
        }
        waiters++;
        waiting
            .computeIfAbsent(entryName, _ -> new ArrayList<>())
            .add(new Waiting<>(scope, promise));
      }
    }
    if (there == null) {
      promise.event().whenComplete(_ -> forget(entryName, promise));
    } else {
      promise.complete(there);
    }
    return promise;
  }

  /** Whoever waited has what it waited for, or gave up. */
  private synchronized void forget(String entryName, Promise<T> promise) {
    List<Waiting<T>> all = waiting.get(entryName);
    if (all != null && all.removeIf(each -> each.promise().equals(promise))) {
      waiters--;
      if (all.isEmpty()) {
        waiting.remove(entryName);
      }
    }
  }

  /** An entry has come: notes who waited for it. */
  private void arrived(Scope scope, String entryName, T entry) {
    for (Waiting<T> each : waiting.getOrDefault(entryName, List.of())) {
      if (scope == Scope.GLOBAL || scope == each.scope()) {
        untold.add(() -> each.promise().tryComplete(entry));
      }
    }
  }

  // ── telling ──

  RegistryListener.Place listen(Scope scope, RegistryListener<T> listener) {
    var place = new ListenerPlace<>(this, scope, listener);
    listeners.add(place);
    return place;
  }

  private void note(RegistryListener.Change change, String entryName, Scope scope) {
    for (ListenerPlace<T> each : listeners) {
      if (scope == Scope.GLOBAL || scope == each.scope) {
        untold.add(() -> each.listener.changed(change, entryName, scope));
      }
    }
  }

  private void tell() {
    while (true) {
      Runnable next;
      synchronized (this) {
        if (isTelling || untold.isEmpty()) {
          return;
        }
        isTelling = true;
        next = untold.remove();
      }
      try {
        next.run();
      } catch (RuntimeException | Error e) { // what others are told must not end with it
        LOG.log(Level.WARNING, "a listener of registry \"" + name + "\" must not throw", e);
      } finally {
        synchronized (this) {
          isTelling = false;
        }
      }
    }
  }
}
