package dev.carillon.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.Covers;
import dev.carillon.time.ManualClock;
import dev.carillon.time.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Gates one step after another; see {@link GateModelTest} for what is let through when. */
@Covers("S26")
class GateBoardTest {
  private static final List<Integer> OUTER = List.of(0);
  private static final List<Integer> INNER = List.of(0, 1);
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final ManualClock clock = new ManualClock(Long.MAX_VALUE - 5);
  private final Timers timers = Timers.on(clock, "gates");
  private final List<String> admitted = new ArrayList<>();

  @AfterEach
  void close() {
    timers.close();
  }

  static CompiledPlan.GatePlan limit(int most) {
    return new CompiledPlan.GatePlan("limit " + most, OptionalInt.of(most), null);
  }

  static CompiledPlan.GatePlan rate(int permits, Duration period) {
    return new CompiledPlan.GatePlan(
        "rate " + permits, OptionalInt.empty(), new Sync.Rate(permits, period));
  }

  private GateBoard board(CompiledPlan.GatePlan... plans) {
    return new GateBoard(plans, clock, timers);
  }

  private void come(GateBoard board, String name, List<Integer> gates) {
    board.acquire(() -> admitted.add(name), gates);
  }

  @Test
  void acquire_noGates_isAdmittedAtOnce() {
    var board = board();
    come(board, "a", List.of());
    board.release(List.of());
    assertThat(admitted).containsExactly("a");
    assertThat(board.gates()).isEmpty();
  }

  @Test
  void acquire_limitReached_waitsForARelease_inOrderOfArrival() {
    var board = board(limit(1));
    for (String name : List.of("a", "b", "c")) {
      come(board, name, OUTER);
    }
    assertThat(admitted).containsExactly("a");
    assertThat(board.gates())
        .containsExactly(new GateBoard.GateState("limit 1", 1, OptionalInt.of(1), null, 2));
    board.release(OUTER);
    assertThat(admitted).containsExactly("a", "b");
    board.release(OUTER);
    assertThat(admitted).containsExactly("a", "b", "c");
  }

  @Test
  void acquire_innerGateShut_takesNoPlaceOfTheOuterOne() {
    var board = board(limit(2), limit(1));
    come(board, "inner 1", INNER);
    come(board, "inner 2", INNER);
    come(board, "outer", OUTER);
    assertThat(admitted).containsExactly("inner 1", "outer");
  }

  @Test
  void acquire_innerGateOpen_isNotOvertakenByThoseForFewerGates() {
    var board = board(limit(1), limit(1));
    come(board, "first", OUTER);
    come(board, "inner", INNER);
    come(board, "outer", OUTER);
    board.release(OUTER);
    assertThat(admitted).containsExactly("first", "inner");
    board.release(INNER);
    assertThat(admitted).containsExactly("first", "inner", "outer");
  }

  @Test
  void acquire_rateUsedUp_isWokenByOneTimer_andReleaseGivesNothingBack() {
    var board = board(rate(2, SECOND));
    come(board, "a", OUTER);
    board.release(OUTER);
    come(board, "b", OUTER);
    board.release(OUTER);
    come(board, "c", OUTER);
    come(board, "d", OUTER);
    assertThat(admitted).containsExactly("a", "b");
    assertThat(timers.pending()).isEqualTo(1);
    clock.advance(Duration.ofMillis(499));
    assertThat(admitted).containsExactly("a", "b");
    clock.advance(Duration.ofMillis(1));
    assertThat(admitted).containsExactly("a", "b", "c");
    assertThat(timers.pending()).isEqualTo(1);
    clock.advance(SECOND);
    assertThat(admitted).containsExactly("a", "b", "c", "d");
    assertThat(timers.pending()).isZero();
  }

  @Test
  void acquire_afterALongPause_hasABurstAndNoMore() {
    var board = board(rate(3, SECOND));
    clock.advance(Duration.ofDays(1));
    for (int i = 0; i < 5; i++) {
      come(board, "waiter " + i, OUTER);
    }
    assertThat(admitted).hasSize(3);
  }

  @Test
  void acquire_rateOfAllTime_overflowsNothing() {
    var board = board(rate(2, Duration.ofSeconds(Long.MAX_VALUE)));
    for (int i = 0; i < 3; i++) {
      come(board, "waiter " + i, OUTER);
    }
    clock.advance(Duration.ofDays(10_000));
    assertThat(admitted).hasSize(2);
  }

  @Test
  void acquire_rateOfManyInANanosecond_isExact() {
    var board = board(rate(1_000, Duration.ofNanos(1)));
    for (int i = 0; i < 1_500; i++) {
      come(board, "waiter " + i, OUTER);
    }
    assertThat(admitted).hasSize(1_000);
    clock.advance(Duration.ofMillis(1));
    assertThat(admitted).hasSize(1_500);
  }

  @Test
  void withdraw_theLastWhoWaitsForARate_dropsTheTimer() {
    var board = board(rate(1, SECOND));
    GateBoard.Waiter late = () -> admitted.add("late");
    come(board, "a", OUTER);
    board.acquire(late, OUTER);
    assertThat(timers.pending()).isEqualTo(1);
    assertThat(board.withdraw(late)).isTrue();
    assertThat(timers.pending()).isZero();
    assertThat(board.withdraw(late)).isFalse();
    clock.advance(SECOND);
    assertThat(admitted).containsExactly("a");
  }

  @Test
  void withdraw_whoIsAdmitted_isFalse() {
    var board = board(limit(1));
    GateBoard.Waiter waiter = () -> admitted.add("a");
    board.acquire(waiter, OUTER);
    assertThat(board.withdraw(waiter)).isFalse();
    assertThat(board.gates().getFirst().inUse()).isEqualTo(1);
  }

  private static long stackDepth() {
    return StackWalker.getInstance().<Long>walk(frames -> frames.count());
  }

  @Test
  void admitted_thatReleases_leavesTheStackFlat() {
    var board = board(limit(1));
    long[] deepest = {0};
    board.acquire(() -> {}, OUTER);
    for (int i = 0; i < 100_000; i++) {
      board.acquire(
          () -> {
            admitted.add("one more");
            if (admitted.size() % 10_000 == 0) {
              deepest[0] = Math.max(deepest[0], stackDepth());
            }
            board.release(OUTER);
          },
          OUTER);
    }
    board.release(OUTER);
    assertThat(admitted).hasSize(100_000);
    assertThat(deepest[0]).isBetween(1L, stackDepth() + 20);
  }

  @Test
  void admitted_thatComesAgain_isToldWhenItHasReturned() {
    var board = board(limit(2));
    board.acquire(
        () -> {
          come(board, "inner", OUTER);
          admitted.add("outer");
        },
        OUTER);
    assertThat(admitted).containsExactly("outer", "inner");
  }

  @Test
  void admitted_thatThrows_keepsNobodyFromBeingTold() {
    var board = board(limit(3));
    for (int i = 0; i < 3; i++) {
      come(board, "early", OUTER);
    }
    var failure = new IllegalStateException("first");
    var error = new AssertionError("second");
    for (RuntimeException next : List.of(failure, failure)) {
      board.acquire(
          () -> {
            board.release(OUTER);
            throw next;
          },
          OUTER);
    }
    board.acquire(
        () -> {
          throw error;
        },
        OUTER);
    board.acquire(() -> admitted.add("last"), OUTER);
    assertThatThrownBy(() -> board.release(OUTER)).isSameAs(failure).hasSuppressedException(error);
    assertThat(admitted).containsExactly("early", "early", "early");
    board.release(OUTER);
    assertThat(admitted).containsExactly("early", "early", "early", "last");
  }

  @Test
  void close_dropsTheTimer_andLetsNobodyThrough() {
    var board = board(rate(1, SECOND));
    GateBoard.Waiter late = () -> admitted.add("late");
    come(board, "a", OUTER);
    board.acquire(late, OUTER);
    board.close();
    board.close();
    assertThat(timers.pending()).isZero();
    board.release(OUTER);
    clock.advance(SECOND);
    assertThat(admitted).containsExactly("a");
    assertThat(board.gates().getFirst().inUse()).isZero();
    assertThat(board.withdraw(late)).isTrue();
    assertThatIllegalStateException()
        .isThrownBy(() -> come(board, "b", OUTER))
        .withMessage("gates must be open to be passed: gates=[0]");
  }

  @Test
  void acquire_timersClosed_failsAndCanBeWithdrawn() {
    var board = board(rate(1, SECOND));
    GateBoard.Waiter late = () -> admitted.add("late");
    come(board, "a", OUTER);
    timers.close();
    assertThatIllegalStateException().isThrownBy(() -> board.acquire(late, OUTER));
    assertThat(board.withdraw(late)).isTrue();
    assertThat(board.gates().getFirst().waiting()).isZero();
  }

  @Test
  void acquire_gatesThatDoNotLieInEachOther_areRefused() {
    var board = board(limit(1), limit(2), limit(3));
    come(board, "a", List.of(0, 1));
    for (List<Integer> wrong : List.of(List.of(1), List.of(1, 0), List.of(2, 1), List.of(0, 0))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> come(board, "b", wrong))
          .withMessageContaining("a gate must always be behind the same others: gate=\"limit ")
          .withMessageContaining(wrong.toString());
    }
    assertThatThrownBy(() -> come(board, "b", List.of(3)))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThat(board.gates()).allMatch(gate -> gate.waiting() == 0);
  }

  @Test
  void acquire_whoWaitsAlready_isRefused() {
    var board = board(limit(1));
    GateBoard.Waiter twice = () -> admitted.add("twice");
    come(board, "a", OUTER);
    board.acquire(twice, OUTER);
    assertThatIllegalStateException()
        .isThrownBy(() -> board.acquire(twice, OUTER))
        .withMessage("who waits at gates must not come again: gates=[0]");
  }

  @Test
  void release_ofWhatNobodyPassed_isRefused() {
    var board = board(limit(1), limit(1));
    come(board, "a", OUTER);
    assertThatIllegalStateException()
        .isThrownBy(() -> board.release(INNER))
        .withMessage("a gate must be passed before it is released: gate=\"limit 1\"");
    assertThat(board.gates().getFirst().inUse()).isEqualTo(1);
  }
}
