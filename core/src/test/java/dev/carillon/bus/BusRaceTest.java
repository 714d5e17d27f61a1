package dev.carillon.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Patience;
import dev.carillon.build.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Subscriptions that come and go while others publish. */
class BusRaceTest {
  private static final int PUBLISHERS = 3;
  private static final int MESSAGES = 4_000; // of each publisher
  private static final int CHURNERS = 2;

  private record Item(int publisher, int number) {}

  private static final Topic<Item> ITEMS = Topic.of("items", Item.class);

  private enum Kind {
    DIRECT(SubscriptionOptions::direct),
    LANE(s -> s.capacity(16, WhenFull.BLOCK)),
    KEYED(s -> s.orderedBy(m -> m.payload().publisher(), 3)),
    CONCURRENT(s -> s.concurrent(3));

    final UnaryOperator<SubscriptionOptions<Item>> how;

    Kind(UnaryOperator<SubscriptionOptions<Item>> how) {
      this.how = how;
    }
  }

  // what each publisher has begun and ended to publish
  private final AtomicIntegerArray begun = new AtomicIntegerArray(PUBLISHERS);
  private final AtomicIntegerArray ended = new AtomicIntegerArray(PUBLISHERS);

  private static int[] copy(AtomicIntegerArray counts) {
    var copy = new int[PUBLISHERS];
    for (int i = 0; i < PUBLISHERS; i++) {
      copy[i] = counts.get(i);
    }
    return copy;
  }

  /** A subscription, and which messages it must hear and which it may. */
  private final class Ear {
    final Kind kind;
    final Queue<Item> heard = new ConcurrentLinkedQueue<>();
    final int[] beforeFirst = copy(ended); // these it must not hear
    final Subscription subscription;
    final int[] first; // what was begun later it must hear
    int[] last = new int[0]; // what had ended it must hear
    int[] afterLast = new int[0]; // what was begun later it must not hear

    Ear(Bus bus, Kind kind) {
      this.kind = kind;
      this.subscription = bus.subscribe(ITEMS, m -> heard.add(m.payload()), kind.how);
      this.first = copy(begun);
    }

    void close() {
      last = copy(ended);
      subscription.close();
      afterLast = copy(begun);
    }

    void check() {
      for (int publisher = 0; publisher < PUBLISHERS; publisher++) {
        int each = publisher;
        List<Integer> numbers =
            heard.stream().filter(i -> i.publisher() == each).map(Item::number).toList();
        assertThat(numbers).as("once").doesNotHaveDuplicates();
        if (kind != Kind.CONCURRENT) {
          assertThat(numbers).as("in order").isSorted();
        }
        assertThat(numbers)
            .as("%s: nothing from before or after", kind)
            .allMatch(n -> n > beforeFirst[each] && n <= afterLast[each]);
        long due = numbers.stream().filter(n -> n > first[each] && n <= last[each]).count();
        assertThat(due)
            .as("%s: all between %d and %d", kind, first[each], last[each])
            .isEqualTo(Math.max(0, last[each] - first[each]));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void subscribeAndClose_whilePublishing_whatIsDueIsHeardOnceAndNothingElse(Kind kind)
      throws Exception {
    Queue<Ear> gone = new ConcurrentLinkedQueue<>();
    var isOver = new AtomicBoolean();
    List<Ear> throughout = new ArrayList<>();
    Bus bus = Bus.open();
    try {
      for (Kind each : Kind.values()) {
        throughout.add(new Ear(bus, each));
      }
      try (var churners = new Workers()) {
        for (int i = 0; i < CHURNERS; i++) {
          churners.start(() -> {
            while (!isOver.get()) {
              var ear = new Ear(bus, kind);
              Thread.yield();
              ear.close();
              if (gone.size() < 2_000) {
                gone.add(ear);
              }
            }
          });
        }
        try (var publishers = new Workers()) {
          for (int i = 0; i < PUBLISHERS; i++) {
            int publisher = i;
            Workers.Kind threads = i == 0 ? Workers.Kind.VIRTUAL : Workers.Kind.PLATFORM;
            publishers.start(threads, "publisher " + i, () -> publish(bus, publisher));
          }
        } finally {
          isOver.set(true);
        }
      }
      throughout.forEach(Ear::close);
    } finally {
      bus.close(); // which waits for all that was taken
    }
    for (Ear each : throughout) {
      assertThat(each.heard).hasSize(PUBLISHERS * MESSAGES);
      each.check();
    }
    assertThat(gone).isNotEmpty();
    gone.forEach(Ear::check);
    assertThat(bus.stats().subscriptions()).isZero();
  }

  private void publish(Bus bus, int publisher) {
    try (Emitter<Item> out = bus.emitter(ITEMS)) {
      for (int number = 1; number <= MESSAGES; number++) {
        begun.set(publisher, number);
        if (number % 2 == 0) {
          out.emit(new Item(publisher, number));
        } else {
          bus.publish(ITEMS, new Item(publisher, number));
        }
        ended.set(publisher, number);
      }
    }
  }

  @Test
  void close_ofTheBusWhilePublishing_eachOutcomeIsKnown() throws Exception {
    for (int round = 0; round < 60; round++) {
      Queue<Delivery> deliveries = new ConcurrentLinkedQueue<>();
      var bus = Bus.open();
      List<Subscription> subscriptions = new ArrayList<>();
      for (Kind each : Kind.values()) {
        subscriptions.add(bus.subscribe(ITEMS, m -> {}, each.how));
      }
      try (var publishers = new Workers()) {
        publishers.start(() -> {
          for (int i = 1; bus.stats().subscriptions() > 0; i++) {
            try {
              deliveries.add(bus.publish(ITEMS, new Item(0, i)));
            } catch (IllegalStateException e) {
              return; // the bus is closed
            }
          }
        });
        Patience.until("some are published", () -> deliveries.size() > 50);
        bus.close();
      }
      Patience.until("all are over", () -> deliveries.stream().allMatch(Delivery::isDone));
      long handled = subscriptions.stream().mapToLong(s -> s.stats().handled()).sum();
      long told =
          deliveries.stream()
              .flatMap(each -> each.outcomes().stream())
              .filter(Outcome.Handled.class::isInstance)
              .count();
      assertThat(told).isEqualTo(handled);
    }
  }
}
