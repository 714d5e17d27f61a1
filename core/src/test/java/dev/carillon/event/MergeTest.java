package dev.carillon.event;

import static dev.carillon.event.EventStatus.PENDING;
import static dev.carillon.event.EventStatus.TRIGGERED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.carillon.build.Covers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Merges whose inputs succeed. */
@ParameterizedClass
@EnumSource(Surface.class)
class MergeTest {
  private final EventSystem events = Systems.unhurried();
  private final Surface surface;

  MergeTest(Surface surface) {
    this.surface = surface;
  }

  @AfterEach
  void close() {
    events.close();
  }

  private Subject create() {
    return surface.create(events);
  }

  private Subject merge(Subject... inputs) {
    return surface.merge(events, inputs);
  }

  @Test
  @Covers("V4")
  void merge_pendingInputs_completesAfterTheLast() {
    Subject[] inputs = {create(), create(), create()};
    Subject merged = merge(inputs);
    inputs[2].trigger();
    inputs[0].trigger();
    assertThat(merged.status()).isEqualTo(PENDING);
    inputs[1].trigger();
    assertThat(merged.status()).isEqualTo(TRIGGERED);
  }

  @Test
  void merge_noInputs_throws() {
    assertThatIllegalArgumentException()
        .isThrownBy(this::merge)
        .withMessage("a merge needs at least one input: inputs=0");
    assertThatIllegalArgumentException().isThrownBy(() -> surface.mergeFailFast(events));
    assertThat(events.stats().created()).isZero();
  }

  @Test
  void merge_oneInput_isAnEventOfItsOwn() {
    Subject input = create();
    Subject merged = merge(input);
    assertThat(merged.handle()).isNotEqualTo(input.handle());
    merged.trigger();
    assertThat(input.status()).isEqualTo(PENDING);
    input.trigger();
  }

  @Test
  void merge_completeInputs_countAtOnce() {
    Subject done = create();
    done.trigger();
    assertThat(merge(done).status()).isEqualTo(TRIGGERED);
    Subject open = create();
    Subject merged = merge(done, open, done);
    assertThat(merged.status()).isEqualTo(PENDING);
    open.trigger();
    assertThat(merged.status()).isEqualTo(TRIGGERED);
  }

  @Test
  @Covers("V14")
  void merge_staleInputs_countAtOnce() {
    Subject stale = create();
    stale.trigger();
    for (int i = 0; i < 100; i++) {
      create().trigger(); // in the same slot, sooner or later
    }
    assertThat(merge(stale, stale).status()).isEqualTo(TRIGGERED);
  }

  @Test
  void merge_duplicateInputs_areFine() {
    Subject input = create();
    Subject merged = merge(input, input, input);
    assertThat(merged.status()).isEqualTo(PENDING);
    input.trigger();
    assertThat(merged.status()).isEqualTo(TRIGGERED);
  }

  @Test
  @Covers("V5")
  void merge_ofMerges_completesAfterAllLeaves() {
    Subject[] leaves = {create(), create(), create(), create()};
    Subject left = merge(leaves[0], leaves[1]);
    Subject right = merge(leaves[1], leaves[2]);
    Subject top = merge(left, right, leaves[3], left);
    for (Subject leaf : leaves) {
      assertThat(top.status()).isEqualTo(PENDING);
      leaf.trigger();
    }
    assertThat(top.status()).isEqualTo(TRIGGERED);
  }

  @Test
  @Covers("V5")
  void merge_grid_completesCellByCell() {
    int size = 30;
    Subject[][] cell = new Subject[size][size];
    Subject corner = create();
    for (int row = 0; row < size; row++) {
      for (int column = 0; column < size; column++) {
        var inputs = new ArrayList<>(List.of(corner));
        if (row > 0) {
          inputs.add(cell[row - 1][column]);
        }
        if (column > 0) {
          inputs.add(cell[row][column - 1]);
        }
        cell[row][column] = merge(inputs.toArray(Subject[]::new));
      }
    }
    assertThat(cell[size - 1][size - 1].status()).isEqualTo(PENDING);
    corner.trigger();
    assertThat(cell[size - 1][size - 1].status()).isEqualTo(TRIGGERED);
    assertThat(events.stats().pending()).isZero();
    assertThat(events.stats().waiters()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {15, 16, 17, 31, 32, 33, 100, 1_000})
  void merge_ofManyInputs_completesAfterTheLast(int size) {
    var random = new Random(size);
    for (int round = 0; round < 20; round++) {
      var inputs = Stream.generate(this::create).limit(size).toList();
      Subject merged = merge(inputs.toArray(Subject[]::new));
      if (round % 2 == 0) {
        merge(inputs.get(random.nextInt(size))); // the big merge no longer waits alone
      }
      var order = new ArrayList<>(inputs);
      Collections.shuffle(order, random);
      for (Subject input : order) {
        assertThat(merged.status()).isEqualTo(PENDING);
        input.trigger();
      }
      assertThat(merged.status()).isEqualTo(TRIGGERED);
    }
    assertThat(events.stats().pending()).isZero();
    assertThat(events.stats().slots()).isLessThan(2 * size + 2 * IndexPool.BATCH);
  }

  @Test
  void merge_onSharedInputs_completesAll() {
    Subject input = create();
    Subject other = create();
    var merges = new ArrayList<Subject>();
    for (int i = 0; i < 50; i++) {
      Subject single = merge(input);
      merges.addAll(List.of(single, merge(single), merge(other, input)));
    }
    input.trigger();
    other.trigger();
    assertThat(merges).allMatch(merged -> merged.status() == TRIGGERED);
    assertThat(events.stats().waiters()).isZero();
  }

  @Test
  void merge_waitersOfTheOutput_runInOrder() {
    Subject input = create();
    Subject merged = merge(input);
    var seen = new ArrayList<String>();
    input.whenComplete(poison -> seen.add("input"));
    merged.whenComplete(poison -> seen.add("merged 1"));
    merged.whenComplete(poison -> seen.add("merged 2"));
    input.trigger();
    assertThat(seen).containsExactlyInAnyOrder("input", "merged 1", "merged 2");
    assertThat(seen.indexOf("merged 1")).isLessThan(seen.indexOf("merged 2"));
  }

  @Test
  void merge_completedEarly_ignoresItsInputs() {
    for (int i = 0; i < 50; i++) { // slots are reused: late inputs must not touch the next event
      Subject input = create();
      Subject second = create();
      Subject merged = merge(input, second);
      merged.trigger();
      Subject other = merge(create(), create());
      input.trigger();
      second.poison("late");
      assertThat(merged.status()).isEqualTo(TRIGGERED);
      assertThat(other.status()).isEqualTo(PENDING);
    }
  }

  @Test
  void merge_ofManyCompletedEarly_ignoresItsInputs() {
    for (int i = 0; i < 20; i++) {
      var inputs = Stream.generate(this::create).limit(40).toArray(Subject[]::new);
      Subject merged = merge(inputs);
      inputs[20].trigger();
      merged.trigger();
      var others = Stream.generate(this::create).limit(40).toArray(Subject[]::new);
      Subject other = merge(others);
      for (Subject input : inputs) {
        if (input != inputs[20]) {
          input.trigger();
        }
      }
      assertThat(merged.status()).isEqualTo(TRIGGERED);
      assertThat(other.status()).isEqualTo(PENDING);
      Stream.of(others).forEach(Subject::trigger);
      assertThat(other.status()).isEqualTo(TRIGGERED);
    }
    assertThat(events.stats().slots()).isLessThan(4 * IndexPool.BATCH);
  }

  @Test
  void merge_invalidInputAmongMany_throwsAndLeavesNothingBehind() {
    RawEvents raw = events.raw();
    for (int bad : new int[] {0, 15, 16, 20, 39}) {
      long[] inputs = LongStream.generate(raw::create).limit(40).toArray();
      long real = inputs[bad];
      inputs[bad] = (99L << 32) | 1;
      assertThatExceptionOfType(InvalidHandleException.class).isThrownBy(() -> raw.merge(inputs));
      inputs[bad] = real;
      LongStream.of(inputs).forEach(raw::trigger);
      assertThat(events.stats().pending()).isZero();
    }
  }

  @Test
  void merge_ofManyInASmallSystem_takesNoSlotForItsParts() {
    try (var small = EventSystem.create(c -> c.withMaxEvents(41))) {
      var inputs = Stream.generate(small::newEvent).limit(40).toList();
      Event merged = small.merge(inputs);
      inputs.forEach(Event::trigger);
      assertThat(merged.status()).isEqualTo(TRIGGERED);
    }
  }

  @Test
  void merge_invalidInput_throwsAndLeavesTheOthers() {
    Subject input = create();
    Subject never = new Subject.OfRaw(events.raw(), (99L << 32) | 1);
    assertThatExceptionOfType(InvalidHandleException.class)
        .isThrownBy(() -> events.raw().merge(events.raw().raw(input.handle()), (99L << 32) | 1))
        .withMessageContaining("handle=99@1");
    assertThatExceptionOfType(InvalidHandleException.class)
        .isThrownBy(
            () -> events.raw().mergeFailFast(events.raw().raw(input.handle()), (99L << 32) | 1));
    assertThatExceptionOfType(InvalidHandleException.class).isThrownBy(never::status);
    input.trigger();
    assertThat(events.stats().pending()).isZero();
    assertThat(events.stats().waiters()).isZero();
  }

  @Test
  void stats_afterMerges_countThem() {
    Subject input = create();
    merge(input, input);
    surface.mergeFailFast(events, input);
    assertThat(events.stats().merges()).isEqualTo(2);
    assertThat(events.stats().created()).isEqualTo(3);
    input.trigger();
    assertThat(events.stats().triggered()).isEqualTo(3);
  }
}
