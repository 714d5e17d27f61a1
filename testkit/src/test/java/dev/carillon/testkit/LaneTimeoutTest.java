package dev.carillon.testkit;

import static dev.carillon.testkit.CarillonAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.carillon.build.CapturedLog;
import dev.carillon.event.Event;
import dev.carillon.schedule.Lane;
import dev.carillon.schedule.LaneConfig;
import dev.carillon.schedule.LaneHandler;
import dev.carillon.schedule.LaneListener;
import dev.carillon.schedule.LaneOverflow;
import dev.carillon.schedule.LaneStats;
import dev.carillon.schedule.Offer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Handlers that take too long. They move the clock themselves, so that what happens meanwhile does
 * so inside the call; and one that lets the scheduler make a step is overtaken by another thread.
 */
class LaneTimeoutTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final Duration GRACE = Duration.ofSeconds(2);
  private static final Duration TICK = Duration.ofMillis(1);

  private final CapturedLog log = new CapturedLog("dev.carillon.schedule");
  private final SimulatedScheduler simulated =
      new SimulatedScheduler(13, c -> c.withCpuThreads(1).withShards(1).withGrace(GRACE));
  private final List<String> told = new ArrayList<>();

  private final class Told implements LaneListener<String> {
    @Override
    public void timedOut(List<String> batch) {
      told.add("timed out " + batch);
    }

    @Override
    public void abandoned(List<String> batch) {
      told.add("abandoned " + batch);
    }
  }

  @AfterEach
  void close() {
    simulated.close();
    log.close();
    assertThat(Thread.interrupted()).as("no interrupt is left behind").isFalse();
  }

  private Lane<String> lane(LaneHandler<String> handler) {
    return lane(c -> c, handler);
  }

  private Lane<String> lane(
      UnaryOperator<LaneConfig<String>> configure, LaneHandler<String> handler) {
    return simulated
        .scheduler()
        .lane(
            c ->
                configure.apply(
                    c.named("slow")
                        .batches(1, Duration.ZERO)
                        .withTimeout(TIMEOUT)
                        .withListener(new Told())),
            handler);
  }

  private static void offer(Lane<String> lane, String... items) {
    for (String item : items) {
      assertThat(lane.offer(item)).isEqualTo(Offer.ACCEPTED);
    }
  }

  private void pass(Duration time) {
    simulated.clock().advance(time);
  }

  @Test
  void handler_returnsInTime_isNeitherInterruptedNorTold() {
    Lane<String> lane =
        lane(batch -> {
          pass(TIMEOUT.minus(TICK));
          assertThat(Thread.currentThread().isInterrupted()).isFalse();
        });
    offer(lane, "a", "b", "c");
    simulated.runUntilIdle();
    assertThat(told).isEmpty();
    assertThat(lane.stats().handled()).isEqualTo(3);
    assertThat(lane.stats().timedOut()).isZero();
    assertThat(lane.stats().failed()).isZero();
  }

  @Test
  void handler_returnsOnceInterrupted_isTimedOut() {
    List<Boolean> interrupted = new ArrayList<>();
    Lane<String> lane =
        lane(batch -> {
          if (batch.contains("slow")) {
            pass(TIMEOUT);
          }
          interrupted.add(Thread.currentThread().isInterrupted());
        });
    offer(lane, "slow", "next");
    simulated.runUntilIdle();
    assertThat(interrupted).containsExactly(true, false);
    assertThat(told).containsExactly("timed out [slow]");
    LaneStats stats = lane.stats();
    assertThat(stats.timedOut()).isEqualTo(1);
    assertThat(stats.abandoned()).isZero();
    assertThat(stats.failed()).isZero();
    assertThat(stats.batches()).isEqualTo(2);
    assertThat(stats.handled()).isEqualTo(2);
    assertThat(log.messages())
        .containsExactly("the handler of lane \"slow\" must return in time: timeout=PT30S");
  }

  @Test
  void handler_throwsWhenInterrupted_isTimedOutAndNotFailed() {
    Lane<String> lane =
        lane(batch -> {
          pass(TIMEOUT);
          throw new InterruptedException("as told");
        });
    offer(lane, "slow");
    simulated.runUntilIdle();
    assertThat(told).containsExactly("timed out [slow]");
    assertThat(lane.stats().timedOut()).isEqualTo(1);
    assertThat(lane.stats().failed()).isZero();
    assertThat(log.thrown().getFirst()).hasMessage("as told");
  }

  @Test
  void handler_returnsJustWithinTheGrace_isTimedOutAndNotAbandoned() {
    Lane<String> lane = lane(batch -> pass(TIMEOUT.plus(GRACE).minus(TICK)));
    offer(lane, "slow");
    simulated.advance(TIMEOUT.multipliedBy(3));
    assertThat(told).containsExactly("timed out [slow]");
    assertThat(lane.stats().abandoned()).isZero();
  }

  @Test
  void handler_takesNoNotice_isAbandonedAndTheLaneGoesOnMeanwhile() {
    List<String> handled = new ArrayList<>();
    Lane<String> lane =
        lane(batch -> {
          handled.add("begin " + batch);
          if (batch.contains("stuck")) {
            pass(TIMEOUT.plus(GRACE));
            assertThat(told).containsExactly("abandoned [stuck]");
            assertThat(simulated.step()).as("another thread").isTrue();
          }
          handled.add("end " + batch);
        });
    offer(lane, "stuck", "next");
    simulated.runUntilIdle();
    assertThat(handled)
        .containsExactly("begin [stuck]", "begin [next]", "end [next]", "end [stuck]");
    assertThat(told).containsExactly("abandoned [stuck]");
    LaneStats stats = lane.stats();
    assertThat(stats.abandoned()).isEqualTo(1);
    assertThat(stats.timedOut()).isZero();
    assertThat(stats.batches()).isEqualTo(2);
    assertThat(stats.handled()).isEqualTo(2);
    assertThat(log.messages())
        .containsExactly(
            "an interrupted handler must return within the time of grace: lane \"slow\","
                + " grace=PT2S; the lane goes on without it");
  }

  @Test
  void handler_failsAfterItWasAbandoned_isLoggedAndNotCounted() {
    Lane<String> lane =
        lane(batch -> {
          pass(TIMEOUT.plus(GRACE));
          throw new IllegalStateException("too late");
        });
    offer(lane, "stuck");
    simulated.runUntilIdle();
    assertThat(told).containsExactly("abandoned [stuck]");
    assertThat(lane.stats().failed()).isZero();
    assertThat(log.thrown()).hasSize(2);
    assertThat(log.thrown().get(1)).hasMessage("too late");
  }

  @Test
  void handler_abandonedAgainAndAgain_eachIsToldOnceAndThePoolKeepsGoing() {
    Lane<String> lane = lane(batch -> pass(TIMEOUT.plus(GRACE).multipliedBy(2)));
    offer(lane, "a", "b", "c");
    Event handled = lane.handled();
    simulated.advance(TIMEOUT.multipliedBy(5));
    assertThat(told).containsExactly("abandoned [a]", "abandoned [b]", "abandoned [c]");
    assertThat(handled).isTriggered();
    assertThat(lane.stats().handled()).isEqualTo(3);
    assertThat(simulated.scheduler().stats().running()).containsEntry("cpu", 0);
    Event task = simulated.scheduler().submit(() -> {});
    simulated.runUntilIdle();
    assertThat(task).isTriggered();
  }

  @Test
  void handled_stuckBatch_isToldWhenItIsAbandoned() {
    List<Event> handled = new ArrayList<>();
    Lane<String> lane =
        lane(batch -> {
          pass(TIMEOUT);
          assertThat(handled.getFirst()).isPending();
          pass(GRACE);
          assertThat(handled.getFirst()).isTriggered();
        });
    offer(lane, "stuck");
    handled.add(lane.handled());
    simulated.runUntilIdle();
    assertThat(lane.stats().failed()).isZero();
    assertThat(told).containsExactly("abandoned [stuck]");
  }

  @Test
  void batch_keptBeyondTheCall_keepsItsItems() {
    List<List<String>> kept = new ArrayList<>();
    Lane<String> lane = lane(kept::add);
    offer(lane, "a", "b");
    simulated.runUntilIdle();
    assertThat(kept).containsExactly(List.of("a"), List.of("b"));
  }

  @Test
  void time_ofALaterBatch_countsFromItsOwnBegin() {
    List<String> interrupted = new ArrayList<>();
    Lane<String> lane =
        lane(batch -> {
          if (batch.contains("second")) {
            pass(TIMEOUT.minus(TICK)); // beyond what the timer was first set for
            interrupted.add("early " + Thread.currentThread().isInterrupted());
            pass(TICK);
            interrupted.add("in time " + Thread.currentThread().isInterrupted());
          } else {
            pass(TIMEOUT.dividedBy(2));
          }
        });
    offer(lane, "first", "second");
    simulated.runUntilIdle();
    assertThat(interrupted).containsExactly("early false", "in time true");
  }

  @Test
  void timer_manyBatches_isOneAndNoneOnceTheLaneHasBeenIdle() {
    Lane<String> lane = lane(batch -> {});
    for (int i = 0; i < 100; i++) {
      offer(lane, "a", "b", "c");
      simulated.runUntilIdle();
      pass(TICK);
      assertThat(simulated.clock().alarms()).isEqualTo(1);
    }
    simulated.advance(TIMEOUT);
    assertThat(simulated.clock().alarms()).isZero();
    assertThat(told).isEmpty();
  }

  @Test
  void timer_closedLane_isTakenOff() {
    Lane<String> lane = lane(batch -> {});
    offer(lane, "a");
    simulated.runUntilIdle();
    lane.close();
    simulated.advance(TIMEOUT.multipliedBy(2));
    assertThat(simulated.scheduler().stats().lanes()).isEmpty();
    assertThat(simulated.clock().alarms()).isZero();
  }

  @Test
  void close_stuckLane_handlesTheRestWhenTheCallIsAbandoned() {
    List<String> handled = new ArrayList<>();
    List<Lane<String>> self = new ArrayList<>();
    Lane<String> lane =
        lane(batch -> {
          if (batch.contains("stuck")) {
            self.getFirst().close();
            pass(TIMEOUT.plus(GRACE));
          }
          handled.addAll(batch);
        });
    self.add(lane);
    offer(lane, "stuck", "next");
    simulated.runUntilIdle();
    assertThat(handled).containsExactly("stuck", "next");
    assertThat(simulated.scheduler().stats().lanes()).isEmpty();
  }

  @Test
  void pause_stuckLane_holdsWhatComesAfterTheAbandonedCall() {
    List<String> handled = new ArrayList<>();
    List<Lane<String>> self = new ArrayList<>();
    Lane<String> lane =
        lane(batch -> {
          if (batch.contains("stuck")) {
            self.getFirst().pause();
            pass(TIMEOUT.plus(GRACE));
          }
          handled.addAll(batch);
        });
    self.add(lane);
    offer(lane, "stuck", "next");
    simulated.runUntilIdle();
    assertThat(handled).containsExactly("stuck");
    lane.resume();
    simulated.runUntilIdle();
    assertThat(handled).containsExactly("stuck", "next");
  }

  @Test
  void listener_throws_isLoggedAndTheLaneGoesOn() {
    List<String> handled = new ArrayList<>();
    var broken =
        new LaneListener<String>() {
          @Override
          public void timedOut(List<String> batch) {
            throw new IllegalStateException("cannot hear");
          }

          @Override
          public void abandoned(List<String> batch) {
            throw new AssertionError("cannot hear");
          }
        };
    Lane<String> lane =
        lane(
            c -> c.withListener(broken),
            batch -> {
              if (batch.contains("slow")) {
                pass(TIMEOUT);
              } else if (batch.contains("stuck")) {
                pass(TIMEOUT.plus(GRACE));
              }
              handled.addAll(batch);
            });
    offer(lane, "slow", "stuck", "next");
    simulated.runUntilIdle();
    assertThat(handled).containsExactly("slow", "stuck", "next");
    assertThat(log.messages())
        .filteredOn(message -> message.equals("the listener of lane \"slow\" failed"))
        .hasSize(2);
  }

  @Test
  void timeout_notPositive_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> lane(c -> c.withTimeout(Duration.ZERO), batch -> {}))
        .withMessage("timeout must be positive: timeout=PT0S");
  }

  @Test
  void sameSeed_samePastAndFuture() {
    for (long seed = 1; seed <= 20; seed++) {
      assertThat(program(seed)).isEqualTo(program(seed));
    }
  }

  /** A random program of three lanes: {@return what happened in it} */
  private static List<String> program(long seed) {
    List<String> trace = new ArrayList<>();
    var random = new Random(seed);
    try (var other = new SimulatedScheduler(seed, c -> c.withCpuThreads(2).withGrace(GRACE))) {
      var listener =
          new LaneListener<String>() {
            @Override
            public void dropped(String item) {
              trace.add("dropped " + item);
            }

            @Override
            public void timedOut(List<String> batch) {
              trace.add("timed out " + batch);
            }

            @Override
            public void abandoned(List<String> batch) {
              trace.add("abandoned " + batch);
            }
          };
      List<Lane<String>> lanes = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        lanes.add(
            other
                .scheduler()
                .lane(
                    c ->
                        c.withCapacity(3)
                            .batches(2, Duration.ofMillis(5))
                            .withOverflow(LaneOverflow.latest(item -> item.charAt(1)))
                            .withTimeout(TIMEOUT)
                            .withListener(listener),
                    batch -> {
                      trace.add("begin " + batch);
                      int how = random.nextInt(10);
                      if (how < 2) {
                        other.clock().advance(how == 0 ? TIMEOUT : TIMEOUT.plus(GRACE));
                      }
                      trace.add("end " + batch);
                    }));
      }
      for (int i = 0; i < 200; i++) {
        int which = random.nextInt(lanes.size());
        Lane<String> lane = lanes.get(which);
        switch (random.nextInt(8)) {
          case 0 -> lane.pause();
          case 1, 2 -> lane.resume();
          case 3 -> other.step();
          case 4 -> other.advance(Duration.ofMillis(random.nextInt(10)));
          default -> lane.offer(which + "" + random.nextInt(5) + "#" + i);
        }
      }
      lanes.forEach(Lane::resume);
      other.advance(Duration.ofMinutes(5));
      other.scheduler().stats().lanes().stream()
          .sorted((a, b) -> Long.compare(a.accepted(), b.accepted()))
          .forEach(stats ->
              assertThat(stats.handled() + stats.dropped())
                  .as(stats.toString())
                  .isEqualTo(stats.accepted()));
    }
    Thread.interrupted();
    assertThat(trace).isNotEmpty();
    return trace;
  }
}
