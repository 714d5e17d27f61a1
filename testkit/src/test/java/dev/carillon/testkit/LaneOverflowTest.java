package dev.carillon.testkit;

import static dev.carillon.testkit.CarillonAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.carillon.build.CapturedLog;
import dev.carillon.event.Event;
import dev.carillon.schedule.Lane;
import dev.carillon.schedule.LaneConfig;
import dev.carillon.schedule.LaneListener;
import dev.carillon.schedule.LaneOverflow;
import dev.carillon.schedule.Offer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a lane does with items for which it has no room. */
class LaneOverflowTest {
  private final SimulatedScheduler simulated = new SimulatedScheduler(7);
  private final List<List<String>> batches = new ArrayList<>();
  private final List<String> dropped = new ArrayList<>();

  @AfterEach
  void close() {
    simulated.close();
  }

  private Lane<String> lane(UnaryOperator<LaneConfig<String>> configure) {
    var listener =
        new LaneListener<String>() {
          @Override
          public void dropped(String item) {
            dropped.add(item);
          }
        };
    return simulated
        .scheduler()
        .lane(
            c -> configure.apply(c).withListener(listener),
            batch -> batches.add(List.copyOf(batch)));
  }

  private static void offer(Lane<String> lane, String... items) {
    for (String item : items) {
      assertThat(lane.offer(item)).isEqualTo(Offer.ACCEPTED);
    }
  }

  /** {@return an overflow by the first letter} */
  private static LaneOverflow<String> latest() {
    return LaneOverflow.latest(item -> item.charAt(0));
  }

  @Test
  void offer_toAFullLaneThatRefuses_isFullAndNothingIsDropped() {
    Lane<String> lane = lane(c -> c.withCapacity(1));
    offer(lane, "a", "b"); // one is rounded up to two
    assertThat(lane.offer("c")).isEqualTo(Offer.FULL);
    assertThat(dropped).isEmpty();
    assertThat(lane.stats().dropped()).isZero();
    assertThat(lane.stats().refused()).isEqualTo(1);
  }

  @Test
  void offer_toAFullLaneThatDropsTheOldest_dropsTellsAndCounts() {
    Lane<String> lane = lane(c -> c.withCapacity(3).withOverflow(LaneOverflow.dropOldest()));
    offer(lane, "a", "b", "c", "d", "e");
    assertThat(dropped).containsExactly("a", "b");
    assertThat(lane.stats().queued()).isEqualTo(3);
    simulated.runUntilIdle();
    assertThat(batches).containsExactly(List.of("c", "d", "e"));
    assertThat(lane.stats().accepted()).isEqualTo(5);
    assertThat(lane.stats().dropped()).isEqualTo(2);
    assertThat(lane.stats().handled()).isEqualTo(3);
    assertThat(lane.stats().refused()).isZero();
  }

  @Test
  void put_toAFullLaneThatDropsTheOldest_doesNotWait() throws Exception {
    Lane<String> lane = lane(c -> c.withCapacity(1).withOverflow(LaneOverflow.dropOldest()));
    assertThat(lane.put("a")).isEqualTo(Offer.ACCEPTED);
    assertThat(lane.put("b")).isEqualTo(Offer.ACCEPTED);
    simulated.runUntilIdle();
    assertThat(batches).containsExactly(List.of("b"));
    assertThat(dropped).containsExactly("a");
  }

  @Test
  void offer_afterClose_isClosedWhateverTheOverflow() {
    Lane<String> lane = lane(c -> c.withCapacity(1).withOverflow(LaneOverflow.dropOldest()));
    offer(lane, "a");
    lane.close();
    assertThat(lane.offer("b")).isEqualTo(Offer.CLOSED);
    simulated.runUntilIdle();
    assertThat(batches).containsExactly(List.of("a"));
    assertThat(dropped).isEmpty();
    assertThat(simulated.scheduler().stats().lanes()).isEmpty();
  }

  @Test
  void offer_ofAWaitingKey_replacesInItsPlace() {
    Lane<String> lane = lane(c -> c.withCapacity(4).withOverflow(latest()));
    offer(lane, "a1", "b1", "c1", "a2", "b2", "a3");
    assertThat(dropped).containsExactly("a1", "b1", "a2");
    assertThat(lane.stats().queued()).isEqualTo(3);
    simulated.runUntilIdle();
    assertThat(batches).containsExactly(List.of("a3", "b2", "c1"));
    assertThat(lane.stats().accepted()).isEqualTo(6);
    assertThat(lane.stats().dropped()).isEqualTo(3);
    assertThat(lane.stats().handled()).isEqualTo(3);
  }

  @Test
  void offer_ofAKeyThatWasTaken_waitsAtTheEnd() {
    Lane<String> lane = lane(c -> c.withOverflow(latest()));
    offer(lane, "a1", "b1");
    simulated.runUntilIdle();
    offer(lane, "c1", "a2");
    simulated.runUntilIdle();
    assertThat(batches).containsExactly(List.of("a1", "b1"), List.of("c1", "a2"));
    assertThat(dropped).isEmpty();
  }

  @Test
  void offer_ofAnotherKeyToAFullLane_dropsTheOldest() {
    Lane<String> lane = lane(c -> c.withCapacity(2).withOverflow(latest()));
    offer(lane, "a1", "b1", "c1", "a2", "c2");
    assertThat(dropped).containsExactly("a1", "b1", "c1");
    simulated.runUntilIdle();
    assertThat(batches).containsExactly(List.of("c2", "a2"));
  }

  @Test
  void offer_withoutAKey_isRefusedAndLeavesTheLaneAsItIs() {
    Lane<String> lane = lane(c -> c.withOverflow(LaneOverflow.latest(LaneOverflowTest::noKeyOfB)));
    offer(lane, "a");
    assertThatNullPointerException().isThrownBy(() -> lane.offer("b")).withMessage("an item's key");
    simulated.runUntilIdle();
    assertThat(batches).containsExactly(List.of("a"));
  }

  @SuppressWarnings("NullAway") // which it must be told
  private static Object noKeyOfB(String item) {
    return item.equals("b") ? null : item;
  }

  @Test
  void handled_someWereDropped_isToldWhenTheRestIs() {
    Lane<String> lane =
        lane(c ->
            c.withCapacity(2).batches(1, Duration.ZERO).withOverflow(LaneOverflow.dropOldest()));
    offer(lane, "a", "b");
    Event both = lane.handled();
    offer(lane, "c"); // instead of a
    Event all = lane.handled();
    assertThat(simulated.step()).isTrue();
    assertThat(all).isTriggered();
    assertThat(both).isTriggered();
    assertThat(lane.handled()).isTriggered();
  }

  @Test
  void handled_aReplacedItem_isToldWhenItsPlaceIsHandled() {
    Lane<String> lane = lane(c -> c.withOverflow(latest()));
    offer(lane, "a1");
    Event first = lane.handled();
    offer(lane, "a2");
    assertThat(first).isPending();
    simulated.runUntilIdle();
    assertThat(first).isTriggered();
    assertThat(batches).containsExactly(List.of("a2"));
  }

  @Test
  void batches_ofBytes_followWhatIsDroppedAndReplaced() {
    Lane<String> lane =
        lane(c ->
            c.withCapacity(3)
                .batches(100, Duration.ofMillis(20))
                .batchBytes(10, String::length)
                .withOverflow(latest()));
    offer(lane, "first");
    simulated.runUntilIdle();
    batches.clear();
    offer(lane, "a".repeat(6), "a", "b".repeat(6), "c", "d"); // 8 bytes are left
    simulated.runUntilIdle();
    assertThat(batches).as("not full yet").isEmpty();
    offer(lane, "d".repeat(6));
    simulated.advance(Duration.ofMillis(20));
    assertThat(batches).containsExactly(List.of("bbbbbb", "c"), List.of("dddddd"));
  }

  @Test
  void listener_throws_isLoggedAndTheItemAccepted() {
    try (var log = new CapturedLog("dev.carillon.schedule")) {
      var listener =
          new LaneListener<String>() {
            @Override
            public void dropped(String item) {
              throw new IllegalStateException("no interest in " + item);
            }
          };
      Lane<String> lane =
          simulated
              .scheduler()
              .lane(
                  c ->
                      c.named("deaf")
                          .withCapacity(1)
                          .withOverflow(LaneOverflow.dropOldest())
                          .withListener(listener),
                  batch -> batches.add(List.copyOf(batch)));
      offer(lane, "a", "b");
      simulated.runUntilIdle();
      assertThat(batches).containsExactly(List.of("b"));
      assertThat(log.messages()).containsExactly("the listener of lane \"deaf\" failed");
    }
  }

  @Test
  void capacity_notPositive_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> lane(c -> c.withOverflow(LaneOverflow.dropOldest()).withCapacity(0)))
        .withMessage("capacity must be 1 to 16777216: capacity=0");
  }
}
