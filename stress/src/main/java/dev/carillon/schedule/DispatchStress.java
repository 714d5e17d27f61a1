package dev.carillon.schedule;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.carillon.event.Event;
import dev.carillon.event.EventStatus;
import dev.carillon.event.EventSystem;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.LII_Result;

/** What is posted is run, once and in order; nobody waits for room that is there. */
public final class DispatchStress {
  private DispatchStress() {}

  /** Runs turns on whoever starts them, so that all is over when the actors are. */
  private static final Scheduler DIRECT =
      Scheduler.open(c -> c.withCpuThreads(2).withShards(1).withCpuExecutor(Runnable::run));

  private static final EventSystem EVENTS = EventSystem.create(c -> c.withTraceEvery(0));

  /** An entry that tells its number when it runs. */
  private static final class Told extends Entry {
    private final IntConsumer ran;

    Told(Shard shard, @Nullable Object key, long number, IntConsumer ran) {
      super(shard, key, number, number, 1);
      this.ran = ran;
    }

    @Override
    long latestStart() {
      return wanted();
    }

    @Override
    void queued(long now) {}

    @Override
    void behindKey(long now) {}

    @Override
    long since() {
      return 0;
    }

    @Override
    void run(long now) {
      ran.accept((int) number());
    }

    @Override
    String name() {
      return "told";
    }
  }

  /** A pool that runs turns on whoever starts them. */
  abstract static class Direct {
    final AtomicInteger ran = new AtomicInteger();
    final Shard shard = new Shard(2, 16, Entry.NEVER, (first, behind) -> {});
    final Pool pool;

    Direct(int limit) {
      var host =
          new Pool.Host() {
            @Override
            public long now() {
              return 0;
            }

            @Override
            public boolean isClosed() {
              return false;
            }

            @Override
            public void soon(Runnable action) {
              throw new IllegalStateException("nothing is refused");
            }
          };
      pool =
          new Pool(
              "direct", limit, new Shard[] {shard}, Runnable::run, SchedulerConfig.DEFAULT, host);
    }

    final void post(int number) {
      pool.post(Shard.Message.ARRIVED, new Told(shard, null, number, _ -> ran.incrementAndGet()));
    }

    final int turns() {
      return pool.turns();
    }
  }

  @JCStressTest
  @Description("Two post to a pool of one thread, each running the turn that he starts.")
  @Outcome(id = "2, 0", expect = ACCEPTABLE, desc = "Both ran, and no thread is left.")
  @Outcome(id = "0, 0|1, 0", expect = FORBIDDEN, desc = "A wake-up was lost.")
  @Outcome(expect = FORBIDDEN, desc = "A turn is counted that nobody has.")
  @State
  public static class PostPostOneThread extends Direct {
    public PostPostOneThread() {
      super(1);
    }

    @Actor
    public void one() {
      post(1);
    }

    @Actor
    public void other() {
      post(2);
    }

    @Arbiter
    public void after(II_Result r) {
      r.r1 = ran.get();
      r.r2 = turns();
    }
  }

  @JCStressTest
  @Description("Two post to a pool of two threads.")
  @Outcome(id = "2, 0", expect = ACCEPTABLE, desc = "Both ran, and no thread is left.")
  @Outcome(id = "0, 0|1, 0", expect = FORBIDDEN, desc = "A wake-up was lost.")
  @Outcome(expect = FORBIDDEN, desc = "A turn is counted that nobody has.")
  @State
  public static class PostPostTwoThreads extends Direct {
    public PostPostTwoThreads() {
      super(2);
    }

    @Actor
    public void one() {
      post(1);
    }

    @Actor
    public void other() {
      post(2);
    }

    @Arbiter
    public void after(II_Result r) {
      r.r1 = ran.get();
      r.r2 = turns();
    }
  }

  @JCStressTest
  @Description("One posts while another reads statistics, which handles the inbox.")
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "It ran.")
  @Outcome(
      id = "0",
      expect = FORBIDDEN,
      desc = "The turn saw neither the letter nor the entry, and nobody came back for it.")
  @State
  public static class PostWhileRead extends Direct {
    public PostWhileRead() {
      super(1);
    }

    @Actor
    public void post() {
      post(1);
    }

    @Actor
    public void read() {
      shard.addTo(new BandCounts[] {new BandCounts(), new BandCounts()}, new int[2], 0);
    }

    @Arbiter
    public void after(I_Result r) {
      r.r1 = ran.get();
    }
  }

  @JCStressTest
  @Description("Two post two entries of one key each; one of them takes what is there.")
  @Outcome(
      id = "4, 1, 1",
      expect = ACCEPTABLE,
      desc = "All four, and each poster's in the order of his posting.")
  @Outcome(id = "[0-3], .*", expect = FORBIDDEN, desc = "A letter was lost.")
  @Outcome(expect = FORBIDDEN, desc = "Letters of one poster were handled in another order.")
  @State
  public static class InboxOrder {
    private final Shard shard = new Shard(2, 16, Entry.NEVER, (first, behind) -> {});
    private final int[] places = new int[5];
    private int taken; // guarded by the shard's users: the taker, then the arbiter

    private void post(int number) {
      shard.post(Shard.Message.ARRIVED, new Told(shard, "k", number, _ -> {}));
    }

    private void take() {
      for (Entry entry = shard.pick(0); entry != null; entry = shard.pick(0)) {
        places[(int) entry.number()] = ++taken;
        shard.post(Shard.Message.FINISHED, entry);
      }
    }

    @Actor
    public void one() {
      post(1);
      post(2);
    }

    @Actor
    public void other() {
      post(3);
      post(4);
      take();
    }

    @Arbiter
    public void after(III_Result r) {
      take();
      r.r1 = taken;
      r.r2 = places[1] < places[2] ? 1 : 0;
      r.r3 = places[3] < places[4] ? 1 : 0;
    }
  }

  @JCStressTest
  @Description("One waits for the only place while another gives it back.")
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "The waiting one has it.")
  @Outcome(expect = FORBIDDEN, desc = "It has it not, though it was free.")
  @State
  public static class TakeGiveBack {
    private final Capacity capacity = new Capacity(EVENTS, 1);

    {
      capacity.tryTake();
    }

    @Actor
    public void take(II_Result r) {
      r.r1 = capacity.take() ? 1 : 0; // a lost wake-up hangs here, and fails the test
    }

    @Actor
    public void giveBack() {
      capacity.giveBack();
    }

    @Arbiter
    public void after(II_Result r) {
      r.r2 = capacity.held();
    }
  }

  @JCStressTest
  @Description("Two wait for the only place; whoever has it gives it back.")
  @Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "Each had it, one after another.")
  @Outcome(expect = FORBIDDEN, desc = "A place was lost, or somebody went without.")
  @State
  public static class TakeTakeGiveBack {
    private final Capacity capacity = new Capacity(EVENTS, 1);

    {
      capacity.tryTake();
    }

    private int takeAndGive() {
      boolean taken = capacity.take(); // a lost wake-up hangs here
      if (taken) {
        capacity.giveBack();
      }
      return taken ? 1 : 0;
    }

    @Actor
    public void one(III_Result r) {
      r.r1 = takeAndGive();
    }

    @Actor
    public void other(III_Result r) {
      r.r2 = takeAndGive();
    }

    @Actor
    public void giveBack() {
      capacity.giveBack();
    }

    @Arbiter
    public void after(III_Result r) {
      r.r3 = capacity.held();
    }
  }

  /** A task that waits for the event that makes it ready. */
  abstract static class Held {
    final AtomicInteger ran = new AtomicInteger();
    final Event ready = DIRECT.events().newEvent();
    final Event task = DIRECT.submit(t -> t.after(ready), () -> ran.incrementAndGet());

    final String outcome() {
      return task.status().toString();
    }

    /** {@return 1 if it is still held; each state has but one task} */
    final int held() {
      return DIRECT.explain(task).phase() == TaskPhase.DONE ? 0 : 1;
    }
  }

  @JCStressTest
  @Description("A task is cancelled while it becomes ready and is picked.")
  @Outcome(id = "TRIGGERED, 1, 0", expect = ACCEPTABLE, desc = "It ran before.")
  @Outcome(id = "POISONED, [01], 0", expect = ACCEPTABLE, desc = "It was cancelled in time.")
  @Outcome(id = "PENDING, .*", expect = FORBIDDEN, desc = "It was lost.")
  @Outcome(expect = FORBIDDEN, desc = "It ran twice, or is still held.")
  @State
  public static class CancelPick extends Held {
    @Actor
    public void pick() {
      ready.tryTrigger();
    }

    @Actor
    public void cancel() {
      task.tryPoison("not wanted");
    }

    @Arbiter
    public void after(LII_Result r) {
      r.r1 = outcome();
      r.r2 = ran.get();
      r.r3 = held();
    }
  }

  @JCStressTest
  @Description("The first of a key is cancelled while it becomes ready; another stands behind it.")
  @Outcome(id = "1, [01], 1", expect = ACCEPTABLE, desc = "The other had its turn, once.")
  @Outcome(id = "0, .*", expect = FORBIDDEN, desc = "The key was never given back.")
  @Outcome(expect = FORBIDDEN, desc = "A task ran twice, or ended more or less than once.")
  @State
  public static class CancelPickKey {
    private static final AtomicInteger KEYS = new AtomicInteger();

    private final AtomicInteger firstRan = new AtomicInteger();
    private final AtomicInteger otherRan = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private final Integer key = KEYS.incrementAndGet();
    private final Event ready = DIRECT.events().newEvent();
    private final Event first =
        DIRECT.submit(t -> t.key(key).after(ready), firstRan::incrementAndGet);
    private final Event other =
        DIRECT.submit(t -> t.key(key).after(ready), otherRan::incrementAndGet);

    {
      first.whenComplete(_ -> ended.incrementAndGet());
    }

    @Actor
    public void pick() {
      ready.tryTrigger();
    }

    @Actor
    public void cancel() {
      first.tryPoison("not wanted");
    }

    @Arbiter
    public void after(III_Result r) {
      r.r1 = other.status() == EventStatus.TRIGGERED ? otherRan.get() : 0;
      r.r2 = firstRan.get();
      r.r3 = ended.get();
    }
  }
}
