package dev.carillon.schedule;

import static dev.carillon.schedule.ManualScheduler.seconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.carillon.build.Covers;
import dev.carillon.event.Event;
import dev.carillon.event.EventStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Permits of resources are lent all together, by deadline, and always given back. */
@Covers({"C26", "C27"})
class PermitTest {
  private final ManualScheduler bench =
      new ManualScheduler(c -> c.withResource("gpu", 4).withResource("ram", 10));
  private LockLease gate; // keeps tasks that declare it, with their permits

  @AfterEach
  void close() {
    bench.close();
  }

  private void hold(String name, long gpu, long ram) throws InterruptedException {
    if (gate == null) {
      gate = bench.locks.acquire("gate");
    }
    bench.scheduler.submit(
        t -> {
          TaskOptions options = t.named(name).locks("gate").deadline(seconds(1));
          options = gpu > 0 ? options.needs("gpu", gpu) : options;
          return ram > 0 ? options.needs("ram", ram) : options;
        },
        () -> {});
    bench.runAll();
  }

  private void releaseAll() {
    gate.close();
    bench.runAll();
  }

  @Test
  void needs_oneResourceIsMissing_noneIsTaken() throws Exception {
    hold("holder", 4, 0);
    Event both = bench.submit("both", t -> t.needs("gpu", 1).needs("ram", 9));
    bench.runAll();
    assertThat(bench.scheduler.stats().permitsFree()).containsEntry("ram", 10L);
    assertThat(bench.scheduler.explain(both).toString())
        .contains("needs 1 of \"gpu\": 0 of 4 free, holder has 4")
        .contains("needs 9 of \"ram\": 10 of 10 free");
    releaseAll();
    assertThat(both.status()).isEqualTo(EventStatus.TRIGGERED);
    bench.assertNothingHeld();
  }

  @Test
  void waiters_ofOneResource_areServedByDeadline() throws Exception {
    hold("holder", 4, 0);
    for (int due : new int[] {30, 10, 40, 20}) {
      bench.submit("due " + due, t -> t.needs("gpu", 3).deadline(seconds(due)));
    }
    bench.runAll();
    releaseAll();
    assertThat(bench.ran).containsExactly("due 10", "due 20", "due 30", "due 40");
    bench.assertNothingHeld();
  }

  @Test
  void waiter_expedited_isServedFirst() throws Exception {
    hold("holder", 4, 0);
    bench.submit("first", t -> t.needs("gpu", 3).deadline(seconds(10)));
    Event last = bench.submit("last", t -> t.needs("gpu", 3).deadline(seconds(20)));
    bench.runAll();
    assertThat(bench.scheduler.expedite(last, Band.LOW, seconds(5))).isTrue();
    releaseAll();
    assertThat(bench.ran).containsExactly("last", "first");
  }

  @Test
  void newcomer_wouldDelayTheHead_waitsThoughItFits() throws Exception {
    hold("holder", 3, 0);
    Event head = bench.submit("head", t -> t.needs("gpu", 2).deadline(seconds(10)));
    Event later = bench.submit("later", t -> t.needs("gpu", 1).deadline(seconds(20)));
    bench.runAll();
    assertThat(bench.ran).isEmpty();
    releaseAll();
    assertThat(bench.ran).containsExactly("head", "later");
    assertThat(head.status()).isEqualTo(later.status());
    bench.assertNothingHeld();
  }

  @Test
  void newcomer_takesNothingThatTheHeadLacks_passes() throws Exception {
    hold("holder", 3, 0);
    bench.submit("head", t -> t.needs("gpu", 2).needs("ram", 6).deadline(seconds(10)));
    bench.submit("some ram", t -> t.needs("ram", 4).deadline(seconds(20)));
    bench.submit("too much ram", t -> t.needs("ram", 5).deadline(seconds(30)));
    bench.runAll();
    assertThat(bench.ran).containsExactly("some ram");
    releaseAll();
    assertThat(bench.ran).hasSize(3);
    bench.assertNothingHeld();
  }

  @Test
  void newcomer_isDueBeforeTheHead_takesWhatItNeeds() throws Exception {
    hold("holder", 3, 0);
    bench.submit("head", t -> t.needs("gpu", 2).deadline(seconds(10)));
    bench.runAll();
    bench.submit("urgent", t -> t.needs("gpu", 1).deadline(seconds(2)));
    bench.runAll();
    assertThat(bench.ran).containsExactly("urgent");
    releaseAll();
    bench.assertNothingHeld();
  }

  @Test
  void head_isCancelled_whatItKeptGoesToOthers() throws Exception {
    hold("holder", 3, 0);
    Event head = bench.submit("head", t -> t.needs("gpu", 2).deadline(seconds(10)));
    bench.submit("later", t -> t.needs("gpu", 1).deadline(seconds(20)));
    bench.runAll();
    head.poison("cancelled");
    bench.runAll();
    assertThat(bench.ran).containsExactly("later");
    releaseAll();
    bench.assertNothingHeld();
  }

  @Test
  void unknownResource_isRefusedNamingThoseKnown() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> bench.submit("task", t -> t.needs("tpu", 1)))
        .withMessage(
            "a resource must be one of the scheduler's: resource=\"tpu\", known=[gpu, ram]");
    bench.assertNothingHeld();
  }

  @Test
  void morePermitsThanThereAre_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> bench.submit("task", t -> t.needs("gpu", 5)))
        .withMessage(
            "a task must not need more permits than there are: resource=\"gpu\", permits=5,"
                + " most=4");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> bench.submit("task", t -> t.needs("gpu", 0)))
        .withMessage("permits must be at least 1: resource=\"gpu\", permits=0");
    bench.assertNothingHeld();
  }
}
