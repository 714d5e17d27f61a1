package dev.carillon.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Messages that lead to themselves. */
class CycleTest {
  private static final Topic<Integer> A = Topic.of("a", Integer.class);
  private static final Topic<Integer> B = Topic.of("b", Integer.class);

  private final CapturedLog log = new CapturedLog("dev.carillon.bus");
  private final Queue<Outcome> refusals = new ConcurrentLinkedQueue<>();

  @AfterEach
  void close() {
    log.close();
  }

  /** Publishes on for a message, one less, and remembers what was refused. */
  private void passOn(Bus bus, Topic<Integer> from, Topic<Integer> to, boolean isDirect) {
    bus.subscribe(
        from,
        m -> {
          if (m.payload() > 0) {
            bus.publish(to, m.payload() - 1).outcomes().stream()
                .filter(Outcome.Refused.class::isInstance)
                .forEach(refusals::add);
          }
        },
        s -> isDirect ? s.direct().named("at " + from.name()) : s.named("at " + from.name()));
  }

  @Test
  @Covers("W5")
  void refuse_backAndForth_endsAfterTheRepeatsAndPrintsTheWay() throws Exception {
    for (boolean isDirect : new boolean[] {true, false}) {
      refusals.clear();
      try (var bus = Bus.open(c -> c.withCycles(CyclePolicy.REFUSE, 64, 2))) {
        passOn(bus, A, B, isDirect);
        passOn(bus, B, A, isDirect);
        bus.publish(A, 1_000_000);
        Patience.until("it was refused", () -> !refusals.isEmpty());
        assertThat(refusals)
            .containsExactly(
                new Outcome.Refused(
                    "publish",
                    "a handler must not lead to itself more often than maxRepeats=2:"
                        + " a at at a > b at at b > a at at a > b at at b > a at at a",
                    true));
        assertThat(bus.stats().refused()).isEqualTo(1);
        assertThat(bus.stats().published()).isEqualTo(5);
      }
    }
    assertThat(log.messages()).hasSize(2).allMatch(message -> message.endsWith("at at a > b"));
  }

  @Test
  @Covers("W5")
  void refuse_ringOfHandlersOfEveryKind_isStoppedAndTheBusGoesOn() throws Exception {
    Topic<Integer> c = Topic.of("c", Integer.class);
    Queue<BusNotice> notices = new ConcurrentLinkedQueue<>();
    try (var bus = Bus.open();
        Emitter<Integer> out = bus.emitter(A)) {
      bus.subscribe(
          TopicPattern.of("$bus.cycle.*"), BusNotice.class, m -> notices.add(m.payload()), s -> s);
      bus.subscribe(A, m -> bus.publish(B, 1), s -> s.concurrent(2));
      bus.subscribe(B, m -> bus.request(c, 1, String.class, Patience.LONG), s -> s.direct());
      bus.respond(
          c,
          m -> {
            out.emit(1);
            return "done";
          },
          s -> s);
      bus.publish(A, 1);
      Patience.until("it is stopped", () -> !notices.isEmpty());
      assertThat(notices)
          .singleElement()
          .isInstanceOfSatisfying(
              BusNotice.CycleDetected.class,
              notice -> {
                assertThat(notice.isRefused()).isTrue();
                assertThat(notice.way()).contains("maxRepeats=8", "a at ", "b at ", "c at ");
              });
      long published = bus.stats().published();
      Topic<Integer> other = Topic.of("other", Integer.class);
      Subscription fine = bus.subscribe(other, m -> {});
      assertThat(bus.publishAndAwait(other, 1, Patience.LONG).outcomes())
          .containsExactly(new Outcome.Handled(fine.name()));
      assertThat(bus.stats().published()).as("nothing goes round").isLessThan(published + 20);
    }
  }

  @Test
  void refuse_emitted_endsToo() {
    var count = new AtomicInteger();
    try (var bus = Bus.open(c -> c.withCycles(CyclePolicy.REFUSE, 64, 3));
        Emitter<Integer> out = bus.emitter(A)) {
      List<Integer> payloads = new ArrayList<>();
      bus.onPayload(A, payloads::add);
      bus.subscribe(
          A,
          m -> {
            count.incrementAndGet();
            out.emit(m.payload() + 1);
          },
          s -> s.direct());
      out.emit(1);
      assertThat(count).hasValue(4);
      assertThat(payloads).as("what is refused is heard by nobody").containsExactly(1, 2, 3, 4);
      assertThat(bus.stats().published()).isEqualTo(4);
      assertThat(bus.stats().refused()).isEqualTo(1);
    }
  }

  @Test
  void refuse_longerThanTheDepth_ends() {
    try (var bus = Bus.open(c -> c.withCycles(CyclePolicy.REFUSE, 3, 100))) {
      List<Integer> hops = new ArrayList<>();
      bus.subscribe(TopicPattern.of(">"), Object.class, m -> hops.add(m.hops()), s -> s.direct());
      for (int i = 0; i < 10; i++) {
        passOn(bus, topic(i), topic(i + 1), true);
      }
      bus.publish(topic(0), 100);
      assertThat(hops).containsExactly(0, 1, 2, 3);
      assertThat(refusals)
          .containsExactly(
              new Outcome.Refused(
                  "publish",
                  "a message must not be led to by more handlers than maxCausalDepth=3:"
                      + " t.0 at at t.0 > t.1 at at t.1 > t.2 at at t.2 > t.3 at at t.3",
                  true));
    }
  }

  private static Topic<Integer> topic(int number) {
    return Topic.of("t." + number, Integer.class);
  }

  @Test
  void refuse_harmlessChain_passes() {
    try (var bus = Bus.open()) {
      for (int i = 0; i < 60; i++) {
        passOn(bus, topic(i), topic(i + 1), true);
      }
      List<Integer> heard = new ArrayList<>();
      bus.subscribe(topic(60), m -> heard.add(m.hops()), s -> s.direct());
      for (int i = 0; i < 20; i++) {
        bus.publish(topic(0), 100);
      }
      assertThat(heard).hasSize(20).containsOnly(60);
      assertThat(refusals).isEmpty();
      assertThat(log.messages()).isEmpty();
    }
  }

  @Test
  void refuse_sameHandlerOnManyTopics_isNoRepeat() {
    try (var bus = Bus.open(c -> c.withCycles(CyclePolicy.REFUSE, 64, 1))) {
      bus.subscribe(
          TopicPattern.of("t.*"),
          Integer.class,
          m -> {
            if (m.payload() > 0) {
              bus.publish(topic(m.payload() - 1), m.payload() - 1);
            }
          },
          s -> s.direct());
      bus.publish(topic(20), 20);
      assertThat(bus.stats().published()).isEqualTo(21);
    }
  }

  @Test
  void warn_isLoggedAndPublished() {
    try (var bus = Bus.open(c -> c.withCycles(CyclePolicy.WARN, 64, 2))) {
      passOn(bus, A, A, true);
      bus.publish(A, 10);
      assertThat(bus.stats().published()).isEqualTo(11);
      assertThat(refusals).isEmpty();
      assertThat(log.messages())
          .isNotEmpty()
          .first()
          .isEqualTo(
              "a handler must not lead to itself more often than maxRepeats=2:"
                  + " a at at a > a at at a > a at at a > a");
    }
  }

  @Test
  void off_nobodyLooks() {
    try (var bus = Bus.open(c -> c.withCycles(CyclePolicy.OFF, 1, 1))) {
      passOn(bus, A, A, true);
      bus.publish(A, 100);
      assertThat(bus.stats().published()).isEqualTo(101);
      assertThat(log.messages()).isEmpty();
    }
  }

  @Test
  void offAndWarn_endlessly_keepNothingOfTheWay() throws Exception {
    for (CyclePolicy policy : List.of(CyclePolicy.OFF, CyclePolicy.WARN)) {
      try (var bus = Bus.open(c -> c.withCycles(policy, 8, 8))) {
        var longest = new AtomicInteger();
        bus.subscribe(
            A,
            m -> {
              int length = 0;
              for (Handling each = Handling.current(); each != null; each = each.before()) {
                length++;
              }
              longest.accumulateAndGet(length, Math::max);
              if (m.payload() > 0) {
                bus.publish(A, m.payload() - 1);
              } else {
                bus.publish(B, m.hops());
              }
            });
        Queue<Integer> end = new ConcurrentLinkedQueue<>();
        bus.subscribe(B, m -> end.add(m.payload()));
        bus.publish(A, 500);
        Patience.until("all have come", () -> !end.isEmpty());
        assertThat(end).containsExactly(500);
        assertThat(longest).as(policy.name()).hasValueLessThan(20);
      }
    }
  }
}
