package dev.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.carillon.build.Workers;
import dev.carillon.schedule.Gate.Admission;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A bulkhead's permits are given back once each. */
class BulkheadTest {
  private final Bulkhead bulkhead = Bulkhead.of("db", 2);

  private Admission.Pass admitted() {
    return (Admission.Pass) bulkhead.ask();
  }

  @Test
  void ask_atTheLimit_isRefused() {
    admitted();
    admitted();
    assertThat(bulkhead.ask())
        .isEqualTo(
            new Admission.Refused(
                "bulkhead \"db\" admits 2 at once, and they are under way", Duration.ZERO));
    assertThat(bulkhead.inUse()).isEqualTo(2);
    assertThat(bulkhead.refused()).isOne();
    assertThat(bulkhead).hasToString("Bulkhead[db, 2 of 2]");
  }

  @Test
  void report_ofAnyKind_givesThePermitBack() {
    admitted().success();
    admitted().failure(new IOException());
    admitted().cancelled();
    assertThat(bulkhead.inUse()).isZero();
    assertThat(bulkhead.limit()).isEqualTo(2);
    assertThat(bulkhead.name()).isEqualTo("db");
  }

  @Test
  void report_twice_throwsAndChangesNothing() {
    Admission.Pass first = admitted();
    first.success();
    admitted();
    assertThatIllegalStateException()
        .isThrownBy(first::cancelled)
        .withMessage("a pass must be reported once: bulkhead=\"db\"");
    assertThatIllegalStateException().isThrownBy(() -> first.failure(new IOException()));
    assertThat(bulkhead.inUse()).isOne();
  }

  @Test
  void call_returnsThrowsOrIsRefused_leavesNoPermitTaken() throws Exception {
    assertThat(bulkhead.<Integer>call(bulkhead::inUse)).isOne();
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() ->
            bulkhead.call(() -> {
              throw new IOException();
            }));
    assertThat(bulkhead.inUse()).isZero();
    admitted();
    admitted();
    assertThatExceptionOfType(GateClosedException.class)
        .isThrownBy(() -> bulkhead.call(() -> "never"))
        .withMessage("bulkhead \"db\" admits 2 at once, and they are under way");
  }

  @Test
  void call_manyThreads_neverPassTheLimit() {
    var inside = new AtomicInteger();
    var most = new AtomicInteger();
    try (var workers = new Workers()) {
      for (int i = 0; i < 4; i++) {
        workers.start(() -> {
          for (int j = 0; j < 10_000; j++) {
            if (bulkhead.ask() instanceof Admission.Pass pass) {
              most.accumulateAndGet(inside.incrementAndGet(), Math::max);
              inside.decrementAndGet();
              pass.success();
            }
          }
        });
      }
    }
    assertThat(most.get()).isBetween(1, 2);
    assertThat(bulkhead.inUse()).isZero();
  }

  @Test
  void of_badSettings_throws() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Bulkhead.of(" ", 1))
        .withMessage("name must not be blank: name=\" \"");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Bulkhead.of("db", 0))
        .withMessage("limit must be 1 to 2147483647: limit=0");
  }
}
