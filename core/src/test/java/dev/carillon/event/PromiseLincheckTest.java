package dev.carillon.event;

import java.util.Objects;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

/** A promise against a sequential specification: one value, or one poison, or neither yet. */
@Param(name = "value", gen = IntGen.class, conf = "1:3")
public class PromiseLincheckTest {
  private final EventCore core = Linchecks.core(4);
  private final SlotPromise<Integer> promise =
      new SlotPromise<>(new LocalEvent(core, core.create()));

  @Operation
  public boolean tryComplete(@Param(name = "value") int value) {
    return promise.tryComplete(value);
  }

  @Operation
  public boolean tryPoison() {
    return promise.event().tryPoison("why");
  }

  @Operation
  public String look() throws InterruptedException {
    return switch (promise.event().status()) {
      case PENDING -> "pending";
      case TRIGGERED -> Objects.toString(promise.await());
      case POISONED -> "poisoned";
    };
  }

  @Test
  void operations_inAnyInterleaving_areLinearizable() {
    Linchecks.check(PromiseLincheckTest.class, Specification.class, 5, 100);
  }

  /** What the operations mean, one after another. */
  public static class Specification {
    private String outcome = "pending";

    private boolean complete(String with) {
      if (!outcome.equals("pending")) {
        return false;
      }
      outcome = with;
      return true;
    }

    public boolean tryComplete(int value) {
      return complete(Integer.toString(value));
    }

    public boolean tryPoison() {
      return complete("poisoned");
    }

    public String look() {
      return outcome;
    }
  }
}
