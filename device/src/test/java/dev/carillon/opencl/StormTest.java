package dev.carillon.opencl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.ChildJvm;
import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.build.Workers;
import dev.carillon.spi.DriverStatus;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Many callbacks, and many events, at once and one after another. */
final class StormTest {
  private static final int THREADS = 4;
  private static final int CALLBACKS = 100_000;
  private static final int IN_FLIGHT = 64;

  @Test
  @Covers("C8")
  void callbacks_manyOnSeveralThreads_allComeAndNoneIsLeft() throws Exception {
    var called = new AtomicLong();
    try (OpenClHere here = OpenClHere.open()) {
      try (var workers = new Workers()) {
        for (int i = 0; i < THREADS; i++) {
          CommandQueue stream = i % 2 == 0 ? here.ordered() : here.unordered();
          workers.start(() -> storm(here, stream, called));
        }
      }
      Patience.until("all are called", () -> called.get() == CALLBACKS);
      assertThat(Callbacks.size()).isZero();
    }
  }

  private static void storm(OpenClHere here, CommandQueue stream, AtomicLong called)
      throws Exception {
    var room = new Semaphore(IN_FLIGHT);
    var recorded = new ArrayDeque<MarkerEvent>();
    for (int i = 0; i < CALLBACKS / THREADS; i++) {
      assertThat(room.tryAcquire(Patience.LONG.toNanos(), TimeUnit.NANOSECONDS)).isTrue();
      MarkerEvent event = here.record(stream);
      event.callBack(() -> {
        called.incrementAndGet();
        room.release();
      });
      recorded.add(event);
    }
    // Not given up before, as that forgets a callback that has not come.
    assertThat(room.tryAcquire(IN_FLIGHT, Patience.LONG.toNanos(), TimeUnit.NANOSECONDS)).isTrue();
    for (MarkerEvent event : recorded) {
      assertThat(here.finish(event)).isEqualTo(DriverStatus.COMPLETE);
    }
  }

  @Test
  @Covers({"C1", "C3", "C4"})
  void events_aMillionRecordedWaitedForAndUsedAgain_takeNoMoreMemory() throws Exception {
    checkMemory(1_000_000);
  }

  // In a JVM whose heap is touched when it starts, so that what grows is native.
  private static void checkMemory(int count) throws Exception {
    OpenClHere.open().close(); // fails here if there is no driver
    List<String> options =
        List.of("-Xms64m", "-Xmx64m", "-XX:+AlwaysPreTouch", "--enable-native-access=ALL-UNNAMED");
    Process process =
        new ProcessBuilder(ChildJvm.command(options, RecycledEvents.class, Integer.toString(count)))
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor(Patience.LONG)).isTrue();
    assertThat(output).contains("recorded=" + count);
    long grown = Long.parseLong(output.replaceAll("(?s).*grownKilobytes=(-?\\d+).*", "$1"));
    assertThat(grown).as(output).isLessThan(20_000);
  }
}
