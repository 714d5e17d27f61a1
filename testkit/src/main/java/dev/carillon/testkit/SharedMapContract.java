package dev.carillon.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.carillon.event.EventSystem;
import dev.carillon.event.Promise;
import dev.carillon.function.SharedMap;
import dev.carillon.function.SharedMapChange;
import dev.carillon.function.SharedMapChange.Closed;
import dev.carillon.function.SharedMapChange.Put;
import dev.carillon.function.SharedMapChange.Removed;
import dev.carillon.function.SharedMapChange.Resync;
import dev.carillon.function.SharedMaps;
import dev.carillon.function.Versioned;
import dev.carillon.spi.MapStore;
import dev.carillon.spi.MapStoreException;
import dev.carillon.store.Stores;
import dev.carillon.testkit.RemoteEventsContract.Check;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * What every implementation of {@link MapStore} has to keep, seen through the {@link SharedMap} on
 * it, as checks that any test framework can run.
 *
 * {@snippet :
 * @TestFactory
 * Stream<DynamicTest> contract() {
 *   return new MyContract().checks().stream()
 *       .map(check -> dynamicTest(check.name(), check::run));
 * }
 * }
 */
public abstract class SharedMapContract {
  private static final int THREADS = 4;
  private static final int CHANGES = 200;
  private static final Settings SETTINGS = new Settings(null, 1_000, 100, 1_000);

  /** For subclasses. */
  protected SharedMapContract() {}

  /**
   * Settings of a store.
   *
   * @param ttl how long an entry is there if its writer does not say; null for ever
   * @param maxEntries how many entries there may be
   * @param maxKeyBytes how long an encoded key may be
   * @param maxValueBytes how long an encoded value may be
   */
  public record Settings(
      @Nullable Duration ttl, int maxEntries, int maxKeyBytes, int maxValueBytes) {}

  /** Where a store keeps its entries. */
  @FunctionalInterface
  public interface Place {
    /**
     * {@return the store that is there, opened} It is closed before it is opened again.
     *
     * @param clock tells the store the time, if it lets itself be told
     * @param settings what it is asked to keep
     */
    MapStore open(VirtualClock clock, Settings settings);
  }

  /** A check on a map. */
  private interface OnMap {
    void run(SharedMap<String, String> map, VirtualClock clock) throws Exception;
  }

  /** {@return a place where nothing is kept yet} */
  protected abstract Place newPlace();

  /** {@return whether what was kept is there after the store was closed and opened again} */
  protected abstract boolean outlivesClosing();

  /**
   * Lets time pass for a store.
   *
   * @param clock the clock that the store was given; a store whose time is another's waits instead
   * @param time how long
   * @throws InterruptedException if the thread is interrupted
   */
  protected void pass(VirtualClock clock, Duration time) throws InterruptedException {
    clock.advance(time);
  }

  /** {@return how long it may take until a watcher is told} */
  protected Duration patience() {
    return Duration.ofSeconds(30);
  }

  /** {@return all checks; each opens a store of its own} */
  public final List<Check> checks() {
    return List.of(
        check("put_givesRevisions_thatCountAllChanges", this::revisions),
        check("putIfAbsent_whenThere_changesNothing", this::absent),
        check("replace_withAnotherRevision_changesNothing", this::compareAndSet),
        check("replace_byManyThreads_isWonByOne", this::races),
        check("delete_withAnotherRevision_changesNothing", this::deletes),
        check("deletedKey_doesNotComeBackWithAnOldRevision", this::noOldRevisions),
        check("entries_areThoseOfOneMoment", this::snapshots),
        check("watch_tellsAllChangesInTheirOrder", this::watchOrder),
        check("watch_afterARevision_tellsWhatCameSince_orWhatIsThere", this::watchAfter),
        check("watch_withEntries_beginsWithWhatIsThere", this::watchEntries),
        check("watch_ofOneKey_tellsOfNoOther", this::watchKey),
        check("watch_byManyWriters_endsWithWhatIsThere", this::watchChurn),
        check("await_completesWithTheValue", this::awaits),
        check("ttl_ofAnEntry_takesItOut_andTells", this::ttlOfEntry),
        check("ttl_ofAnEntryPutAgain_beginsAnew", this::ttlAgain),
        new Check("ttl_ofTheMap_isTheDefault", this::ttlOfMap),
        new Check("limits_areKept", this::limits),
        check("close_refusesCalls_andTellsWatchers", this::closes),
        new Check("open_again_isWhereItWas", this::openAgain));
  }

  private Check check(String name, OnMap body) {
    return new Check(
        name,
        () -> {
          var clock = new VirtualClock();
          try (var map = map(newPlace(), clock, SETTINGS)) {
            body.run(map, clock);
          }
        });
  }

  private static SharedMap<String, String> map(Place place, VirtualClock clock, Settings settings) {
    return SharedMaps.over(
        place.open(clock, settings), String.class, String.class, Stores.basicCodec());
  }

  private static @Nullable String value(SharedMap<String, String> map, String key) {
    return map.get(key).map(Versioned::value).orElse(null);
  }

  /** What a watcher was told. */
  private final class Told {
    private final LinkedBlockingQueue<SharedMapChange<String, String>> queue =
        new LinkedBlockingQueue<>();

    void add(SharedMapChange<String, String> change) {
      queue.add(change);
    }

    SharedMapChange<String, String> next() throws InterruptedException {
      var next = queue.poll(patience().toMillis(), TimeUnit.MILLISECONDS);
      if (next == null) {
        throw new AssertionError("a watcher was not told within " + patience());
      }
      return next;
    }

    /** {@return the next one, in short} */
    String text() throws InterruptedException {
      return switch (next()) {
        case Put<String, String> put -> put.key() + "=" + put.entry().value();
        case Removed<String, String> gone -> (gone.isExpired() ? "~" : "-") + gone.key();
        case Resync<String, String> all -> "all";
        case Closed<String, String> _ -> "closed";
      };
    }
  }

  private void revisions(SharedMap<String, String> map, VirtualClock clock) {
    long before = map.revision();
    assertThat(map.get("a")).isEmpty();
    long first = map.put("a", "1");
    long second = map.put("b", "2");
    long third = map.put("a", "3");
    assertThat(LongStream.of(before, first, second, third)).isSorted().doesNotHaveDuplicates();
    assertThat(map.revision()).isEqualTo(third);
    Versioned<String> entry = map.get("a").orElseThrow();
    assertThat(entry.value()).isEqualTo("3");
    assertThat(entry.revision()).isEqualTo(third);
    assertThat(map.get("b").orElseThrow().revision()).isEqualTo(second);
    assertThat(map.delete("a")).isTrue();
    assertThat(map.revision()).isGreaterThan(third);
    map.put("", ""); // which is a key and a value as others are
    assertThat(value(map, "")).isEmpty();
  }

  private void absent(SharedMap<String, String> map, VirtualClock clock) {
    long revision = map.putIfAbsent("a", "1").orElseThrow();
    assertThat(map.putIfAbsent("a", "2")).isEmpty();
    assertThat(map.get("a").orElseThrow().revision()).isEqualTo(revision);
    assertThat(value(map, "a")).isEqualTo("1");
    map.delete("a");
    assertThat(map.putIfAbsent("a", "3")).isPresent();
  }

  private void compareAndSet(SharedMap<String, String> map, VirtualClock clock) {
    long first = map.put("a", "1");
    long second = map.replace("a", first, "2").orElseThrow();
    assertThat(second).isGreaterThan(first);
    assertThat(map.replace("a", first, "3")).isEmpty();
    assertThat(map.replace("a", second + 1, "3")).isEmpty();
    assertThat(map.replace("a", 0, "3")).isEmpty();
    assertThat(map.replace("none", first, "3")).isEmpty();
    assertThat(value(map, "a")).isEqualTo("2");
    assertThat(map.get("none")).isEmpty();
    assertThat(map.replace("none", 0, "3")).isPresent();
  }

  private void races(SharedMap<String, String> map, VirtualClock clock) throws Exception {
    map.put("n", "0");
    var wins = new AtomicLong();
    onThreads(() -> {
      for (int i = 0; i < CHANGES; i++) {
        Versioned<String> seen = map.get("n").orElseThrow();
        String next = Long.toString(Long.parseLong(seen.value()) + 1);
        if (map.replace("n", seen.revision(), next).isPresent()) {
          wins.incrementAndGet();
        }
      }
      return null;
    });
    assertThat(wins.get()).isPositive();
    assertThat(value(map, "n")).isEqualTo(wins.toString());
  }

  private void deletes(SharedMap<String, String> map, VirtualClock clock) {
    assertThat(map.delete("a")).isFalse();
    long first = map.put("a", "1");
    long second = map.put("a", "2");
    assertThat(map.delete("a", first)).isFalse();
    assertThat(value(map, "a")).isEqualTo("2");
    assertThat(map.delete("a", second)).isTrue();
    assertThat(map.get("a")).isEmpty();
    assertThat(map.delete("a", second)).isFalse();
  }

  private void noOldRevisions(SharedMap<String, String> map, VirtualClock clock) {
    long first = map.put("a", "1");
    map.delete("a");
    assertThat(map.replace("a", first, "2")).isEmpty();
    long second = map.put("a", "1");
    assertThat(second).isGreaterThan(first);
    assertThat(map.replace("a", first, "2")).isEmpty();
  }

  private void snapshots(SharedMap<String, String> map, VirtualClock clock) {
    assertThat(map.entries()).isEmpty();
    var expected = new HashMap<String, Versioned<String>>();
    for (int i = 0; i < CHANGES; i++) {
      String key = "k" + i % 7;
      map.put(key, "v" + i);
      expected.put(key, map.get(key).orElseThrow());
    }
    Map<String, Versioned<String>> entries = map.entries();
    map.put("later", "x");
    assertThat(entries).isEqualTo(expected);
  }

  // ── watching ──

  private void watchOrder(SharedMap<String, String> map, VirtualClock clock) throws Exception {
    map.put("before", "x");
    var told = new Told();
    SharedMap.Watch watch = map.watch(told::add);
    for (int i = 0; i < CHANGES; i++) {
      long revision = map.put("k" + i % 3, "v" + i);
      if (i % 10 == 0) {
        assertThat(((Put<String, String>) told.next()).entry())
            .isEqualTo(map.get("k" + i % 3).orElseThrow())
            .extracting(Versioned::revision)
            .isEqualTo(revision);
      } else {
        assertThat(told.text()).isEqualTo("k" + i % 3 + "=v" + i);
      }
    }
    map.delete("k0");
    assertThat(told.text()).isEqualTo("-k0");
    map.replace("k1", 1, "no"); // changes nothing, so nothing is told
    map.delete("k0");
    map.put("k1", "yes");
    assertThat(told.text()).isEqualTo("k1=yes");
    watch.close();
    watch.close();
    map.put("k1", "no more");
    map.close();
    assertThat(told.queue).isEmpty();
  }

  private void watchAfter(SharedMap<String, String> map, VirtualClock clock) throws Exception {
    long first = map.put("a", "1");
    map.put("b", "2");
    long third = map.put("a", "3");
    var told = new Told();
    map.watch(told::add, w -> w.after(first));
    SharedMapChange<String, String> next = told.next();
    if (next instanceof Resync<String, String> all) { // not every store knows that much
      assertThat(all.entries()).isEqualTo(map.entries());
    } else {
      assertThat(next).isEqualTo(new Put<>("b", map.get("b").orElseThrow()));
      assertThat(told.text()).isEqualTo("a=3");
    }
    map.put("c", "4");
    assertThat(told.text()).isEqualTo("c=4");
    var ahead = new Told();
    map.watch(ahead::add, w -> w.after(third + 100)); // of another life of the map
    assertThat(ahead.text()).isEqualTo("all");
    map.put("c", "5");
    assertThat(ahead.text()).isEqualTo("c=5");
  }

  private void watchEntries(SharedMap<String, String> map, VirtualClock clock) throws Exception {
    map.put("a", "1");
    map.put("b", "2");
    map.delete("b");
    var told = new Told();
    map.watch(told::add, w -> w.withEntries());
    var all = (Resync<String, String>) told.next();
    assertThat(all.entries()).isEqualTo(map.entries()).containsOnlyKeys("a");
    assertThat(all.revision()).isEqualTo(map.revision());
    map.put("b", "3");
    assertThat(told.text()).isEqualTo("b=3");
  }

  private void watchKey(SharedMap<String, String> map, VirtualClock clock) throws Exception {
    map.put("a", "1");
    map.put("b", "1");
    var told = new Told();
    map.watch(told::add, w -> w.of("a").withEntries());
    assertThat(((Resync<String, String>) told.next()).entries()).containsOnlyKeys("a");
    map.put("b", "2");
    map.put("a", "2");
    map.delete("b");
    map.delete("a");
    assertThat(told.text()).isEqualTo("a=2");
    assertThat(told.text()).isEqualTo("-a");
    map.put("b", "3");
    map.put("a", "3");
    assertThat(told.text()).isEqualTo("a=3");
  }

  private void watchChurn(SharedMap<String, String> map, VirtualClock clock) throws Exception {
    var folded = new ConcurrentHashMap<String, Versioned<String>>();
    var last = new AtomicLong();
    var wrong = new LinkedBlockingQueue<String>();
    map.watch(
        change -> {
          long revision =
              switch (change) {
                case Put<String, String> put -> {
                  folded.put(put.key(), put.entry());
                  yield put.entry().revision();
                }
                case Removed<String, String> gone -> {
                  folded.remove(gone.key());
                  yield gone.revision();
                }
                case Resync<String, String> all -> {
                  folded.clear();
                  folded.putAll(all.entries());
                  yield all.revision();
                }
                case Closed<String, String> _ -> Long.MAX_VALUE;
              };
          if (revision < last.getAndSet(revision)) {
            wrong.add("told again of what is past: " + change);
          }
        },
        w -> w.buffered(8).withEntries());
    var writers = new AtomicLong();
    onThreads(() -> {
      long writer = writers.incrementAndGet();
      for (int i = 0; i < CHANGES; i++) {
        String key = "k" + (i * writer) % 5;
        if (i % 4 == 3) {
          map.delete(key);
        } else {
          map.put(key, writer + "-" + i);
        }
      }
      return null;
    });
    var end = new Told();
    map.watch(end::add);
    map.put("end", "x");
    end.next();
    waitUntil(() -> folded.containsKey("end"));
    assertThat(folded).isEqualTo(map.entries());
    assertThat(wrong).isEmpty();
  }

  private void awaits(SharedMap<String, String> map, VirtualClock clock) throws Exception {
    try (var events = EventSystem.create()) {
      map.put("a", "1");
      Promise<Versioned<String>> there = map.await("a", "1"::equals, events);
      Promise<Versioned<String>> comes = map.await("a", "2"::equals, events);
      Promise<Versioned<String>> never = map.await("b", "2"::equals, events);
      assertThat(there.await(patience())).map(Versioned::value).contains("1");
      long revision = map.put("a", "2");
      assertThat(comes.await(patience())).map(Versioned::revision).contains(revision);
      never.poison("not interested");
    }
  }

  // ── time to live ──

  private void ttlOfEntry(SharedMap<String, String> map, VirtualClock clock) throws Exception {
    var told = new Told();
    map.watch(told::add);
    map.put("a", "1", Duration.ofSeconds(2));
    map.put("b", "1");
    assertThat(told.text()).isEqualTo("a=1");
    assertThat(told.text()).isEqualTo("b=1");
    pass(clock, Duration.ofSeconds(1));
    assertThat(value(map, "a")).isEqualTo("1");
    pass(clock, Duration.ofSeconds(2));
    assertThat(map.get("a")).isEmpty();
    assertThat(told.text()).isEqualTo("~a");
    assertThat(map.entries()).containsOnlyKeys("b");
    assertThat(map.delete("a")).isFalse();
    assertThat(map.putIfAbsent("a", "2")).isPresent();
    assertThatIllegalArgumentException().isThrownBy(() -> map.put("a", "1", Duration.ZERO));
  }

  private void ttlAgain(SharedMap<String, String> map, VirtualClock clock) throws Exception {
    map.put("a", "1", Duration.ofSeconds(2));
    map.put("b", "1", Duration.ofSeconds(2));
    pass(clock, Duration.ofSeconds(1));
    map.put("a", "2", Duration.ofSeconds(10));
    map.put("b", "2");
    pass(clock, Duration.ofSeconds(2));
    assertThat(value(map, "a")).isEqualTo("2");
    assertThat(value(map, "b")).isEqualTo("2");
  }

  private void ttlOfMap() throws Exception {
    var clock = new VirtualClock();
    var settings = new Settings(Duration.ofSeconds(2), 1_000, 100, 1_000);
    try (var map = map(newPlace(), clock, settings)) {
      map.put("a", "1");
      map.put("b", "1", Duration.ofSeconds(10));
      pass(clock, Duration.ofSeconds(3));
      assertThat(map.entries()).containsOnlyKeys("b");
    }
  }

  // ── limits, closing ──

  private void limits() {
    var clock = new VirtualClock();
    try (var map = map(newPlace(), clock, new Settings(null, 3, 50, 500))) {
      refused(() -> map.put("k".repeat(60), "v"));
      refused(() -> map.put("k", "v".repeat(600)));
      assertThat(map.entries()).isEmpty();
      map.put("a", "v".repeat(400));
      map.put("b", "2");
      map.put("c", "3");
      refused(() -> map.put("d", "4"));
      map.put("a", "5");
      map.delete("b");
      map.put("d", "6");
      assertThat(map.entries()).containsOnlyKeys("a", "c", "d");
    }
  }

  private static void refused(Runnable call) {
    assertThatExceptionOfType(MapStoreException.class).isThrownBy(call::run);
  }

  private void closes(SharedMap<String, String> map, VirtualClock clock) throws Exception {
    var told = new Told();
    map.watch(told::add);
    map.put("a", "1");
    map.close();
    map.close();
    assertThat(told.text()).isEqualTo("a=1");
    assertThat(told.text()).isEqualTo("closed");
    refused(() -> map.get("a"));
    refused(() -> map.put("a", "1"));
    refused(() -> map.delete("a"));
    refused(map::entries);
    refused(map::revision);
    refused(() -> map.watch(told::add));
    assertThat(clock.alarms()).isZero();
  }

  private void openAgain() throws Exception {
    Place place = newPlace();
    var clock = new VirtualClock();
    Map<String, Versioned<String>> entries;
    long revision;
    try (var map = map(place, clock, SETTINGS)) {
      for (int i = 0; i < CHANGES; i++) {
        map.put("k" + i % 7, "v" + i);
      }
      map.delete("k3");
      entries = map.entries();
      revision = map.revision();
    }
    try (var map = map(place, clock, SETTINGS)) {
      if (outlivesClosing()) {
        assertThat(map.entries()).isEqualTo(entries);
        assertThat(map.revision()).isEqualTo(revision);
        assertThat(map.put("k3", "x")).isGreaterThan(revision);
      } else {
        assertThat(map.entries()).isEmpty();
      }
    }
  }

  // ── threads ──

  private void onThreads(Callable<Void> work)
      throws InterruptedException, ExecutionException, TimeoutException {
    try (var threads = Executors.newFixedThreadPool(THREADS)) {
      var running = new ArrayList<Future<Void>>();
      for (int i = 0; i < THREADS; i++) {
        running.add(threads.submit(work));
      }
      for (Future<Void> one : running) {
        one.get(patience().toMillis(), TimeUnit.MILLISECONDS);
      }
    }
  }

  private void waitUntil(Callable<Boolean> condition) throws Exception {
    long start = System.nanoTime();
    while (!condition.call()) {
      if (System.nanoTime() - start > patience().toNanos()) {
        throw new AssertionError("did not come to hold within " + patience());
      }
      Thread.onSpinWait();
    }
  }
}
