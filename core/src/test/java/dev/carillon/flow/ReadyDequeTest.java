package dev.carillon.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.carillon.build.Covers;
import dev.carillon.build.Gen;
import dev.carillon.build.Property;
import dev.carillon.build.Workers;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What is ready to run, taken at both ends. */
@Covers("S21")
class ReadyDequeTest {
  private final ReadyDeque deque = new ReadyDeque();

  @Test
  void pop_andSteal_ofAnEmptyOne_findNothing() {
    assertThat(deque.isEmpty()).isTrue();
    assertThat(deque.pop()).isEqualTo(ReadyDeque.EMPTY);
    assertThat(deque.steal()).isEqualTo(ReadyDeque.EMPTY);
    assertThat(deque.isEmpty()).isTrue();
  }

  @Test
  void pop_givesTheNewest_stealTheOldest() {
    deque.push(0);
    deque.push(Integer.MAX_VALUE);
    deque.push(2);
    assertThat(deque.steal()).isZero();
    assertThat(deque.pop()).isEqualTo(2);
    assertThat(deque.isEmpty()).isFalse();
    assertThat(deque.pop()).isEqualTo(Integer.MAX_VALUE);
    assertThat(deque.pop()).isEqualTo(ReadyDeque.EMPTY);
  }

  @Test
  void push_ofANegativeNumber_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> deque.push(-1))
        .withMessage("a number must not be negative: number=-1");
  }

  @Test
  void newDeque_cellsNoPowerOfTwo_isRefused() {
    for (int cells : new int[] {0, 3, -8, Integer.MIN_VALUE}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new ReadyDeque(cells))
          .withMessage("cells must be a power of two: cells=" + cells);
    }
  }

  @TestFactory
  Stream<DynamicTest> programs_random_doWhatAnArrayDequeDoes() {
    return Property.check("ready deque", 200, ReadyDequeTest::compare);
  }

  private static void compare(Gen gen) {
    var deque = new ReadyDeque(gen.oneOf(1, 2, 16));
    var expected = new ArrayDeque<Integer>();
    double pushing = 0.5;
    for (int i = 0; i < 2_000; i++) {
      if (i % 100 == 0) {
        pushing = gen.oneOf(0.2, 0.5, 0.9); // it grows, shrinks and goes round
      }
      if (gen.chance(pushing)) {
        deque.push(i);
        expected.addLast(i);
      } else {
        boolean atTheOwnersEnd = gen.chance(0.5);
        Integer wanted = atTheOwnersEnd ? expected.pollLast() : expected.pollFirst();
        assertThat(atTheOwnersEnd ? deque.pop() : deque.steal())
            .isEqualTo(wanted == null ? ReadyDeque.EMPTY : wanted);
      }
      assertThat(deque.isEmpty()).isEqualTo(expected.isEmpty());
    }
  }

  @Test
  void pushAndPop_whileOthersSteal_giveEachNumberOnce() {
    int numbers = 400_000;
    var taken = new AtomicIntegerArray(numbers);
    var small = new ReadyDeque(2);
    try (var workers = new Workers()) {
      for (int thief = 0; thief < 3; thief++) {
        workers.start(() -> {
          int number = 0;
          while (number != numbers) { // which the owner leaves for each when all is pushed
            number = small.steal();
            if (number >= 0 && number < numbers) {
              taken.incrementAndGet(number);
            }
          }
        });
      }
      workers.start(() -> {
        for (int number = 0; number < numbers; number++) {
          small.push(number);
          if (number % 7 > 3) {
            take(small, taken);
          }
          if (number % 10_000 == 0) {
            drain(small, taken);
          }
        }
        drain(small, taken);
        for (int thief = 0; thief < 3; thief++) {
          small.push(numbers);
        }
      });
    }
    for (int number = 0; number < numbers; number++) {
      assertThat(taken.get(number)).as("how often %s was taken", number).isEqualTo(1);
    }
    assertThat(small.isEmpty()).isTrue();
  }

  private static boolean take(ReadyDeque deque, AtomicIntegerArray taken) {
    int number = deque.pop();
    if (number >= 0) {
      taken.incrementAndGet(number);
    }
    return number >= 0;
  }

  private static void drain(ReadyDeque deque, AtomicIntegerArray taken) {
    boolean isGoingOn = true;
    while (isGoingOn) {
      isGoingOn = take(deque, taken);
    }
  }
}
