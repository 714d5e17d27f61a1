package dev.carillon.device;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** Events that are behind the same waits ask at once how those have ended. */
public final class WaitedStress {
  private WaitedStress() {}

  private static int isFailed(Waited all) {
    return Waited.failureOfPassed(all) == null ? 0 : 1;
  }

  @JCStressTest
  @Description("The later of two waits fails, while somebody asks for both.")
  @Outcome(id = "0, 1, 0", expect = ACCEPTABLE, desc = "Who asked was first, and noted nothing.")
  @Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "Who asked was told.")
  @Outcome(expect = FORBIDDEN, desc = "It is noted that all is well, though one has failed.")
  @State
  public static class FailAsk {
    private final DeviceEvent well = Still.BY_HOST.newEvent();
    private final DeviceEvent late = Still.BY_HOST.newEvent();
    private final Waited first = Waited.and(null, ((LocalDeviceEvent) well).now());
    private final Waited all = Waited.and(first, ((LocalDeviceEvent) late).now());

    @Actor
    public void finish() {
      well.setFinished();
      late.setFinished("split");
    }

    @Actor
    public void ask(III_Result r) {
      r.r1 = isFailed(all);
    }

    @Arbiter
    public void after(III_Result r) {
      r.r2 = isFailed(all);
      r.r3 = isFailed(first);
    }
  }
}
