package dev.carillon.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.build.Workers;
import dev.carillon.bus.FaultyStore.Mode;
import dev.carillon.schedule.Scheduler;
import dev.carillon.spi.MessageStore;
import dev.carillon.spi.PayloadCodec;
import dev.carillon.spi.Retention;
import dev.carillon.store.Stores;
import dev.carillon.time.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What there is no room for waits in a store, in its order, and nothing is lost. */
@Covers("R11")
class SpillTest {
  private static final Topic<Integer> NUMBERS = Topic.of("numbers", Integer.class);
  private static final Topic<Object> THINGS = Topic.of("things", Object.class);

  private final FaultyStore store = new FaultyStore();
  private final CapturedLog log = new CapturedLog("dev.carillon.bus");
  private final List<Integer> heard = Collections.synchronizedList(new ArrayList<>());
  private final Semaphore turns = new Semaphore(0); // of the handler
  private final CountDownLatch begun = new CountDownLatch(1);
  @TempDir private Path directory;

  @AfterEach
  void close() {
    store.close();
    log.close();
  }

  private Bus open() {
    return open(store);
  }

  private static Bus open(MessageStore kept) {
    return Bus.open(c -> c.withStore(kept, Stores.basicCodec()));
  }

  private static List<Integer> range(int from, int to) {
    return IntStream.range(from, to).boxed().toList();
  }

  private static <T> SubscriptionOptions<T> small(SubscriptionOptions<T> options) {
    return options.named("slow").capacity(4, WhenFull.SPILL).timeout(null);
  }

  private Subscription slow(Bus bus) {
    return slow(bus, s -> s);
  }

  /** {@return a subscription whose handler needs a turn for each message} */
  private Subscription slow(Bus bus, UnaryOperator<SubscriptionOptions<Integer>> more) {
    return bus.subscribe(
        NUMBERS,
        m -> {
          begun.countDown();
          turns.acquire();
          heard.add(m.payload());
        },
        s -> more.apply(small(s)));
  }

  /** Publishes numbers; 0 is being handled, 1 to 4 are in the lane, and the others spilled. */
  private List<Delivery> publish(Bus bus, int to) throws InterruptedException {
    List<Delivery> deliveries = new ArrayList<>();
    deliveries.add(bus.publish(NUMBERS, 0));
    Patience.await(begun);
    range(1, to).forEach(i -> deliveries.add(bus.publish(NUMBERS, i)));
    return deliveries;
  }

  private static List<String> kinds(Delivery delivery) {
    return delivery.outcomes().stream().map(o -> o.getClass().getSimpleName()).toList();
  }

  private long kept() {
    try (var stream = store.open("spill-slow", Retention.FOREVER)) {
      return stream.lastSequence() - stream.firstSequence() + 1;
    }
  }

  // ── order, and the meaning of the rest ──

  @Test
  void spill_laneIsFull_theRestWaitsInTheStoreAndIsHandledInOrder() throws Exception {
    try (Bus bus = open()) {
      Subscription subscription = slow(bus);
      List<Delivery> deliveries = publish(bus, 100);
      assertThat(deliveries.getLast().outcomes()).containsExactly(new Outcome.Spilled("slow"));
      assertThat(deliveries.getLast().await(Patience.LONG)).isTrue();
      assertThat(deliveries.get(4).isDone()).isFalse();
      assertThat(subscription.stats().spilled()).isEqualTo(95);
      assertThat(subscription.stats().queued()).isEqualTo(99);
      turns.release(1_000);
      Patience.until("all are handled", () -> heard.size() == 100);
      assertThat(heard).containsExactlyElementsOf(range(0, 100));
      Patience.until("nothing waits", () -> subscription.stats().queued() == 0);
      Delivery after = bus.publishAndAwait(NUMBERS, 100, Patience.LONG);
      assertThat(after.outcomes())
          .as("there is room again")
          .containsExactly(new Outcome.Handled("slow"));
    }
    assertThat(kept()).isZero();
    assertThat(store.open).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void spill_manyPublishers_comeOnceAndEachInItsOrder(boolean inFiles) throws Exception {
    int publishers = 4;
    int each = inFiles ? 5_000 : 20_000;
    try (MessageStore kept =
            inFiles
                ? Stores.segments(directory, c -> c.withSegmentBytes(1 << 16))
                : Stores.inMemory();
        Bus bus = open(kept)) {
      Subscription subscription =
          bus.subscribe(NUMBERS, m -> heard.add(m.payload()), SpillTest::small);
      try (var workers = new Workers()) {
        for (int p = 0; p < publishers; p++) {
          int base = p * each;
          workers.start(() -> {
            for (int i = 0; i < each; i++) {
              bus.publish(NUMBERS, base + i);
              if (i % 1_000 == 0) { // now and then there is room
                int some = i;
                Patience.until("some are handled", () -> heard.size() >= some);
              }
            }
          });
        }
      }
      Patience.until("all are handled", () -> heard.size() >= publishers * each);
      assertThat(heard).hasSize(publishers * each).doesNotHaveDuplicates();
      Map<Integer, Integer> last = new HashMap<>();
      heard.forEach(i -> {
        Integer before = last.put(i / each, i);
        assertThat(before == null || before < i).isTrue();
      });
      assertThat(subscription.stats().spilled()).isPositive();
      assertThat(subscription.stats().dropped() + subscription.stats().refused()).isZero();
    }
  }

  @Test
  void spill_orderedByKey_eachKeysMessagesComeInOrder() throws Exception {
    try (Bus bus = open()) {
      bus.subscribe(
          NUMBERS, m -> heard.add(m.payload()), s -> small(s).orderedBy(m -> m.payload() % 3, 3));
      range(0, 3_000).forEach(i -> bus.publish(NUMBERS, i));
      Patience.until("all are handled", () -> heard.size() == 3_000);
      for (int key = 0; key < 3; key++) {
        int mine = key;
        assertThat(heard.stream().filter(i -> i % 3 == mine)).hasSize(1_000).isSorted();
      }
    }
    assertThat(kept()).isZero();
  }

  @Test
  void pause_spillsToo_andResumeHandlesAllInOrder() throws Exception {
    try (Bus bus = open()) {
      turns.release(1_000);
      Subscription subscription = slow(bus);
      subscription.pause();
      range(0, 50).forEach(i -> bus.publish(NUMBERS, i));
      assertThat(subscription.stats().queued()).isEqualTo(50);
      assertThat(heard).isEmpty();
      subscription.resume();
      Patience.until("all are handled", () -> heard.size() == 50);
      assertThat(heard).containsExactlyElementsOf(range(0, 50));
    }
  }

  @Test
  void spill_handlerFails_isCountedAndLeavesTheStore() throws Exception {
    try (Bus bus = open()) {
      Subscription subscription =
          bus.subscribe(
              NUMBERS,
              m -> {
                begun.countDown();
                turns.acquire();
                throw new IllegalStateException("no");
              },
              s -> small(s).onError(e -> e.disableAfter(0, Duration.ofSeconds(1))));
      publish(bus, 50);
      turns.release(50);
      Patience.until("all have failed", () -> subscription.stats().failed() == 50);
    }
    assertThat(kept()).isZero();
  }

  @Test
  void spill_subscriptionIsDisabled_whatItRefusesComesAgain() throws Exception {
    var clock = new ManualClock();
    try (Scheduler scheduler = Scheduler.open(c -> c.withClock(clock));
        Bus bus = Bus.open(scheduler, c -> c.withStore(store, Stores.basicCodec()))) {
      Subscription subscription =
          bus.subscribe(
              NUMBERS,
              m -> {
                begun.countDown();
                turns.acquire();
                if (m.payload() >= 10 && m.payload() < 16) {
                  throw new IllegalStateException("no");
                }
                heard.add(m.payload());
              },
              s -> small(s).onError(e -> e.disableAfter(3, Duration.ofSeconds(30))));
      publish(bus, 100);
      turns.release(1_000);
      Patience.until("it is disabled", () -> subscription.stats().disabled());
      Patience.until(
          "the others are handled",
          () -> {
            clock.advance(Duration.ofSeconds(10));
            return heard.size() == 94;
          });
      assertThat(heard).isSorted().doesNotHaveDuplicates().contains(9, 16, 99);
      assertThat(subscription.stats().failed()).isEqualTo(6);
      assertThat(subscription.stats().refused()).isPositive();
      Patience.until("nothing waits", () -> subscription.stats().queued() == 0);
    }
    assertThat(kept()).isZero();
  }

  @Test
  void spill_probeIsDueBeforeItComesAgain_nothingPassesWhatWasRefused() throws Exception {
    var clock = new ManualClock();
    var once = new AtomicBoolean(true);
    try (Scheduler scheduler = Scheduler.open(c -> c.withClock(clock));
        Bus bus = Bus.open(scheduler, c -> c.withStore(store, Stores.basicCodec()))) {
      var mine = new AtomicReference<Subscription>();
      Subscription subscription =
          bus.subscribe(
              NUMBERS,
              m -> {
                begun.countDown();
                turns.acquire();
                if (m.payload() == 1) {
                  throw new IllegalStateException("no");
                }
                heard.add(m.payload());
              },
              s ->
                  small(s)
                      .orderedBy(m -> probeIsDue(m.payload(), once, mine, clock), 1)
                      .onError(e -> e.disableAfter(1, Duration.ofSeconds(30))));
      mine.set(subscription);
      publish(bus, 12);
      turns.release(1_000);
      Patience.until(
          "all are handled that were spilled",
          () -> {
            clock.advance(Duration.ofSeconds(10));
            return !once.get() && heard.contains(11) && subscription.stats().queued() == 0;
          });
      assertThat(heard).isSorted().doesNotHaveDuplicates();
    }
  }

  /** {@return the one key} As it is asked for the last time, everything before it was refused. */
  private static String probeIsDue(
      int number,
      AtomicBoolean once,
      AtomicReference<Subscription> subscription,
      ManualClock clock) {
    if (number == 7 && once.compareAndSet(true, false)) {
      long before = subscription.get().stats().refused();
      assertThat(before).isPositive();
      clock.advance(Duration.ofSeconds(31));
    }
    return "key";
  }

  @Test
  void request_spilled_isAnsweredWhenItsTurnComes() throws Exception {
    try (Bus bus = open()) {
      bus.respond(
          NUMBERS,
          m -> {
            begun.countDown();
            turns.acquire();
            return m.payload() + 1;
          },
          SpillTest::small);
      publish(bus, 20);
      var answer = bus.request(NUMBERS, 41, Integer.class, Patience.LONG);
      turns.release(100);
      assertThat(answer.await()).isEqualTo(42);
    }
  }

  // ── what is found again ──

  /** Closes a bus while its handler is busy, and lets that go on when nothing more is taken. */
  private void closeWhileBusy(Bus bus, Subscription subscription) {
    try (var workers = new Workers()) {
      workers.start(bus::close);
      workers.start(() -> {
        Patience.until("it is closed", () -> !subscription.isOpen());
        turns.release(1_000);
      });
    }
  }

  @Test
  void close_busWhileSpilled_theRestStaysAndIsHandledFirstByTheNext() throws Exception {
    try (MessageStore kept = Stores.segments(directory)) {
      Bus first = open(kept);
      Subscription subscription = slow(first);
      publish(first, 100);
      closeWhileBusy(first, subscription);
      int handled = heard.size();
      assertThat(heard).containsExactlyElementsOf(range(0, handled)).hasSizeBetween(5, 10);
      try (Bus second = open(kept)) {
        slow(second);
        range(100, 120).forEach(i -> second.publish(NUMBERS, i));
        Patience.until("all are handled", () -> heard.size() >= 120);
        assertThat(heard).containsExactlyElementsOf(range(0, 120));
      }
    }
  }

  @Test
  void close_subscriptionWhileSpilled_theNameIsFreeOnceWhatWasTakenIsHandled() throws Exception {
    try (Bus bus = open()) {
      Subscription first = slow(bus);
      publish(bus, 100);
      first.close();
      assertThat(kinds(bus.publish(NUMBERS, 100))).containsExactly("NoSubscriber");
      assertThatThrownBy(() -> slow(bus))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("spill-slow");
      turns.release(1_000);
      Patience.until("the stream is closed", () -> store.open.get() == 0);
      assertThat(heard).hasSize(5);
      slow(bus);
      bus.publish(NUMBERS, 100);
      Patience.until("all are handled", () -> heard.size() == 101);
      assertThat(heard).containsExactlyElementsOf(range(0, 101));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void close_schedulerBeforeItsBus_nothingIsLost(int concurrency) throws Exception {
    Scheduler scheduler = Scheduler.open(c -> c.withGrace(Duration.ofMillis(50)));
    Bus first = Bus.open(scheduler, c -> c.withStore(store, Stores.basicCodec()));
    slow(first, s -> s.concurrent(concurrency));
    publish(first, 100);
    turns.release(20);
    Patience.until("some are handled", () -> heard.size() == 20);
    scheduler.close();
    first.close();
    assertThat(store.open).hasValue(0);
    turns.release(1_000);
    int handled = heard.size();
    try (Bus second = open()) {
      slow(second);
      Patience.until("all are handled", () -> heard.size() > handled && heard.contains(99));
    }
    assertThat(heard).containsAll(range(20, 100));
  }

  /** What a crash leaves is what the files hold at that moment. */
  @Test
  void crash_asTheStoreIsDrained_whatWasNotHandledComesAgain() throws Exception {
    Path crashed = directory.resolve("crashed");
    try (MessageStore kept = Stores.segments(directory.resolve("kept"));
        Bus bus = open(kept)) {
      slow(bus);
      publish(bus, 2_000);
      turns.release(1_000);
      Patience.until("half are handled", () -> heard.size() == 1_000);
      copy(directory.resolve("kept"), crashed);
      turns.release(10_000);
    }
    List<Integer> again = Collections.synchronizedList(new ArrayList<>());
    try (MessageStore kept = Stores.segments(crashed);
        Bus bus = open(kept)) {
      bus.subscribe(NUMBERS, m -> again.add(m.payload()), SpillTest::small);
      Patience.until("the last is handled", () -> again.contains(1_999));
    }
    assertThat(again).containsExactlyElementsOf(range(2_000 - again.size(), 2_000));
    assertThat(again.size()).isBetween(1_000, 1_000 + 512 + 4);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path each : all.filter(p -> !p.endsWith("lock")).toList()) {
        Files.copy(each, to.resolve(from.relativize(each).toString()));
      }
    }
  }

  @Test
  void open_anotherPatternTypeOrFilter_whatIsNotWantedAnyMoreIsFiltered() throws Exception {
    Bus first = open();
    Subscription subscription =
        first.subscribe(
            THINGS,
            m -> {
              begun.countDown();
              turns.acquire();
            },
            SpillTest::small);
    first.publish(THINGS, 0);
    Patience.await(begun);
    for (int i = 1; i < 5; i++) {
      first.publish(THINGS, i);
    }
    first.publish(THINGS, "text");
    range(5, 10).forEach(i -> first.publish(THINGS, i));
    closeWhileBusy(first, subscription);
    try (Bus second = open()) {
      Subscription next =
          second.subscribe(
              TopicPattern.of("*"),
              Integer.class,
              m -> heard.add(m.payload()),
              s -> small(s).filter(m -> m.payload() % 2 == 0));
      Patience.until("all are looked at", () -> next.stats().queued() == 0 && heard.size() == 2);
      assertThat(heard).containsExactly(6, 8);
      assertThat(next.stats().filtered()).isEqualTo(4);
    }
    assertThat(kept()).isZero();
  }

  // ── what fails ──

  @Test
  void spill_storeIsFull_isRefusedUntilThereIsRoom() throws Exception {
    try (Bus bus = open()) {
      Subscription subscription = slow(bus, s -> s.spill(r -> r.messages(10)));
      List<Delivery> deliveries = publish(bus, 20);
      assertThat(kinds(deliveries.get(14))).containsExactly("Spilled");
      assertThat(kinds(deliveries.get(15))).containsExactly("Refused");
      assertThatThrownBy(() -> deliveries.get(15).await(Patience.LONG))
          .hasMessageContaining("cannot be spilled");
      assertThat(subscription.stats().refused()).isEqualTo(5);
      turns.release(1_000);
      Patience.until("what was taken is handled", () -> heard.size() == 15);
      Patience.until("there is room again", () -> kinds(bus.publish(NUMBERS, 99)).isEmpty());
    }
  }

  @Test
  void spill_storeFails_isRefusedWithTheReason() throws Exception {
    try (Bus bus = open()) {
      slow(bus);
      publish(bus, 6);
      store.mode = Mode.THROWS;
      assertThat(bus.publish(NUMBERS, 6).outcomes())
          .containsExactly(
              new Outcome.Refused("slow", "it cannot be spilled: the disk is gone", true));
      store.mode = Mode.WORKS;
      bus.publish(NUMBERS, 7);
      turns.release(100);
      Patience.until("the others are handled", () -> heard.size() == 7);
      assertThat(heard).containsExactly(0, 1, 2, 3, 4, 5, 7);
    }
  }

  @Test
  void spill_payloadThatTheCodecDoesNotTake_isRefused() throws Exception {
    try (Bus bus = open()) {
      Subscription subscription = bus.subscribe(THINGS, m -> {}, SpillTest::small);
      subscription.pause();
      range(0, 4).forEach(i -> bus.publish(THINGS, i));
      assertThat(bus.publish(THINGS, List.of()).outcomes())
          .singleElement()
          .isInstanceOfSatisfying(
              Outcome.Refused.class,
              it -> assertThat(it.reason()).contains("no codec writes this class"));
      subscription.resume();
    }
  }

  @Test
  void spill_publisherIsInterruptedAtTheStore_isRefusedAndStaysInterrupted() throws Exception {
    try (Bus bus = open();
        var workers = new Workers()) {
      slow(bus);
      publish(bus, 5);
      store.mode = Mode.WAITS;
      List<Boolean> interrupted = Collections.synchronizedList(new ArrayList<>());
      List<String> kinds = Collections.synchronizedList(new ArrayList<>());
      Thread publisher =
          workers.start(() -> {
            kinds.addAll(kinds(bus.publish(NUMBERS, 5)));
            interrupted.add(Thread.interrupted());
          });
      Patience.await(store.waiting);
      publisher.interrupt();
      workers.join();
      assertThat(kinds).containsExactly("Refused");
      assertThat(interrupted).containsExactly(true);
      turns.release(100);
    }
  }

  @Test
  void spill_damagedMessages_arePassedOver() throws Exception {
    store.isDamaged = n -> n % 10 == 3;
    try (Bus bus = open()) {
      Subscription subscription = slow(bus);
      publish(bus, 105);
      turns.release(1_000);
      Patience.until("the rest is handled", () -> heard.size() == 95);
      assertThat(heard).isSorted();
      Patience.until("nothing waits", () -> subscription.stats().queued() == 0);
      assertThat(bus.stats().unreadable()).isEqualTo(10);
    }
  }

  // ── what is refused ──

  private static void isRefused(
      Bus bus, UnaryOperator<SubscriptionOptions<Integer>> options, String... says) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> bus.subscribe(NUMBERS, m -> {}, options))
        .withMessageContainingAll(says);
    assertThat(bus.stats().subscriptions()).isZero();
  }

  @Test
  void subscribe_optionsThatDoNotFit_areRefused() {
    try (Bus bus = open();
        Bus without = Bus.open()) {
      isRefused(without, SpillTest::small, "BusConfig.withStore", "slow");
      isRefused(bus, s -> s.capacity(4, WhenFull.SPILL), "SubscriptionOptions.named", "numbers");
      isRefused(bus, s -> small(s).named("a b"), "name=\"a b\"");
      isRefused(bus, s -> small(s).named("a".repeat(59)), "1 to 58");
      isRefused(bus, s -> small(s).replay(Replay.all()), "must not replay");
      isRefused(bus, s -> small(s).direct(), "direct");
      isRefused(bus, s -> s.spill(r -> r.whenFull(Retention.WhenFull.DROP_OLDEST)), "DROP_OLDEST");
      isRefused(bus, s -> s.spill(r -> r.age(Duration.ofDays(1))), "PT24H");
      assertThat(store.open).hasValue(0);
    }
  }

  @Test
  void codec_throwsAnError_isRefusedAndOthersHearIt() throws Exception {
    var codec =
        new PayloadCodec() {
          @Override
          public String typeOf(Object payload) {
            return "deep";
          }

          @Override
          public byte[] encode(Object payload) {
            throw new StackOverflowError("too deep");
          }

          @Override
          public Object decode(String type, byte[] bytes) {
            throw new AssertionError("nothing is kept");
          }
        };
    try (Bus bus = Bus.open(c -> c.withStore(store, codec))) {
      slow(bus);
      bus.publish(NUMBERS, 0);
      Patience.await(begun);
      var other = new CountDownLatch(6);
      bus.subscribe(NUMBERS, m -> other.countDown());
      List<Delivery> deliveries = new ArrayList<>();
      for (int i = 1; i <= 6; i++) {
        deliveries.add(bus.publish(NUMBERS, i));
      }
      Patience.await(other);
      assertThat(deliveries.getLast().outcomes().getFirst())
          .isInstanceOfSatisfying(
              Outcome.Refused.class, it -> assertThat(it.reason()).contains("too deep"));
      turns.release(10);
    }
  }
}
