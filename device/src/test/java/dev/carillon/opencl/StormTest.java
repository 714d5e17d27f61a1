package dev.carillon.opencl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.ChildJvm;
import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.build.Workers;
import dev.carillon.spi.DeviceException;
import dev.carillon.spi.DriverStatus;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
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
  void close_whileOthersUseIt_isAnExceptionToThemAndNothingWorse() throws Exception {
    try (OpenClHere here = OpenClHere.open();
        OpenClProgram program = here.device.build(OpenClHere.SOURCE)) {
      for (int round = 0; round < 50; round++) {
        OpenClKernel add = program.newKernel("add");
        OpenClBuffer buffer = here.device.newBuffer(4096);
        CommandQueue ordered = here.ordered();
        CommandQueue unordered = here.unordered();
        var launched = new CountDownLatch(THREADS);
        try (var workers = new Workers()) {
          for (int i = 0; i < THREADS; i++) {
            CommandQueue stream = i % 2 == 0 ? ordered : unordered;
            workers.start(() -> launchUntilClosed(here, stream, add, buffer, launched));
          }
          Patience.await(launched);
          switch (round % 3) {
            case 0 -> add.close();
            case 1 -> buffer.close();
            default -> {
              here.driver.closeStream(ordered);
              here.driver.closeStream(unordered);
            }
          }
        }
        add.close();
        buffer.close();
      }
      assertThat(here.finish(here.ordered())).isEqualTo(DriverStatus.COMPLETE);
    }
  }

  private static void launchUntilClosed(
      OpenClHere here,
      CommandQueue stream,
      OpenClKernel add,
      OpenClBuffer buffer,
      CountDownLatch launched)
      throws Exception {
    try {
      while (true) {
        for (int i = 0; i < 8; i++) {
          stream.launch(add, OpenClRange.of(64), buffer, 1);
        }
        assertThat(here.finish(stream)).isEqualTo(DriverStatus.COMPLETE);
        launched.countDown();
      }
    } catch (DeviceException e) {
      assertThat(e).hasMessageContaining("must not be used after it was closed");
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
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(Patience.LONG)).isTrue();
    assertThat(output).contains("recorded=" + count);
    long grown = Long.parseLong(output.replaceAll("(?s).*grownKilobytes=(-?\\d+).*", "$1"));
    assertThat(grown).as(output).isLessThan(20_000);
  }
}
