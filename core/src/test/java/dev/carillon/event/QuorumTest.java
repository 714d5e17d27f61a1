package dev.carillon.event;

import static dev.carillon.event.EventStatus.PENDING;
import static dev.carillon.event.EventStatus.POISONED;
import static dev.carillon.event.EventStatus.TRIGGERED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.carillon.build.Covers;
import dev.carillon.build.Workers;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Merges that are decided before all inputs are complete: fail-fast, any, quorum. */
class QuorumTest {
  private final EventSystem events = Systems.unhurried();

  @AfterEach
  void close() {
    events.close();
  }

  private List<Event> create(int count) {
    return IntStream.range(0, count).mapToObj(i -> events.newEvent("e" + i)).toList();
  }

  @Test
  @Covers("V4")
  void mergeFailFast_allTriggered_isTriggered() {
    List<Event> inputs = create(3);
    Event merged = events.mergeFailFast(inputs);
    for (Event input : inputs) {
      assertThat(merged.status()).isEqualTo(PENDING);
      input.trigger();
    }
    assertThat(merged.status()).isEqualTo(TRIGGERED);
  }

  @Test
  void mergeFailFast_firstPoison_poisonsWithoutWaitingForTheRest() {
    List<Event> inputs = create(3);
    Event merged = events.mergeFailFast(inputs);
    inputs.get(1).poison("disk full");
    assertThat(merged.status()).isEqualTo(POISONED);
    assertThat(merged.poison().orElseThrow().reason()).isEqualTo("1 of 3 inputs failed");
    assertThat(merged.poison().orElseThrow().causes())
        .containsExactly(inputs.get(1).poison().orElseThrow());
    assertThat(inputs.get(0).status()).isEqualTo(PENDING);
    inputs.get(0).trigger();
    inputs.get(2).poison("late");
    assertThat(merged.poison().orElseThrow().failedInputs()).isEqualTo(1);
  }

  @Test
  void mergeFailFast_raw_doesTheSame() {
    RawEvents raw = events.raw();
    long[] inputs = LongStream.range(0, 3).map(i -> raw.create()).toArray();
    long good = raw.mergeFailFast(inputs);
    long bad = raw.mergeFailFast(inputs[0], raw.create());
    raw.poison(inputs[0], "no");
    assertThat(raw.status(bad)).isEqualTo(POISONED);
    assertThat(raw.status(good)).isEqualTo(POISONED);
    assertThat(raw.status(inputs[1])).isEqualTo(PENDING);
  }

  @Test
  void anyOf_firstTrigger_wins() {
    List<Event> inputs = create(3);
    Event any = events.anyOf(inputs);
    inputs.get(2).poison("not me");
    assertThat(any.status()).isEqualTo(PENDING);
    inputs.get(0).trigger();
    assertThat(any.status()).isEqualTo(TRIGGERED);
    inputs.get(1).poison("late");
    assertThat(any.status()).isEqualTo(TRIGGERED);
  }

  @Test
  @Covers("V7")
  void anyOf_allPoisoned_isPoisonedWithAllCauses() {
    List<Event> inputs = create(3);
    Event any = events.anyOf(inputs);
    inputs.get(2).poison("two");
    inputs.get(0).poison("zero");
    assertThat(any.status()).isEqualTo(PENDING);
    inputs.get(1).poison("one");
    assertThat(any.poison().orElseThrow().rootCauses().stream().map(Poison::reason))
        .containsExactly("zero", "one", "two");
    assertThat(any.poison().orElseThrow().reason()).isEqualTo("3 of 3 inputs failed");
  }

  @Test
  void quorum_kTriggers_suffice() {
    List<Event> inputs = create(5);
    Event quorum = events.quorum(3, inputs);
    inputs.get(0).poison("no");
    inputs.get(4).trigger();
    inputs.get(2).trigger();
    assertThat(quorum.status()).isEqualTo(PENDING);
    inputs.get(1).trigger();
    assertThat(quorum.status()).isEqualTo(TRIGGERED);
    assertThat(inputs.get(3).status()).isEqualTo(PENDING);
  }

  @Test
  void quorum_outOfReach_isPoisonedAtOnce() {
    List<Event> inputs = create(5);
    Event quorum = events.quorum(3, inputs);
    inputs.get(0).poison("zero");
    inputs.get(3).poison("three");
    assertThat(quorum.status()).isEqualTo(PENDING);
    inputs.get(1).poison("one");
    assertThat(quorum.status()).isEqualTo(POISONED);
    assertThat(quorum.poison().orElseThrow().rootCauses().stream().map(Poison::reason))
        .containsExactly("zero", "one", "three");
  }

  @Test
  void quorum_completeInputs_countAtOnce() {
    List<Event> inputs = create(3);
    inputs.get(0).trigger();
    inputs.get(1).trigger();
    assertThat(events.quorum(2, inputs).status()).isEqualTo(TRIGGERED);
    assertThat(events.anyOf(inputs).status()).isEqualTo(TRIGGERED);
    inputs.get(2).poison("no");
    assertThat(events.mergeFailFast(inputs).status()).isEqualTo(POISONED);
    assertThat(events.quorum(3, inputs).status()).isEqualTo(POISONED);
  }

  @Test
  void quorum_duplicates_countEach() {
    Event input = events.newEvent();
    Event quorum = events.quorum(2, List.of(input, events.newEvent(), input));
    input.trigger();
    assertThat(quorum.status()).isEqualTo(TRIGGERED);
  }

  @Test
  void quorum_kOutOfRange_throws() {
    List<Event> inputs = create(2);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> events.quorum(3, inputs))
        .withMessage("a quorum must be 1 to the number of inputs: k=3 inputs=2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> events.quorum(0, inputs))
        .withMessage("a quorum must be 1 to the number of inputs: k=0 inputs=2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> events.quorum(1, List.of()))
        .withMessage("a merge needs at least one input: inputs=0");
    assertThatIllegalArgumentException().isThrownBy(() -> events.anyOf(List.of()));
    assertThatIllegalArgumentException().isThrownBy(() -> events.mergeFailFast(List.of()));
  }

  @Test
  void quorum_completedByHand_leavesItsInputs() {
    List<Event> inputs = create(3);
    Event quorum = events.quorum(2, inputs);
    quorum.poison("enough");
    inputs.forEach(Event::trigger);
    assertThat(quorum.poison().orElseThrow().reason()).isEqualTo("enough");
  }

  @Test
  void losers_longLivedInput_keepsNothingOfWhatItOnceWasIn() {
    Event longLived = events.newEvent();
    for (int i = 0; i < 20_000; i++) {
      Event winner = events.newEvent();
      if (i % 3 == 0) {
        Event failFast = events.mergeFailFast(List.of(longLived, winner));
        winner.poison("no");
        assertThat(failFast.status()).isEqualTo(POISONED);
      } else {
        Event any = events.quorum(1, List.of(winner, longLived, longLived));
        winner.trigger();
        assertThat(any.status()).isEqualTo(TRIGGERED);
      }
    }
    assertThat(events.explain(longLived).waiters()).isEmpty();
    assertThat(events.stats().waiters()).as("a few may wait to be unlinked").isLessThan(100);
    longLived.trigger();
    assertThat(events.stats().waiters()).isZero();
  }

  @Test
  void quorum_inputsCompleteAtOnceOnManyThreads_isDecidedOnce() throws Exception {
    int threads = 4;
    int rounds = 3_000;
    for (int k : new int[] {1, 2, 4}) {
      var inputs = new Event[rounds][threads];
      var quorums = new Event[rounds];
      for (int round = 0; round < rounds; round++) {
        inputs[round] = create(threads).toArray(Event[]::new);
        quorums[round] = events.quorum(k, List.of(inputs[round]));
      }
      try (var workers = new Workers()) {
        var start = new CyclicBarrier(threads);
        for (int t = 0; t < threads; t++) {
          int thread = t;
          workers.start(() -> {
            start.await();
            for (Event[] round : inputs) {
              if (thread == 0) {
                round[thread].poison("mine");
              } else {
                round[thread].trigger();
              }
            }
          });
        }
      }
      EventStatus expected = k == threads ? POISONED : TRIGGERED;
      assertThat(quorums).allMatch(q -> q.status() == expected);
    }
    assertThat(events.stats().pending()).isZero();
    assertThat(events.stats().waiters()).isZero();
  }

  @Test
  void quorum_afterShutdown_throws() {
    List<Event> inputs = create(2);
    events.shutdown("over");
    assertThatExceptionOfType(SystemClosedException.class).isThrownBy(() -> events.anyOf(inputs));
  }
}
