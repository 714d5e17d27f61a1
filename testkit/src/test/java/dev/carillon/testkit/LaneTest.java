package dev.carillon.testkit;

import static dev.carillon.testkit.CarillonAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Covers;
import dev.carillon.event.Event;
import dev.carillon.schedule.Band;
import dev.carillon.schedule.Lane;
import dev.carillon.schedule.LaneConfig;
import dev.carillon.schedule.LaneHandler;
import dev.carillon.schedule.Offer;
import dev.carillon.schedule.Placement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Lanes and their batches, in simulated time. */
class LaneTest {
  private static final Duration LINGER = Duration.ofMillis(20);

  private final SimulatedScheduler simulated = new SimulatedScheduler(3);
  private final List<List<String>> batches = new ArrayList<>();

  @AfterEach
  void close() {
    simulated.close();
  }

  private Lane<String> lane(UnaryOperator<LaneConfig<String>> configure) {
    return simulated.scheduler().lane(configure, batch -> batches.add(List.copyOf(batch)));
  }

  private void offer(Lane<String> lane, String... items) {
    for (String item : items) {
      assertThat(lane.offer(item)).isEqualTo(Offer.ACCEPTED);
    }
  }

  /** Has the lane handle an item, so that it is busy rather than idle. */
  private void makeBusy(Lane<String> lane) {
    offer(lane, "first");
    simulated.runUntilIdle();
    assertThat(batches).containsExactly(List.of("first"));
    batches.clear();
  }

  @Test
  @Covers("C20")
  void offer_many_areHandledInOrderInBatchesOfWhatIsThere() {
    Lane<String> lane = lane(c -> c.batches(3, Duration.ZERO));
    offer(lane, "a", "b", "c", "d");
    Event handled = lane.handled();
    assertThat(handled).isPending();
    simulated.runUntilIdle();
    assertThat(batches).containsExactly(List.of("a", "b", "c"), List.of("d"));
    assertThat(handled).isTriggered();
    assertThat(lane.handled()).isTriggered();
  }

  @Test
  @Covers("C20")
  void offer_toAnIdleLane_isHandledWithoutLinger() {
    Lane<String> lane = lane(c -> c.batches(10, LINGER));
    simulated.advance(LINGER);
    offer(lane, "a");
    simulated.runUntilIdle();
    assertThat(batches).containsExactly(List.of("a"));
  }

  @Test
  @Covers("C20")
  void offer_toABusyLane_waitsForAFullBatch() {
    Lane<String> lane = lane(c -> c.batches(3, LINGER));
    makeBusy(lane);
    offer(lane, "a", "b");
    simulated.runUntilIdle();
    assertThat(batches).isEmpty();
    offer(lane, "c");
    simulated.runUntilIdle();
    assertThat(batches).containsExactly(List.of("a", "b", "c"));
  }

  @Test
  @Covers("C20")
  void offer_toABusyLane_lingersNoLongerThanAsked() {
    Lane<String> lane = lane(c -> c.batches(3, LINGER));
    makeBusy(lane);
    simulated.advance(LINGER.minusMillis(5)); // busy that recently
    offer(lane, "a");
    simulated.runUntilIdle();
    simulated.advance(Duration.ofMillis(4));
    assertThat(batches).isEmpty();
    simulated.advance(LINGER.minusMillis(4));
    assertThat(batches).containsExactly(List.of("a"));
  }

  @Test
  @Covers("C20")
  void offer_bytes_flushAndLimitTheBatch() {
    Lane<String> lane = lane(c -> c.batches(100, LINGER).batchBytes(10, String::length));
    makeBusy(lane);
    offer(lane, "aaaa", "bbbb");
    simulated.runUntilIdle();
    assertThat(batches).isEmpty();
    offer(lane, "cccc", "ddddddddddddddd");
    simulated.runUntilIdle();
    assertThat(batches)
        .containsExactly(List.of("aaaa", "bbbb"), List.of("cccc"), List.of("ddddddddddddddd"));
  }

  @Test
  @Covers("C20")
  void offer_deadline_cutsTheLingerShort() {
    Lane<String> lane =
        lane(c -> c.batches(100, LINGER).deadline(s -> Duration.ofMillis(s.length())));
    makeBusy(lane);
    offer(lane, "a".repeat(15));
    simulated.runUntilIdle();
    offer(lane, "b".repeat(6));
    simulated.runUntilIdle();
    simulated.advance(Duration.ofMillis(4));
    assertThat(batches).isEmpty();
    simulated.advance(Duration.ofMillis(3));
    assertThat(batches).hasSize(1);
    assertThat(batches.getFirst()).hasSize(2);
  }

  @Test
  void offer_beyondCapacity_isFullAndCounted() {
    Lane<String> lane = lane(c -> c.withCapacity(4));
    offer(lane, "a", "b", "c", "d");
    assertThat(lane.offer("e")).isEqualTo(Offer.FULL);
    assertThat(lane.stats().refused()).isEqualTo(1);
    assertThat(lane.stats().queued()).isEqualTo(4);
    simulated.runUntilIdle();
    offer(lane, "e");
    simulated.runUntilIdle();
    assertThat(batches).containsExactly(List.of("a", "b", "c", "d"), List.of("e"));
  }

  @Test
  void offer_batchLargerThanTheLane_handlesEachItemOnce() {
    Lane<String> lane = lane(c -> c.withCapacity(2).batches(100, Duration.ZERO));
    offer(lane, "a", "b");
    simulated.runUntilIdle();
    assertThat(batches).containsExactly(List.of("a", "b"));
    assertThat(lane.stats().handled()).isEqualTo(2);
  }

  @Test
  void close_refusesMoreAndHandlesTheRest() {
    Lane<String> lane = lane(c -> c.batches(10, LINGER));
    makeBusy(lane);
    offer(lane, "a");
    simulated.runUntilIdle();
    lane.close();
    lane.close();
    assertThat(lane.offer("b")).isEqualTo(Offer.CLOSED);
    simulated.runUntilIdle();
    assertThat(batches).containsExactly(List.of("a"));
    assertThat(simulated.scheduler().stats().lanes()).isEmpty();
  }

  @Test
  void handler_fails_isCountedLoggedAndTheLaneGoesOn() {
    try (var log = new CapturedLog("dev.carillon.schedule")) {
      Lane<String> lane =
          simulated
              .scheduler()
              .lane(
                  c -> c.named("shaky").batches(1, Duration.ZERO),
                  batch -> {
                    batches.add(List.copyOf(batch));
                    if (batch.contains("bad")) {
                      throw new IllegalStateException("cannot");
                    }
                  });
      offer(lane, "bad", "good");
      simulated.runUntilIdle();
      assertThat(batches).containsExactly(List.of("bad"), List.of("good"));
      assertThat(lane.stats().failed()).isEqualTo(1);
      assertThat(log.messages()).anyMatch(message -> message.contains("shaky"));
    }
  }

  @Test
  void each_oneFails_theRestIsHandledAndTheFailureTold() {
    List<String> handled = new ArrayList<>();
    LaneHandler<String> handler =
        LaneHandler.each(item -> {
          handled.add(item);
          if (item.startsWith("bad")) {
            throw new IllegalStateException(item);
          }
        });
    try {
      handler.handle(List.of("a", "bad1", "b", "bad2"));
      throw new AssertionError("expected to fail");
    } catch (Exception e) {
      assertThat(e).hasMessage("bad1");
      assertThat(e.getSuppressed()).hasSize(1);
    }
    assertThat(handled).containsExactly("a", "bad1", "b", "bad2");
  }

  @Test
  void lanes_ofDifferentBands_higherGoesFirst() {
    List<String> order = new ArrayList<>();
    try (var single = new SimulatedScheduler(5, c -> c.withCpuThreads(1).withShards(1))) {
      Lane<String> low =
          single.scheduler().lane(c -> c.band(Band.LOW), batch -> order.addAll(batch));
      Lane<String> high =
          single.scheduler().lane(c -> c.band(Band.HIGH), batch -> order.addAll(batch));
      low.offer("low");
      high.offer("high");
      single.runUntilIdle();
    }
    assertThat(order).containsExactly("high", "low");
  }

  @Test
  void config_bad_isRefusedNamingTheValue() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> lane(c -> c.withCapacity(0)))
        .withMessage("capacity must be 1 to 16777216: capacity=0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> lane(c -> c.batches(0, LINGER)))
        .withMessage("batchCount must be 1 to 16777216: batchCount=0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> lane(c -> c.batches(1, LINGER.negated())))
        .withMessageContaining("linger must not be negative");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> lane(c -> c.on(Placement.CALLER)))
        .withMessageContaining("a lane needs a pool");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> lane(c -> c.band(new Band(5))))
        .withMessageContaining("band=band 5, bands=2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> lane(c -> c.named(" ")))
        .withMessageContaining("name must not be blank");
  }
}
