package dev.carillon.schedule;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.carillon.event.Event;
import dev.carillon.event.EventStatus;
import dev.carillon.time.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** What a lane has accepted is handled, once, in order; nobody who waits for that is forgotten. */
public final class LaneStress {
  private LaneStress() {}

  /** Runs a lane's turns on whoever makes it active, so that all is over when the actors are. */
  private static final Scheduler DIRECT =
      Scheduler.open(c -> c.withCpuThreads(2).withShards(1).withCpuExecutor(Runnable::run));

  /** A lane that writes down what it handles as decimal digits. */
  abstract static class Digits {
    int handled; // of the turns
    final Lane<Integer> lane =
        DIRECT.lane(
            c -> c.withCapacity(4),
            batch -> {
              for (int digit : batch) {
                handled = handled * 10 + digit;
              }
            });

    /** {@return what is handled when a turn is over that another state's thread may run} */
    int handledInTheEnd() {
      try {
        return lane.handled().await(Duration.ofSeconds(10)) ? handled : -1;
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @JCStressTest
  @Description("Two producers fill places; one of them is the consumer, too.")
  @Outcome(
      id = {"12, 0, 0", "21, 0, 0"},
      expect = ACCEPTABLE,
      desc = "both were there")
  @Outcome(
      id = {"0, 12, 0", "2, 1, 0"},
      expect = ACCEPTABLE,
      desc = "the other was not yet, or its place, the first, was not filled yet")
  @Outcome(expect = FORBIDDEN, desc = "an item was lost, or taken twice")
  @State
  public static class FillFillTake {
    private final Ring<Integer> ring = new Ring<>(2);

    private int takeAll() {
      List<Integer> taken = new ArrayList<>(2);
      while (ring.peek(0) != null) {
        ring.take(1, taken);
      }
      int digits = 0;
      for (int item : taken) {
        digits = digits * 10 + item;
      }
      return digits;
    }

    @Actor
    public void one() {
      ring.offer(1);
    }

    @Actor
    public void two(III_Result r) {
      ring.offer(2);
      r.r1 = takeAll();
    }

    @Arbiter
    public void rest(III_Result r) {
      r.r2 = takeAll();
      r.r3 = ring.size();
    }
  }

  @JCStressTest
  @Description("A full ring is offered an item while the consumer makes room.")
  @Outcome(id = "1, 123", expect = ACCEPTABLE, desc = "there was room")
  @Outcome(id = "0, 12", expect = ACCEPTABLE, desc = "it was full")
  @Outcome(expect = FORBIDDEN, desc = "an item was overwritten, lost or out of order")
  @State
  public static class FullTake {
    private final Ring<Integer> ring = new Ring<>(2);
    private final List<Integer> taken = new ArrayList<>(3);

    public FullTake() {
      ring.offer(1);
      ring.offer(2);
    }

    @Actor
    public void producer(II_Result r) {
      r.r1 = ring.offer(3) ? 1 : 0;
    }

    @Actor
    public void consumer() {
      ring.take(1, taken);
    }

    @Arbiter
    public void rest(II_Result r) {
      while (ring.peek(0) != null) {
        ring.take(1, taken);
      }
      for (int item : taken) {
        r.r2 = r.r2 * 10 + item;
      }
    }
  }

  @JCStressTest
  @Description("Two offers wake an idle lane, or find it awake.")
  @Outcome(
      id = {"12, 2", "21, 2"},
      expect = ACCEPTABLE,
      desc = "both handled")
  @Outcome(expect = FORBIDDEN, desc = "the lane fell asleep over an item, or ran twice at once")
  @State
  public static class OfferOffer extends Digits {
    @Actor
    public void one() {
      lane.offer(1);
    }

    @Actor
    public void two() {
      lane.offer(2);
    }

    @Arbiter
    public void look(II_Result r) {
      r.r1 = handled;
      r.r2 = (int) lane.stats().handled();
      lane.close();
    }
  }

  @JCStressTest
  @Description("Two offers by one thread, beside one by another.")
  @Outcome(
      id = {"123, 0", "132, 0", "312, 0"},
      expect = ACCEPTABLE,
      desc = "each thread's order")
  @Outcome(expect = FORBIDDEN, desc = "an item was lost, or overtaken by one offered later")
  @State
  public static class OfferTwice extends Digits {
    @Actor
    public void onetwo() {
      lane.offer(1);
      lane.offer(2);
    }

    @Actor
    public void three() {
      lane.offer(3);
    }

    @Arbiter
    public void look(II_Result r) {
      r.r1 = handled;
      r.r2 = lane.stats().queued();
      lane.close();
    }
  }

  @JCStressTest
  @Description("Somebody asks to be told when all is handled, while an item is offered.")
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "told")
  @Outcome(expect = FORBIDDEN, desc = "forgotten")
  @State
  public static class OfferAwait extends Digits {
    @SuppressWarnings("NullAway") // set by an actor
    private Event told;

    @Actor
    public void offer() {
      lane.offer(1);
    }

    @Actor
    public void await() {
      told = lane.handled();
    }

    @Arbiter
    public void look(II_Result r) {
      r.r1 = handled;
      r.r2 = told.status() == EventStatus.TRIGGERED ? 1 : 0;
      lane.close();
    }
  }

  @JCStressTest
  @Description("A lane is closed while an item is offered.")
  @Outcome(
      id = {"1, 1", "0, 0"},
      expect = ACCEPTABLE,
      desc = "handled, or refused")
  @Outcome(expect = FORBIDDEN, desc = "accepted and not handled, or the other way round")
  @State
  public static class OfferClose extends Digits {
    @Actor
    public void offer(II_Result r) {
      r.r1 = lane.offer(1) == Offer.ACCEPTED ? 1 : 0;
    }

    @Actor
    public void close() {
      lane.close();
    }

    @Arbiter
    public void look(II_Result r) {
      r.r2 = handled;
    }
  }

  @JCStressTest
  @Description(
      "A full queue that drops the oldest is offered an item while its consumer takes one.")
  @Outcome(id = "0, 123", expect = ACCEPTABLE, desc = "taken first: there was room")
  @Outcome(id = "1, 23", expect = ACCEPTABLE, desc = "offered first: the oldest gave way")
  @Outcome(expect = FORBIDDEN, desc = "an item was lost, or both dropped and taken")
  @State
  public static class DropTake {
    private int told; // of the producer
    private final DroppingQueue<Integer> queue =
        new DroppingQueue<>(
            2,
            null,
            new LaneQueue.Limits<>(1, Long.MAX_VALUE, null),
            item -> told = told * 10 + item);
    private final List<Integer> taken = new ArrayList<>(3);

    public DropTake() {
      queue.offer(1);
      queue.offer(2);
    }

    @Actor
    public void producer() {
      queue.offer(3);
    }

    @Actor
    public void consumer() {
      queue.take(taken);
    }

    @Arbiter
    public void rest(II_Result r) {
      while (!queue.isEmpty()) {
        queue.take(taken);
      }
      r.r1 = told;
      for (int item : taken) {
        r.r2 = r.r2 * 10 + item;
      }
    }
  }

  @JCStressTest
  @Description("An item is offered while the one with its key, which it would replace, is taken.")
  @Outcome(id = "0, 123", expect = ACCEPTABLE, desc = "taken first: the new one waits at the end")
  @Outcome(id = "1, 32", expect = ACCEPTABLE, desc = "replaced first, in its place")
  @Outcome(expect = FORBIDDEN, desc = "an item was lost, or both dropped and taken")
  @State
  public static class ReplaceTake {
    private int told; // of the producer
    private final DroppingQueue<Integer> queue =
        new DroppingQueue<>(
            4,
            item -> item % 2,
            new LaneQueue.Limits<>(1, Long.MAX_VALUE, null),
            item -> told = told * 10 + item);
    private final List<Integer> taken = new ArrayList<>(3);

    public ReplaceTake() {
      queue.offer(1);
      queue.offer(2);
    }

    @Actor
    public void producer() {
      queue.offer(3);
    }

    @Actor
    public void consumer() {
      queue.take(taken);
    }

    @Arbiter
    public void rest(II_Result r) {
      while (!queue.isEmpty()) {
        queue.take(taken);
      }
      r.r1 = told;
      for (int item : taken) {
        r.r2 = r.r2 * 10 + item;
      }
    }
  }

  @JCStressTest
  @Description("An item is offered to a lane while it is paused and resumed.")
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "handled")
  @Outcome(expect = FORBIDDEN, desc = "the lane stayed asleep, or ran twice")
  @State
  public static class OfferPauseResume extends Digits {
    @Actor
    public void offer() {
      lane.offer(1);
    }

    @Actor
    public void pause() {
      lane.pause();
      lane.resume();
    }

    @Arbiter
    public void look(II_Result r) {
      r.r1 = handled;
      r.r2 = lane.stats().queued();
      lane.close();
    }
  }

  @JCStressTest
  @Description("An item is offered to a lane while it is paused.")
  @Outcome(
      id = {"1, 0, 1", "0, 1, 1"},
      expect = ACCEPTABLE,
      desc = "handled before, or kept for later")
  @Outcome(expect = FORBIDDEN, desc = "lost, or handled twice, or not handled after the pause")
  @State
  public static class OfferPause extends Digits {
    @Actor
    public void offer() {
      lane.offer(1);
    }

    @Actor
    public void pause() {
      lane.pause();
    }

    @Arbiter
    public void look(III_Result r) {
      r.r1 = handled;
      r.r2 = lane.stats().queued();
      lane.resume();
      r.r3 = handledInTheEnd();
      lane.close();
    }
  }

  @JCStressTest
  @Description("A paused lane that holds an item is closed while it is resumed.")
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "handled, once")
  @Outcome(expect = FORBIDDEN, desc = "left behind, or handled twice")
  @State
  public static class ResumeClose extends Digits {
    public ResumeClose() {
      lane.pause();
      lane.offer(1);
    }

    @Actor
    public void resume() {
      lane.resume();
    }

    @Actor
    public void close() {
      lane.close();
    }

    @Arbiter
    public void look(II_Result r) {
      r.r1 = handled;
      r.r2 = lane.stats().queued();
    }
  }

  @JCStressTest
  @Description("A call that was interrupted returns while its time of grace ends.")
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "it returned: timed out")
  @Outcome(id = "2, 1", expect = ACCEPTABLE, desc = "it was given up: abandoned")
  @Outcome(expect = FORBIDDEN, desc = "both have the lane now, or nobody")
  @State
  public static class ReturnAbandon {
    private int abandoned; // of the timer
    private long now;
    private final LaneWatch<Integer> watch =
        new LaneWatch<>(
            1,
            1,
            new LaneWatch.Owner<>() {
              @Override
              public long now() {
                return now;
              }

              @Override
              public @Nullable Timer schedule(long nanos, Runnable action) {
                return null;
              }

              @Override
              public void overdue(List<Integer> batch) {}

              @Override
              public void abandon(List<Integer> batch, long start) {
                abandoned++;
              }
            });
    private final LaneWatch.Call<Integer> call = watch.begin(List.of(1), 0);

    public ReturnAbandon() {
      now = 1;
      watch.look();
      Thread.interrupted(); // of the thread that makes the state
      now = 2;
    }

    @Actor
    public void handler(II_Result r) {
      r.r1 =
          switch (watch.end(call)) {
            case IN_TIME -> 0;
            case TIMED_OUT -> 1;
            case ABANDONED -> 2;
          };
    }

    @Actor
    public void timer() {
      watch.look();
    }

    @Arbiter
    public void look(II_Result r) {
      r.r2 = abandoned;
    }
  }
}
