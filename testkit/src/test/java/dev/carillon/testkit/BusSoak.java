package dev.carillon.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Patience;
import dev.carillon.build.Workers;
import dev.carillon.bus.Bus;
import dev.carillon.bus.Delivery;
import dev.carillon.bus.Emitter;
import dev.carillon.bus.Message;
import dev.carillon.bus.MessageHandler;
import dev.carillon.bus.Replay;
import dev.carillon.bus.Subscription;
import dev.carillon.bus.SubscriptionOptions;
import dev.carillon.bus.Topic;
import dev.carillon.bus.TopicPattern;
import dev.carillon.bus.WhenFull;
import dev.carillon.event.EventSystem;
import dev.carillon.event.Promise;
import dev.carillon.schedule.Scheduler;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/**
 * Everything at once, for a long time: whatever was published is accounted for, and neither memory
 * nor threads grow. Run by its name only; {@code -Dcarillon.soak=PT30S} says how long.
 */
class BusSoak {
  /*
   * Actors take turns at random, each turn under the read lock. Now and then the sampler takes the
   * write lock, waits until nothing is under way, and checks that every count agrees with every
   * other; then it looks at the heap and the threads.
   */
  private static final Duration TIME = Duration.parse(System.getProperty("carillon.soak", "PT10M"));
  private static final int SAMPLES = 20;
  // that a generation was poisoned is known for ever: 8 bytes, in arrays that grow by doubling
  private static final long POISON_BYTES = 16;
  private static final long SLACK_BYTES = 6 << 20;
  private static final int SLACK_THREADS = 4;
  private static final int MOST_OPEN = 40;
  private static final Logger LOG = Logger.getLogger("dev.carillon"); // held, to stay silent

  private static final Topic<Integer> EMITTED = Topic.of("soak.emitted", Integer.class);
  private static final Topic<Integer> ASKED = Topic.of("soak.asked", Integer.class);
  private static final Topic<Integer> KEPT = Topic.of("soak.kept", Integer.class);
  private static final Topic<Integer> WEAK = Topic.of("soak.weak", Integer.class);
  private static final Topic<Integer> BELOW = Topic.of("below", Integer.class);

  /** What some handlers throw; one for all, as a stack for each would be the most work of all. */
  private static final class Broken extends Exception {
    private static final long serialVersionUID = 1L;

    Broken() {
      super("broken", null, false, false);
    }
  }

  private static final Broken BROKEN = new Broken();

  private record Sample(long bytes, int threads, long poisoned) {}

  // reasons of poisoned events are kept up to a bound, which is to be reached early
  private final EventSystem events = EventSystem.create(c -> c.withMaxPoisonRecords(256));
  private final Scheduler scheduler = Scheduler.open(events, c -> c);
  private final Bus bus = Bus.open(scheduler, c -> c.withHistory("soak.kept", h -> h.count(200)));
  private final ExecutorService executor = Executors.newFixedThreadPool(2);
  private final ReentrantReadWriteLock turns = new ReentrantReadWriteLock(true);
  private final SoakLedger ledger = new SoakLedger();
  private final AtomicLong underWay = new AtomicLong();
  private final LongAdder published = new LongAdder(); // all, by whomever
  private final LongAdder emitted = new LongAdder();
  private final LongAdder heardEmitted = new LongAdder();
  private final LongAdder kept = new LongAdder(); // published on KEPT, first or again
  private final LongAdder replays = new LongAdder();
  private final LongAdder asked = new LongAdder();
  private final LongAdder answered = new LongAdder();
  private final LongAdder unanswered = new LongAdder();
  private final LongAdder below = new LongAdder();
  private final LongAdder heardBelow = new LongAdder();
  private final AtomicLong weak = new AtomicLong();
  private final AtomicReference<AssertionError> wrong = new AtomicReference<>();
  private final AtomicLong names = new AtomicLong();

  private static Topic<Integer> topic(int number) {
    return Topic.of("soak.topics." + number, Integer.class);
  }

  @Test
  void everything_forLong_addsUpAndDoesNotGrow() throws Exception {
    LOG.setLevel(Level.OFF);
    long start = System.nanoTime();
    List<Sample> samples = new ArrayList<>();
    bus.onPayload(EMITTED, this::hearEmitted);
    Subscription keeper = bus.subscribe(KEPT, m -> {}, s -> s.named("keeper"));
    bus.respond(ASKED, this::answer, s -> s.concurrent(4).onError(e -> e.disableAfter(0, TIME)));
    try (var workers = new Workers()) {
      var isOver = new CountDownLatch(1);
      for (int i = 0; i < 3; i++) {
        var random = new SplittableRandom(i);
        workers.start(
            i == 0 ? Workers.Kind.VIRTUAL : Workers.Kind.PLATFORM,
            "publisher " + i,
            () -> act(isOver, () -> publish(random)));
      }
      try (Emitter<Integer> out = bus.emitter(EMITTED)) {
        workers.start(() -> act(isOver, () -> emit(out)));
        workers.start(() -> act(isOver, new Others(new SplittableRandom(17))));
        workers.start(() -> act(isOver, new Guests(new SplittableRandom(18))));
        try {
          for (int i = 1; i <= SAMPLES; i++) {
            Duration due = TIME.multipliedBy(i).dividedBy(SAMPLES);
            while (System.nanoTime() - start < due.toNanos()) {
              isOver.await(100, TimeUnit.MILLISECONDS);
            }
            samples.add(sample(keeper));
          }
        } finally {
          isOver.countDown();
        }
        workers.join();
      }
    } finally {
      bus.close();
      scheduler.close();
      events.close();
      executor.close();
      LOG.setLevel(null);
    }
    Sample early = samples.get(SAMPLES / 5);
    Sample end = samples.getLast();
    String story = "%s, published=%d, %s".formatted(samples, published.sum(), ledger);
    long remembered = POISON_BYTES * (end.poisoned() - early.poisoned());
    assertThat(end.bytes()).as(story).isLessThan(early.bytes() + SLACK_BYTES + remembered);
    assertThat(end.threads()).as(story).isLessThanOrEqualTo(early.threads() + SLACK_THREADS);
    assertThat(published.sum()).as(story).isGreaterThan(TIME.toMillis() / 100);
  }

  private void act(CountDownLatch isOver, Workers.Task turn) throws Exception {
    while (isOver.getCount() > 0) {
      turns.readLock().lock();
      try {
        turn.run();
      } finally {
        turns.readLock().unlock();
      }
    }
  }

  // ── what actors do ──

  private void publish(SplittableRandom random) {
    if (underWay.get() > 10_000) {
      Thread.yield(); // those that drop messages do not slow us down
      return;
    }
    published.increment();
    underWay.incrementAndGet();
    Delivery delivery = bus.publish(topic(random.nextInt(10)), random.nextInt(2_000));
    delivery
        .event()
        .whenComplete(_ -> {
          try {
            ledger.book(delivery);
          } catch (AssertionError e) { // a listener's failure would only be logged
            wrong.compareAndSet(null, e);
          }
          underWay.decrementAndGet();
        });
  }

  private void emit(Emitter<Integer> out) {
    for (int i = 0; i < 100; i++) {
      published.increment();
      emitted.increment();
      out.emit(i);
    }
  }

  private void hearEmitted(int payload) {
    heardEmitted.increment();
    if (payload == 50) {
      throw new IllegalStateException("broken");
    }
  }

  private String answer(Message<Integer> request) throws Exception {
    published.increment(); // the reply
    if (request.payload() % 10 == 0) {
      throw BROKEN;
    }
    if (request.payload() % 100 == 1) {
      bus.events().after(Duration.ofMillis(15)).await(); // later than it is asked for
    }
    return "yes";
  }

  /** Requests, replays, weak handlers and views below a prefix. */
  private final class Others implements Workers.Task {
    private final SplittableRandom random;

    Others(SplittableRandom random) {
      this.random = random;
    }

    @Override
    public void run() throws Exception {
      switch (random.nextInt(5)) {
        case 0 -> ask();
        case 1 -> keep();
        case 2 -> replay();
        case 3 -> weakly();
        default -> child();
      }
    }

    private void ask() {
      if (asked.sum() - answered.sum() - unanswered.sum() > 100) {
        return;
      }
      asked.increment();
      published.increment();
      Promise<String> answer =
          bus.request(ASKED, random.nextInt(1_000), String.class, Duration.ofMillis(10));
      answer.event().whenComplete(p -> (p == null ? answered : unanswered).increment());
    }

    private void keep() {
      published.increment();
      kept.increment();
      bus.publish(KEPT, random.nextInt());
    }

    private void replay() throws Exception {
      if (random.nextInt(20) == 0) {
        int count = bus.replay(q -> q.topics("soak.kept").limit(20), 1e9).await();
        replays.increment();
        published.add(count);
        kept.add(count);
      }
    }

    private void weakly() {
      if (weak.get() - bus.stats().collected() < 500) {
        weak.incrementAndGet();
        bus.subscribeWeakly(WEAK, new Object(), (owner, m) -> {}, s -> s.direct());
      }
      if (random.nextInt(10) == 0) {
        published.increment();
        bus.publish(WEAK, 1);
      }
    }

    private void child() throws Exception {
      try (Bus view = bus.child("soak.view" + random.nextInt(10))) {
        view.subscribe(BELOW, m -> heardBelow.increment());
        published.increment();
        below.increment();
        assertThat(view.publishAndAwait(BELOW, 1, Patience.LONG).isDone()).isTrue();
      }
    }
  }

  /** Subscriptions that come and go. */
  private final class Guests implements Workers.Task {
    private final SplittableRandom random;
    private final ArrayDeque<Subscription> open = new ArrayDeque<>();

    Guests(SplittableRandom random) {
      this.random = random;
    }

    @Override
    public void run() {
      if (open.size() < MOST_OPEN) {
        String name = "guest " + names.incrementAndGet();
        String pattern =
            random.nextBoolean() ? "soak.topics." + random.nextInt(10) : "soak.topics.*";
        boolean isDirect = random.nextInt(4) == 0;
        ledger.open(
            name,
            () ->
                bus.subscribe(
                    TopicPattern.of(pattern),
                    Integer.class,
                    handler(isDirect),
                    s -> options(s, isDirect).named(name)));
        open.add(ledger.subscription(name));
      } else {
        open.remove().close();
      }
      Subscription any = open.peek();
      if (any != null && random.nextInt(3) == 0) {
        any.pause();
        any.resume();
      }
      if (random.nextInt(5) == 0) {
        bus.subscribe(KEPT, m -> {}, s -> s.replay(Replay.last(50))).close();
      }
    }

    private MessageHandler<Integer> handler(boolean isDirect) {
      return m -> {
        if (m.payload() % 20 == 0) {
          throw BROKEN;
        }
        if (!isDirect && m.payload() == 7) {
          new CountDownLatch(1).await(); // until it is interrupted for being late
        }
      };
    }

    private SubscriptionOptions<Integer> options(SubscriptionOptions<Integer> s, boolean isDirect) {
      SubscriptionOptions<Integer> options =
          s.filter(m -> m.payload() % 10 != 3).timeout(Duration.ofMillis(20));
      if (isDirect) {
        return options.direct();
      }
      if (random.nextInt(4) == 0) {
        return options.latest(m -> m.payload() % 50);
      }
      WhenFull[] ways = {
        WhenFull.BLOCK, WhenFull.DROP_OLDEST, WhenFull.DROP_NEWEST, WhenFull.REJECT
      };
      options = options.capacity(random.nextInt(2, 200), ways[random.nextInt(ways.length)]);
      return switch (random.nextInt(4)) {
        case 0 -> options.concurrent(3);
        case 1 -> options.orderedBy(m -> m.payload() % 5, 3);
        case 2 -> options.on(executor);
        default -> options.high();
      };
    }
  }

  // ── the sampler ──

  private Sample sample(Subscription keeper) throws Exception {
    turns.writeLock().lock();
    try {
      Patience.until("all deliveries are over", () -> underWay.get() == 0);
      Patience.until(
          "all requests are over", () -> answered.sum() + unanswered.sum() == asked.sum());
      Patience.until("all is handled", () -> keeper.stats().handled() == kept.sum());
      Patience.until("all is published", () -> bus.stats().published() == published.sum());
      assertThat(wrong.get()).isNull();
      ledger.balance();
      assertThat(heardEmitted.sum()).isEqualTo(emitted.sum());
      assertThat(heardBelow.sum()).isEqualTo(below.sum());
      Patience.until(
          "weak handlers are gone",
          () -> {
            System.gc();
            return bus.stats().collected() == weak.get();
          });
      assertThat(bus.stats().subscriptions()).isLessThan(MOST_OPEN + 10);
      Runtime runtime = Runtime.getRuntime();
      System.gc();
      return new Sample(
          runtime.totalMemory() - runtime.freeMemory(),
          ManagementFactory.getThreadMXBean().getThreadCount(),
          events.stats().poisoned());
    } finally {
      turns.writeLock().unlock();
    }
  }
}
