package dev.carillon.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.Covers;
import dev.carillon.spi.DeviceException;
import dev.carillon.spi.DeviceFunctions;
import dev.carillon.spi.DeviceGate;
import dev.carillon.spi.DeviceKind;
import dev.carillon.spi.DriverStatus;
import dev.carillon.spi.StreamOptions;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The table of functions, on the fake driver. */
@Covers("C11")
final class CudaEventsTest {
  private final FakeCuda fake = FakeCuda.fresh();

  @AfterEach
  void nothingWasUsedAfterItsEnd() {
    assertThat(fake.count("bad")).isZero();
    assertThat(fake.count("depth")).isLessThanOrEqualTo(1);
  }

  private static LocalCudaStream stream(CudaDriver driver) {
    return driver.openStream(0, StreamOptions.DEFAULT);
  }

  private static CudaEvent recorded(CudaDriver driver, LocalCudaStream stream) {
    DeviceFunctions<LocalCudaStream, CudaEvent> table = driver.functions();
    CudaEvent event = table.create().create(stream.context().gpu().info().index(), false);
    table.record().record(event, stream);
    return event;
  }

  private static DriverStatus query(CudaDriver driver, CudaEvent event) {
    return driver.functions().query().query(event);
  }

  @Test
  void devices_areAsTheDriverSays() {
    try (CudaDriver driver = fake.with("devices", 2).open()) {
      assertThat(driver.devices()).hasSize(2);
      var second = driver.devices().get(1);
      assertThat(second.id()).isEqualTo("cuda:1");
      assertThat(second.name()).isEqualTo("Fake GPU 1");
      assertThat(second.properties()).containsEntry("compute capability", "9.0");
    }
  }

  @Test
  void streams_ofPriorities_areNonBlockingAndClamped() {
    try (CudaDriver driver = fake.open()) {
      stream(driver);
      fake.calls();
      driver.openStream(0, StreamOptions.DEFAULT.withPriority(3));
      driver.openStream(0, StreamOptions.DEFAULT.withPriority(100));
      driver.openStream(0, StreamOptions.DEFAULT.withPriority(-4));
      assertThat(fake.calls())
          .containsExactly(
              "cuStreamCreateWithPriority s3 flags=1 priority=-3",
              "cuStreamCreateWithPriority s4 flags=1 priority=-5",
              "cuStreamCreateWithPriority s5 flags=1 priority=0");
    }
  }

  @Test
  @Covers({"C1", "C2"})
  void event_recorded_isPendingUntilTheDriverSaysSo() {
    try (CudaDriver driver = fake.with("pending", 2).open()) {
      LocalCudaStream stream = stream(driver);
      fake.calls();
      CudaEvent event = recorded(driver, stream);
      assertThat(fake.calls()).containsExactly("cuEventCreate e1 flags=2", "cuEventRecord e1 s2");
      assertThat(query(driver, event)).isEqualTo(DriverStatus.PENDING);
      assertThat(query(driver, event)).isEqualTo(DriverStatus.PENDING);
      assertThat(query(driver, event)).isEqualTo(DriverStatus.COMPLETE);
    }
  }

  @Test
  @Covers("C3")
  void event_reset_isRecordedAgainWithoutANewOne() {
    try (CudaDriver driver = fake.open()) {
      LocalCudaStream stream = stream(driver);
      CudaEvent event = recorded(driver, stream);
      driver.functions().reset().reset(event);
      fake.calls();
      driver.functions().record().record(event, stream);
      driver.functions().release().release(event);
      assertThat(fake.calls()).containsExactly("cuEventRecord e1 s2", "cuEventDestroy e1");
    }
  }

  @Test
  void query_whereAContextIsWanted_isAskedOnceMore() throws InterruptedException {
    try (CudaDriver driver = fake.open()) {
      CudaEvent event = recorded(driver, stream(driver));
      fake.with("queryNeedsContext", 1);
      var seen = new DriverStatus[1];
      Thread other = Thread.ofPlatform().start(() -> seen[0] = query(driver, event));
      other.join();
      assertThat(seen[0]).isEqualTo(DriverStatus.COMPLETE);
    }
  }

  @Test
  @Covers("C4")
  void wait_forAnEventOfTheKind_isTheDrivers() {
    try (CudaDriver driver = fake.with("devices", 2).open()) {
      LocalCudaStream first = stream(driver);
      LocalCudaStream second = driver.openStream(1, StreamOptions.DEFAULT);
      CudaEvent event = recorded(driver, first);
      fake.calls();
      var wait = driver.functions().waits().get(DeviceKind.CUDA);
      assertThat(wait.wait(second, event)).isTrue();
      assertThat(wait.wait(second, "an event of another driver")).isFalse();
      assertThat(fake.calls()).containsExactly("cuStreamWaitEvent s4 e1 0");
    }
  }

  @Test
  @Covers("C4")
  void gates_openedInAnyOrder_letThroughInTheirs() {
    try (CudaDriver driver = fake.open()) {
      LocalCudaStream stream = stream(driver);
      fake.calls();
      DeviceGate first = driver.functions().gate().gate(stream);
      CudaEvent afterFirst = recorded(driver, stream);
      DeviceGate second = driver.functions().gate().gate(stream);
      CudaEvent afterSecond = recorded(driver, stream);
      assertThat(fake.calls())
          .containsExactly(
              "cuMemHostRegister 65536 flags=3",
              "cuStreamWaitValue32 s2 value=1 flags=0",
              "cuEventCreate e1 flags=2",
              "cuEventRecord e1 s2",
              "cuStreamWaitValue32 s2 value=2 flags=0",
              "cuEventCreate e2 flags=2",
              "cuEventRecord e2 s2");
      second.open(true);
      assertThat(query(driver, afterFirst)).isEqualTo(DriverStatus.PENDING);
      assertThat(query(driver, afterSecond)).isEqualTo(DriverStatus.PENDING);
      first.open(false);
      assertThat(query(driver, afterFirst)).isEqualTo(DriverStatus.COMPLETE);
      assertThat(query(driver, afterSecond)).isEqualTo(DriverStatus.COMPLETE);
    }
    assertThat(fake.count("registered")).isZero();
  }

  @Test
  @Covers("C4")
  void gates_whereTheDeviceCannot_areNone() {
    try (CudaDriver driver = fake.with("memOps", 0).open()) {
      assertThat(driver.functions().gate()).isNull();
    }
  }

  @Test
  void gate_openedAfterItsStreamWasClosed_doesNothing() {
    DeviceGate late;
    try (CudaDriver driver = fake.open()) {
      LocalCudaStream old = stream(driver);
      late = driver.functions().gate().gate(old);
      driver.closeStream(old);
      LocalCudaStream next = stream(driver);
      DeviceGate mine = driver.functions().gate().gate(next);
      CudaEvent event = recorded(driver, next);
      late.open(true);
      assertThat(query(driver, event)).isEqualTo(DriverStatus.PENDING);
      mine.open(true);
      assertThat(query(driver, event)).isEqualTo(DriverStatus.COMPLETE);
    }
    late.open(true);
  }

  @Test
  void wait_behindAGate_isPendingUntilItIsOpened() {
    try (CudaDriver driver = fake.open()) {
      LocalCudaStream first = stream(driver);
      LocalCudaStream second = stream(driver);
      DeviceGate gate = driver.functions().gate().gate(first);
      CudaEvent before = recorded(driver, first);
      driver.functions().waits().get(DeviceKind.CUDA).wait(second, before);
      CudaEvent after = recorded(driver, second);
      assertThat(query(driver, after)).isEqualTo(DriverStatus.PENDING);
      gate.open(true);
      assertThat(query(driver, after)).isEqualTo(DriverStatus.COMPLETE);
    }
  }

  @Test
  @Covers("C7")
  void fault_failsWhatIsAsked_withTheDriversText() {
    try (CudaDriver driver = fake.open()) {
      LocalCudaStream stream = stream(driver);
      CudaEvent event = recorded(driver, stream);
      fake.with("fault", 700);
      assertThat(query(driver, event)).isEqualTo(DriverStatus.FAILED);
      assertThat(driver.functions().errorMessage().errorMessage(event))
          .contains("CUDA_ERROR_ILLEGAL_ADDRESS", "an illegal memory access was encountered");
      assertThatThrownBy(() -> recorded(driver, stream))
          .isInstanceOf(DeviceException.class)
          .hasMessageContaining("CUDA_ERROR_ILLEGAL_ADDRESS");
    }
  }

  @Test
  void renew_afterAFault_makesNewOnesWork_andOldOnesFailWithoutTheDriver() {
    try (CudaDriver driver = fake.open()) {
      LocalCudaStream old = stream(driver);
      CudaEvent lost = recorded(driver, old);
      CudaEvent pooled = recorded(driver, old);
      DeviceGate gate = driver.functions().gate().gate(old);
      CudaBuffer buffer = driver.device(0).allocate(64);
      fake.with("fault", 700);
      driver.renew(0);
      assertThat(query(driver, lost)).isEqualTo(DriverStatus.FAILED);
      assertThat(driver.functions().errorMessage().errorMessage(lost)).contains("renewed");
      LocalCudaStream stream = stream(driver);
      driver.functions().reset().reset(pooled);
      driver.functions().record().record(pooled, stream);
      assertThat(query(driver, pooled)).isEqualTo(DriverStatus.COMPLETE);
      assertThatThrownBy(() -> recorded(driver, old)).hasMessageContaining("renewed");
      assertThatThrownBy(() -> stream.fill(buffer, (byte) 1)).hasMessageContaining("renewed");
      driver.functions().release().release(lost);
      gate.open(true);
      driver.closeStream(old);
      buffer.close();
    }
  }

  @Test
  @Covers("C8")
  void hostFunctions_whereAskedFor_tellOnce() {
    CudaConfig config = CudaConfig.DEFAULT.withCompletion(CudaCompletion.HOST_FUNCTION);
    fake.with("hostThread", 1);
    try (var driver = (CudaDriver) fake.provider(config).open()) {
      LocalCudaStream stream = stream(driver);
      fake.calls();
      CudaEvent event = recorded(driver, stream);
      CudaEvent late = recorded(driver, stream);
      assertThat(fake.calls())
          .containsExactly(
              "cuEventCreate e1 flags=2",
              "cuEventRecord e1 s2",
              "cuLaunchHostFunc s2",
              "cuEventCreate e2 flags=2",
              "cuEventRecord e2 s2",
              "cuLaunchHostFunc s2");
      var told = new AtomicInteger();
      driver.functions().setCallback().setCallback(event, told::incrementAndGet);
      assertThat(told).hasValue(0);
      fake.callHosts();
      assertThat(told).hasValue(1);
      driver.functions().setCallback().setCallback(late, () -> told.addAndGet(10));
      assertThat(told).hasValue(11);
    }
  }

  @Test
  @Covers("C8")
  void hostFunction_calledAfterReset_tellsNobody() {
    CudaConfig config = CudaConfig.DEFAULT.withCompletion(CudaCompletion.HOST_FUNCTION);
    var told = new AtomicInteger();
    try (var driver = (CudaDriver) fake.provider(config).open()) {
      CudaEvent event = recorded(driver, stream(driver));
      driver.functions().setCallback().setCallback(event, told::incrementAndGet);
      driver.functions().release().release(event);
      assertThat(HostSignal.waiting()).isZero();
      fake.callHosts();
    }
    assertThat(told).hasValue(0);
  }

  @Test
  void hostFunction_thatThrows_isNotTheEnd() {
    CudaConfig config = CudaConfig.DEFAULT.withCompletion(CudaCompletion.HOST_FUNCTION);
    fake.with("hostThread", 1);
    try (var driver = (CudaDriver) fake.provider(config).open()) {
      CudaEvent event = recorded(driver, stream(driver));
      driver
          .functions()
          .setCallback()
          .setCallback(
              event,
              () -> {
                throw new IllegalStateException("of the test");
              });
      fake.callHosts();
      assertThat(query(driver, event)).isEqualTo(DriverStatus.COMPLETE);
    }
  }

  @Test
  @Covers("C8")
  void hostFunction_withTwoActionsOfWhichOneThrows_runsTheOther() {
    CudaConfig config = CudaConfig.DEFAULT.withCompletion(CudaCompletion.HOST_FUNCTION);
    fake.with("hostThread", 1);
    var told = new AtomicInteger();
    try (var driver = (CudaDriver) fake.provider(config).open()) {
      CudaEvent event = recorded(driver, stream(driver));
      var tell = driver.functions().setCallback();
      tell.setCallback(
          event,
          () -> {
            throw new IllegalStateException("of the test");
          });
      tell.setCallback(event, told::incrementAndGet);
      fake.callHosts();
    }
    assertThat(told).hasValue(1);
  }

  @Test
  void polling_whichIsUsual_hasNoCallbackAndBlocksNobody() {
    try (CudaDriver driver = fake.open()) {
      assertThat(driver.functions().setCallback()).isNull();
      assertThat(driver.functions().finish()).isNull();
      assertThat(driver.functions().isFinishedByHost()).isFalse();
    }
  }

  @Test
  void time_ofTimedEvents_isNanosecondsOfTheDevice() {
    try (CudaDriver driver = fake.open()) {
      LocalCudaStream stream = stream(driver);
      var table = driver.functions();
      CudaEvent first = table.create().create(0, true);
      CudaEvent second = table.create().create(0, true);
      table.record().record(first, stream);
      fake.advance(1.5);
      table.record().record(second, stream);
      assertThat(table.time().nanos(second) - table.time().nanos(first)).isEqualTo(1_500_000);
      table.release().release(first);
      table.release().release(second);
    }
    assertThat(fake.count("e")).isZero();
  }

  @Test
  void time_whoseEpochIsLate_isWaitedForALittle() {
    try (CudaDriver driver = fake.open()) {
      var table = driver.functions();
      CudaEvent event = table.create().create(0, true);
      table.record().record(event, stream(driver));
      fake.with("late", 3);
      assertThat(table.time().nanos(event)).isZero();
      fake.with("late", Long.MAX_VALUE);
      assertThatThrownBy(() -> table.time().nanos(event))
          .isInstanceOf(DeviceException.class)
          .hasMessageContaining("cuEventElapsedTime answered 600");
      fake.with("late", 0);
      table.release().release(event);
    }
  }

  @Test
  void renew_whereTheResetRepeatsTheFault_goesByHowTheDeviceDoes() {
    try (CudaDriver driver = fake.open()) {
      CudaEvent lost = recorded(driver, stream(driver));
      fake.with("fault", 700).with("reset", 700);
      driver.renew(0);
      assertThat(query(driver, lost)).isEqualTo(DriverStatus.FAILED);
      assertThat(query(driver, recorded(driver, stream(driver)))).isEqualTo(DriverStatus.COMPLETE);
    }
  }

  @Test
  void close_givesUpTheStreamAndGoesOn() {
    CudaDriver driver = fake.open();
    LocalCudaStream stream = stream(driver);
    fake.calls();
    driver.closeStream(stream);
    driver.closeStream(stream);
    assertThat(fake.calls())
        .containsExactly(
            "cuEventCreate e1 flags=2",
            "cuEventRecord e1 s2",
            "cuStreamDestroy s2",
            "cuEventDestroy e1"); // what tells that it has come to its end
    driver.close();
    driver.close();
    assertThat(fake.count("s")).isZero();
    assertThat(fake.count("retained")).isZero();
    assertThatThrownBy(() -> driver.openStream(0, StreamOptions.DEFAULT))
        .isInstanceOf(DeviceException.class)
        .hasMessageContaining("after it was closed");
    assertThatThrownBy(() -> driver.renew(0)).isInstanceOf(DeviceException.class);
    assertThatThrownBy(driver::devices).isInstanceOf(DeviceException.class);
  }

  @Test
  void device_thatIsNotThere_isRefused() {
    try (CudaDriver driver = fake.open()) {
      assertThatThrownBy(() -> driver.device(1))
          .isInstanceOf(DeviceException.class)
          .hasMessageContaining("device=1, devices=1");
    }
  }

  @Test
  void contextOfSomebodyElse_staysCurrent() throws Exception {
    try (CudaDriver driver = fake.with("devices", 2).open()) {
      LocalCudaStream first = stream(driver);
      LocalCudaStream second = driver.openStream(1, StreamOptions.DEFAULT);
      recorded(driver, first);
      recorded(driver, second);
      recorded(driver, first);
      assertThat(fake.count("depth")).isEqualTo(1);
    }
  }
}
