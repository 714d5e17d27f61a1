package dev.carillon.bus;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** Failures that come at once are counted by one breaker, which the first of them makes. */
public final class CallsStress {
  private CallsStress() {}

  // kept, as a logger that nobody holds forgets its level; every failure would be a line
  private static final Logger SILENT = Logger.getLogger("dev.carillon.bus");

  static {
    SILENT.setLevel(Level.OFF);
  }

  private static final Topic<String> TOPIC = Topic.of("a", String.class);
  private static final Message<String> MESSAGE =
      new Message<>(
          new UUID(0, 0),
          TOPIC,
          "payload",
          Instant.EPOCH,
          "bus",
          "bus#0",
          1,
          Map.of(),
          null,
          null,
          0);
  private static final LocalBus BUS = (LocalBus) Bus.open();

  private static void fail(List<Message<String>> messages) {
    throw new IllegalStateException("as it should: " + messages.size());
  }

  /** {@return a subscription that is disabled after so many failures, and that the bus ignores} */
  private static LocalSubscription<String> failing(int disableAfter) {
    var options =
        SubscriptionOptions.<String>defaults(BUS.config())
            .direct()
            .onError(e -> e.disableAfter(disableAfter, Duration.ofDays(1)));
    return new LocalSubscription<>(
        BUS, "a#0", TopicPattern.of("a"), String.class, null, CallsStress::fail, null, options);
  }

  @JCStressTest
  @Description("Two calls fail at once, the first two ever; two in a row are one too many.")
  @org.openjdk.jcstress.annotations.Outcome(
      id = "1, 2, 1",
      expect = ACCEPTABLE,
      desc = "one breaker counted both, and opened")
  @org.openjdk.jcstress.annotations.Outcome(
      id = "0, .*, .*",
      expect = FORBIDDEN,
      desc = "each failure was counted by a breaker of its own, or one was not counted")
  @org.openjdk.jcstress.annotations.Outcome(
      expect = FORBIDDEN,
      desc = "a failure is missing from the statistics, or an open breaker admitted a call")
  @State
  public static class FailFail {
    private final LocalSubscription<String> subscription = failing(2);

    @Actor
    public void one() {
      subscription.accept(MESSAGE, null, null, null, 0, null);
    }

    @Actor
    public void other() {
      subscription.accept(MESSAGE, null, null, null, 0, null);
    }

    @Arbiter
    public void after(III_Result r) {
      r.r1 = subscription.health() == SubscriptionHealth.DISABLED ? 1 : 0;
      r.r2 = (int) subscription.stats().failed();
      subscription.accept(MESSAGE, null, null, null, 0, null);
      r.r3 = (int) subscription.stats().refused();
    }
  }

  @JCStressTest
  @Description("A call that looks for a breaker and then stores its own: FailFail forbids it.")
  @org.openjdk.jcstress.annotations.Outcome(id = "2", expect = ACCEPTABLE, desc = "both counted")
  @org.openjdk.jcstress.annotations.Outcome(
      id = "1",
      expect = ACCEPTABLE_INTERESTING,
      desc = "each made a breaker, and the one that is left counted one failure")
  @org.openjdk.jcstress.annotations.Outcome(
      expect = FORBIDDEN,
      desc = "not even these calls do that")
  @State
  public static class LookThenMake {
    private volatile @Nullable AtomicInteger breaker;

    private void fail() {
      AtomicInteger known = breaker;
      if (known == null) {
        known = new AtomicInteger();
        breaker = known;
      }
      known.incrementAndGet();
    }

    @Actor
    public void one() {
      fail();
    }

    @Actor
    public void other() {
      fail();
    }

    @Arbiter
    public void after(I_Result r) {
      AtomicInteger left = breaker;
      r.r1 = left == null ? 0 : left.get();
    }
  }
}
