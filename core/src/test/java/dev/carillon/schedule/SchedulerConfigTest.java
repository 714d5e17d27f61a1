package dev.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What schedulers refuse to be configured with. */
class SchedulerConfigTest {
  private static void refuses(UnaryOperator<SchedulerConfig> change, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> change.apply(SchedulerConfig.DEFAULT))
        .withMessage(message);
  }

  @Test
  void with_numberOutOfRange_isRefused() {
    refuses(c -> c.withCpuThreads(0), "cpuThreads must be 1 to 4096: cpuThreads=0");
    refuses(c -> c.withCpuThreads(4097), "cpuThreads must be 1 to 4096: cpuThreads=4097");
    refuses(c -> c.withBlockingLimit(0), "blockingLimit must be 1 to 16777216: blockingLimit=0");
    refuses(c -> c.withShards(-1), "shards must be 0 to 4096: shards=-1");
    refuses(c -> c.withBands(1), "bands must be 2 to 64: bands=1");
    refuses(c -> c.withBands(65), "bands must be 2 to 64: bands=65");
    refuses(c -> c.withLowShare(1), "lowShare must be 2 to 1048576: lowShare=1");
    refuses(c -> c.withCapacity(0), "capacity must be 1 to 268435456: capacity=0");
    refuses(c -> c.withTurnQuota(0), "turnQuota must be 1 to 1048576: turnQuota=0");
    refuses(c -> c.withAdmission(0), "admission must be above 0: admission=0.0");
    refuses(c -> c.withAdmission(Double.NaN), "admission must be above 0: admission=NaN");
  }

  @Test
  void with_timeNotPositive_isRefused() {
    refuses(c -> c.withPatience(Duration.ZERO), "patience must be positive: patience=PT0S");
    refuses(c -> c.withGrace(Duration.ofMillis(-1)), "grace must be positive: grace=PT-0.001S");
    refuses(c -> c.withAgeing(Duration.ZERO), "ageing must be positive: ageing=PT0S");
  }

  @Test
  void with_badNameOrResourceOrPool_isRefused() {
    refuses(c -> c.withName(" "), "name must not be blank: name=\" \"");
    refuses(
        c -> c.withResource("gpu", 0),
        "a resource needs a name and at least 1 permit: resource=\"gpu\", permits=0");
    for (String name : new String[] {"cpu", "blocking", "caller"}) {
      refuses(
          c -> c.withPool(name, Runnable::run, 1),
          "a pool must not have the name of a built-in one: name=\"" + name + "\"");
    }
    refuses(c -> c.withPool("own", Runnable::run, 0), "limit must be 1 to 16777216: limit=0");
  }
}
