package dev.carillon.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Patience;
import dev.carillon.build.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Handlers that use the bus that calls them, on threads of every kind. */
class ReentryTest {
  private static final Topic<Integer> NUMBERS = Topic.of("numbers", Integer.class);
  private static final Topic<Integer> OTHERS = Topic.of("others", Integer.class);

  private enum Kind {
    DIRECT(SubscriptionOptions::direct),
    LANE(s -> s),
    CONCURRENT(s -> s.concurrent(3));

    final UnaryOperator<SubscriptionOptions<Integer>> how;

    Kind(UnaryOperator<SubscriptionOptions<Integer>> how) {
      this.how = how;
    }
  }

  static Stream<Arguments> ways() {
    return Stream.of(Kind.values())
        .flatMap(kind -> Stream.of(Workers.Kind.values()).map(on -> Arguments.of(kind, on)));
  }

  private final Queue<Object> heard = new ConcurrentLinkedQueue<>();

  private static void on(Workers.Kind threads, Workers.Task task) {
    try (var workers = new Workers()) {
      workers.start(threads, "publisher", task);
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void handler_publishes_isHeardAndMayBeAwaited(Kind kind, Workers.Kind threads) {
    try (var bus = Bus.open()) {
      bus.subscribe(
          NUMBERS,
          m -> {
            Delivery inner = bus.publishAndAwait(OTHERS, m.payload() + 1, Patience.LONG);
            heard.add(inner.isDone());
          },
          kind.how);
      bus.subscribe(OTHERS, m -> heard.add(m.payload()));
      on(
          threads,
          () -> {
            Delivery outer = bus.publishAndAwait(NUMBERS, 1, Patience.LONG);
            assertThat(outer.isDone()).isTrue();
          });
      assertThat(heard).containsExactly(2, true);
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void handler_subscribes_hearsWhatComesLater(Kind kind, Workers.Kind threads) {
    try (var bus = Bus.open()) {
      bus.subscribe(
          NUMBERS,
          m -> {
            if (m.payload() == 1) {
              bus.subscribe(NUMBERS, later -> heard.add(later.payload()), kind.how);
            }
          },
          kind.how);
      on(
          threads,
          () -> {
            for (int i = 1; i <= 3; i++) {
              assertThat(bus.publishAndAwait(NUMBERS, i, Patience.LONG).isDone()).isTrue();
            }
          });
      assertThat(heard).containsExactly(2, 3);
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void handler_closesItsOwnSubscription_hearsNoMore(Kind kind, Workers.Kind threads) {
    try (var bus = Bus.open()) {
      var self = new AtomicReference<Subscription>();
      self.set(
          bus.subscribe(
              NUMBERS,
              m -> {
                heard.add(m.payload());
                self.get().close();
              },
              kind.how));
      on(
          threads,
          () -> {
            assertThat(bus.publishAndAwait(NUMBERS, 1, Patience.LONG).outcomes())
                .containsExactly(new Outcome.Handled(self.get().name()));
            assertThat(bus.publish(NUMBERS, 2).outcomes())
                .containsExactly(new Outcome.NoSubscriber());
          });
      assertThat(heard).containsExactly(1);
      assertThat(bus.stats().subscriptions()).isZero();
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void handler_closesTheBus_endsWithoutWaitingForItself(Kind kind, Workers.Kind threads)
      throws Exception {
    var closed = new CountDownLatch(1);
    var bus = Bus.open();
    Subscription subscription =
        bus.subscribe(
            NUMBERS,
            m -> {
              bus.close();
              heard.add(m.payload());
              closed.countDown();
            },
            kind.how);
    List<Delivery> deliveries = new ArrayList<>();
    on(threads, () -> deliveries.add(bus.publish(NUMBERS, 1)));
    Patience.await(closed);
    Patience.until("it is over", deliveries.getFirst()::isDone);
    assertThat(deliveries.getFirst().outcomes())
        .containsExactly(new Outcome.Handled(subscription.name()));
    assertThat(heard).containsExactly(1);
    Patience.until("nobody works any more", () -> bus.scheduler().stats().lanes().isEmpty());
  }
}
