package dev.carillon.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a kind may keep open until those whose items are under way have been answered. */
class EndOfRunTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  @Test
  void onEnd_whileAnItemIsUnderWay_runsAfterItIsHandled() throws InterruptedException {
    List<String> told = new CopyOnWriteArrayList<>();
    var handling = new CountDownLatch(1);
    SourceKind<String> kind =
        intake -> {
          intake.onStop(() -> told.add("stop"));
          intake.onEnd(() -> told.add("end"));
          intake.ready();
          intake.offer(intake.item("an item"), _ -> told.add("settled"));
          intake.awaitStop();
        };
    var released = new CountDownLatch(1);
    Outlet<String> outlet =
        Outlet.concurrent(
            1,
            _ -> {
              handling.countDown();
              released.await();
            });
    try (var source = Source.open(kind, outlet).start()) {
      handling.await();
      Thread stopping = Thread.ofVirtual().start(source::stop);
      org.awaitility.Awaitility.await().until(() -> told.contains("stop"));
      assertThat(told).containsExactly("stop");
      released.countDown();
      assertThat(stopping.join(LONG)).isTrue();
    }
    assertThat(told).containsExactly("stop", "settled", "end");
  }

  /** Stopping is not over yet when the kind has returned. */
  @Test
  void onEnd_whileOnStopIsAtWork_runsAfterIt() throws InterruptedException {
    List<String> told = new CopyOnWriteArrayList<>();
    var ended = new CountDownLatch(1);
    SourceKind<String> kind =
        intake -> {
          intake.onStop(() -> {
            try {
              new CountDownLatch(1).await();
            } catch (InterruptedException e) { // nothing is under way, so it is the end of the run
              told.add("stop: " + ended.await(200, TimeUnit.MILLISECONDS));
            }
          });
          intake.onEnd(() -> {
            told.add("end");
            ended.countDown();
          });
          intake.ready();
          intake.awaitStop();
        };
    try (var source = Source.open(kind, Outlet.<String>direct(_ -> {})).start()) {
      assertThat(source.awaitReady(LONG)).isTrue();
    }
    assertThat(told).containsExactly("stop: false", "end");
  }

  @Test
  void onEnd_afterTheRunIsOver_runsAtOnce() throws InterruptedException {
    var told = new CountDownLatch(1);
    List<Intake<String>> intakes = new CopyOnWriteArrayList<>();
    SourceKind<String> kind =
        intake -> {
          intakes.add(intake);
          intake.ready();
          intake.awaitStop();
        };
    try (var source = Source.open(kind, Outlet.<String>direct(_ -> {})).start()) {
      assertThat(source.awaitReady(LONG)).isTrue();
    }
    intakes.getFirst().onEnd(told::countDown);
    assertThat(told.getCount()).isZero();
  }

  @Test
  void emit_withAListener_tellsItWhatBecameOfTheItem() throws InterruptedException {
    List<String> told = new CopyOnWriteArrayList<>();
    SourceKind<String> kind =
        intake -> {
          intake.emit(intake.item("good"), failure -> told.add("good: " + (failure == null)));
          intake.emit(intake.item("bad"), failure -> told.add("bad: " + (failure == null)));
        };
    Outlet<String> outlet =
        Outlet.handler(item -> {
          if (item.payload().equals("bad")) {
            throw new IllegalStateException("bad");
          }
        });
    try (var source = Source.open(kind, outlet);
        var events = dev.carillon.event.EventSystem.create()) {
      source.start();
      source.ended(events).await();
    }
    assertThat(told).containsExactly("good: true", "bad: false");
  }
}
