package dev.carillon.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.build.Workers;
import dev.carillon.schedule.Scheduler;
import dev.carillon.time.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What publishing does, from wherever it is done. */
class PublishTest {
  private static final Topic<Integer> NUMBERS = Topic.of("numbers", Integer.class);
  private static final Topic<String> WORDS = Topic.of("words", String.class);

  private final CapturedLog log = new CapturedLog("dev.carillon.bus");
  private final Bus bus = Bus.open(c -> c.withName("test"));

  @AfterEach
  void close() {
    bus.close();
    log.close();
  }

  private static void deliver(Delivery delivery) throws InterruptedException {
    assertThat(delivery.await(Patience.LONG)).isTrue();
  }

  // ── threads ──

  @Test
  @Covers({"R8", "W3"})
  void publish_fromPlainVirtualAndHandlerThreads_isHandledAndAwaited() {
    Queue<Integer> heard = new ConcurrentLinkedQueue<>();
    bus.subscribe(NUMBERS, m -> heard.add(m.payload()));
    bus.subscribe(
        WORDS,
        m -> {
          Delivery inner =
              bus.publishAndAwait(NUMBERS, Integer.parseInt(m.payload()), Patience.LONG);
          assertThat(inner.isDone()).isTrue();
        },
        s -> s.onError(OnError::propagate));
    try (var workers = new Workers()) {
      workers.start(Workers.Kind.PLATFORM, "plain", () -> deliver(bus.publish(NUMBERS, 1)));
      workers.start(Workers.Kind.VIRTUAL, "virtual", () -> deliver(bus.publish(NUMBERS, 2)));
      workers.start(() -> deliver(bus.publish(WORDS, "3")));
    }
    assertThat(heard).containsExactlyInAnyOrder(1, 2, 3);
  }

  @Test
  void publish_toALane_doesNotRunTheHandlerOnTheCallersThread() throws Exception {
    Queue<Thread> threads = new ConcurrentLinkedQueue<>();
    bus.subscribe(NUMBERS, _ -> threads.add(Thread.currentThread()));
    bus.subscribe(NUMBERS, _ -> threads.add(Thread.currentThread()), s -> s.direct());
    deliver(bus.publish(NUMBERS, 1));
    assertThat(threads).hasSize(2).containsOnlyOnce(Thread.currentThread());
  }

  // ── types ──

  @Test
  @SuppressWarnings({"unchecked", "rawtypes"})
  void publish_payloadOfAnotherType_isRefused() {
    Topic raw = NUMBERS;
    assertThatIllegalArgumentException()
        .isThrownBy(() -> bus.publish(raw, "one"))
        .withMessageContaining("java.lang.String")
        .withMessageContaining("numbers");
    assertThat(bus.stats().published()).isZero();
  }

  @Test
  @Covers("R1")
  void publish_relatedTypesOfOneName_areHeardByTheirTypes() throws Exception {
    List<Object> objects = Collections.synchronizedList(new ArrayList<>());
    List<Integer> integers = Collections.synchronizedList(new ArrayList<>());
    bus.subscribe(Topic.of("numbers", Number.class), m -> objects.add(m.payload()));
    bus.subscribe(NUMBERS, m -> integers.add(m.payload()), s -> s.named("integers"));
    deliver(bus.publish(NUMBERS, 1));
    Delivery other = bus.publish(Topic.of("numbers", Number.class), 2.5);
    deliver(other);
    assertThat(objects).containsExactly(1, 2.5);
    assertThat(integers).containsExactly(1);
    assertThat(other.outcomes()).contains(new Outcome.Filtered("integers"));
  }

  @Test
  void publish_unrelatedTypeOfOneName_isRefusedWheneverSomebodyHoldsAnother() {
    Topic<String> texts = Topic.of("numbers", String.class);
    bus.publish(texts, "nobody holds a type yet");
    Subscription held = bus.subscribe(NUMBERS, _ -> {});
    assertThatExceptionOfType(TopicTypeException.class)
        .isThrownBy(() -> bus.publish(texts, "one"))
        .withMessageContaining("java.lang.Integer")
        .withMessageContaining("java.lang.String");
    assertThatExceptionOfType(TopicTypeException.class)
        .isThrownBy(() -> bus.subscribe(texts, _ -> {}));
    assertThatExceptionOfType(TopicTypeException.class).isThrownBy(() -> bus.emitter(texts));
    held.close();
    bus.publish(texts, "one");
  }

  @Test
  void publish_toWildcardOfAnotherType_isFiltered() throws Exception {
    List<Integer> heard = Collections.synchronizedList(new ArrayList<>());
    bus.subscribe(
        TopicPattern.of(">"), Integer.class, m -> heard.add(m.payload()), s -> s.named("all"));
    Delivery word = bus.publish(WORDS, "one");
    deliver(word);
    deliver(bus.publish(NUMBERS, 1));
    assertThat(word.outcomes()).containsExactly(new Outcome.Filtered("all"));
    assertThat(heard).containsExactly(1);
  }

  // ── order ──

  private record Numbered(int publisher, int number) {}

  private static final Topic<Numbered> NUMBERED = Topic.of("numbered.here", Numbered.class);

  /** What one subscription heard, in its order. */
  private record Ear(String name, Queue<Numbered> heard) {}

  private Ear listen(String name, UnaryOperator<SubscriptionOptions<Numbered>> how) {
    var ear = new Ear(name, new ConcurrentLinkedQueue<>());
    bus.subscribe(NUMBERED, m -> ear.heard().add(m.payload()), s -> how.apply(s.named(name)));
    return ear;
  }

  @Test
  @Covers("R10")
  void publish_byManyThreadsAtOnce_comesInEachThreadsOrderToEveryKindOfSubscription() {
    int publishers = 3;
    int each = 400;
    List<Ear> ears = new ArrayList<>();
    try (var executor = Executors.newFixedThreadPool(2);
        var workers = new Workers()) {
      ears.add(listen("lane", s -> s));
      ears.add(listen("narrow", s -> s.capacity(2, WhenFull.BLOCK)));
      ears.add(listen("high", s -> s.high().deadline(Duration.ofMillis(1))));
      ears.add(listen("executor", s -> s.on(executor)));
      ears.add(
          listen(
              "keys",
              s -> s.orderedBy(m -> m.payload().publisher(), 4).deadline(Duration.ofMillis(1))));
      var wild = new Ear("wild", new ConcurrentLinkedQueue<>());
      ears.add(wild);
      bus.subscribe(
          TopicPattern.of("numbered.>"),
          Numbered.class,
          m -> wild.heard().add(m.payload()),
          s -> s);
      Map<Integer, Ear> direct = new HashMap<>(); // each publisher's thread by itself
      for (int p = 0; p < publishers; p++) {
        int publisher = p;
        direct.put(
            p, listen("direct", s -> s.direct().filter(m -> m.payload().publisher() == publisher)));
      }
      for (int p = 0; p < publishers; p++) {
        int publisher = p;
        workers.start(() -> {
          Delivery last = bus.publish(NUMBERED, new Numbered(publisher, 0));
          for (int i = 1; i < each; i++) {
            last = bus.publish(NUMBERED, new Numbered(publisher, i));
          }
          deliver(last);
          assertThat(direct.get(publisher).heard()).hasSize(each);
        });
      }
      workers.join();
      bus.close();
    }
    for (Ear ear : ears) {
      assertThat(ear.heard()).as(ear.name()).hasSize(publishers * each);
      int[] next = new int[publishers];
      for (Numbered one : ear.heard()) {
        assertThat(one.number()).as(ear.name()).isEqualTo(next[one.publisher()]++);
      }
    }
  }

  // ── the message ──

  @Test
  @Covers({"R2", "R18"})
  void publish_message_saysWhatIsKnown() throws Exception {
    var clock = new ManualClock(0, Instant.parse("2026-11-21T10:00:00.123456789Z"));
    try (var scheduler = Scheduler.open(c -> c.withClock(clock));
        var timed = Bus.open(scheduler, c -> c.withName("here"))) {
      List<Message<? extends String>> heard = new ArrayList<>();
      timed.subscribe(WORDS, heard::add, s -> s.direct());
      timed.publish(WORDS, "one", p -> p.header("tenant", "7").correlation("c1"));
      Message<? extends String> message = heard.getFirst();
      assertThat(message.topic().name()).isEqualTo("words");
      assertThat(message.payload()).isEqualTo("one");
      assertThat(message.type()).isEqualTo("java.lang.String");
      assertThat(message.time()).isEqualTo(clock.now());
      assertThat(message.source()).isEqualTo("here");
      assertThat(message.publisher()).startsWith("here#");
      assertThat(message.sequence()).isEqualTo(1);
      assertThat(message.headers()).containsExactly(Map.entry("tenant", "7"));
      assertThat(message.correlationId()).isEqualTo("c1");
      assertThat(message.causationId()).isNull();
      assertThat(message.hops()).isZero();
      assertThat(message.id().version()).isEqualTo(7);
      assertThat(message.id().variant()).isEqualTo(2);
      assertThat(message.id().getMostSignificantBits() >>> 16)
          .isEqualTo(clock.now().toEpochMilli());
    }
  }

  @Test
  void publish_fromAHandler_inheritsCorrelationCausationAndHops() throws Exception {
    Queue<Message<?>> heard = new LinkedBlockingQueue<>();
    bus.subscribe(
        WORDS,
        m -> {
          assertThat(bus.current().map(Message::id)).contains(m.id());
          heard.add(m);
          deliver(bus.publish(NUMBERS, 1));
          deliver(bus.publish(NUMBERS, 2, p -> p.correlation("own")));
          bus.emitter(NUMBERS).emit(3);
        },
        s -> s.onError(OnError::propagate));
    bus.subscribe(NUMBERS, heard::add, s -> s.direct());
    deliver(bus.publish(WORDS, "x", p -> p.header("h", "v").correlation("all")));
    assertThat(heard).hasSize(4);
    assertThat(bus.current()).isEmpty();
    List<Message<?>> messages = List.copyOf(heard);
    UUID first = messages.getFirst().id();
    assertThat(messages.subList(1, 4))
        .allMatch(m -> first.equals(m.causationId()))
        .allMatch(m -> m.hops() == 1)
        .allMatch(m -> m.headers().isEmpty());
    assertThat(messages)
        .extracting(Message::correlationId)
        .containsExactly("all", "all", "own", "all");
  }

  @Test
  void publish_byManyThreads_numbersWithoutGaps() throws Exception {
    int each = 1_000;
    Set<Long> numbers = Collections.synchronizedSet(new HashSet<>());
    Set<String> publishers = Collections.synchronizedSet(new HashSet<>());
    Queue<Long> emitted = new ConcurrentLinkedQueue<>();
    bus.subscribe(
        NUMBERS,
        m -> {
          numbers.add(m.sequence());
          publishers.add(m.publisher());
        },
        s -> s.direct());
    bus.subscribe(WORDS, m -> emitted.add(m.sequence()), s -> s.direct());
    try (var workers = new Workers()) {
      for (int t = 0; t < 3; t++) {
        workers.start(() -> {
          for (int i = 0; i < each; i++) {
            bus.publish(NUMBERS, i);
          }
        });
      }
      workers.join();
    }
    assertThat(publishers).hasSize(1);
    assertThat(numbers)
        .containsExactlyInAnyOrderElementsOf(LongStream.rangeClosed(1, 3L * each).boxed().toList());
    try (Emitter<String> out = bus.emitter(WORDS);
        Emitter<String> other = bus.emitter(WORDS)) {
      out.emit("a");
      deliver(out.publish("b"));
      bus.disable();
      out.emit("refused");
      deliver(out.publish("refused"));
      bus.enable();
      out.emit("c");
      other.emit("d");
    }
    assertThat(emitted).containsExactly(1L, 2L, 3L, 1L);
  }

  @Test
  void publish_ids_areUniqueAndAscendWithTime() {
    var clock = new ManualClock(0, Instant.parse("2026-11-21T10:00:00Z"));
    List<UUID> ids = new ArrayList<>();
    try (var scheduler = Scheduler.open(c -> c.withClock(clock));
        var timed = Bus.open(scheduler, c -> c)) {
      timed.subscribe(NUMBERS, m -> ids.add(m.id()), s -> s.direct());
      for (int i = 0; i < 10_000; i++) {
        timed.publish(NUMBERS, i);
        clock.advance(Duration.ofNanos(1_000));
      }
      assertThat(ids).isSorted().doesNotHaveDuplicates();
      ids.clear();
      for (int i = 0; i < 10_000; i++) {
        timed.publish(NUMBERS, i);
      }
      assertThat(ids).as("at one time").doesNotHaveDuplicates();
    }
  }

  // ── the bus ──

  @Test
  @Covers("W2")
  void publishAndAwait_returnsWhenAllHaveHandled() throws Exception {
    var gate = new CountDownLatch(1);
    Queue<Integer> heard = new ConcurrentLinkedQueue<>();
    bus.subscribe(
        NUMBERS,
        m -> {
          gate.await();
          heard.add(m.payload());
        });
    Delivery asynchronous = bus.publish(NUMBERS, 1);
    assertThat(asynchronous.isDone()).isFalse();
    gate.countDown();
    assertThat(bus.publishAndAwait(NUMBERS, 2, Patience.LONG).isDone()).isTrue();
    assertThat(heard).containsExactly(1, 2);
  }

  @Test
  void disable_untilEnabled_nothingIsPublished() throws Exception {
    Queue<Integer> heard = new ConcurrentLinkedQueue<>();
    bus.subscribe(NUMBERS, m -> heard.add(m.payload()), s -> s.direct());
    try (Emitter<Integer> out = bus.emitter(NUMBERS)) {
      bus.disable();
      bus.disable();
      assertThat(bus.isEnabled()).isFalse();
      deliver(bus.publish(NUMBERS, 1));
      out.emit(2);
      deliver(out.publish(3));
      bus.enable();
      assertThat(bus.isEnabled()).isTrue();
      deliver(bus.publish(NUMBERS, 4));
      out.emit(5);
    }
    assertThat(heard).containsExactly(4, 5);
    assertThat(bus.stats().refused()).isEqualTo(3);
    assertThat(bus.stats().published()).isEqualTo(2);
    assertThat(bus.stats().unheard()).isZero();
  }

  @Test
  void close_afterwards_everythingIsRefused() {
    Subscription subscription = bus.subscribe(NUMBERS, _ -> {});
    Emitter<Integer> out = bus.emitter(NUMBERS);
    bus.close();
    bus.close();
    assertThat(subscription.isOpen()).isFalse();
    assertThatIllegalStateException().isThrownBy(() -> bus.publish(NUMBERS, 1));
    assertThatIllegalStateException().isThrownBy(() -> bus.subscribe(NUMBERS, _ -> {}));
    assertThatIllegalStateException().isThrownBy(() -> bus.emitter(NUMBERS));
    assertThatIllegalStateException().isThrownBy(() -> out.emit(1));
    assertThatIllegalStateException().isThrownBy(() -> out.publish(1));
    assertThat(bus.stats().subscriptions()).isZero();
    assertThat(bus.stats().emitters()).isZero();
    out.close();
    subscription.close();
  }

  @Test
  void close_whileMessagesWait_letsThemBeHandled() {
    Queue<Integer> heard = new ConcurrentLinkedQueue<>();
    bus.subscribe(NUMBERS, m -> heard.add(m.payload()));
    bus.subscribe(NUMBERS, m -> heard.add(m.payload()), s -> s.concurrent(3));
    for (int i = 0; i < 500; i++) {
      bus.publish(NUMBERS, i);
    }
    bus.close();
    assertThat(heard).hasSize(1_000);
  }

  @Test
  void close_afterASubscriptionWasClosed_letsWhatItHoldsBeHandled() throws Exception {
    var gate = new CountDownLatch(1);
    var begun = new CountDownLatch(1);
    Queue<Integer> heard = new ConcurrentLinkedQueue<>();
    var scheduler = Scheduler.open(c -> c.withGrace(Patience.LONG));
    var own = new LocalBus(BusConfig.DEFAULT, scheduler, true);
    Subscription subscription =
        own.subscribe(
            NUMBERS,
            m -> {
              begun.countDown();
              gate.await();
              heard.add(m.payload());
            },
            s -> s.orderedBy(_ -> "key", 2));
    for (int i = 0; i < 5; i++) {
      own.publish(NUMBERS, i);
    }
    Patience.await(begun);
    subscription.close();
    try (var workers = new Workers()) {
      Thread closing = workers.start(own::close);
      Patience.until("it waits", () -> closing.getState() != Thread.State.RUNNABLE);
      gate.countDown();
    }
    assertThat(heard).containsExactly(0, 1, 2, 3, 4);
  }

  @Test
  void close_afterTheScheduler_returns() {
    var scheduler = Scheduler.open();
    Bus orphan = Bus.open(scheduler, c -> c);
    orphan.subscribe(NUMBERS, _ -> {});
    orphan.subscribe(NUMBERS, _ -> {}, s -> s.concurrent(2));
    scheduler.close();
    orphan.close();
    assertThat(orphan.stats().subscriptions()).isZero();
  }

  // ── handlers ──

  @Test
  @Covers("W7")
  void callback_underWay_keepsNobodyFromTheBus() throws Exception {
    var begun = new CountDownLatch(4);
    var gate = new CountDownLatch(1);
    List<Subscription> waiting = new ArrayList<>();
    MessageHandler<Integer> handler =
        _ -> {
          begun.countDown();
          gate.await();
        };
    waiting.add(bus.subscribe(NUMBERS, handler));
    waiting.add(bus.subscribe(NUMBERS, handler, s -> s.orderedBy(_ -> "key", 2)));
    waiting.add(bus.subscribe(NUMBERS, handler, s -> s.direct()));
    try (var workers = new Workers()) {
      workers.start(() -> bus.publish(NUMBERS, 1));
      workers.start(() ->
          bus.subscribe(
              WORDS,
              _ -> {},
              s ->
                  s.filter(_ -> {
                    begun.countDown();
                    try {
                      gate.await();
                    } catch (InterruptedException e) {
                      throw new AssertionError(e);
                    }
                    return true;
                  })));
      Patience.until("there is a filter", () -> bus.subscriberCount(WORDS) == 1);
      workers.start(() -> bus.publish(WORDS, "a"));
      Patience.await(begun);
      Queue<Object> heard = new ConcurrentLinkedQueue<>();
      Topic<Integer> others = Topic.of("others", Integer.class);
      try (Subscription other = bus.subscribe(others, m -> heard.add(m.payload()));
          Emitter<Integer> out = bus.emitter(others)) {
        deliver(bus.publish(others, 1));
        deliver(out.publish(2));
        assertThat(other.isOpen()).isTrue();
      }
      assertThat(heard).containsExactly(1, 2);
      bus.disable();
      bus.enable();
      assertThat(bus.stats().published()).isEqualTo(4);
      waiting.forEach(Subscription::close);
      gate.countDown();
    }
  }

  @Test
  void handler_publishesAndSubscribes_itIsHeard() throws Exception {
    Queue<String> heard = new ConcurrentLinkedQueue<>();
    bus.subscribe(
        WORDS,
        m -> {
          bus.subscribe(WORDS, later -> heard.add("inner " + later.payload()), s -> s.direct());
          bus.publish(NUMBERS, 1);
        },
        s -> s.direct().filter(m -> m.payload().equals("a")));
    bus.subscribe(NUMBERS, m -> heard.add("number " + m.payload()), s -> s.direct());
    deliver(bus.publish(WORDS, "a"));
    deliver(bus.publish(WORDS, "b"));
    assertThat(heard).containsExactly("number 1", "inner b");
  }

  @Test
  void handler_closesItsOwnSubscription_hearsNothingMore() throws Exception {
    Queue<Integer> heard = new ConcurrentLinkedQueue<>();
    List<Subscription> self = new ArrayList<>();
    for (boolean isDirect : new boolean[] {true, false}) {
      self.clear();
      heard.clear();
      self.add(
          bus.subscribe(
              NUMBERS,
              m -> {
                self.getFirst().close();
                heard.add(m.payload());
              },
              s -> isDirect ? s.direct() : s));
      deliver(bus.publish(NUMBERS, 1));
      deliver(bus.publish(NUMBERS, 2));
      assertThat(heard).containsExactly(1);
    }
  }

  @Test
  void handler_closesTheBus_isNotWaitedFor() throws Exception {
    var closed = new CountDownLatch(1);
    var scheduler = Scheduler.open(c -> c.withGrace(Patience.LONG.multipliedBy(10)));
    var own = new LocalBus(BusConfig.DEFAULT, scheduler, true);
    own.subscribe(
        NUMBERS,
        _ -> {
          own.close();
          closed.countDown();
        });
    own.publish(NUMBERS, 1);
    Patience.await(closed);
    assertThatIllegalStateException().isThrownBy(() -> own.publish(NUMBERS, 2));
    Patience.until(
        "its scheduler is closed, too",
        () -> {
          try {
            scheduler.submit(() -> {});
            return false;
          } catch (IllegalStateException e) {
            return true;
          }
        });
  }

  @Test
  @Covers("R22")
  void toParents_isHeardAtTheTopicAndAbove_onceByEach() {
    Topic<Integer> deep = Topic.of("a.b.c", Integer.class);
    var heard = new ArrayList<String>();
    for (String pattern : List.of("a", "a.b", "a.b.c", "a.>", "a.*", ">", "b", "a.x")) {
      bus.subscribe(
          TopicPattern.of(pattern),
          Integer.class,
          m -> heard.add(pattern + " " + m.topic().name()),
          s -> s.direct());
    }
    bus.publish(deep, 1);
    assertThat(heard).containsExactly("a.b.c a.b.c", "a.> a.b.c", "> a.b.c");
    heard.clear();
    Delivery delivery = bus.publish(deep, 1, PublishOptions::toParents);
    assertThat(heard)
        .containsExactly(
            "a a.b.c", "a.b a.b.c", "a.b.c a.b.c", "a.> a.b.c", "a.* a.b.c", "> a.b.c");
    assertThat(delivery.matched()).isEqualTo(6);
  }

  @Test
  void toParents_ofAMessageThatIsKept_isHeardAboveToo() {
    try (Bus keeping = Bus.open(c -> c.withHistory(">", h -> h))) {
      var heard = new ArrayList<Integer>();
      keeping.subscribe(Topic.of("a", Integer.class), m -> heard.add(m.payload()), s -> s.direct());
      keeping.publish(Topic.of("a.b", Integer.class), 1, PublishOptions::toParents);
      assertThat(heard).containsExactly(1);
    }
  }

  @Test
  @Covers("R22")
  void toParents_thoseAboveReplay_isHeardThereToo() throws Exception {
    Topic<Integer> deep = Topic.of("a.b.c", Integer.class);
    try (Bus keeping = Bus.open(c -> c.withHistory(">", h -> h))) {
      var heard = Collections.synchronizedList(new ArrayList<String>());
      for (String pattern : List.of("a", "a.b.c")) {
        keeping.subscribe(
            TopicPattern.of(pattern),
            Integer.class,
            m -> heard.add(pattern),
            s -> s.replay(Replay.all()));
      }
      Delivery delivery = keeping.publish(deep, 1, PublishOptions::toParents);
      assertThat(delivery.matched()).isEqualTo(2);
      Patience.until("both have heard it", () -> heard.size() == 2);
      assertThat(heard).containsExactlyInAnyOrder("a", "a.b.c");
    }
  }
}
