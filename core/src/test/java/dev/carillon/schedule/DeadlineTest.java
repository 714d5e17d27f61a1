package dev.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.event.Event;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Deadlines: the order that they make, and how many are promised. */
@Covers("C23")
class DeadlineTest {
  private static Duration ms(long millis) {
    return Duration.ofMillis(millis);
  }

  @Test
  void deadlines_inOneBand_earliestFirstAndEqualOnesInOrder() {
    try (var manual = new ManualScheduler()) {
      manual.submit("c", t -> t.deadline(ms(30)));
      manual.submit("a", t -> t.deadline(ms(10)));
      manual.submit("b1", t -> t.deadline(ms(20)));
      manual.submit("b2", t -> t.deadline(ms(20)));
      manual.submit("b3", t -> t.deadline(ms(20)));
      manual.threads.runAll();
      assertThat(manual.ran).containsExactly("a", "b1", "b2", "b3", "c");
    }
  }

  @Test
  @Covers({"C21", "C23"})
  void deadlines_inTwoBands_higherBandFirst() {
    try (var manual = new ManualScheduler()) {
      manual.submit("low", t -> t.deadline(ms(1)));
      manual.submit("high", TaskOptions::high);
      manual.threads.runAll();
      assertThat(manual.ran).containsExactly("high", "low");
    }
  }

  @Test
  void noDeadline_countsAsDueAfterThePatience() {
    try (var manual = new ManualScheduler(c -> c.withPatience(ms(100)))) {
      manual.submit("patient", TaskOptions::high);
      manual.submit("after", t -> t.high().deadline(ms(101)));
      manual.submit("before", t -> t.high().deadline(ms(99)));
      manual.submit("low patient");
      manual.submit("low after", t -> t.deadline(ms(1_001)));
      manual.submit("low before", t -> t.deadline(ms(999)));
      manual.threads.runAll();
      assertThat(manual.ran)
          .containsExactly("before", "patient", "after", "low before", "low patient", "low after");
    }
  }

  @Test
  void admission_moreThanCanBeFinished_isRefusedUntilThereIsRoom() {
    try (var manual = new ManualScheduler(c -> c.withAdmission(0.5))) {
      manual.submit("fits", t -> t.deadline(ms(100)).cost(ms(40)));
      Event refused = manual.submit("refused", t -> t.deadline(ms(100)).cost(ms(20)));
      manual.submit("no promise", t -> t.cost(ms(1_000)));
      assertThat(refused.poison().orElseThrow().reason())
          .contains("a queue must be able to finish what it admits", "PT0.02S", "PT0.1S", "0.5");
      assertThat(manual.stats().rejected()).isEqualTo(1);
      assertThat(manual.stats().held()).isEqualTo(2);
      manual.threads.runAll();
      manual.submit("fits now", t -> t.deadline(ms(100)).cost(ms(50)));
      manual.threads.runAll();
      assertThat(manual.ran).containsExactly("fits", "no promise", "fits now");
    }
  }
}
