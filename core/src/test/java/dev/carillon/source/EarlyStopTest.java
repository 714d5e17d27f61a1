package dev.carillon.source;

import static dev.carillon.build.Patience.LONG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.event.EventSystem;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Stops that come before a source has begun, or while another start follows. */
class EarlyStopTest {

  /** A kind that never asks whether it is to stop: only an interrupt tells it. */
  private static SourceKind<String> waiting(AtomicInteger runs) {
    return intake -> {
      runs.incrementAndGet();
      intake.ready();
      new CountDownLatch(1).await();
    };
  }

  @Test
  void stop_whileThePositionIsLoaded_runsNothing() throws InterruptedException {
    var loading = new CountDownLatch(1);
    var goOn = new CountDownLatch(1);
    var positions =
        new Positions() {
          @Override
          public Optional<String> load(String source) {
            loading.countDown();
            try {
              goOn.await();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
            return Optional.empty();
          }

          @Override
          public void save(String source, String position) {
            throw new IllegalStateException("there is nothing to save");
          }
        };
    var runs = new AtomicInteger();
    try (var source =
        Source.open(waiting(runs), Outlet.direct(_ -> {}), s -> s.withPositions(positions))) {
      source.start();
      loading.await();
      Thread stopping = Thread.startVirtualThread(source::stop);
      goOn.countDown();
      assertThat(stopping.join(LONG.dividedBy(2))).isTrue();
      assertThat(source.state()).isEqualTo(SourceState.STOPPED);
    }
    assertThat(runs.get()).isLessThanOrEqualTo(1); // the stop may have come after the loading
  }

  @Test
  void startAndStop_againAndAgain_takeNoGrace() {
    var runs = new AtomicInteger();
    long began = System.nanoTime();
    try (var source = Source.open(waiting(runs), Outlet.direct(_ -> {}), s -> s.withGrace(LONG))) {
      for (int i = 0; i < 200; i++) {
        source.start();
        source.stop();
        assertThat(source.state()).isEqualTo(SourceState.STOPPED);
      }
    }
    assertThat(System.nanoTime() - began).isLessThan(LONG.toNanos());
  }

  @Test
  void stop_byWhoFollowsTheEnd_duringARestart_comesToAnEnd() throws InterruptedException {
    var runs = new AtomicInteger();
    var handling = new CountDownLatch(1);
    var released = new CountDownLatch(1);
    SourceKind<String> kind =
        intake -> {
          if (runs.incrementAndGet() == 1) {
            intake.emit(intake.item("an item"));
          }
          intake.awaitStop();
        };
    Outlet<String> outlet =
        Outlet.handler(_ -> {
          handling.countDown();
          released.await();
        });
    try (var events = EventSystem.create();
        var source = Source.open(kind, outlet, s -> s.withGrace(LONG)).start()) {
      handling.await();
      source
          .ended(events)
          .whenComplete(_ -> {
            released.countDown();
            source.stop();
          });
      Thread stopping = Thread.startVirtualThread(source::stop);
      Thread starting =
          Thread.startVirtualThread(() -> {
            while (released.getCount() > 0) { // until the stop is asked for, and follows
              source.start();
            }
          });
      assertThat(starting.join(LONG.dividedBy(2))).isTrue();
      assertThat(stopping.join(LONG.dividedBy(2))).isTrue();
    }
  }
}
