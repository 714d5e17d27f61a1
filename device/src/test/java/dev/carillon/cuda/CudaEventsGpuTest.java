package dev.carillon.cuda;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Workers;
import dev.carillon.spi.DeviceGate;
import dev.carillon.spi.DeviceKind;
import dev.carillon.spi.DriverStatus;
import dev.carillon.spi.StreamOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The table of functions, on a GPU. */
@Tag(Gpu.TAG)
@Covers("C11")
final class CudaEventsGpuTest {
  private static final long MEBIBYTE = 1L << 20;
  private static final long LONG_SPIN = 200_000_000; // ticks, a tenth of a second or so
  private static final int MANY = 1_000_000;

  private CudaDriver driver;
  private LocalCudaStream first;
  private LocalCudaStream second;

  @BeforeEach
  void open() {
    driver = Gpu.open();
    first = driver.openStream(0, StreamOptions.DEFAULT);
    second = driver.openStream(0, StreamOptions.DEFAULT.withPriority(1));
  }

  @AfterEach
  void close() {
    if (driver != null) {
      driver.close();
    }
  }

  private void spin(LocalCudaStream stream) {
    CudaModule program = driver.device(0).load(Kernels.ptx());
    stream.launch(program.function("spin"), LaunchShape.of(1, 1), LONG_SPIN);
    program.close();
  }

  @Test
  void devices_sayWhatTheyAre() {
    assertThat(driver.version()).startsWith("CUDA driver ");
    assertThat(driver.devices())
        .allSatisfy(info -> {
          assertThat(info.name()).isNotBlank();
          assertThat(info.memory()).isPositive();
          assertThat(info.properties()).containsKeys("compute capability", "gates");
        });
    CudaMemory memory = driver.device(0).memory();
    assertThat(memory.free()).isBetween(1L, memory.total());
  }

  @Test
  @Covers({"C1", "C2"})
  void event_behindWork_isPendingUntilThatIsDone() {
    CudaEvent before = Gpu.recorded(driver, first);
    spin(first);
    CudaEvent after = Gpu.recorded(driver, first);
    assertThat(Gpu.query(driver, after)).isEqualTo(DriverStatus.PENDING);
    assertThat(Gpu.finished(driver, before)).isEqualTo(DriverStatus.COMPLETE);
    assertThat(Gpu.finished(driver, after)).isEqualTo(DriverStatus.COMPLETE);
  }

  @Test
  @Covers("C3")
  void event_recordedAgain_isPendingAgain() {
    CudaEvent event = Gpu.recorded(driver, first);
    assertThat(Gpu.finished(driver, event)).isEqualTo(DriverStatus.COMPLETE);
    driver.functions().reset().reset(event);
    spin(first);
    driver.functions().record().record(event, first);
    assertThat(Gpu.query(driver, event)).isEqualTo(DriverStatus.PENDING);
    assertThat(Gpu.finished(driver, event)).isEqualTo(DriverStatus.COMPLETE);
  }

  @Test
  @Covers("C4")
  void wait_forAnotherStream_ordersTheWork() {
    spin(first);
    CudaEvent before = Gpu.recorded(driver, first);
    assertThat(driver.functions().waits().get(DeviceKind.CUDA).wait(second, before)).isTrue();
    CudaEvent after = Gpu.recorded(driver, second);
    assertThat(Gpu.query(driver, after)).isEqualTo(DriverStatus.PENDING);
    assertThat(Gpu.finished(driver, after)).isEqualTo(DriverStatus.COMPLETE);
    assertThat(Gpu.query(driver, before)).isEqualTo(DriverStatus.COMPLETE);
  }

  @Test
  @Covers("C4")
  void wait_ofEachDevice_forTheFirst_ordersTheWork() {
    for (int device = 0; device < driver.devices().size(); device++) {
      LocalCudaStream there = driver.openStream(device, StreamOptions.DEFAULT);
      spin(first);
      CudaEvent before = Gpu.recorded(driver, first);
      assertThat(driver.functions().waits().get(DeviceKind.CUDA).wait(there, before)).isTrue();
      CudaEvent after = Gpu.recorded(driver, there);
      assertThat(Gpu.finished(driver, after)).isEqualTo(DriverStatus.COMPLETE);
      assertThat(Gpu.query(driver, before)).isEqualTo(DriverStatus.COMPLETE);
      driver.closeStream(there);
    }
  }

  @Test
  @Covers("C4")
  void gates_holdTheStream_andOpenInItsOrder() {
    assertThat(driver.functions().gate()).isNotNull();
    DeviceGate one = driver.functions().gate().gate(first);
    CudaEvent afterOne = Gpu.recorded(driver, first);
    DeviceGate two = driver.functions().gate().gate(first);
    CudaEvent afterTwo = Gpu.recorded(driver, first);
    two.open(true);
    Gpu.finish(driver, second); // the device had time to look
    assertThat(Gpu.query(driver, afterOne)).isEqualTo(DriverStatus.PENDING);
    one.open(false);
    assertThat(Gpu.finished(driver, afterOne)).isEqualTo(DriverStatus.COMPLETE);
    assertThat(Gpu.finished(driver, afterTwo)).isEqualTo(DriverStatus.COMPLETE);
  }

  @Test
  @Covers("C4")
  void gate_openedByTheHost_letsWorkSeeWhatTheHostWrote() {
    assertThat(driver.functions().gate()).isNotNull();
    CudaDevice device = driver.device(0);
    try (CudaHostBuffer in = device.allocateHost(4);
        CudaHostBuffer out = device.allocateHost(4);
        CudaBuffer buffer = device.allocate(4)) {
      for (int round = 1; round <= 1000; round++) {
        DeviceGate gate = driver.functions().gate().gate(first);
        first.copy(in, buffer);
        first.copy(buffer, out);
        in.segment().set(JAVA_INT, 0, round);
        gate.open(true);
        Gpu.finish(driver, first);
        assertThat(out.segment().get(JAVA_INT, 0)).isEqualTo(round);
      }
    }
  }

  @Test
  @Covers("C4")
  void streams_closedBehindClosedGates_areGivenUpAtOnce() {
    assertThat(driver.functions().gate()).isNotNull();
    for (int i = 0; i < 200; i++) {
      LocalCudaStream stream = driver.openStream(0, StreamOptions.DEFAULT);
      driver.functions().gate().gate(stream);
      CudaEvent behind = Gpu.recorded(driver, stream);
      driver.closeStream(stream);
      assertThat(Gpu.finished(driver, behind)).isEqualTo(DriverStatus.COMPLETE);
      driver.functions().release().release(behind);
    }
  }

  @Test
  @Covers("C8")
  void hostFunction_isCalledOnceTheEventIsComplete() throws InterruptedException {
    try (CudaDriver told =
        Gpu.open(CudaConfig.DEFAULT.withCompletion(CudaCompletion.HOST_FUNCTION))) {
      LocalCudaStream stream = told.openStream(0, StreamOptions.DEFAULT);
      var all = new CountDownLatch(1000);
      List<CudaEvent> events = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        CudaEvent event = Gpu.recorded(told, stream);
        told.functions().setCallback().setCallback(event, all::countDown);
        events.add(event);
      }
      assertThat(all.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(events)
          .allSatisfy(e -> assertThat(Gpu.query(told, e)).isEqualTo(DriverStatus.COMPLETE));
      told.closeStream(stream);
    }
  }

  @Test
  void time_betweenTimedEvents_isThatOfTheWork() {
    var table = driver.functions();
    CudaEvent begin = table.create().create(0, true);
    CudaEvent end = table.create().create(0, true);
    table.record().record(begin, first);
    long hostBegin = System.nanoTime();
    spin(first);
    table.record().record(end, first);
    assertThat(Gpu.finished(driver, end)).isEqualTo(DriverStatus.COMPLETE);
    long onHost = System.nanoTime() - hostBegin;
    assertThat(table.time().nanos(end) - table.time().nanos(begin))
        .isBetween(1_000_000L, onHost + 1_000_000_000L);
  }

  @Test
  @Covers("C3")
  void events_aMillionOfThem_takeNoMemory() {
    var table = driver.functions();
    CudaEvent reused = Gpu.recorded(driver, first);
    for (int i = 0; i < MANY / 10; i++) { // what grows once has grown
      cycle(reused);
      table.release().release(Gpu.recorded(driver, first));
    }
    Gpu.finish(driver, first);
    long onHost = Gpu.resident();
    long onDevice = driver.device(0).memory().free();
    for (int i = 0; i < MANY; i++) {
      cycle(reused);
    }
    for (int i = 0; i < MANY; i++) {
      table.release().release(Gpu.recorded(driver, first));
    }
    Gpu.finish(driver, first);
    assertThat(Gpu.resident() - onHost).isLessThan(256 * MEBIBYTE); // the heap may grow
    assertThat(onDevice - driver.device(0).memory().free()).isLessThan(64 * MEBIBYTE);
  }

  private void cycle(CudaEvent event) {
    var table = driver.functions();
    assertThat(Gpu.finished(driver, event)).isEqualTo(DriverStatus.COMPLETE);
    table.reset().reset(event);
    table.record().record(event, first);
  }

  @Test
  void secondDriver_onAThreadWithTheFirstOnesContext_works() throws Exception {
    try (var thread = Executors.newSingleThreadExecutor()) {
      thread.submit(() -> Gpu.finish(driver, first)).get();
      driver.closeStream(first);
      driver.closeStream(second);
      driver.close();
      try (CudaDriver next = Gpu.open()) {
        LocalCudaStream there = next.openStream(0, StreamOptions.DEFAULT);
        CudaEvent event = Gpu.recorded(next, there);
        thread
            .submit(() -> assertThat(Gpu.finished(next, event)).isEqualTo(DriverStatus.COMPLETE))
            .get();
        thread.submit(() -> Gpu.finish(next, there)).get();
        next.functions().release().release(event);
        next.closeStream(there);
      }
    }
  }

  @Test
  void close_whileACopyIsUnderWay_waitsForIt() {
    CudaDevice device = driver.device(0);
    CudaHostBuffer host = device.allocateHost(MEBIBYTE);
    CudaBuffer buffer = device.allocate(MEBIBYTE);
    spin(first);
    first.copy(buffer, host);
    CudaEvent behind = Gpu.recorded(driver, first);
    driver.closeStream(first);
    host.close();
    assertThat(Gpu.query(driver, behind)).isEqualTo(DriverStatus.PENDING);
    driver.functions().release().release(behind);
    driver.close();
    try (CudaDriver next = Gpu.open()) { // and the device is well
      Gpu.finish(next, next.openStream(0, StreamOptions.DEFAULT));
    }
  }

  @Test
  void threads_virtualAndPlatform_useStreamsAtOnce() {
    try (var workers = new Workers()) {
      for (int i = 0; i < 64; i++) {
        Workers.Kind kind = i % 2 == 0 ? Workers.Kind.VIRTUAL : Workers.Kind.PLATFORM;
        workers.start(
            kind,
            "user " + i,
            () -> {
              LocalCudaStream stream = driver.openStream(0, StreamOptions.DEFAULT);
              for (int round = 0; round < 100; round++) {
                Gpu.finish(driver, stream);
              }
              driver.closeStream(stream);
            });
      }
    }
  }
}
