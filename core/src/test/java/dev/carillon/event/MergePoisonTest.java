package dev.carillon.event;

import static dev.carillon.event.EventStatus.PENDING;
import static dev.carillon.event.EventStatus.POISONED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.carillon.build.Covers;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Merges some of whose inputs fail. */
class MergePoisonTest {
  private final EventSystem events = Systems.unhurried();

  @AfterEach
  void close() {
    events.close();
  }

  private List<Event> create(int count) {
    return IntStream.range(0, count).mapToObj(i -> events.newEvent("e" + i)).toList();
  }

  private static Poison poisonOf(Event event) {
    return event.poison().orElseThrow();
  }

  private static List<String> reasons(Poison poison) {
    return poison.rootCauses().stream().map(Poison::reason).toList();
  }

  @Test
  @Covers({"V6", "V7"})
  void merge_oneInputPoisoned_isPoisonedAfterAllAreComplete() {
    List<Event> inputs = create(3);
    Event merged = events.merge(inputs);
    inputs.get(1).poison("disk full");
    inputs.get(0).trigger();
    assertThat(merged.status()).isEqualTo(PENDING);
    inputs.get(2).trigger();
    assertThat(merged.status()).isEqualTo(POISONED);
    Poison poison = poisonOf(merged);
    assertThat(poison.reason()).isEqualTo("1 of 3 inputs failed");
    assertThat(poison.failedInputs()).isEqualTo(1);
    assertThat(poison.inputs()).isEqualTo(3);
    assertThat(poison.origin()).isEqualTo(merged.handle());
    assertThat(poison.causes()).containsExactly(poisonOf(inputs.get(1)));
  }

  @Test
  @Covers("V7")
  void merge_manyInputsPoisoned_keepsAllCausesInInputOrder() {
    List<Event> inputs = create(5);
    Event merged = events.merge(inputs);
    for (int i : new int[] {4, 0, 2, 1, 3}) {
      if (i == 1) {
        inputs.get(i).trigger();
      } else {
        inputs.get(i).poison("reason " + i);
      }
    }
    assertThat(reasons(poisonOf(merged)))
        .containsExactly("reason 0", "reason 2", "reason 3", "reason 4");
    assertThat(poisonOf(merged).reason()).isEqualTo("4 of 5 inputs failed");
  }

  @Test
  @Covers("V7")
  void merge_inputsPoisonedBefore_areCausesInInputOrder() {
    List<Event> inputs = create(4);
    inputs.get(3).poison("reason 3");
    inputs.get(1).poison("reason 1");
    Event merged = events.merge(inputs);
    inputs.get(2).poison("reason 2");
    inputs.get(0).trigger();
    assertThat(reasons(poisonOf(merged))).containsExactly("reason 1", "reason 2", "reason 3");
  }

  @Test
  @Covers("V7")
  void merge_ofManyInputs_keepsCausesInInputOrder() {
    List<Event> inputs = create(50);
    inputs.get(48).poison("reason 48");
    Event merged = events.merge(inputs);
    for (int i : new int[] {33, 2, 15, 16, 17, 0, 32}) {
      inputs.get(i).poison("reason " + i);
    }
    inputs.forEach(Event::tryTrigger);
    assertThat(reasons(poisonOf(merged)))
        .containsExactly(
            "reason 0",
            "reason 2",
            "reason 15",
            "reason 16",
            "reason 17",
            "reason 32",
            "reason 33",
            "reason 48");
    assertThat(poisonOf(merged).reason()).isEqualTo("8 of 50 inputs failed");
    assertThat(poisonOf(events.merge(inputs)).reason()).isEqualTo("8 of 50 inputs failed");
  }

  @Test
  void merge_allInputsPoisonedBefore_isPoisonedAtOnce() {
    List<Event> inputs = create(2);
    inputs.forEach(e -> e.poison("no"));
    Event merged = events.merge(inputs);
    assertThat(merged.status()).isEqualTo(POISONED);
    assertThat(poisonOf(merged).reason()).isEqualTo("2 of 2 inputs failed");
  }

  @Test
  void merge_oneInputOnly_saysSo() {
    Event input = events.newEvent();
    Event merged = events.merge(input);
    input.poison("no");
    assertThat(poisonOf(merged).reason()).isEqualTo("its input failed");
    assertThat(poisonOf(merged).causes()).containsExactly(poisonOf(input));
  }

  @Test
  void merge_duplicatePoisonedInput_isOneRootCause() {
    Event input = events.newEvent();
    Event merged = events.merge(input, input, input);
    input.poison("no");
    assertThat(poisonOf(merged).failedInputs()).isEqualTo(3);
    assertThat(poisonOf(merged).rootCauses()).containsExactly(poisonOf(input));
  }

  @Test
  @Covers({"V5", "V7"})
  void merge_nested_reachesAllRootCausesOverThePath() {
    List<Event> leaves = create(4);
    Event left = events.merge(leaves.subList(0, 2));
    Event right = events.merge(leaves.subList(2, 4));
    Event top = events.merge(left, right);
    leaves.get(3).poison("last");
    leaves.get(0).poison("first");
    leaves.get(1).trigger();
    leaves.get(2).trigger();
    Poison poison = poisonOf(top);
    assertThat(reasons(poison)).containsExactly("first", "last");
    assertThat(poison.path().stream().map(Poison::origin))
        .containsExactly(top.handle(), left.handle(), leaves.get(0).handle());
    assertThat(poison.message())
        .isEqualTo(
            "%s: 2 of 2 inputs failed:\n  e0 [%s]: first\n  e3 [%s]: last"
                .formatted(top.handle(), leaves.get(0).handle(), leaves.get(3).handle()));
  }

  @Test
  @Covers("V6")
  void await_poisonedMerge_throwsWithAllRootCauses() {
    List<Event> inputs = create(2);
    Event merged = events.merge(inputs);
    inputs.forEach(e -> e.poison(new IllegalStateException("broken " + e.name().orElseThrow())));
    assertThatExceptionOfType(PoisonedException.class)
        .isThrownBy(() -> merged.await(Duration.ZERO))
        .withMessageContaining("2 of 2 inputs failed")
        .withMessageContaining("IllegalStateException: broken e0")
        .withMessageContaining("IllegalStateException: broken e1")
        .havingCause()
        .withMessage("java.lang.IllegalStateException: broken e0");
  }

  @Test
  void whenComplete_onPoisonedMerge_isGivenTheTree() {
    List<Event> inputs = create(2);
    Event merged = events.merge(inputs);
    var seen = new Poison[1];
    merged.whenComplete(poison -> seen[0] = poison);
    inputs.get(0).poison("no");
    inputs.get(1).trigger();
    assertThat(seen[0]).isSameAs(poisonOf(merged));
  }

  @Test
  void merge_poisonedEarly_keepsThatReason() {
    List<Event> inputs = create(2);
    Event merged = events.merge(inputs);
    merged.poison("enough");
    inputs.forEach(e -> e.poison("late"));
    assertThat(poisonOf(merged).reason()).isEqualTo("enough");
    Event next = events.merge(events.newEvent());
    assertThat(next.status()).isEqualTo(PENDING);
  }

  @Test
  void merge_afterAPoisonedMergeInTheSameSlot_startsClean() {
    for (int round = 0; round < 200; round++) {
      List<Event> inputs = create(3);
      Event merged = events.merge(inputs);
      boolean fails = round % 2 == 0;
      inputs.get(0).trigger();
      if (fails) {
        inputs.get(1).poison("round " + round);
      } else {
        inputs.get(1).trigger();
      }
      inputs.get(2).trigger();
      assertThat(merged.status() == POISONED).isEqualTo(fails);
    }
  }
}
