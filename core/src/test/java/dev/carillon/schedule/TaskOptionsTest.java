package dev.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What tasks refuse to be asked for. */
class TaskOptionsTest {
  private static void refuses(UnaryOperator<TaskOptions> change, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> change.apply(TaskOptions.DEFAULT))
        .withMessage(message);
  }

  @Test
  void change_badValue_isRefused() {
    refuses(t -> t.named(" "), "name must not be blank: name=\" \"");
    refuses(t -> t.deadline(Duration.ZERO), "deadline must be positive: deadline=PT0S");
    refuses(t -> t.timeout(Duration.ZERO), "timeout must be positive: timeout=PT0S");
    refuses(
        t -> t.attemptTimeout(Duration.ofMillis(-1)),
        "attemptTimeout must be positive: attemptTimeout=PT-0.001S");
    refuses(t -> t.cost(Duration.ofMillis(-1)), "cost must not be negative: cost=PT-0.001S");
    refuses(t -> t.needs("gpu", 0), "permits must be at least 1: resource=\"gpu\", permits=0");
    refuses(t -> t.band(new Band(64)), "a band must be 0 to 63: index=64");
    refuses(t -> t.on(Placement.on("")), "a pool's name must not be blank: pool=\"\"");
  }

  @Test
  void locks_givenTwiceInAnyOrder_areAscendingAndOnce() {
    assertThat(TaskOptions.DEFAULT.locks("b", "a").locks("b").locks()).containsExactly("a", "b");
  }
}
