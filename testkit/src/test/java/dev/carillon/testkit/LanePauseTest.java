package dev.carillon.testkit;

import static dev.carillon.testkit.CarillonAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.event.Event;
import dev.carillon.schedule.Lane;
import dev.carillon.schedule.LaneConfig;
import dev.carillon.schedule.LaneOverflow;
import dev.carillon.schedule.Offer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Lanes that are paused. */
class LanePauseTest {
  private static final Duration LINGER = Duration.ofMillis(20);

  private final SimulatedScheduler simulated = new SimulatedScheduler(11);
  private final List<List<String>> batches = new ArrayList<>();

  @AfterEach
  void close() {
    simulated.close();
  }

  private Lane<String> lane(UnaryOperator<LaneConfig<String>> configure) {
    return simulated.scheduler().lane(configure, batch -> batches.add(List.copyOf(batch)));
  }

  private static void offer(Lane<String> lane, String... items) {
    for (String item : items) {
      assertThat(lane.offer(item)).isEqualTo(Offer.ACCEPTED);
    }
  }

  @Test
  void pause_idleLane_acceptsUpToTheCapacityAndHandlesNothing() {
    Lane<String> lane = lane(c -> c.withCapacity(2));
    lane.pause();
    offer(lane, "a", "b");
    assertThat(lane.offer("c")).isEqualTo(Offer.FULL);
    simulated.advance(Duration.ofHours(1));
    assertThat(batches).isEmpty();
    assertThat(lane.stats().paused()).isTrue();
    assertThat(lane.stats().running()).isFalse();
    assertThat(lane.stats().queued()).isEqualTo(2);
    lane.resume();
    assertThat(lane.stats().paused()).isFalse();
    simulated.runUntilIdle();
    assertThat(batches).containsExactly(List.of("a", "b"));
  }

  @Test
  void offer_toAPausedLane_wakesItOnceAtMost() {
    Lane<String> lane = lane(c -> c);
    lane.pause();
    offer(lane, "a");
    simulated.runUntilIdle();
    offer(lane, "b", "c");
    assertThat(simulated.step()).isFalse();
  }

  @Test
  void pause_twice_oneResumeIsEnough() {
    Lane<String> lane = lane(c -> c);
    lane.pause();
    lane.pause();
    offer(lane, "a");
    simulated.runUntilIdle();
    lane.resume();
    lane.resume();
    simulated.runUntilIdle();
    assertThat(batches).containsExactly(List.of("a"));
  }

  @Test
  void pause_fromTheHandler_thatCallEndsAndNoOtherBegins() {
    List<String> handled = new ArrayList<>();
    List<Lane<String>> self = new ArrayList<>();
    Lane<String> lane =
        simulated
            .scheduler()
            .lane(
                c -> c.batches(1, Duration.ZERO),
                batch -> {
                  handled.add("begin " + batch);
                  self.getFirst().pause();
                  handled.add("end " + batch);
                });
    self.add(lane);
    offer(lane, "a", "b");
    simulated.runUntilIdle();
    assertThat(handled).containsExactly("begin [a]", "end [a]");
    lane.resume();
    simulated.runUntilIdle();
    assertThat(handled).hasSize(4).endsWith("begin [b]", "end [b]");
  }

  @Test
  void pause_whileLingering_holdsTheBatchBeyondItsTime() {
    Lane<String> lane = lane(c -> c.batches(10, LINGER));
    offer(lane, "first");
    simulated.runUntilIdle();
    batches.clear();
    offer(lane, "a");
    simulated.runUntilIdle();
    lane.pause();
    simulated.advance(LINGER.multipliedBy(2));
    assertThat(batches).isEmpty();
    lane.resume();
    simulated.runUntilIdle();
    assertThat(batches).containsExactly(List.of("a"));
  }

  @Test
  void pause_overflow_stillDropsTheOldest() {
    Lane<String> lane = lane(c -> c.withCapacity(1).withOverflow(LaneOverflow.dropOldest()));
    lane.pause();
    offer(lane, "a", "b", "c");
    simulated.runUntilIdle();
    lane.resume();
    simulated.runUntilIdle();
    assertThat(batches).containsExactly(List.of("c"));
    assertThat(lane.stats().dropped()).isEqualTo(2);
  }

  @Test
  void handled_pausedLane_isToldAfterTheResume() {
    Lane<String> lane = lane(c -> c);
    lane.pause();
    assertThat(lane.handled()).as("of nothing").isTriggered();
    offer(lane, "a");
    simulated.runUntilIdle();
    Event handled = lane.handled();
    assertThat(handled).isPending();
    lane.resume();
    simulated.runUntilIdle();
    assertThat(handled).isTriggered();
    lane.pause();
    simulated.runUntilIdle();
    assertThat(lane.handled()).isTriggered();
  }

  @Test
  void close_pausedLane_handlesWhatItHasAccepted() {
    Lane<String> lane = lane(c -> c);
    lane.pause();
    offer(lane, "a");
    simulated.runUntilIdle();
    lane.close();
    lane.pause(); // too late
    assertThat(lane.stats().paused()).isFalse();
    assertThat(lane.offer("b")).isEqualTo(Offer.CLOSED);
    simulated.runUntilIdle();
    assertThat(batches).containsExactly(List.of("a"));
    assertThat(simulated.scheduler().stats().lanes()).isEmpty();
  }

  @Test
  void close_pausedLaneWithNothing_isForgotten() {
    Lane<String> lane = lane(c -> c);
    offer(lane, "a");
    lane.pause();
    simulated.runUntilIdle();
    lane.resume();
    simulated.runUntilIdle();
    lane.pause();
    lane.close();
    simulated.runUntilIdle();
    assertThat(simulated.scheduler().stats().lanes()).isEmpty();
  }

  @Test
  void schedulerCloses_pausedLane_itsItemsAreHandled() {
    Lane<String> lane = lane(c -> c);
    lane.pause();
    offer(lane, "a");
    simulated.close();
    assertThat(batches).containsExactly(List.of("a"));
    assertThat(lane.stats().discarded()).isZero();
  }
}
