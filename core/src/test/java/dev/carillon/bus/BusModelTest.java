package dev.carillon.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Covers;
import dev.carillon.build.Gen;
import dev.carillon.build.Patience;
import dev.carillon.build.Property;
import dev.carillon.build.Workers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Random programs on a bus, against a list of subscriptions each of which is asked. */
@Covers("R20")
class BusModelTest {
  private static final int KEYS = 3;

  /** A payload; those that end in 7 make handlers fail, those in 3 are filtered by some. */
  private record Item(int publisher, int number) {
    boolean isPoison() {
      return number % 10 == 7;
    }

    int key() {
      return number % KEYS;
    }
  }

  private enum Kind {
    DIRECT,
    LANE,
    KEYED,
    CONCURRENT
  }

  /** A subscription of the model and of the bus. */
  private static final class Ear {
    final String name;
    final Pattern meaning;
    final Kind kind;
    final boolean filters;
    final Queue<Item> heard = new ConcurrentLinkedQueue<>();
    final List<Item> expected = new ArrayList<>();
    final Subscription subscription;

    Ear(Bus bus, Gen gen, int number) {
      this.name = "ear " + number;
      String pattern;
      do {
        pattern = Names.pattern(gen);
      } while (pattern.startsWith("$"));
      this.meaning = Names.meaning(pattern);
      this.kind = gen.oneOf(Kind.values());
      this.filters = gen.chance(0.3);
      this.subscription =
          bus.subscribe(TopicPattern.of(pattern), Item.class, m -> hear(m.payload()), options(gen));
    }

    private void hear(Item item) {
      heard.add(item);
      if (item.isPoison()) {
        throw new IllegalStateException("poison");
      }
    }

    private UnaryOperator<SubscriptionOptions<Item>> options(Gen gen) {
      int capacity = gen.intBetween(1, 20);
      boolean propagates = gen.chance(0.5);
      return defaults -> {
        SubscriptionOptions<Item> options =
            defaults
                .named(name)
                .capacity(capacity, WhenFull.BLOCK)
                .onError(e -> (propagates ? e.propagate() : e).disableAfter(0, e.probeAfter()));
        if (filters) {
          options = options.filter(m -> accepts(m.payload()));
        }
        return switch (kind) {
          case DIRECT -> options.direct();
          case LANE -> options;
          case KEYED -> options.orderedBy(m -> m.payload().key(), 3);
          case CONCURRENT -> options.concurrent(3);
        };
      };
    }

    private boolean accepts(Item item) {
      return !filters || item.number() % 10 != 3;
    }

    /** {@return the kind of outcome that is due} */
    Class<? extends Outcome> expect(Item item) {
      if (!accepts(item)) {
        return Outcome.Filtered.class;
      }
      expected.add(item);
      return item.isPoison() ? Outcome.Failed.class : Outcome.Handled.class;
    }

    void check() {
      switch (kind) {
        case DIRECT, LANE -> assertThat(heard).as(name).containsExactlyElementsOf(expected);
        case KEYED -> {
          for (int key = 0; key < KEYS; key++) {
            int each = key;
            assertThat(heard.stream().filter(item -> item.key() == each))
                .as(name + " key " + key)
                .containsExactlyElementsOf(
                    expected.stream().filter(item -> item.key() == each).toList());
          }
        }
        case CONCURRENT -> assertThat(heard).as(name).containsExactlyInAnyOrderElementsOf(expected);
      }
      long failed = expected.stream().filter(Item::isPoison).count();
      assertThat(subscription.stats().failed()).as(name).isEqualTo(failed);
      assertThat(subscription.stats().handled()).as(name).isEqualTo(expected.size() - failed);
    }
  }

  @TestFactory
  Stream<DynamicTest> programs_ofOneThread_areAsTheListOfSubscriptions() {
    return Property.check("as the list of subscriptions", 60, BusModelTest::run);
  }

  private static String topic(Gen gen) {
    String name;
    do {
      name = Names.name(gen);
    } while (name.startsWith("$"));
    return name;
  }

  private static void run(Gen gen) throws Exception {
    List<Ear> all = new ArrayList<>();
    List<Ear> open = new ArrayList<>();
    Map<Delivery, List<Class<? extends Outcome>>> due = new HashMap<>();
    Map<Delivery, List<String>> names = new HashMap<>();
    Map<String, Emitter<Item>> emitters = new HashMap<>();
    Bus bus = Bus.open();
    try (var log = new CapturedLog("dev.carillon.bus")) {
      int steps = gen.intBetween(1, 150);
      for (int step = 0; step < steps; step++) {
        if (gen.chance(0.15)) {
          var ear = new Ear(bus, gen, step);
          all.add(ear);
          open.add(ear);
        } else if (gen.chance(0.08) && !open.isEmpty()) {
          Ear gone = gen.oneOf(open);
          gone.subscription.close();
          open.remove(gone);
        } else {
          String name = topic(gen);
          Topic<Item> topic = Topic.of(name, Item.class);
          var item = new Item(0, step);
          List<Ear> matched =
              open.stream().filter(ear -> ear.meaning.matcher(name).matches()).toList();
          assertThat(bus.subscriberCount(topic)).isEqualTo(matched.size());
          List<Class<? extends Outcome>> kinds = new ArrayList<>();
          matched.forEach(ear -> kinds.add(ear.expect(item)));
          int how = gen.intBetween(0, 2);
          if (how == 0) {
            emitters.computeIfAbsent(name, _ -> bus.emitter(topic)).emit(item);
            continue;
          }
          Delivery delivery =
              how == 1
                  ? bus.publish(topic, item)
                  : emitters.computeIfAbsent(name, _ -> bus.emitter(topic)).publish(item);
          assertThat(delivery.matched()).isEqualTo(matched.size());
          due.put(delivery, kinds.isEmpty() ? List.of(Outcome.NoSubscriber.class) : kinds);
          names.put(delivery, matched.stream().map(ear -> ear.name).toList());
        }
      }
      for (Delivery delivery : due.keySet()) {
        Patience.until("it is over", delivery::isDone);
        assertThat(delivery.outcomes())
            .<Class<?>>map(Outcome::getClass)
            .containsExactlyElementsOf(due.getOrDefault(delivery, List.of()));
        assertThat(delivery.outcomes().stream().map(BusModelTest::subscription).toList())
            .isEqualTo(
                delivery.matched() == 0 ? List.of("") : names.getOrDefault(delivery, List.of()));
      }
      bus.close(); // what was emitted is handled, too
      all.forEach(Ear::check);
      assertThat(bus.stats().refused()).isZero();
      assertThat(log.messages())
          .hasSize(
              (int)
                  all.stream()
                      .flatMap(ear -> ear.expected.stream())
                      .filter(Item::isPoison)
                      .count());
    }
  }

  private static String subscription(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Handled(var name) -> name;
      case Outcome.Filtered(var name) -> name;
      case Outcome.Failed(var name, _, _) -> name;
      case Outcome.Dropped(var name, _) -> name;
      case Outcome.Refused(var name, _, _) -> name;
      case Outcome.TimedOut(var name, _) -> name;
      case Outcome.Replayed(var name) -> name;
      case Outcome.Stored _, Outcome.NotStored _, Outcome.Spilled _ ->
          throw new AssertionError("nothing is stored: " + outcome);
      case Outcome.NoSubscriber() -> "";
    };
  }

  @TestFactory
  Stream<DynamicTest> publishersAtOnce_subscribersComeAndGo_nothingIsLostUncountedOrTwice() {
    return Property.check("nothing lost uncounted, nothing twice", 20, BusModelTest::runAtOnce);
  }

  private static void runAtOnce(Gen gen) throws Exception {
    int publishers = gen.intBetween(1, 3);
    int each = gen.intBetween(1, 300);
    Topic<Item> topic = Topic.of("a.b", Item.class);
    Map<String, Set<Item>> told = new ConcurrentHashMap<>(); // handled or failed, by outcomes
    var isOver = new AtomicBoolean();
    List<Ear> all = new ArrayList<>();
    Bus bus = Bus.open();
    try (var log = new CapturedLog("dev.carillon.bus")) {
      for (int i = 0; i < 3; i++) {
        all.add(new Ear(bus, gen, i));
      }
      List<Ear> stay = List.copyOf(all);
      try (var workers = new Workers()) {
        List<Thread> threads = new ArrayList<>();
        for (int p = 0; p < publishers; p++) {
          int publisher = p;
          threads.add(
              workers.start(() -> {
                List<Delivery> deliveries = new ArrayList<>();
                for (int i = 0; i < each; i++) {
                  deliveries.add(bus.publish(topic, new Item(publisher, i)));
                }
                for (int i = 0; i < each; i++) {
                  Delivery delivery = deliveries.get(i);
                  Patience.until("it is over", delivery::isDone);
                  for (Outcome outcome : delivery.outcomes()) {
                    if (outcome instanceof Outcome.Handled || outcome instanceof Outcome.Failed) {
                      told.computeIfAbsent(
                              subscription(outcome), _ -> ConcurrentHashMap.newKeySet())
                          .add(new Item(publisher, i));
                    }
                  }
                }
              }));
        }
        Gen others = gen.split();
        workers.start(() -> {
          for (int i = 10; !isOver.get(); i++) {
            var ear = new Ear(bus, others, i);
            all.add(ear);
            Thread.yield();
            ear.subscription.close();
          }
        });
        for (Thread thread : threads) {
          thread.join();
        }
        isOver.set(true);
        workers.join();
      }
      bus.close();
      for (Ear ear : all) {
        List<Item> heard = List.copyOf(ear.heard);
        Set<Item> once = new HashSet<>(heard);
        assertThat(heard).as(ear.name + ": nothing twice").hasSize(once.size());
        assertThat(once)
            .as(ear.name + ": what outcomes say")
            .isEqualTo(told.getOrDefault(ear.name, Set.of()));
        assertThat(ear.subscription.stats().handled() + ear.subscription.stats().failed())
            .as(ear.name)
            .isEqualTo(heard.size());
        if (ear.kind == Kind.LANE) {
          int[] next = new int[publishers];
          for (Item item : heard) {
            assertThat(item.number()).as(ear.name).isGreaterThanOrEqualTo(next[item.publisher()]);
            next[item.publisher()] = item.number() + 1;
          }
        }
      }
      for (Ear ear : stay) {
        long due = ear.meaning.matcher("a.b").matches() ? (long) publishers * each : 0;
        Subscription.Stats stats = ear.subscription.stats();
        assertThat(stats.handled() + stats.failed() + stats.filtered())
            .as(ear.name + ": nothing lost")
            .isEqualTo(due);
      }
      assertThat(log.thrown()).allMatch(IllegalStateException.class::isInstance);
    }
  }
}
