package dev.carillon.cuda;

import static dev.carillon.device.DeviceEventStatus.FAILED;
import static dev.carillon.device.DeviceEventStatus.INITIALIZED;
import static dev.carillon.device.DeviceEventStatus.SCHEDULED;
import static dev.carillon.device.DeviceEventStatus.SUCCESS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.Covers;
import dev.carillon.device.Device;
import dev.carillon.device.DeviceEvent;
import dev.carillon.device.DeviceMisuseException;
import dev.carillon.device.DeviceStream;
import dev.carillon.device.Devices;
import dev.carillon.device.WaitPath;
import dev.carillon.event.EventSystem;
import dev.carillon.event.PoisonedException;
import dev.carillon.spi.DeviceFunctions.QueryFunction;
import dev.carillon.spi.DeviceKind;
import dev.carillon.spi.DeviceUnavailableException;
import dev.carillon.spi.DriverStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** GPUs as users have them, on the fake driver: caffe2's event_gpu tests, and more. */
@Timeout(60)
@Covers("C11")
final class CudaDevicesTest {
  private final FakeCuda fake = FakeCuda.fresh().with("devices", 2);
  private final EventSystem events = EventSystem.create();
  private final Devices devices =
      Devices.open(events, c -> c.withoutDiscovery().withProvider(fake.provider()));
  private final Device gpu = devices.device(DeviceKind.CUDA, 0);

  @AfterEach
  void close() {
    devices.close();
    events.close();
    assertThat(fake.count("bad")).isZero();
    assertThat(fake.count("memory")).isZero();
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
    assertThat(onCpu.finish()).isEqualTo(SUCCESS);
    assertThat(cpuStream.waitFor(onCpu)).isEqualTo(WaitPath.NONE);

    assertThat(onGpu.query()).isEqualTo(INITIALIZED);
    gpuStream.record(onGpu);
    assertThat(gpuStream.waitFor(onGpu)).isEqualTo(WaitPath.NONE);
    assertThat(onGpu.finish()).isEqualTo(SUCCESS);

    onGpu.reset();
    gpuStream.record(onGpu);
    assertThat(onGpu.finish()).isEqualTo(SUCCESS);
    cpuStream.waitFor(onGpu);
    gpuStream.waitFor(onCpu);
    assertThat(cpuStream.finish()).isEqualTo(SUCCESS);
    assertThat(gpuStream.finish()).isEqualTo(SUCCESS);
  }

  @Test
  @Covers("C4")
  void stream_waitingForTheCpu_isHeldByAGate() throws Exception {
    DeviceEvent ready = devices.cpu().newEvent("ready");
    DeviceStream stream = gpu.newStream();
    assertThat(stream.waitFor(ready)).isEqualTo(WaitPath.GATE);
    DeviceEvent behind = stream.record();
    assertThat(behind.query()).isEqualTo(SCHEDULED);
    ready.setFinished();
    assertThat(behind.finish()).isEqualTo(SUCCESS);
    assertThat(devices.stats().gateWaits()).isEqualTo(1);
  }

  @Test
  @Covers("C4")
  void stream_waitingForAnother_isToldByTheDriver() throws Exception {
    DeviceEvent ready = devices.cpu().newEvent("ready");
    DeviceStream first = gpu.newStream();
    DeviceStream second = devices.device(DeviceKind.CUDA, 1).newStream();
    first.waitFor(ready);
    DeviceEvent between = first.record();
    assertThat(second.waitFor(between)).isEqualTo(WaitPath.NATIVE);
    DeviceEvent last = second.record();
    assertThat(last.query()).isEqualTo(SCHEDULED);
    ready.setFinished();
    assertThat(last.finish()).isEqualTo(SUCCESS);
    assertThat(fake.calls()).anyMatch(call -> call.startsWith("cuStreamWaitEvent"));
    assertThat(devices.path(DeviceKind.CUDA, DeviceKind.CUDA)).isEqualTo(WaitPath.NATIVE);
    assertThat(devices.path(DeviceKind.CUDA, DeviceKind.CPU)).isEqualTo(WaitPath.GATE);
  }

  @Test
  @Covers("C4")
  void cpuStream_waitingForAGpu_goesOnWhenThatIsDone() throws Exception {
    DeviceEvent ready = devices.cpu().newEvent("ready");
    DeviceStream gpuStream = gpu.newStream();
    DeviceStream cpuStream = devices.cpu().newStream();
    gpuStream.waitFor(ready);
    cpuStream.waitFor(gpuStream.record());
    DeviceEvent last = cpuStream.record();
    assertThat(last.query()).isEqualTo(SCHEDULED);
    ready.setFinished();
    assertThat(last.finish()).isEqualTo(SUCCESS);
  }

  @Test
  @Covers("C1")
  void record_againstTheRules_isRefused() {
    DeviceStream stream = gpu.newStream();
    DeviceEvent event = stream.record();
    assertThatExceptionOfType(DeviceMisuseException.class).isThrownBy(() -> stream.record(event));
    DeviceEvent elsewhere = devices.device(DeviceKind.CUDA, 1).newEvent();
    assertThatExceptionOfType(DeviceMisuseException.class)
        .isThrownBy(() -> stream.record(elsewhere));
    assertThatExceptionOfType(DeviceMisuseException.class).isThrownBy(event::setFinished);
  }

  @Test
  @Covers({"C7", "C8"})
  void fault_failsThosePending_withTheDriversText_andCallsBack() throws Exception {
    DeviceStream stream = gpu.newStream();
    DeviceEvent done = stream.record();
    assertThat(done.finish()).isEqualTo(SUCCESS);
    fake.with("pending", 1_000_000_000);
    DeviceEvent lost = stream.record();
    var told = new CountDownLatch(1);
    lost.setCallback(event -> told.countDown());
    fake.with("fault", 700);
    assertThat(told.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(lost.finish()).isEqualTo(FAILED);
    assertThat(lost.errorMessage()).contains("CUDA_ERROR_ILLEGAL_ADDRESS");
    assertThatExceptionOfType(PoisonedException.class)
        .isThrownBy(lost::await)
        .withMessageContaining("CUDA_ERROR_ILLEGAL_ADDRESS");
    assertThat(lost.asEvent().status()).isEqualTo(dev.carillon.event.EventStatus.POISONED);
    assertThat(done.query()).isEqualTo(SUCCESS);
  }

  @Test
  @Covers("C2")
  void events_thatNobodyAskedFor_areKnownAfterTheDevicesWereClosed() {
    DeviceStream stream = gpu.newStream();
    DeviceStream closedBefore = gpu.newStream();
    DeviceEvent first = closedBefore.record();
    closedBefore.close();
    var all = new ArrayList<>(List.of(first));
    for (int i = 0; i < 200; i++) {
      all.add(stream.record());
    }
    devices.close();
    assertThat(all).allSatisfy(event -> assertThat(event.query()).isEqualTo(SUCCESS));
  }

  @Test
  @Covers("C7")
  void renew_afterAFault_hasNewStreamsWork() throws Exception {
    DeviceStream stream = gpu.newStream();
    DeviceEvent held = devices.cpu().newEvent("never");
    stream.waitFor(held);
    DeviceEvent lost = stream.record();
    fake.with("fault", 700);
    gpu.renew();
    assertThat(lost.finish()).isEqualTo(FAILED);
    DeviceStream next = gpu.newStream();
    assertThat(next.finish()).isEqualTo(SUCCESS);
    held.setFinished();
    assertThatThrownBy(stream::record).hasMessageContaining("closed");
  }

  @Test
  @Covers("C8")
  void callbacks_byHostFunctions_comeOnce() throws Exception {
    CudaConfig config = CudaConfig.DEFAULT.withCompletion(CudaCompletion.HOST_FUNCTION);
    fake.with("hostThread", 1);
    try (Devices told =
        Devices.open(events, c -> c.withoutDiscovery().withProvider(fake.provider(config)))) {
      DeviceStream stream = told.device(DeviceKind.CUDA, 0).newStream();
      DeviceEvent ready = told.cpu().newEvent("ready");
      stream.waitFor(ready);
      DeviceEvent event = stream.record();
      var times = new AtomicInteger();
      var once = new CountDownLatch(1);
      event.setCallback(ended -> {
        times.incrementAndGet();
        once.countDown();
      });
      ready.setFinished();
      fake.callHosts();
      assertThat(once.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(event.finish()).isEqualTo(SUCCESS);
      fake.callHosts();
      assertThat(times).hasValue(1);
    }
  }

  @Test
  @Covers("C8")
  void callbacks_thatADriverLoses_comeAllTheSame() throws Exception {
    CudaConfig config = CudaConfig.DEFAULT.withCompletion(CudaCompletion.HOST_FUNCTION);
    try (Devices told =
        Devices.open(events, c -> c.withoutDiscovery().withProvider(fake.provider(config)))) {
      DeviceStream stream = told.device(DeviceKind.CUDA, 0).newStream();
      assertThat(stream.record().finish()).isEqualTo(SUCCESS); // and no host function was called
    }
  }

  @Test
  void deviceAndStream_areHadAsTheirKindHasThem() throws Exception {
    DeviceStream stream = gpu.newStream(o -> o.withPriority(2));
    CudaDevice device = gpu.as(CudaDevice.class);
    assertThat(device.info().name()).isEqualTo("Fake GPU 0");
    try (CudaBuffer buffer = device.allocate(16)) {
      stream.as(CudaStream.class).fill(buffer, (byte) 1);
      assertThat(stream.finish()).isEqualTo(SUCCESS);
    }
    assertThatThrownBy(() -> gpu.as(String.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("dev.carillon.cuda.CudaDevice");
  }

  @Test
  void nanos_ofTimedEvents_areTheDevices() throws Exception {
    DeviceStream stream = gpu.newStream();
    DeviceEvent first = gpu.newTimedEvent("first");
    DeviceEvent second = gpu.newTimedEvent("second");
    stream.record(first);
    fake.advance(2);
    stream.record(second);
    assertThat(second.finish()).isEqualTo(SUCCESS);
    assertThat(first.finish()).isEqualTo(SUCCESS);
    assertThat(second.nanos().orElseThrow() - first.nanos().orElseThrow()).isEqualTo(2_000_000);
  }

  @Test
  @Covers("C3")
  void events_manyOneAfterAnother_areTheDriversFewUsedAgain() throws Exception {
    DeviceStream stream = gpu.newStream();
    DeviceEvent event = gpu.newEvent("again");
    for (int i = 0; i < 1000; i++) {
      stream.record(event);
      assertThat(event.finish()).isEqualTo(SUCCESS);
      event.reset();
    }
    assertThat(fake.count("e")).isLessThan(10);
  }

  @Test
  @Covers("C9")
  void functions_replaced_areUsedInstead() throws Exception {
    var asked = new AtomicInteger();
    try (Devices counted =
        Devices.open(
            events,
            c ->
                c.withoutDiscovery()
                    .withProvider(fake.provider())
                    .withFunctions(
                        DeviceKind.CUDA,
                        table -> {
                          QueryFunction<Object> before = table.query();
                          return table.withQuery(event -> {
                            asked.incrementAndGet();
                            DriverStatus status = before.query(event);
                            return status;
                          });
                        }))) {
      DeviceStream stream = counted.device(DeviceKind.CUDA, 0).newStream();
      assertThat(stream.finish()).isEqualTo(SUCCESS);
    }
    assertThat(asked).hasPositiveValue();
  }

  @Test
  void devices_withoutADriver_sayWhatIsMissingAndDisturbNobody() throws Exception {
    var none = new CudaProvider(CudaConfig.DEFAULT, List.of("libno-such.so"));
    try (Devices few = Devices.open(events, c -> c.withoutDiscovery().withProvider(none))) {
      assertThat(few.devices(DeviceKind.CUDA)).isEmpty();
      assertThatExceptionOfType(DeviceUnavailableException.class)
          .isThrownBy(() -> few.device(DeviceKind.CUDA, 0))
          .withMessageContaining("libno-such.so");
      assertThat(few.support())
          .anySatisfy(support -> {
            assertThat(support.kind()).isEqualTo(DeviceKind.CUDA);
            assertThat(support.missing()).contains("libno-such.so", "apt-get install");
          });
      assertThat(few.cpu().newStream().finish()).isEqualTo(SUCCESS);
    }
  }
}
