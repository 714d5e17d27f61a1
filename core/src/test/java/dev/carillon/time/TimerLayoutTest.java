package dev.carillon.time;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.openjdk.jol.info.ClassLayout;

/** What docs/schedules.md says a timer takes. */
class TimerLayoutTest {
  @Test
  void timer_pending_takesFortyBytes() {
    assertThat(ClassLayout.parseClass(WheelTimer.class).instanceSize()).isLessThanOrEqualTo(40);
  }
}
