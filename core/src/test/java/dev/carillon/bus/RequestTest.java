package dev.carillon.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.event.PoisonedException;
import dev.carillon.event.Promise;
import dev.carillon.schedule.Scheduler;
import dev.carillon.time.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Requests and their answers. */
class RequestTest {
  private static final Topic<Integer> SQUARE = Topic.of("math.square", Integer.class);

  @Test
  @Covers("C31")
  void request_answered_hasTheAnswer() throws Exception {
    try (Bus bus = Bus.open()) {
      bus.respond(SQUARE, m -> m.payload() * m.payload(), s -> s);
      assertThat(ask(bus, 12, Integer.class).await()).isEqualTo(144);
    }
  }

  private static <A> Promise<A> ask(Bus bus, int number, Class<A> type) {
    return bus.request(SQUARE, number, type, Patience.LONG);
  }

  @Test
  void request_manyAtOnce_eachHasItsOwnAnswer() throws Exception {
    try (Bus bus = Bus.open()) {
      bus.<Integer, Integer>respond(SQUARE, m -> m.payload() * m.payload(), s -> s.concurrent(4));
      List<Promise<Integer>> answers = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        answers.add(ask(bus, i, Integer.class));
      }
      for (int i = 0; i < answers.size(); i++) {
        assertThat(answers.get(i).await()).isEqualTo(i * i);
      }
    }
  }

  @Test
  void request_nobodyThere_failsAtOnce() {
    try (Bus bus = Bus.open()) {
      Promise<Integer> answer = ask(bus, 1, Integer.class);
      assertThatThrownBy(answer::await)
          .isInstanceOf(PoisonedException.class)
          .hasMessageContaining("a request must be handled by somebody");
    }
  }

  @Test
  void request_responderFails_failsWithItsReason() {
    try (Bus bus = Bus.open()) {
      bus.<Integer, Integer>respond(
          SQUARE,
          m -> {
            throw new IllegalStateException("no more squares");
          },
          s -> s);
      Promise<Integer> answer = ask(bus, 1, Integer.class);
      assertThatThrownBy(answer::await).hasMessageContaining("no more squares");
    }
  }

  @Test
  void request_answerOfAnotherType_fails() {
    try (Bus bus = Bus.open()) {
      bus.respond(SQUARE, m -> "144", s -> s);
      Promise<Integer> answer = ask(bus, 12, Integer.class);
      assertThatThrownBy(answer::await)
          .hasMessageContaining("type=java.lang.Integer, answer=java.lang.String");
    }
  }

  @Test
  void request_severalAnswer_theFirstCounts() throws Exception {
    try (Bus bus = Bus.open()) {
      bus.respond(SQUARE, m -> "first", SubscriptionOptions::direct);
      bus.respond(SQUARE, m -> "second", SubscriptionOptions::direct);
      assertThat(ask(bus, 1, String.class).await()).isEqualTo("first");
    }
  }

  @Test
  void request_deadlinePasses_fails() throws Exception {
    var clock = new ManualClock();
    try (Scheduler scheduler = Scheduler.open(c -> c.withClock(clock));
        Bus bus = Bus.open(scheduler, c -> c)) {
      var held = new CountDownLatch(1);
      bus.<Integer, Integer>respond(
          SQUARE,
          m -> {
            held.await();
            return 1;
          },
          s -> s);
      Promise<Integer> answer = bus.request(SQUARE, 1, Integer.class, Duration.ofSeconds(5));
      clock.advance(Duration.ofSeconds(6));
      assertThatThrownBy(answer::await).isInstanceOf(PoisonedException.class);
      held.countDown();
    }
  }

  @Test
  void request_insideAHandler_keepsCorrelationAndCausation() throws Exception {
    Topic<String> start = Topic.of("start", String.class);
    try (Bus bus = Bus.open()) {
      var seen = new ArrayList<Message<?>>();
      bus.respond(
          SQUARE,
          m -> {
            seen.add(m);
            return m.payload();
          },
          s -> s);
      bus.subscribe(start, m -> assertThat(ask(bus, 3, Integer.class).await()).isEqualTo(3));
      bus.publish(start, "go", p -> p.correlation("order 7")).await(Patience.LONG);
      Message<?> request = seen.getFirst();
      assertThat(request.correlationId()).isEqualTo("order 7");
      assertThat(request.causationId()).isNotNull();
      assertThat(request.hops()).isEqualTo(1);
    }
  }

  @Test
  @Covers("C15")
  void caching_equalRequests_areAnsweredOnceUntilTheAnswerIsOld() throws Exception {
    var clock = new ManualClock();
    List<Integer> asked = new ArrayList<>();
    try (var scheduler = Scheduler.open(c -> c.withClock(clock));
        Bus bus = Bus.open(scheduler, c -> c)) {
      Responder<Integer, Integer> square =
          m -> {
            asked.add(m.payload());
            if (m.payload() < 0) {
              throw new IllegalArgumentException("too small");
            }
            return m.payload() * m.payload();
          };
      bus.respond(SQUARE, Responder.caching(square, 2, Duration.ofSeconds(10)), s -> s);
      for (int number : new int[] {2, 3, 2, 3}) {
        assertThat(ask(bus, number, Integer.class).await()).isEqualTo(number * number);
      }
      assertThat(asked).containsExactly(2, 3);
      ask(bus, 4, Integer.class).await(); // 2 has been used longest ago
      ask(bus, 3, Integer.class).await();
      ask(bus, 2, Integer.class).await();
      assertThat(asked).containsExactly(2, 3, 4, 2);
      clock.advance(Duration.ofSeconds(10));
      ask(bus, 2, Integer.class).await();
      assertThat(asked).containsExactly(2, 3, 4, 2, 2);
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> ask(bus, -1, Integer.class).await())
            .isInstanceOf(PoisonedException.class);
      }
      assertThat(asked).endsWith(-1, -1);
    }
  }

  @Test
  void caching_badLimits_areRefused() {
    assertThatThrownBy(() -> Responder.caching(m -> m, 0, Duration.ofSeconds(1)))
        .hasMessage("most must be 1 to 16777216: most=0");
    assertThatThrownBy(() -> Responder.caching(m -> m, 1, Duration.ZERO))
        .hasMessageContaining("age must be positive");
  }
}
