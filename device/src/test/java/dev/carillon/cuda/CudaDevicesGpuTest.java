package dev.carillon.cuda;

import static dev.carillon.device.DeviceEventStatus.FAILED;
import static dev.carillon.device.DeviceEventStatus.SCHEDULED;
import static dev.carillon.device.DeviceEventStatus.SUCCESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.carillon.build.Covers;
import dev.carillon.build.Workers;
import dev.carillon.device.Device;
import dev.carillon.device.DeviceEvent;
import dev.carillon.device.DeviceStream;
import dev.carillon.device.Devices;
import dev.carillon.device.WaitPath;
import dev.carillon.event.EventSystem;
import dev.carillon.event.PoisonedException;
import dev.carillon.spi.DeviceKind;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** GPUs as users have them, on a GPU. */
@Tag(Gpu.TAG)
@Timeout(300)
@Covers("C11")
final class CudaDevicesGpuTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final long LONG_SPIN = 200_000_000;
  private static final long MEBIBYTE = 1L << 20;
  private static final int MANY = 1_000_000;

  private EventSystem events;
  private Devices devices;
  private Device gpu;

  @BeforeEach
  void open() {
    Gpu.open().close(); // or the test is left out
    events = EventSystem.create();
    devices = Devices.open(events);
    gpu = devices.device(DeviceKind.CUDA, 0);
  }

  @AfterEach
  void close() {
    if (devices != null) {
      devices.close();
      events.close();
    }
  }

  private void spin(DeviceStream stream) {
    try (CudaModule program = stream.device().as(CudaDevice.class).load(Kernels.ptx())) {
      stream.as(CudaStream.class).launch(program.function("spin"), LaunchShape.of(1, 1), LONG_SPIN);
    }
  }

  // caffe2: event_gpu_test.cc, EventBasics
  @Test
  @Covers({"C1", "C2", "C3", "C4", "C5"})
  void events_ofCpuAndGpu_areRecordedAndWaitedForByEachOther() throws Exception {
    DeviceStream cpuStream = devices.cpu().newStream();
    DeviceStream gpuStream = gpu.newStream();
    DeviceEvent onCpu = devices.cpu().newEvent("on the cpu");
    DeviceEvent onGpu = gpu.newEvent("on the gpu");
    cpuStream.record(onCpu);
    gpuStream.record(onGpu);
    assertThat(gpuStream.waitFor(onGpu)).isEqualTo(WaitPath.NONE);
    assertThat(onCpu.finish()).isEqualTo(SUCCESS);
    assertThat(onGpu.finish()).isEqualTo(SUCCESS);
    onGpu.reset();
    spin(gpuStream);
    gpuStream.record(onGpu);
    cpuStream.waitFor(onGpu);
    DeviceEvent last = cpuStream.record();
    assertThat(last.query()).isEqualTo(SCHEDULED);
    assertThat(last.finish(LONG)).isEqualTo(SUCCESS);
    assertThat(onGpu.query()).isEqualTo(SUCCESS);
  }

  @Test
  @Covers("C4")
  void gpuStream_waitingForTheCpu_isHeldByAGate() throws Exception {
    DeviceEvent ready = devices.cpu().newEvent("ready");
    DeviceStream stream = gpu.newStream();
    assertThat(stream.waitFor(ready)).isEqualTo(WaitPath.GATE);
    DeviceEvent behind = stream.record();
    assertThat(gpu.newStream().finish()).isEqualTo(SUCCESS);
    assertThat(behind.query()).isEqualTo(SCHEDULED);
    ready.setFinished();
    assertThat(behind.finish(LONG)).isEqualTo(SUCCESS);
  }

  @Test
  @Covers("C4")
  void gpuStream_waitingForAnother_isToldByTheDriver() throws Exception {
    DeviceStream first = gpu.newStream();
    DeviceStream second = gpu.newStream();
    spin(first);
    DeviceEvent between = first.record();
    assertThat(second.waitFor(between)).isEqualTo(WaitPath.NATIVE);
    assertThat(second.record().finish(LONG)).isEqualTo(SUCCESS);
    assertThat(between.query()).isEqualTo(SUCCESS);
  }

  @ParameterizedTest
  @EnumSource(CudaCompletion.class)
  @Covers("C8")
  void callbacks_ofEitherWay_comeOnce(CudaCompletion completion) throws Exception {
    var provider = CudaProvider.create(c -> c.withCompletion(completion));
    try (Devices told = Devices.open(events, c -> c.withProvider(provider))) {
      DeviceStream stream = told.device(DeviceKind.CUDA, 0).newStream();
      var all = new CountDownLatch(10_000);
      for (int i = 0; i < 10_000; i++) {
        stream.record().setCallback(event -> all.countDown());
      }
      assertThat(all.await(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  @Covers({"C7", "C8"})
  void kernel_thatFaults_poisonsWhatDependsOnIt_andNothingElse() throws Exception {
    DeviceStream stream = gpu.newStream();
    DeviceStream dependent = gpu.newStream();
    DeviceStream onCpu = devices.cpu().newStream();
    DeviceEvent before = stream.record();
    assertThat(before.finish(LONG)).isEqualTo(SUCCESS);
    DeviceEvent apart = onCpu.record();

    CudaDevice device = gpu.as(CudaDevice.class);
    CudaModule program = device.load(Kernels.ptx());
    CudaFunction spin = program.function("spin");
    CudaFunction faulty = program.function("read_nowhere");
    CudaBuffer buffer = device.allocate(4);
    CudaStream work = stream.as(CudaStream.class);
    // What spins has the fault come when all of this was given to the device.
    work.launch(spin, LaunchShape.of(1, 1), LONG_SPIN);
    work.launch(faulty, LaunchShape.of(1, 1), buffer);
    DeviceEvent bad = stream.record();
    dependent.waitFor(bad);
    DeviceEvent alsoBad = dependent.record();
    onCpu.waitFor(bad);
    DeviceEvent badOnCpu = onCpu.record();

    assertThat(bad.finish(LONG)).isEqualTo(FAILED);
    assertThat(alsoBad.finish(LONG)).isEqualTo(FAILED);
    assertThat(badOnCpu.finish(LONG)).isEqualTo(FAILED);
    assertThat(bad.errorMessage()).contains("CUDA_ERROR_");
    assertThat(badOnCpu.errorMessage()).contains("CUDA_ERROR_");
    assertThatExceptionOfType(PoisonedException.class)
        .isThrownBy(() -> bad.asEvent().await())
        .withMessageContaining("CUDA_ERROR_");
    assertThat(before.query()).isEqualTo(SUCCESS);
    assertThat(apart.finish(LONG)).isEqualTo(SUCCESS);

    gpu.renew();
    DeviceStream next = gpu.newStream();
    try (CudaModule again = device.load(Kernels.ptx());
        CudaHostBuffer counter = device.allocateHost(4)) {
      next.as(CudaStream.class).launch(again.function("increment"), LaunchShape.of(1, 1), counter);
      assertThat(next.finish()).isEqualTo(SUCCESS);
      assertThat(counter.segment().get(JAVA_INT, 0)).isEqualTo(1);
    }
  }

  @Test
  @Covers("C3")
  void events_aMillionOfThem_takeNoMemory() throws Exception {
    DeviceStream stream = gpu.newStream();
    for (int i = 0; i < MANY / 10; i++) {
      assertThat(stream.record().finish()).isEqualTo(SUCCESS);
    }
    long onHost = Gpu.resident();
    long onDevice = gpu.as(CudaDevice.class).memory().free();
    for (int i = 0; i < MANY; i++) {
      assertThat(stream.record().finish()).isEqualTo(SUCCESS);
    }
    assertThat(Gpu.resident() - onHost).isLessThan(512 * MEBIBYTE); // the heap may grow
    assertThat(onDevice - gpu.as(CudaDevice.class).memory().free()).isLessThan(64 * MEBIBYTE);
    assertThat(devices.stats().created()).isLessThan(100);
  }

  @Test
  void threads_virtual_waitForEventsOfAGpu() {
    try (var workers = new Workers()) {
      for (int i = 0; i < 200; i++) {
        workers.start(
            Workers.Kind.VIRTUAL,
            "waiter " + i,
            () -> {
              try (DeviceStream stream = gpu.newStream()) {
                for (int round = 0; round < 20; round++) {
                  assertThat(stream.finish()).isEqualTo(SUCCESS);
                }
              }
            });
      }
    }
  }
}
