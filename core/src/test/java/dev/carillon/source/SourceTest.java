package dev.carillon.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** What all sources have in common. */
class SourceTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  /** Counts from the position on to a number. */
  private static SourceKind<Integer> counter(int last) {
    return intake -> {
      intake.ready();
      int next = intake.position().map(Integer::parseInt).orElse(0) + 1;
      for (int i = next; i <= last; i++) {
        intake.emit(intake.item(i).withPosition(Integer.toString(i)));
      }
    };
  }

  @Test
  @Covers({"C40"})
  void open_withoutABus_handsItemsToTheHandlerInOrder() throws InterruptedException {
    List<Integer> handled = new CopyOnWriteArrayList<>();
    try (var source =
        Source.open(counter(5), Outlet.<Integer>handler(i -> handled.add(i.payload())))) {
      assertThat(source.start().awaitReady(LONG)).isTrue();
      try (var events = dev.carillon.event.EventSystem.create()) {
        source.ended(events).await();
      }
      assertThat(source.state()).isEqualTo(SourceState.ENDED);
      assertThat(source.position()).contains("5");
    }
    assertThat(handled).containsExactly(1, 2, 3, 4, 5);
  }
}
