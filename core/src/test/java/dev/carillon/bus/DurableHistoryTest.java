package dev.carillon.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.Carillon;
import dev.carillon.build.CapturedLog;
import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.build.Workers;
import dev.carillon.bus.FaultyStore.Mode;
import dev.carillon.schedule.Scheduler;
import dev.carillon.spi.Durability;
import dev.carillon.spi.MessageStore;
import dev.carillon.spi.NewMessage;
import dev.carillon.spi.PayloadCodec;
import dev.carillon.spi.PayloadException;
import dev.carillon.spi.Retention;
import dev.carillon.spi.StoreException;
import dev.carillon.store.SegmentConfig.Sync;
import dev.carillon.store.Stores;
import dev.carillon.time.ManualClock;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is kept in a store: proved, found again, and what happens when that fails. */
@Covers("R12")
class DurableHistoryTest {
  private static final Topic<Integer> NUMBERS = Topic.of("shop.numbers", Integer.class);
  private static final Topic<Number> ANY = Topic.of("shop.any", Number.class);
  private static final Topic<Object> THINGS = Topic.of("shop.things", Object.class);

  private final FaultyStore faulty = new FaultyStore();
  private final CapturedLog log = new CapturedLog("dev.carillon.bus");
  @TempDir private Path directory;

  @AfterEach
  void close() {
    faulty.close();
    log.close();
  }

  private static Bus on(MessageStore store, Durability durability) {
    return on(store, h -> h.durable("shop", durability));
  }

  private static Bus on(MessageStore store, UnaryOperator<HistoryLimits> limits) {
    return Bus.open(c -> c.withStore(store, Stores.basicCodec()).withHistory("shop.>", limits));
  }

  private static List<Object> payloads(List<Message<?>> messages) {
    return messages.stream().<Object>map(Message::payload).toList();
  }

  private static List<Integer> upTo(int end) {
    return IntStream.range(0, end).boxed().toList();
  }

  // ── what is proved ──

  @ParameterizedTest
  @EnumSource
  void publish_storeProvesIt_theDeliverySaysWhatWasProved(Durability durability) throws Exception {
    try (MessageStore store = Stores.segments(directory);
        Bus bus = on(store, durability)) {
      bus.subscribe(NUMBERS, m -> {}, s -> s.named("ear"));
      Delivery delivery = bus.publishAndAwait(NUMBERS, 1, Patience.LONG);
      assertThat(delivery.matched()).isEqualTo(1);
      assertThat(delivery.outcomes())
          .containsExactly(new Outcome.Handled("ear"), new Outcome.Stored("shop", durability));
    }
  }

  @Test
  void publish_payloadIsLargerThanTheStoreTakes_isNotStoredAndNothingElseIsLost() throws Exception {
    try (MessageStore store = Stores.segments(directory, c -> c.withSegmentBytes(1 << 16));
        Bus bus = on(store, Durability.MEMORY)) {
      var heard = new ConcurrentLinkedQueue<Object>();
      bus.subscribe(THINGS, m -> heard.add(m.payload()));
      Delivery tooLarge = bus.publish(THINGS, new byte[1 << 17]);
      assertThat(tooLarge.outcomes())
          .singleElement()
          .isInstanceOfSatisfying(
              Outcome.NotStored.class,
              refusal ->
                  assertThat(refusal.cause())
                      .isInstanceOf(IllegalArgumentException.class)
                      .hasMessageContaining("bytes"));
      assertThat(bus.publishAndAwait(THINGS, "small", Patience.LONG).isDone()).isTrue();
      assertThat(heard).containsExactly("small");
      assertThat(payloads(bus.history(q -> q))).containsExactly("small");
    }
  }

  @Test
  void publish_nobodyHears_isKeptAndSaysSo() throws Exception {
    try (MessageStore store = Stores.segments(directory);
        Bus bus = on(store, Durability.FSYNCED)) {
      Delivery delivery = bus.publishAndAwait(NUMBERS, 1, Patience.LONG);
      assertThat(delivery.matched()).isZero();
      assertThat(delivery.outcomes())
          .containsExactly(
              new Outcome.NoSubscriber(), new Outcome.Stored("shop", Durability.FSYNCED));
      assertThat(bus.stats().unheard()).isEqualTo(1);
    }
  }

  @Test
  void publish_proofIsLate_theEventWaitsForIt() throws Exception {
    try (Bus bus = on(faulty, Durability.FSYNCED)) {
      var heard = new CountDownLatch(1);
      bus.subscribe(NUMBERS, m -> heard.countDown());
      faulty.mode = Mode.IS_LATE;
      Delivery delivery = bus.publish(NUMBERS, 1);
      Patience.await(heard);
      Patience.until("it is handled", () -> delivery.outcomes().size() == 1);
      assertThat(delivery.isDone()).isFalse();
      List<Thread> told = Collections.synchronizedList(new ArrayList<>());
      delivery.event().whenComplete(_ -> told.add(Thread.currentThread()));
      faulty.acknowledge();
      Patience.until("the listener is told", () -> !told.isEmpty());
      assertThat(delivery.await(Patience.LONG)).isTrue();
      assertThat(told).as("not on the store's thread").doesNotContain(Thread.currentThread());
    }
  }

  @Test
  void publish_proofFails_poisonsTheDelivery() throws Exception {
    try (Bus bus = on(faulty, Durability.FSYNCED)) {
      var heard = new CountDownLatch(1);
      bus.subscribe(NUMBERS, m -> heard.countDown());
      faulty.mode = Mode.IS_LATE;
      faulty.failure = new StoreException("the disk lied", null);
      Delivery delivery = bus.publish(NUMBERS, 1);
      Patience.await(heard);
      faulty.acknowledge();
      assertThatThrownBy(() -> delivery.await(Patience.LONG)).hasMessageContaining("disk lied");
      assertThat(delivery.outcomes().getLast())
          .isEqualTo(new Outcome.NotStored("shop", faulty.failure));
      assertThat(bus.stats().notStored()).isEqualTo(1);
      assertThat(log.messages()).singleElement().asString().contains("could not be kept");
    }
  }

  // ── what is refused when the bus opens ──

  private void isRefused(UnaryOperator<BusConfig> configure, String... says) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Bus.open(configure))
        .withMessageContainingAll(says);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Carillon.open(c -> c.bus(configure)))
        .withMessageContainingAll(says);
  }

  @Test
  void open_durableWithoutStore_isRefused() {
    isRefused(
        c -> c.withHistory("shop.>", h -> h.durable("shop", Durability.MEMORY)),
        "BusConfig.withStore",
        "shop.>");
  }

  @ParameterizedTest
  @EnumSource(names = {"QUORUM", "FSYNCED"})
  void open_moreThanTheStoreProves_isRefused(Durability asked) {
    try (MessageStore memory = Stores.inMemory();
        MessageStore files = Stores.segments(directory, c -> c.withSync(Sync.NONE))) {
      for (MessageStore store : List.of(memory, files)) {
        isRefused(
            c ->
                c.withStore(store, Stores.basicCodec())
                    .withHistory("first", h -> h.durable("first", Durability.MEMORY))
                    .withHistory("shop.>", h -> h.durable("shop", asked)),
            "SegmentConfig.withSync",
            "asked=" + asked,
            "strongest=MEMORY");
        store.open("first", Retention.FOREVER).close(); // it was closed again
      }
    }
  }

  @Test
  void open_oneStreamForTwoPatterns_isRefused() {
    isRefused(
        c ->
            c.withStore(faulty, Stores.basicCodec())
                .withHistory("a", h -> h.durable("shop", Durability.MEMORY))
                .withHistory("b", h -> h.durable("shop", Durability.MEMORY)),
        "stream=\"shop\"");
    assertThat(faulty.open).hasValue(0);
  }

  @Test
  void open_streamThatIsOpen_isRefusedUntilItIsClosed() {
    Bus first = on(faulty, Durability.MEMORY);
    assertThatThrownBy(() -> on(faulty, Durability.MEMORY))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("shop");
    first.close();
    on(faulty, Durability.MEMORY).close();
    assertThat(faulty.open).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a.b", "über"})
  void durable_nameThatNoStreamCanHave_isRefused(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HistoryLimits.DEFAULT.durable(name, Durability.MEMORY))
        .withMessageContaining("name=\"" + name + "\"");
  }

  // ── what is found again ──

  @Test
  @Covers("R6")
  void history_afterRestart_hasEqualMessages() throws Exception {
    List<Message<?>> before;
    try (MessageStore store = Stores.segments(directory);
        Bus bus = on(store, Durability.FSYNCED)) {
      bus.subscribe(
          NUMBERS,
          m -> bus.publish(THINGS, "caused", p -> p.header("$mine", "1").header("$$", "2")));
      Delivery first = bus.publish(NUMBERS, 7, p -> p.correlation("c-1").header("tenant", "7"));
      first.await(Patience.LONG);
      bus.publish(ANY, 2.5);
      bus.publish(ANY, 1L);
      bus.publish(THINGS, true);
      Patience.until("all are kept", () -> bus.history(q -> q).size() == 5);
      before = bus.history(q -> q);
    }
    try (MessageStore store = Stores.segments(directory);
        Bus bus = on(store, Durability.FSYNCED)) {
      assertThat(bus.history(q -> q)).isEqualTo(before);
      Message<?> caused = bus.history(q -> q.where(m -> m.payload().equals("caused"))).getFirst();
      assertThat(caused.headers()).isEqualTo(Map.of("$mine", "1", "$$", "2"));
      assertThat(caused.correlationId()).isEqualTo("c-1");
      assertThat(caused.causationId()).isEqualTo(before.getFirst().id());
      assertThat(caused.hops()).isEqualTo(1);
      assertThat(before.get(2).topic()).isEqualTo(ANY);
      bus.publishAndAwait(NUMBERS, 8, Patience.LONG);
      Message<?> newest = bus.history(q -> q.limit(1)).getFirst();
      assertThat(newest.payload()).isEqualTo(8);
      assertThat(newest.publisher())
          .as("as it counts from 1 again")
          .isNotEqualTo(before.getFirst().publisher());
    }
  }

  @Test
  void history_bytes_areCopiedForEachReader() throws Exception {
    Topic<byte[]> topic = Topic.of("shop.bytes", byte[].class);
    try (Bus bus = on(faulty, Durability.MEMORY)) {
      byte[] published = {1, 2, 3};
      bus.publishAndAwait(topic, published, Patience.LONG);
      published[0] = 9;
      var first = (byte[]) bus.history(q -> q).getFirst().payload();
      assertThat(first).containsExactly(1, 2, 3);
      first[0] = 9;
      assertThat((byte[]) bus.history(q -> q).getFirst().payload()).containsExactly(1, 2, 3);
    }
  }

  @Test
  void subscribe_afterRestart_hearsWhatWasKeptAndThenWhatIsPublished() throws Exception {
    try (MessageStore store = Stores.segments(directory)) {
      try (Bus bus = on(store, Durability.MEMORY)) {
        upTo(1_000).forEach(i -> bus.publish(NUMBERS, i));
      }
      try (Bus bus = on(store, Durability.MEMORY)) {
        List<Integer> heard = Collections.synchronizedList(new ArrayList<>());
        bus.subscribe(NUMBERS, m -> heard.add(m.payload()), s -> s.replay(Replay.all()));
        for (int i = 1_000; i < 2_000; i++) {
          bus.publish(NUMBERS, i);
        }
        Patience.until("all are heard", () -> heard.size() >= 2_000);
        assertThat(heard).containsExactlyElementsOf(upTo(2_000));
      }
    }
  }

  @Test
  void replay_afterRestart_publishesAgainInPages() throws Exception {
    try (Bus bus = on(faulty, Durability.MEMORY)) {
      upTo(3_000).forEach(i -> bus.publish(NUMBERS, i));
    }
    try (Bus bus = on(faulty, Durability.MEMORY)) {
      List<Integer> heard = Collections.synchronizedList(new ArrayList<>());
      bus.subscribe(NUMBERS, m -> heard.add(m.payload()));
      assertThat(bus.replay(q -> q, Double.POSITIVE_INFINITY).await()).isEqualTo(3_000);
      Patience.until("all are heard", () -> heard.size() == 3_000);
      assertThat(heard).containsExactlyElementsOf(upTo(3_000));
      assertThat(bus.history(q -> q.limit(2)).getFirst().payload()).isEqualTo(2_998);
      assertThat(faulty.longestPage).isLessThanOrEqualTo(256);
    }
  }

  /** Each publisher's numbers come to each subscription once and in order, wherever the seam is. */
  @ParameterizedTest
  @EnumSource(names = {"MEMORY", "FSYNCED"})
  void subscribe_whileManyPublish_hasNoGapAndNoDuplicate(Durability durability) throws Exception {
    int publishers = 4;
    int each = durability == Durability.MEMORY ? 4_000 : 400;
    try (MessageStore store = Stores.segments(directory);
        Bus bus = on(store, h -> h.count(1 << 20).durable("shop", durability))) {
      List<List<Integer>> all = new ArrayList<>();
      try (var workers = new Workers()) {
        for (int p = 0; p < publishers; p++) {
          int base = p * each;
          workers.start(() -> {
            for (int i = 0; i < each; i++) {
              bus.publish(NUMBERS, base + i);
            }
          });
        }
        for (int i = 0; i < 8; i++) {
          List<Integer> heard = Collections.synchronizedList(new ArrayList<>());
          all.add(heard);
          bus.subscribe(NUMBERS, m -> heard.add(m.payload()), s -> s.replay(Replay.all()));
          int some = i * publishers * each / 10;
          Patience.until("some are kept", () -> bus.stats().published() >= some);
        }
      }
      for (List<Integer> heard : all) {
        Patience.until("all are heard", () -> heard.size() >= publishers * each);
        assertThat(heard).hasSize(publishers * each).doesNotHaveDuplicates();
        Map<Integer, Integer> last = new HashMap<>();
        heard.forEach(i -> {
          Integer before = last.put(i / each, i);
          assertThat(before == null || before < i).isTrue();
        });
      }
    }
  }

  @Test
  void history_countAndAge_areKeptToThoughTheStoreKeepsMore() throws Exception {
    var clock = new ManualClock();
    try (MessageStore store = Stores.segments(directory, c -> c.withClock(clock));
        Scheduler scheduler = Scheduler.open(c -> c.withClock(clock));
        Bus bus =
            Bus.open(
                scheduler,
                c ->
                    c.withStore(store, Stores.basicCodec())
                        .withHistory(
                            "shop.>",
                            h ->
                                h.count(5)
                                    .age(Duration.ofMinutes(1))
                                    .durable("shop", Durability.MEMORY)))) {
      upTo(20).forEach(i -> bus.publish(NUMBERS, i));
      assertThat(payloads(bus.history(q -> q))).containsExactly(15, 16, 17, 18, 19);
      clock.advance(Duration.ofSeconds(50));
      bus.publish(NUMBERS, 20);
      clock.advance(Duration.ofSeconds(11));
      assertThat(payloads(bus.history(q -> q))).containsExactly(20);
      clock.advance(Duration.ofSeconds(50));
      assertThat(bus.history(q -> q)).isEmpty();
    }
  }

  // ── what fails ──

  @ParameterizedTest
  @EnumSource(names = {"THROWS", "IS_FULL"})
  void publish_storeDoesNotTakeIt_isGivenToNobodyUntilItDoes(Mode mode) throws Exception {
    try (Bus bus = on(faulty, Durability.FSYNCED)) {
      List<Integer> heard = Collections.synchronizedList(new ArrayList<>());
      bus.subscribe(NUMBERS, m -> heard.add(m.payload()), SubscriptionOptions::direct);
      faulty.mode = mode;
      Delivery delivery = bus.publish(NUMBERS, 1);
      try (Emitter<Integer> out = bus.emitter(NUMBERS)) {
        out.emit(2);
      }
      assertThat(delivery.outcomes()).singleElement().isInstanceOf(Outcome.NotStored.class);
      assertThatThrownBy(() -> delivery.await(Patience.LONG)).hasMessageContaining("NotStored");
      faulty.mode = Mode.WORKS;
      bus.publishAndAwait(NUMBERS, 3, Patience.LONG);
      assertThat(heard).containsExactly(3);
      assertThat(payloads(bus.history(q -> q))).containsExactly(3);
      assertThat(bus.stats().notStored()).isEqualTo(2);
      assertThat(log.messages()).as("the first of a row is logged").hasSize(1);
    }
  }

  @Test
  void publish_storeIsClosed_isNotStored() {
    try (Bus bus = on(faulty, Durability.MEMORY)) {
      bus.publish(NUMBERS, 0);
      faulty.close();
      assertThat(bus.publish(NUMBERS, 1).outcomes())
          .singleElement()
          .isInstanceOfSatisfying(
              Outcome.NotStored.class, it -> assertThat(it.cause()).hasMessageContaining("closed"));
      assertThatThrownBy(() -> bus.history(q -> q)).isInstanceOf(StoreException.class);
    }
  }

  @Test
  void publish_payloadThatTheCodecDoesNotTake_isRefusedNamingTheClass() {
    try (Bus bus = on(faulty, Durability.MEMORY)) {
      assertThat(bus.publish(THINGS, List.of(1)).outcomes())
          .singleElement()
          .isInstanceOfSatisfying(
              Outcome.NotStored.class,
              it ->
                  assertThat(it.cause())
                      .isInstanceOf(PayloadException.class)
                      .hasMessageContainingAll("ImmutableCollections", "BusConfig.withStore"));
    }
  }

  @Test
  void publish_interruptedAsItWaitsForTheStore_isNotStoredAndStaysInterrupted() throws Exception {
    try (Bus bus = on(faulty, Durability.FSYNCED);
        var workers = new Workers()) {
      faulty.mode = Mode.WAITS;
      List<Outcome> outcomes = Collections.synchronizedList(new ArrayList<>());
      List<Boolean> interrupted = Collections.synchronizedList(new ArrayList<>());
      Thread publisher =
          workers.start(() -> {
            outcomes.addAll(bus.publish(NUMBERS, 1).outcomes());
            interrupted.add(Thread.interrupted());
          });
      Patience.await(faulty.waiting);
      publisher.interrupt();
      workers.join();
      assertThat(outcomes).singleElement().isInstanceOf(Outcome.NotStored.class);
      assertThat(interrupted).containsExactly(true);
    }
  }

  @Test
  void history_damagedMessages_arePassedOverAndCounted() throws Exception {
    try (Bus bus = on(faulty, Durability.MEMORY)) {
      upTo(100).forEach(i -> bus.publish(NUMBERS, i));
      faulty.isDamaged = n -> n == 1 || (n >= 20 && n < 60) || n == 100;
      List<Integer> whole = new ArrayList<>(upTo(99));
      whole.removeIf(i -> i == 0 || (i >= 19 && i < 59));
      assertThat(payloads(bus.history(q -> q))).containsExactlyElementsOf(List.copyOf(whole));
      assertThat(bus.stats().unreadable()).isEqualTo(42);
      List<Integer> heard = Collections.synchronizedList(new ArrayList<>());
      bus.subscribe(NUMBERS, m -> heard.add(m.payload()), s -> s.replay(Replay.all()));
      Patience.until("all that is whole is heard", () -> heard.size() == whole.size());
      Patience.until(
          "then what is published", () -> !kinds(bus.publish(NUMBERS, 100)).contains("Replayed"));
      assertThat(heard.subList(0, whole.size())).isEqualTo(whole);
      assertThat(log.messages()).filteredOn(m -> m.contains("cannot be read")).hasSize(1);
    }
  }

  private static List<String> kinds(Delivery delivery) {
    return delivery.outcomes().stream().map(o -> o.getClass().getSimpleName()).toList();
  }

  @Test
  void history_typesThatNoCodecKnows_arePassedOverAndLoggedOnce() throws Exception {
    try (MessageStore store = Stores.inMemory()) {
      try (var stream = store.open("shop", Retention.FOREVER)) {
        for (String type : List.of("unknown", "unknown", "int", "boolean")) {
          stream.append(
              NewMessage.of("shop.numbers", UUID.randomUUID(), "p", 1, type, new byte[3]),
              Durability.MEMORY);
        }
      }
      try (Bus bus = on(store, Durability.MEMORY)) {
        bus.publish(NUMBERS, 1);
        assertThat(payloads(bus.history(q -> q))).containsExactly(1);
        assertThat(bus.stats().unreadable()).isEqualTo(4);
        assertThat(log.messages()).hasSize(3);
      }
    }
  }

  @Test
  void replay_storeIsGone_isLoggedAndWhatIsPublishedIsHeard() throws Exception {
    var keptApart = Topic.of("other", Integer.class);
    try (Bus bus = on(faulty, Durability.MEMORY)) {
      bus.publish(NUMBERS, 1);
      faulty.close();
      var heard = new CountDownLatch(1);
      bus.subscribe(
          TopicPattern.of(">"), Integer.class, m -> heard.countDown(), s -> s.replay(Replay.all()));
      Patience.until("it is logged", () -> !log.messages().isEmpty());
      assertThat(log.messages()).singleElement().asString().contains("which cannot be read");
      bus.publish(keptApart, 1);
      Patience.await(heard);
    }
  }

  // ── ends ──

  @Test
  void close_inAHandlerOnABorrowedScheduler_closesTheStreams() throws Exception {
    try (Scheduler scheduler = Scheduler.open()) {
      Bus bus =
          Bus.open(
              scheduler,
              c ->
                  c.withStore(faulty, Stores.basicCodec())
                      .withHistory(">", h -> h.durable("all", Durability.MEMORY)));
      bus.subscribe(NUMBERS, m -> bus.close());
      bus.publish(NUMBERS, 1);
      Patience.until("the stream is closed", () -> faulty.open.get() == 0);
    }
  }

  @Test
  void close_inAHandlerOnABorrowedScheduler_leavesNothingOfTheBusThere() throws Exception {
    try (Scheduler scheduler = Scheduler.open()) {
      WeakReference<Publishing> closed = closedByItsHandler(scheduler);
      Patience.until(
          "the bus is collected",
          () -> {
            System.gc();
            return closed.get() == null;
          });
    }
  }

  private static WeakReference<Publishing> closedByItsHandler(Scheduler scheduler)
      throws Exception {
    Bus bus = Bus.open(scheduler, c -> c.withStallAfter(Duration.ofMillis(40)));
    bus.subscribe(NUMBERS, m -> bus.close());
    bus.publishAndAwait(NUMBERS, 1, Patience.LONG);
    return new WeakReference<>(((LocalBus) bus).publishing());
  }

  @Test
  void replay_isRefusedByAFullScheduler_whatIsPublishedIsHeard() throws Exception {
    var held = new CountDownLatch(1);
    try (Scheduler scheduler = Scheduler.open(c -> c.withCapacity(1));
        Bus bus = Bus.open(scheduler, c -> c.withHistory(">", h -> h))) {
      scheduler.submit(held::await);
      var heard = new CountDownLatch(1);
      bus.subscribe(NUMBERS, m -> heard.countDown(), s -> s.replay(Replay.all()));
      assertThat(log.messages()).singleElement().asString().contains("misses history");
      bus.publish(NUMBERS, 1);
      Patience.await(heard);
      held.countDown();
    }
  }

  @Test
  void replay_codecThrowsAnError_whatIsPublishedIsHeard() throws Exception {
    try (Bus bus =
        Bus.open(c ->
            c.withStore(faulty, new Recursive())
                .withHistory("shop.>", h -> h.durable("shop", Durability.MEMORY)))) {
      bus.publish(NUMBERS, 1);
      var heard = new CountDownLatch(1);
      bus.subscribe(NUMBERS, m -> heard.countDown(), s -> s.replay(Replay.all()));
      Patience.until("one is unreadable", () -> bus.stats().unreadable() > 0);
      bus.publish(NUMBERS, 2);
      Patience.until("the replay is over", () -> heard.getCount() == 0 || !again(bus));
    }
  }

  /** Publishes once more: {@return whether the message is left to the replay} */
  private static boolean again(Bus bus) {
    return bus.publish(NUMBERS, 3).outcomes().stream().anyMatch(Outcome.Replayed.class::isInstance);
  }

  /** A codec that writes what it cannot read. */
  private static final class Recursive implements PayloadCodec {
    @Override
    public String typeOf(Object payload) {
      return "deep";
    }

    @Override
    public byte[] encode(Object payload) {
      return new byte[0];
    }

    @Override
    public Object decode(String type, byte[] bytes) {
      throw new StackOverflowError("too deep");
    }
  }
}
