package dev.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.event.Event;
import dev.carillon.event.EventStatus;
import java.util.ArrayList;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Tasks that wait for events. */
class PreconditionTest {
  @Test
  @Covers("C25")
  void chain_eachIsTriggeredWhenTheOneBeforeHasCompleted() throws Exception {
    try (Scheduler scheduler = Scheduler.open(c -> c.withCpuThreads(4))) {
      Queue<Integer> ran = new ConcurrentLinkedQueue<>();
      Event start = scheduler.events().newEvent();
      Event last = start;
      var chain = new ArrayList<Event>();
      for (int i = 0; i < 1_000; i++) {
        int number = i;
        Event before = last;
        last =
            scheduler.submit(
                t -> t.after(before),
                () -> {
                  assertThat(before.status()).isEqualTo(EventStatus.TRIGGERED);
                  ran.add(number);
                });
        chain.add(last);
      }
      assertThat(chain).allMatch(e -> e.status() == EventStatus.PENDING);
      start.trigger();
      assertThat(last.await(Patience.LONG)).isTrue();
      assertThat(ran).containsExactlyElementsOf(IntStream.range(0, 1_000).boxed().toList());
    }
  }

  @Test
  void poison_ofAPrecondition_reachesTheEndOfTheChainWithItsCause() {
    try (var hand = new ManualScheduler()) {
      Event start = hand.scheduler.events().newEvent("start");
      Event other = hand.scheduler.events().newEvent("other");
      Event a = hand.submit("a", t -> t.after(start));
      Event b = hand.submit("b", t -> t.after(a, other));
      start.poison("disk full");
      other.trigger();
      hand.runAll();
      assertThat(hand.ran).isEmpty();
      assertThat(a.poison()).isEqualTo(start.poison());
      assertThat(b.poison().orElseThrow().rootCauses())
          .containsExactly(start.poison().orElseThrow());
      assertThat(b.poison().orElseThrow().path()).endsWith(start.poison().orElseThrow());
      assertThat(hand.stats().failed()).isEqualTo(2);
      assertThat(hand.stats().held()).isZero();
    }
  }

  @Test
  void cancel_asItWaits_clearsItAtOnce() {
    try (var hand = new ManualScheduler()) {
      Event before = hand.scheduler.events().newEvent();
      hand.submit("a", t -> t.after(before)).poison("not wanted any more");
      assertThat(hand.stats().held()).isZero();
      assertThat(hand.stats().cancelled()).isEqualTo(1);
      before.trigger();
      hand.runAll();
      assertThat(hand.ran).isEmpty();
    }
  }

  @Test
  void precondition_thatIsComplete_decidesAtOnce() {
    try (var hand = new ManualScheduler()) {
      Event done = hand.scheduler.events().newEvent();
      done.trigger();
      Event failed = hand.scheduler.events().newEvent();
      failed.poison("disk full");
      hand.submit("a", t -> t.after(done));
      assertThat(hand.submit("b", t -> t.after(failed)).poison()).isEqualTo(failed.poison());
      hand.runAll();
      assertThat(hand.ran).containsExactly("a");
    }
  }
}
