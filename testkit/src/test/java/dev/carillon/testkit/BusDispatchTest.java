package dev.carillon.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.bus.Bus;
import dev.carillon.bus.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which subscription is served next. */
class BusDispatchTest {
  private static final Topic<String> TEXTS = Topic.of("texts", String.class);

  private final List<String> heard = new ArrayList<>();

  private void subscribe(Bus bus, String name, boolean isHigh, int millis) {
    bus.subscribe(
        TEXTS,
        m -> heard.add(name),
        s -> {
          var options = millis == 0 ? s : s.deadline(Duration.ofMillis(millis));
          return isHigh ? options.high() : options;
        });
  }

  @Test
  @Covers("C16")
  void lanes_highBeforeLow_andTheNearestDeadlineWithinABand() {
    for (long seed = 0; seed < 20; seed++) {
      heard.clear();
      try (var recorded = RecordedBus.simulated(seed)) {
        Bus bus = recorded.bus();
        subscribe(bus, "low, 300 ms", false, 300);
        subscribe(bus, "low, 10 ms", false, 10);
        subscribe(bus, "high, 200 ms", true, 200);
        subscribe(bus, "low, some day", false, 0);
        subscribe(bus, "high, 20 ms", true, 20);
        subscribe(bus, "low, 100 ms", false, 100);
        recorded.deliver(TEXTS, "to all");
        recorded.runUntilIdle();
        assertThat(heard)
            .containsExactly(
                "high, 20 ms",
                "high, 200 ms",
                "low, 10 ms",
                "low, 100 ms",
                "low, 300 ms",
                "low, some day");
      }
    }
  }
}
