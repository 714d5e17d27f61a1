package dev.carillon.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.schedule.Scheduler;
import dev.carillon.spi.Durability;
import dev.carillon.spi.MessageStore;
import dev.carillon.store.Stores;
import dev.carillon.time.ManualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What is kept of what was published, and heard again: in memory, and in a store. */
@ParameterizedClass
@EnumSource
class HistoryTest {
  /** Where it is kept. */
  enum Kept {
    HERE,
    IN_MEMORY_STORE,
    IN_FILES
  }

  private final Kept kept;
  private final ManualClock clock = new ManualClock();
  private @Nullable MessageStore store;
  @TempDir private Path directory;

  HistoryTest(Kept kept) {
    this.kept = kept;
  }

  @AfterEach
  void close() {
    if (store != null) {
      store.close();
    }
  }

  /** {@return the settings, with a store if there is to be one} */
  private BusConfig stored(BusConfig config) {
    if (kept == Kept.HERE) {
      return config;
    }
    store =
        kept == Kept.IN_MEMORY_STORE
            ? Stores.inMemory(clock)
            : Stores.segments(directory, c -> c.withSegmentBytes(1 << 20).withClock(clock));
    return config.withStore(store, Stores.basicCodec());
  }

  /** {@return the limits of what is kept in a stream, if there is to be one} */
  private HistoryLimits in(String stream, HistoryLimits limits) {
    return switch (kept) {
      case HERE -> limits;
      case IN_MEMORY_STORE -> limits.durable(stream, Durability.MEMORY);
      case IN_FILES -> limits.durable(stream, Durability.FSYNCED);
    };
  }

  private static final Topic<Integer> NUMBERS = Topic.of("shop.numbers", Integer.class);
  private static final Topic<Integer> OTHERS = Topic.of("others", Integer.class);

  private Bus keeping(int count) {
    return Bus.open(c ->
        stored(c).withHistory("shop.>", h -> in("shop", h.count(count).bytes(1 << 28, m -> 1))));
  }

  private static List<Object> payloads(List<Message<?>> messages) {
    return messages.stream().<Object>map(Message::payload).toList();
  }

  private static List<Integer> upTo(int end) {
    return IntStream.range(0, end).boxed().toList();
  }

  @Test
  @Covers({"R12", "W13"})
  void history_moreThanTheLimit_hasTheNewest() {
    try (Bus bus = keeping(3)) {
      for (int i = 0; i < 10; i++) {
        bus.publish(NUMBERS, i);
        bus.publish(OTHERS, 100 + i);
      }
      assertThat(payloads(bus.history(q -> q))).containsExactly(7, 8, 9);
    }
  }

  @Test
  void history_queries_narrow() {
    try (Scheduler scheduler = Scheduler.open(c -> c.withClock(clock));
        Bus bus =
            Bus.open(
                scheduler,
                c ->
                    stored(c)
                        .withHistory("shop.>", h -> in("shop", h))
                        .withHistory("o.>", h -> in("o", h)))) {
      Topic<Integer> o = Topic.of("o.x", Integer.class);
      Instant start = clock.now();
      for (int i = 0; i < 10; i++) {
        bus.publish(i % 2 == 0 ? NUMBERS : o, i);
        clock.advance(Duration.ofSeconds(1));
      }
      Instant sixth = start.plusSeconds(6);
      assertThat(payloads(bus.history(q -> q))).containsExactlyElementsOf(upTo(10));
      assertThat(payloads(bus.history(q -> q.topics("o.*")))).containsExactly(1, 3, 5, 7, 9);
      assertThat(payloads(bus.history(q -> q.since(sixth)))).containsExactly(6, 7, 8, 9);
      assertThat(payloads(bus.history(q -> q.until(sixth).limit(2)))).containsExactly(4, 5);
      assertThat(payloads(bus.history(q -> q.where(m -> (int) m.payload() > 7))))
          .containsExactly(8, 9);
    }
  }

  @Test
  void history_bytesAndAge_areBounds() {
    // a store counts bytes in its own way, and one in files in whole files
    long bytes = kept == Kept.HERE ? 30 : kept == Kept.IN_MEMORY_STORE ? 3 * 250 : 1;
    try (Scheduler scheduler = Scheduler.open(c -> c.withClock(clock));
        Bus bus =
            Bus.open(
                scheduler,
                c ->
                    stored(c)
                        .withHistory("shop.>", h -> in("shop", h.bytes(bytes, m -> 10)))
                        .withHistory(">", h -> in("rest", h.age(Duration.ofMinutes(1)))))) {
      for (int i = 0; i < 5; i++) {
        bus.publish(NUMBERS, i);
        bus.publish(OTHERS, i);
        clock.advance(Duration.ofSeconds(20));
      }
      if (kept != Kept.IN_FILES) {
        assertThat(payloads(bus.history(q -> q.topics("shop.>")))).containsExactly(2, 3, 4);
      }
      assertThat(payloads(bus.history(q -> q.topics("others")))).containsExactly(2, 3, 4);
      clock.advance(Duration.ofHours(1));
      assertThat(bus.history(q -> q.topics("others"))).isEmpty();
    }
  }

  @Test
  void subscribe_replayWhilePublishing_hasNoGapAndNoDuplicate() throws Exception {
    try (Bus bus = keeping(1 << 20)) {
      int count = kept == Kept.IN_FILES ? 3_000 : 20_000;
      var half = new CountDownLatch(1);
      Thread publisher =
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; i < count; i++) {
                  bus.publish(NUMBERS, i);
                  if (i == count / 4) {
                    half.countDown();
                  }
                }
              });
      Patience.await(half);
      List<List<Integer>> all = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        List<Integer> heard = Collections.synchronizedList(new ArrayList<>());
        all.add(heard);
        bus.subscribe(NUMBERS, m -> heard.add(m.payload()), s -> s.replay(Replay.all()));
      }
      publisher.join();
      for (List<Integer> heard : all) {
        Patience.until("all are heard", () -> heard.size() >= count);
        assertThat(heard).containsExactlyElementsOf(upTo(count));
      }
    }
  }

  @Test
  void subscribe_replayOfTheLast_hearsThem() throws Exception {
    try (Bus bus = keeping(100)) {
      upTo(50).forEach(i -> bus.publish(NUMBERS, i));
      List<Integer> heard = Collections.synchronizedList(new ArrayList<>());
      bus.subscribe(NUMBERS, m -> heard.add(m.payload()), s -> s.replay(Replay.last(3)));
      Patience.until("three are heard", () -> heard.size() == 3);
      bus.publish(NUMBERS, 50);
      Patience.until("four are heard", () -> heard.size() == 4);
      assertThat(heard).containsExactly(47, 48, 49, 50);
    }
  }

  @Test
  void replay_ofTheLast_countsFromTheMomentOfSubscribing() throws Exception {
    try (Bus bus = keeping(1_000)) {
      for (int round = 0; round < 50; round++) {
        bus.publish(NUMBERS, 1);
        bus.publish(NUMBERS, 2);
        List<Integer> heard = Collections.synchronizedList(new ArrayList<>());
        try (Subscription subscription =
            bus.subscribe(NUMBERS, m -> heard.add(m.payload()), s -> s.replay(Replay.last(1)))) {
          bus.publish(NUMBERS, 3); // perhaps before the replay has begun
          Patience.until("both are heard", () -> heard.size() >= 2);
          assertThat(subscription.isOpen()).isTrue();
        }
        assertThat(heard).containsExactly(2, 3);
      }
    }
  }

  @Test
  @Covers("R6")
  void replay_publishesAgain_andIsNotKeptAgain() throws Exception {
    try (Bus bus = keeping(100)) {
      upTo(5).forEach(i -> bus.publish(NUMBERS, i));
      List<Message<?>> heard = Collections.synchronizedList(new ArrayList<>());
      bus.subscribe(NUMBERS, heard::add);
      int count =
          bus.replay(q -> q.where(m -> (int) m.payload() > 1), Double.POSITIVE_INFINITY).await();
      assertThat(count).isEqualTo(3);
      Patience.until("all are heard", () -> heard.size() == 3);
      assertThat(payloads(heard)).containsExactly(2, 3, 4);
      assertThat(heard).allMatch(m -> m.headers().containsKey("replayed-from"));
      assertThat(bus.history(q -> q)).hasSize(5);
    }
  }

  @Test
  void replay_atSpeed_keepsThePauses() throws Exception {
    try (Scheduler scheduler = Scheduler.open(c -> c.withClock(clock));
        Bus bus = Bus.open(scheduler, c -> stored(c).withHistory(">", h -> in("all", h)))) {
      bus.publish(NUMBERS, 0);
      clock.advance(Duration.ofSeconds(10));
      bus.publish(NUMBERS, 1);
      List<Integer> heard = Collections.synchronizedList(new ArrayList<>());
      bus.subscribe(NUMBERS, m -> heard.add(m.payload()), SubscriptionOptions::direct);
      var replayed = bus.replay(q -> q, 2);
      Patience.until("the first is heard", () -> heard.size() == 1);
      Patience.until(
          "the second is heard after five seconds",
          () -> {
            clock.advance(Duration.ofSeconds(1));
            return heard.size() == 2;
          });
      assertThat(replayed.await()).isEqualTo(2);
    }
  }

  @Test
  void replay_speedThatIsNone_isRefused() {
    try (Bus bus = keeping(1)) {
      assertThatIllegalArgumentException().isThrownBy(() -> bus.replay(q -> q, 0));
      assertThatIllegalArgumentException().isThrownBy(() -> bus.replay(q -> q, Double.NaN));
    }
  }
}
