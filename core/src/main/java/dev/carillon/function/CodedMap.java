package dev.carillon.function;

import dev.carillon.event.EventSystem;
import dev.carillon.event.Promise;
import dev.carillon.spi.MapRecord;
import dev.carillon.spi.MapSnapshot;
import dev.carillon.spi.MapStore;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A map of objects on a store of bytes. */
final class CodedMap<K, V> implements SharedMap<K, V> {
  static final System.Logger LOG = System.getLogger("dev.carillon.function");

  private static final int MOST_ATTEMPTS = 1_000;
  private static final int MOST_WATCHES = 16_384;
  private static final int AWAITING_BUFFER = 64; // of one key
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final MapStore store;
  private final Coding<K> keys;
  private final Coding<V> values;
  private final Set<MapWatching<K, V>> watches = ConcurrentHashMap.newKeySet();
  private final AtomicInteger watching = new AtomicInteger(); // places in watches that are taken

  CodedMap(MapStore store, Coding<K> keys, Coding<V> values) {
    this.store = Objects.requireNonNull(store, "store");
    this.keys = keys;
    this.values = values;
  }

  @Override
  public String name() {
    return store.name();
  }

  @Override
  public Class<K> keyType() {
    return keys.type();
  }

  @Override
  public Class<V> valueType() {
    return values.type();
  }

  @Override
  @SuppressWarnings("unchecked") // checked by the two classes
  public <A, B> SharedMap<A, B> as(Class<A> keyClass, Class<B> valueClass) {
    if (!keyClass.equals(keyType()) || !valueClass.equals(valueType())) {
      throw new IllegalArgumentException(
          "shared map \"%s\" is of %s to %s: asked for %s to %s"
              .formatted(
                  name(),
                  keyType().getTypeName(),
                  valueType().getTypeName(),
                  keyClass.getTypeName(),
                  valueClass.getTypeName()));
    }
    return (SharedMap<A, B>) this;
  }

  // ── one key ──

  @Override
  public Optional<Versioned<V>> get(K key) {
    return store.get(keys.write(key)).map(this::versioned);
  }

  Versioned<V> versioned(MapRecord entry) {
    return new Versioned<>(values.read(entry.value()), entry.revision(), entry.time());
  }

  K key(MapRecord change) {
    return keys.read(change.key());
  }

  @Override
  public long put(K key, V value, @Nullable Duration ttl) {
    return store
        .put(keys.write(key), values.write(value), ttl, MapStore.ANY)
        .orElseThrow(() -> new IllegalStateException("a store must put unconditionally: " + store));
  }

  @Override
  public OptionalLong replace(K key, long expected, V value, @Nullable Duration ttl) {
    if (expected < 0) {
      throw new IllegalArgumentException("a revision must not be negative: expected=" + expected);
    }
    return store.put(keys.write(key), values.write(value), ttl, expected);
  }

  @Override
  public boolean delete(K key) {
    return store.delete(keys.write(key), MapStore.ANY).isPresent();
  }

  @Override
  public boolean delete(K key, long expected) {
    if (expected < 1) {
      throw new IllegalArgumentException("an entry's revision is positive: expected=" + expected);
    }
    return store.delete(keys.write(key), expected).isPresent();
  }

  @Override
  public Optional<V> update(K key, UnaryOperator<Optional<V>> change) {
    for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      Optional<Versioned<V>> old = get(key);
      long expected = old.map(Versioned::revision).orElse(MapStore.ABSENT);
      Optional<V> next =
          Objects.requireNonNull(change.apply(old.map(Versioned::value)), "the next value");
      boolean isDone;
      if (next.isPresent()) {
        isDone = replace(key, expected, next.get()).isPresent();
      } else {
        isDone = old.isEmpty() || delete(key, expected);
      }
      if (isDone) {
        return next;
      }
    }
    throw new SharedMapException(
        "an update is tried %d times, and others were faster each time: map=\"%s\""
            .formatted(MOST_ATTEMPTS, name()));
  }

  // ── all keys ──

  @Override
  public Map<K, Versioned<V>> entries() {
    return Collections.unmodifiableMap(read(store.snapshot(null)));
  }

  private Map<K, Versioned<V>> read(MapSnapshot snapshot) {
    var entries = new HashMap<K, Versioned<V>>();
    for (MapRecord each : snapshot.entries()) {
      entries.put(key(each), versioned(each));
    }
    return entries;
  }

  SharedMapChange.Resync<K, V> resync(MapSnapshot snapshot) {
    return new SharedMapChange.Resync<>(read(snapshot), snapshot.revision());
  }

  MapSnapshot snapshot(byte @Nullable [] key) {
    return store.snapshot(key);
  }

  @Override
  public long revision() {
    return store.revision();
  }

  // ── watching ──

  @Override
  public Watch watch(
      Consumer<SharedMapChange<K, V>> listener, UnaryOperator<MapWatchOptions<K>> configure) {
    Objects.requireNonNull(listener, "listener");
    return start(configure.apply(MapWatchOptions.defaults()), new Told<>(name(), listener));
  }

  private MapWatching<K, V> start(MapWatchOptions<K> options, MapWatching.Reader<K, V> reader) {
    K only = options.key();
    byte[] key = only == null ? null : keys.write(only); // may fail, so before a place is taken
    if (watching.incrementAndGet() > MOST_WATCHES) {
      watching.decrementAndGet();
      throw new SharedMapException(
          "a shared map has at most %d watchers: map=\"%s\"".formatted(MOST_WATCHES, name()));
    }
    var watch = new MapWatching<>(this, key, options.buffer(), options.fromEntries(), reader);
    watches.add(watch);
    boolean isStarted = false;
    try {
      watch.start(store.watch(options.after(), key, watch));
      isStarted = true;
    } finally {
      if (!isStarted) {
        ended(watch);
      }
    }
    return watch;
  }

  /** A watch is told nothing any more. */
  void ended(MapWatching<K, V> watch) {
    if (watches.remove(watch)) {
      watching.decrementAndGet();
    }
  }

  @Override
  public Promise<Versioned<V>> await(K key, Predicate<? super V> condition, EventSystem events) {
    Objects.requireNonNull(condition, "condition");
    Promise<Versioned<V>> promise = events.promise("value of shared map " + name());
    MapWatching<K, V> watch;
    try {
      watch =
          start(
              MapWatchOptions.<K>defaults().of(key).withEntries().buffered(AWAITING_BUFFER),
              new Expecting<>(name(), promise, condition));
    } catch (RuntimeException e) {
      promise.poison(e);
      throw e;
    }
    promise.event().whenComplete(_ -> watch.close());
    return promise;
  }

  /** Tells a listener. */
  private record Told<K, V>(String map, Consumer<SharedMapChange<K, V>> listener)
      implements MapWatching.Reader<K, V> {
    @Override
    public void changed(SharedMapChange<K, V> change) {
      listener.accept(change);
    }

    @Override
    public void failed(Throwable why) {
      LOG.log(Level.WARNING, "a watcher of shared map \"" + map + "\" failed; it goes on", why);
    }
  }

  /** Waits for a value. */
  private record Expecting<K, V>(
      String map, Promise<Versioned<V>> promise, Predicate<? super V> condition)
      implements MapWatching.Reader<K, V> {
    @Override
    public void changed(SharedMapChange<K, V> change) {
      switch (change) {
        case SharedMapChange.Put<K, V> put -> look(put.entry());
        case SharedMapChange.Resync<K, V> all -> all.entries().values().forEach(this::look);
        case SharedMapChange.Removed<K, V> _ -> {}
        case SharedMapChange.Closed<K, V> _ ->
            promise.event().tryPoison("the shared map was closed: map=\"" + map + "\"");
      }
    }

    private void look(Versioned<V> entry) {
      if (condition.test(entry.value())) {
        promise.tryComplete(entry);
      }
    }

    @Override
    public void failed(Throwable why) {
      promise.event().tryPoison(why);
    }
  }

  @Override
  public void close() {
    store.close();
    long deadline = System.nanoTime() + GRACE.toNanos();
    for (MapWatching<K, V> watch : watches) {
      if (!watch.awaitEnd(deadline)) {
        LOG.log(
            Level.WARNING,
            "a watcher''s listener must return within {0}: map=\"{1}\"; it is left alone",
            GRACE,
            name());
      }
    }
  }

  @Override
  public String toString() {
    return "shared map \"%s\" of %s to %s"
        .formatted(name(), keyType().getTypeName(), valueType().getTypeName());
  }
}
