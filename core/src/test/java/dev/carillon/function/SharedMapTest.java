package dev.carillon.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.event.EventStatus;
import dev.carillon.event.EventSystem;
import dev.carillon.event.PoisonedException;
import dev.carillon.event.Promise;
import dev.carillon.function.SharedMapChange.Closed;
import dev.carillon.function.SharedMapChange.Put;
import dev.carillon.function.SharedMapChange.Removed;
import dev.carillon.function.SharedMapChange.Resync;
import dev.carillon.spi.MapStoreException;
import dev.carillon.spi.PayloadException;
import dev.carillon.store.Stores;
import dev.carillon.time.Clock;
import dev.carillon.time.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Shared maps: what is above their stores, whose contract is checked in the testkit. */
class SharedMapTest {
  private final SharedMap<String, Integer> map =
      SharedMaps.inMemory("numbers", String.class, Integer.class, Stores.basicCodec());

  @AfterEach
  void close() {
    map.close();
  }

  private static final class Told<K, V> {
    final ConcurrentLinkedQueue<SharedMapChange<K, V>> changes = new ConcurrentLinkedQueue<>();

    void add(SharedMapChange<K, V> change) {
      changes.add(change);
    }

    List<SharedMapChange<K, V>> await(int count) throws Exception {
      Patience.until(count + " changes, of " + changes, () -> changes.size() >= count);
      return List.copyOf(changes);
    }
  }

  @Test
  @Covers("S4")
  void registry_ofMaps_hasThoseOfADomainAndOfAll() {
    var maps = SharedMaps.registry("maps", c -> c.rootedAt("dev.carillon.function"));
    try (var words =
        SharedMaps.inMemory("words", String.class, String.class, Stores.basicCodec())) {
      maps.register("numbers", map);
      maps.at(Scope.INTERNAL).register("words", words);
      map.put("a", 1);
      words.put("a", "one");
      SharedMap<String, Integer> seen =
          maps.at(Scope.EXTERNAL).require("numbers").as(String.class, Integer.class);
      assertThat(seen.get("a")).map(Versioned::value).contains(1);
      assertThat(maps.at(Scope.EXTERNAL).find("words")).isEmpty();
      SharedMap<String, String> internal =
          maps.at(Scope.INTERNAL).require("words").as(String.class, String.class);
      assertThat(internal.get("a")).map(Versioned::value).contains("one");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> maps.require("numbers").as(String.class, String.class))
          .withMessage(
              "shared map \"numbers\" is of java.lang.String to java.lang.Integer:"
                  + " asked for java.lang.String to java.lang.String");
    }
  }

  @Test
  @Covers("S4")
  void update_byManyThreads_losesNothing() throws Exception {
    int threads = 4;
    int each = 500;
    try (var pool = Executors.newFixedThreadPool(threads)) {
      var running = new ArrayList<Future<?>>();
      for (int i = 0; i < threads; i++) {
        running.add(
            pool.submit(() -> {
              for (int j = 0; j < each; j++) {
                map.update("sum", old -> Optional.of(old.orElse(0) + 1));
              }
            }));
      }
      for (Future<?> one : running) {
        one.get();
      }
    }
    assertThat(map.get("sum")).map(Versioned::value).contains(threads * each);
    assertThat(map.revision()).isEqualTo(threads * each);
  }

  @Test
  void update_toNothing_deletes() {
    map.put("a", 1);
    assertThat(map.update("a", _ -> Optional.empty())).isEmpty();
    assertThat(map.get("a")).isEmpty();
    assertThat(map.update("a", _ -> Optional.empty())).isEmpty();
    assertThat(map.revision()).isEqualTo(2);
  }

  @Test
  void update_alwaysOvertaken_givesUp() {
    var attempts = new AtomicInteger();
    assertThatThrownBy(() ->
            map.update(
                "a",
                old -> {
                  map.put("a", attempts.incrementAndGet());
                  return Optional.of(0);
                }))
        .isInstanceOf(SharedMapException.class)
        .hasMessage(
            "an update is tried 1000 times, and others were faster each time: map=\"numbers\"");
    assertThat(attempts).hasValue(1_000);
  }

  @Test
  void update_thatThrows_changesNothing() {
    map.put("a", 1);
    assertThatIllegalStateException()
        .isThrownBy(() ->
            map.update(
                "a",
                _ -> {
                  throw new IllegalStateException("no");
                }));
    assertThat(map.get("a")).map(Versioned::value).contains(1);
  }

  @Test
  @SuppressWarnings({"unchecked", "rawtypes"})
  void put_ofAnotherType_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ((SharedMap) map).put("a", "text"))
        .withMessage("it must be a java.lang.Integer: class=java.lang.String");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ((SharedMap) map).get(null))
        .withMessage("it must be a java.lang.String: class=null");
    var objects = SharedMaps.inMemory("o", String.class, Object.class, Stores.basicCodec());
    assertThatThrownBy(() -> objects.put("a", new Object())).isInstanceOf(PayloadException.class);
    objects.close();
  }

  @Test
  void get_ofAValueOfAnotherType_isRefused() {
    var store = SharedMaps.storeInMemory("o", c -> c);
    try (var numbers = SharedMaps.over(store, String.class, Integer.class, Stores.basicCodec())) {
      numbers.put("a", 1);
      var texts = SharedMaps.over(store, String.class, String.class, Stores.basicCodec());
      assertThatThrownBy(() -> texts.get("a"))
          .isInstanceOf(PayloadException.class)
          .hasMessage("what is read must be a java.lang.String: type=\"int\"");
      store.put(Stores.basicCodec().encode("x"), new byte[] {1}, null, 0);
      assertThatThrownBy(numbers::entries).isInstanceOf(PayloadException.class);
    }
  }

  @Test
  void value_takenOut_isACopy() {
    var arrays = SharedMaps.inMemory("a", String.class, byte[].class, Stores.basicCodec());
    byte[] bytes = {1, 2};
    arrays.put("a", bytes);
    bytes[0] = 7;
    byte[] out = arrays.get("a").orElseThrow().value();
    assertThat(out).containsExactly(1, 2);
    out[1] = 7;
    assertThat(arrays.get("a").orElseThrow().value()).containsExactly(1, 2);
    arrays.close();
  }

  @Test
  void replace_withABadRevision_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> map.replace("a", -1, 1))
        .withMessage("a revision must not be negative: expected=-1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> map.delete("a", 0))
        .withMessage("an entry's revision is positive: expected=0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> map.put("a", 1, Duration.ZERO))
        .withMessage("a time to live must be positive: ttl=PT0S");
  }

  @Test
  void settings_outOfRange_areRefused() {
    SharedMapConfig config = SharedMapConfig.DEFAULT;
    assertThatIllegalArgumentException()
        .isThrownBy(() -> config.withMaxEntries(0))
        .withMessage("maxEntries must be 1 to 4194304: maxEntries=0");
    assertThatIllegalArgumentException().isThrownBy(() -> config.withMaxBytes(0, 1, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> config.withMaxBytes(65_536, 1, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> config.withMaxBytes(1, 1, 1L << 30));
    assertThatIllegalArgumentException().isThrownBy(() -> config.withHistory(-1));
    assertThatIllegalArgumentException().isThrownBy(() -> config.withTtl(Duration.ofNanos(-1)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> map.watch(_ -> {}, w -> w.buffered(0)))
        .withMessage("buffer must be 1 to 1048576: buffer=0");
    assertThatIllegalArgumentException().isThrownBy(() -> map.watch(_ -> {}, w -> w.after(-1)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SharedMaps.storeInMemory(" ", c -> c))
        .withMessage("name must not be blank: name=\" \"");
  }

  @Test
  void watch_slowListener_isToldWhatIsThereInsteadOfWhatItMissed() throws Exception {
    var told = new Told<String, Integer>();
    var isIn = new CountDownLatch(1);
    var goOn = new CountDownLatch(1);
    map.watch(
        change -> {
          told.add(change);
          isIn.countDown();
          try {
            Patience.await(goOn);
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        },
        w -> w.buffered(3));
    map.put("a", 1);
    Patience.await(isIn);
    for (int i = 2; i <= 10; i++) {
      map.put("a", i);
    }
    map.put("b", 11);
    goOn.countDown();
    List<SharedMapChange<String, Integer>> all = told.await(2);
    assertThat(all).hasSize(2);
    assertThat(all.get(0)).isInstanceOf(Put.class);
    var resync = (Resync<String, Integer>) all.get(1);
    assertThat(resync.revision()).isEqualTo(11);
    assertThat(resync.entries()).isEqualTo(map.entries());
    map.put("c", 12);
    assertThat(told.await(3).get(2)).isEqualTo(new Put<>("c", map.get("c").orElseThrow()));
  }

  @Test
  void watch_tooManyBytes_isToldWhatIsThere() throws Exception {
    var big = SharedMaps.inMemory("big", String.class, byte[].class, Stores.basicCodec());
    var told = new Told<String, byte[]>();
    var goOn = new CountDownLatch(1);
    big.watch(change -> {
      told.add(change);
      try {
        Patience.await(goOn);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    });
    big.put("a", new byte[0]);
    told.await(1);
    for (int i = 0; i < 18; i++) {
      big.put("a", new byte[1_000_000]);
    }
    goOn.countDown();
    assertThat(told.await(2).get(1)).isInstanceOf(Resync.class);
    big.close();
    assertThat(told.await(3)).hasSize(3).last().isInstanceOf(Closed.class);
  }

  @Test
  void watch_throwingListener_isLoggedAndToldTheNext() throws Exception {
    var told = new Told<String, Integer>();
    try (var log = new CapturedLog("dev.carillon.function")) {
      map.watch(change -> {
        told.add(change);
        throw new IllegalStateException("as it should");
      });
      map.put("a", 1);
      map.put("a", 2);
      told.await(2);
      map.close();
      told.await(3);
      Patience.until("three warnings", () -> log.messages().size() == 3);
    }
  }

  @Test
  void watch_valueThatCannotBeRead_isLoggedAndPassedOver() throws Exception {
    var store = SharedMaps.storeInMemory("o", c -> c);
    var told = new Told<String, Integer>();
    try (var log = new CapturedLog("dev.carillon.function");
        var numbers = SharedMaps.over(store, String.class, Integer.class, Stores.basicCodec());
        var events = EventSystem.create()) {
      var texts = SharedMaps.over(store, String.class, String.class, Stores.basicCodec());
      numbers.watch(told::add);
      Promise<?> promise = numbers.await("a", _ -> true, events);
      texts.put("a", "text");
      numbers.put("b", 1);
      assertThat(told.await(1)).containsExactly(new Put<>("b", numbers.get("b").orElseThrow()));
      assertThat(log.messages()).hasSize(1);
      assertThatThrownBy(promise::await)
          .isInstanceOf(PoisonedException.class)
          .hasMessageContaining("what is read must be a java.lang.Integer");
      numbers.watch(
          told::add, w -> w.withEntries()); // cannot be read either, until it is put right
      Patience.until("a second warning", () -> log.messages().size() == 2);
      numbers.put("a", 2);
      Patience.until(
          "what is there was read again: " + told.changes,
          () -> told.changes.stream().anyMatch(each -> each instanceof Resync));
    }
  }

  @Test
  void watch_closed_isToldNoMore() throws Exception {
    var told = new Told<String, Integer>();
    var other = new Told<String, Integer>();
    SharedMap.Watch watch = map.watch(told::add);
    map.watch(other::add);
    map.put("a", 1);
    told.await(1);
    watch.close();
    watch.close();
    map.put("a", 2);
    map.close();
    other.await(3);
    assertThat(told.changes).hasSize(1);
  }

  @Test
  void close_fromAListener_doesNotWaitForItself() throws Exception {
    var told = new Told<String, Integer>();
    map.watch(change -> {
      told.add(change);
      map.close();
    });
    map.put("a", 1);
    assertThat(told.await(2).getLast()).isInstanceOf(Closed.class);
    assertThatThrownBy(() -> map.get("a"))
        .isInstanceOf(MapStoreException.class)
        .hasMessage("a closed map takes no calls: map=\"numbers\"");
    assertThatThrownBy(() -> map.watch(told::add)).isInstanceOf(MapStoreException.class);
  }

  @Test
  @Covers("S4")
  void await_completesWhenTheConditionHolds() throws Exception {
    try (var events = EventSystem.create()) {
      map.put("a", 1);
      assertThat(map.await("a", n -> n == 1, events).await().revision()).isEqualTo(1);
      Promise<Versioned<Integer>> ten = map.await("a", n -> n >= 10, events);
      map.put("b", 10);
      map.put("a", 2);
      assertThat(ten.event().status()).isEqualTo(EventStatus.PENDING);
      map.put("a", 12);
      assertThat(ten.await().value()).isEqualTo(12);
    }
  }

  @Test
  void await_conditionThrows_orMapIsClosed_isPoisoned() throws Exception {
    try (var events = EventSystem.create()) {
      map.put("a", 1);
      Promise<?> broken =
          map.await(
              "a",
              _ -> {
                throw new IllegalStateException("cannot tell");
              },
              events);
      assertThatThrownBy(broken::await)
          .isInstanceOf(PoisonedException.class)
          .hasMessageContaining("cannot tell");
      Promise<?> open = map.await("b", _ -> true, events);
      map.close();
      assertThatThrownBy(open::await)
          .isInstanceOf(PoisonedException.class)
          .hasMessageMatching("(?s).*(was closed|a closed map).*map=\"numbers\".*"); // which first
      assertThatThrownBy(() -> map.await("b", _ -> true, events))
          .isInstanceOf(MapStoreException.class);
    }
  }

  @Test
  void await_conditionThrowsAnError_isPoisoned() throws Exception {
    try (var events = EventSystem.create()) {
      map.put("a", 1);
      Promise<?> broken =
          map.await(
              "a",
              _ -> {
                throw new AssertionError("cannot tell");
              },
              events);
      assertThatThrownBy(broken::await)
          .isInstanceOf(PoisonedException.class)
          .hasMessageContaining("cannot tell");
    }
  }

  @Test
  void watch_listenerThrowsAnError_isLoggedAndToldTheNext() throws Exception {
    var told = new Told<String, Integer>();
    try (var log = new CapturedLog("dev.carillon.function")) {
      map.watch(change -> {
        told.add(change);
        throw new AssertionError("as it should");
      });
      map.put("a", 1);
      map.put("a", 2);
      told.await(2);
      Patience.until("two warnings", () -> log.messages().size() == 2);
    }
  }

  @Test
  @SuppressWarnings({"unchecked", "rawtypes"})
  void watch_ofAKeyThatCannotBeWritten_takesNoPlace() {
    for (int i = 0; i < 16_384; i++) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> ((SharedMap) map).watch(_ -> {}, w -> ((MapWatchOptions) w).of(1)));
    }
    map.watch(_ -> {}).close();
  }

  @Test
  void put_whenTheMapIsFullOfWhatExpired_hasRoom() {
    var time = new ManualClock();
    try (var full =
        SharedMaps.inMemory(
            "full",
            String.class,
            Integer.class,
            Stores.basicCodec(),
            c -> c.withClock(new SilentClock(time)).withMaxEntries(2))) {
      full.put("a", 1, Duration.ofMinutes(1));
      full.put("b", 1, Duration.ofMinutes(2));
      time.advance(Duration.ofSeconds(90)); // and no timer runs
      full.put("c", 1);
      assertThat(full.entries()).containsOnlyKeys("b", "c");
      assertThat(full.revision()).isEqualTo(4);
      assertThatThrownBy(() -> full.put("d", 1))
          .isInstanceOf(MapStoreException.class)
          .hasMessage("a map has at most 2 entries: map=\"full\"");
    }
  }

  /** A clock whose alarms never ring. */
  private record SilentClock(Clock time) implements Clock {
    @Override
    public long nanos() {
      return time.nanos();
    }

    @Override
    public Instant now() {
      return time.now();
    }

    @Override
    public Alarm alarm(String name, Runnable ring) {
      return time.alarm(name, () -> {});
    }
  }

  @Test
  void await_givenUp_isNoWatcherAnyMore() {
    try (var events = EventSystem.create()) {
      var promises = new ArrayList<Promise<?>>();
      for (int i = 0; i < 16_384; i++) {
        promises.add(map.await("a", _ -> true, events));
      }
      assertThatThrownBy(() -> map.await("a", _ -> true, events))
          .isInstanceOf(SharedMapException.class)
          .hasMessage("a shared map has at most 16384 watchers: map=\"numbers\"");
      promises.forEach(each -> each.poison("not interested"));
      map.watch(_ -> {}).close();
    }
  }

  @Test
  void removed_tellsWhy() throws Exception {
    var told = new Told<String, Integer>();
    map.watch(told::add);
    map.put("a", 1);
    map.delete("a");
    map.put("b", 1, Duration.ofMillis(1));
    List<SharedMapChange<String, Integer>> all = told.await(4);
    assertThat(((Removed<String, Integer>) all.get(1)).isExpired()).isFalse();
    assertThat(((Removed<String, Integer>) all.get(3)).isExpired()).isTrue();
  }
}
