package dev.carillon.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Patience;
import dev.carillon.build.Workers;
import dev.carillon.event.Event;
import dev.carillon.event.PoisonedException;
import dev.carillon.schedule.Placement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What Guava's manual holds against event buses, its own too: one test for each item. */
class GuavaChecklistTest {
  private static final Topic<Integer> NUMBERS = Topic.of("numbers", Integer.class);
  private static final Topic<String> WORDS = Topic.of("words", String.class);

  private final CapturedLog log = new CapturedLog("dev.carillon.bus");
  private final Bus bus = Bus.open(c -> c.withHistory("numbers", h -> h));
  private final List<Object> heard = Collections.synchronizedList(new ArrayList<>());

  @AfterEach
  void close() {
    bus.close();
    log.close();
  }

  private void deliver(Delivery delivery) throws InterruptedException {
    assertThat(delivery.await(Patience.LONG)).isTrue();
  }

  @Test
  void crossReferences_betweenPublishersAndSubscribers_areExplained() {
    bus.subscribe(NUMBERS, _ -> {}, s -> s.named("adds"));
    bus.subscribe(TopicPattern.of(">"), Object.class, _ -> {}, s -> s.named("hears all"));
    try (Emitter<Integer> first = bus.emitter(NUMBERS);
        Emitter<Integer> second = bus.emitter(NUMBERS)) {
      first.emit(1);
      second.emit(2);
      second.emit(3);
      bus.publish(WORDS, "one");
      List<BusExplanation.Route> routes = bus.explain().routes();
      assertThat(routes)
          .extracting(BusExplanation.Route::topic)
          .containsExactly("numbers", "words");
      assertThat(routes.getFirst().publishers())
          .as("with how much each has published")
          .hasSize(2)
          .anyMatch(each -> each.endsWith(" (1)"))
          .anyMatch(each -> each.endsWith(" (2)"));
      assertThat(routes.getFirst().heardBy()).containsExactly("adds", "hears all");
      assertThat(routes.getLast().heardBy()).containsExactly("hears all");
    }
  }

  private void countDown(Message<Integer> message) {
    heard.add("begin " + message.payload());
    if (message.payload() > 0) {
      bus.publish(NUMBERS, message.payload() - 1);
    }
    heard.add("end " + message.payload());
  }

  @Test
  void reentrancy_aHandlerThatPublishesOnItsTopic_isNestedOnlyIfItIsDirect() throws Exception {
    Subscription direct = bus.subscribe(NUMBERS, this::countDown, s -> s.direct());
    deliver(bus.publish(NUMBERS, 2));
    assertThat(heard).containsExactly("begin 2", "begin 1", "begin 0", "end 0", "end 1", "end 2");
    direct.close();
    heard.clear();
    bus.subscribe(NUMBERS, this::countDown);
    bus.publish(NUMBERS, 2);
    Patience.until("all are handled", () -> heard.contains("end 0"));
    assertThat(heard).containsExactly("begin 2", "end 2", "begin 1", "end 1", "begin 0", "end 0");
  }

  private static List<String> callers() {
    return StackWalker.getInstance(StackWalker.Option.SHOW_REFLECT_FRAMES)
        .walk(frames -> frames.map(StackWalker.StackFrame::getClassName).toList());
  }

  @Test
  void noReflection_isOnTheStackOfAnyHandler() throws Exception {
    Map<String, List<String>> stacks = Collections.synchronizedMap(new HashMap<>());
    bus.subscribe(NUMBERS, _ -> stacks.put("direct", callers()), s -> s.direct());
    bus.subscribe(NUMBERS, _ -> stacks.put("lane", callers()));
    bus.subscribe(NUMBERS, _ -> stacks.put("concurrent", callers()), s -> s.concurrent(2));
    bus.onPayload(NUMBERS, _ -> stacks.put("payload", callers()));
    bus.onPayload(WORDS, _ -> stacks.put("emitted", callers()));
    try (var workers = new Workers()) { // the test itself is called by reflection
      workers.start(() -> {
        deliver(bus.publish(NUMBERS, 1));
        try (Emitter<String> out = bus.emitter(WORDS)) {
          out.emit("one");
        }
      });
    }
    assertThat(stacks).containsOnlyKeys("direct", "lane", "concurrent", "payload", "emitted");
    assertThat(stacks.values())
        .allSatisfy(stack ->
            assertThat(stack)
                .contains(GuavaChecklistTest.class.getName())
                .anyMatch(name -> name.startsWith(LocalBus.class.getPackageName() + ".Local"))
                .noneMatch(name -> name.startsWith("java.lang.reflect."))
                .noneMatch(name -> name.startsWith("jdk.internal.reflect.")));
  }

  @Test
  void waitingOnSeveralMessages_isWaitingForTheirMergedEvents() throws Exception {
    var gate = new CountDownLatch(1);
    bus.subscribe(NUMBERS, m -> heard.add(m.payload()));
    bus.subscribe(
        WORDS,
        m -> {
          gate.await();
          heard.add(m.payload());
        });
    Delivery number = bus.publish(NUMBERS, 1);
    Delivery word = bus.publish(WORDS, "one");
    Event both = bus.events().merge(number.event(), word.event());
    deliver(number);
    assertThat(both.await(Duration.ZERO)).isFalse();
    gate.countDown();
    assertThat(both.await(Patience.LONG)).isTrue();
    assertThat(heard).containsExactly(1, "one");
  }

  @Test
  void backpressure_aPublisherThatIsTooFast_waits() throws Exception {
    var gate = new CountDownLatch(1);
    Subscription slow =
        bus.subscribe(
            NUMBERS,
            m -> {
              gate.await();
              heard.add(m.payload());
            },
            s -> s.capacity(4, WhenFull.BLOCK));
    var published = new AtomicInteger();
    try (var workers = new Workers()) {
      workers.start(() -> {
        for (int i = 0; i < 100; i++) {
          bus.publish(NUMBERS, i);
          published.incrementAndGet();
        }
      });
      Patience.until(
          "the publisher waits",
          () -> bus.events().waitGraph().toString().contains("room in lane"));
      assertThat(published.get()).isLessThanOrEqualTo(4 + 1);
      assertThat(slow.stats().queued()).isEqualTo(4);
      gate.countDown();
    }
    Patience.until("all are handled", () -> heard.size() == 100);
    assertThat(slow.stats().dropped()).isZero();
  }

  @Test
  void threadControl_isTheSubscribers() throws Exception {
    Map<String, Thread> threads = Collections.synchronizedMap(new HashMap<>());
    try (var executor = Executors.newSingleThreadExecutor()) {
      Thread its = executor.submit(Thread::currentThread).get(60, TimeUnit.SECONDS);
      bus.subscribe(NUMBERS, _ -> threads.put("direct", Thread.currentThread()), s -> s.direct());
      bus.subscribe(NUMBERS, _ -> threads.put("default", Thread.currentThread()));
      bus.subscribe(
          NUMBERS, _ -> threads.put("cpu", Thread.currentThread()), s -> s.on(Placement.CPU));
      bus.subscribe(
          NUMBERS, _ -> threads.put("executor", Thread.currentThread()), s -> s.on(executor));
      deliver(bus.publish(NUMBERS, 1));
      assertThat(threads.get("direct")).isSameAs(Thread.currentThread());
      assertThat(threads.get("default").isVirtual()).isTrue();
      assertThat(threads.get("cpu").isVirtual()).isFalse();
      assertThat(threads.get("cpu")).isNotSameAs(Thread.currentThread());
      assertThat(threads.get("executor")).isSameAs(its);
    }
  }

  @Test
  void monitoring_tellsOfEverySubscriptionAndMessage() throws Exception {
    bus.subscribe(
        TopicPattern.of("$bus.>"), BusNotice.class, m -> heard.add(m.payload()), s -> s.direct());
    heard.clear();
    Subscription numbers =
        bus.subscribe(
            NUMBERS,
            m -> {
              if (m.payload() < 0) {
                throw new IllegalArgumentException("negative");
              }
            },
            s -> s.named("ear").filter(m -> m.payload() != 0));
    for (int i = -1; i < 3; i++) {
      deliver(bus.publish(NUMBERS, i));
    }
    bus.publish(WORDS, "unheard");
    numbers.close();
    Subscription.Stats stats = numbers.stats();
    assertThat(stats.handled()).isEqualTo(2);
    assertThat(stats.failed()).isEqualTo(1);
    assertThat(stats.filtered()).isEqualTo(1);
    assertThat(bus.stats().published()).isEqualTo(5);
    assertThat(bus.stats().unheard()).isEqualTo(1);
    assertThat(heard)
        .containsExactly(
            new BusNotice.Connected("ear", "numbers", null),
            new BusNotice.Disconnected("ear", "numbers", null));
  }

  @Test
  void exceptionPropagation_isThereWhenAskedFor() {
    var failure = new IllegalStateException("handler");
    bus.subscribe(
        NUMBERS,
        _ -> {
          throw failure;
        },
        s -> s.named("asked").onError(OnError::propagate));
    bus.subscribe(
        NUMBERS,
        _ -> {
          throw failure;
        },
        s -> s.named("unasked"));
    bus.subscribe(NUMBERS, m -> heard.add(m.payload()), s -> s.named("well"));
    Delivery delivery = bus.publish(NUMBERS, 1);
    assertThatExceptionOfType(PoisonedException.class)
        .isThrownBy(() -> delivery.await(Patience.LONG))
        .withMessageContaining("asked")
        .withMessageContaining("handler");
    assertThat(delivery.outcomes())
        .containsExactly(
            new Outcome.Failed("asked", failure, true),
            new Outcome.Failed("unasked", failure, false),
            new Outcome.Handled("well"));
    assertThat(heard).containsExactly(1);
  }

  @Test
  void interop_joinsStreamsAndStagesOfTheJdk() throws Exception {
    Queue<CompletableFuture<Object>> begun = new ConcurrentLinkedQueue<>();
    var out = new TestSubscriber<Message<Integer>>();
    bus.publisher(NUMBERS).subscribe(out);
    bus.subscribeAsync(
        TopicPattern.of("numbers"),
        Integer.class,
        _ -> {
          var stage = new CompletableFuture<Object>();
          begun.add(stage);
          return stage;
        },
        s -> s.named("async"));
    out.request(1);
    CompletableFuture<List<Outcome>> outcomes =
        bus.publish(NUMBERS, 1).stage().toCompletableFuture();
    Patience.until("it has begun", () -> !begun.isEmpty());
    assertThat(outcomes).isNotDone();
    begun.remove().complete("done");
    assertThat(outcomes.get(60, TimeUnit.SECONDS)).hasSize(2);
    assertThat(out.items()).extracting(Message::payload).containsExactly(1);
  }

  @Test
  void lifetimes_whatIsPublishedBetweenTwoSubscribers_isNotLost() throws Exception {
    Subscription first = bus.subscribe(NUMBERS, m -> heard.add("first " + m.payload()));
    deliver(bus.publish(NUMBERS, 1));
    first.close();
    bus.publish(NUMBERS, 2);
    bus.publish(NUMBERS, 3);
    bus.subscribe(NUMBERS, m -> heard.add(m.payload()), s -> s.replay(Replay.all()));
    bus.publish(NUMBERS, 4);
    Patience.until("all were heard", () -> heard.contains(4));
    assertThat(heard).containsExactly("first 1", 1, 2, 3, 4);
  }

  /** Not how fast it is, which benchmark group F and those of publishing measure. */
  @Test
  void speed_publishingOnATopic_touchesTheSubscriptionsOfNoOther() throws Exception {
    var looks = new AtomicInteger();
    for (int i = 0; i < 1_000; i++) {
      bus.subscribe(
          Topic.of("other.t" + i, Integer.class),
          _ -> {},
          s -> s.direct().filter(_ -> looks.incrementAndGet() > 0));
      bus.subscribe(
          TopicPattern.of("*.t" + i + ".>"),
          Integer.class,
          _ -> {},
          s -> s.direct().filter(_ -> looks.incrementAndGet() > 0));
    }
    bus.subscribe(NUMBERS, _ -> {}, s -> s.direct().filter(_ -> looks.incrementAndGet() > 0));
    Delivery delivery = bus.publish(NUMBERS, 1);
    assertThat(looks).hasValue(1);
    assertThat(delivery.matched()).isEqualTo(1);
    deliver(bus.publish(Topic.of("other.t7", Integer.class), 1));
    assertThat(looks).hasValue(2);
  }

  /** A payload with a type parameter, whose class says nothing of that. */
  private record Change<T>(T from, T to) {}

  @Test
  @SuppressWarnings({"unchecked", "rawtypes"}) // a class has no type parameters
  void genericPayloads_areToldApartByTheirTopics() throws Exception {
    Topic<Change<String>> names =
        Topic.of("changed.name", (Class<Change<String>>) (Class<?>) Change.class);
    Topic<Change<Integer>> ages =
        Topic.of("changed.age", (Class<Change<Integer>>) (Class<?>) Change.class);
    bus.subscribe(names, m -> heard.add(m.payload().to().length()));
    bus.subscribe(ages, m -> heard.add(m.payload().to() - m.payload().from()));
    bus.subscribe(
        TopicPattern.of("changed.*"), Change.class, m -> heard.add("any"), s -> s.direct());
    deliver(bus.publish(names, new Change<>("Ann", "Anna")));
    deliver(bus.publish(ages, new Change<>(40, 42)));
    assertThat(heard).containsExactlyInAnyOrder("any", 4, "any", 2);
  }
}
