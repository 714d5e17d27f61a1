package dev.carillon.opencl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.Covers;
import dev.carillon.build.Workers;
import dev.carillon.spi.DeviceException;
import dev.carillon.spi.DeviceFunctions;
import dev.carillon.spi.DeviceGate;
import dev.carillon.spi.DeviceInfo;
import dev.carillon.spi.DeviceKind;
import dev.carillon.spi.DriverStatus;
import dev.carillon.spi.StreamOptions;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What PoCL does not have: several platforms, priorities, and events that may fail. */
final class PlatformsTest {
  private final FakeOpenCl fake = FakeOpenCl.fresh();

  @Test
  void open_severalPlatforms_hasTheDevicesOfAll() {
    try (ClDriver driver = fake.open()) {
      assertThat(driver.devices()).extracting(DeviceInfo::name).containsExactly("a", "b", "c");
      assertThat(driver.devices()).extracting(DeviceInfo::index).containsExactly(0, 1, 2);
      assertThat(driver.devices())
          .extracting(info -> info.properties().get("platform"))
          .containsExactly("One", "One", "Two");
      assertThat(driver.version()).isEqualTo("One OpenCL 1.2; Two OpenCL 3.0 x");
      assertThat(fake.count("context")).isEqualTo(2);
    }
    fake.checkAllIsReleased();
  }

  @Test
  @Covers("C4")
  void waitFor_otherPlatform_isNotDoneByTheDriver() {
    try (ClDriver driver = fake.open()) {
      CommandQueue first = driver.openStream(0, StreamOptions.DEFAULT);
      CommandQueue second = driver.openStream(1, StreamOptions.DEFAULT);
      CommandQueue third = driver.openStream(2, StreamOptions.DEFAULT);
      MarkerEvent event = FakeOpenCl.record(driver, first);
      var wait = driver.functions().waits().get(DeviceKind.OPENCL);
      assertThat(wait.wait(second, event)).isTrue();
      assertThat(wait.wait(third, event)).isFalse();
      OpenClBuffer buffer = driver.device(0).newBuffer(4);
      second.fill(buffer, 0, 4, 1);
      assertThatThrownBy(() -> third.fill(buffer, 0, 4, 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("must be of the platform of the stream's device");
      buffer.close();
      event.reset();
      List.of(first, second, third).forEach(driver::closeStream);
    }
    fake.checkAllIsReleased();
  }

  @Test
  void openStream_withPriority_hintsItWhereThereAreSome() {
    try (ClDriver driver = fake.open()) {
      for (int priority : new int[] {7, -7, 0}) {
        for (boolean isOrdered : new boolean[] {true, false}) {
          var options = new StreamOptions("", priority, isOrdered, 1);
          CommandQueue stream = driver.openStream(2, options);
          assertThat(fake.count("priority")).isEqualTo(priority > 0 ? 1 : priority < 0 ? 4 : 0);
          assertThat(fake.count("properties")).isEqualTo(isOrdered ? 0 : 1);
          driver.closeStream(stream);
          CommandQueue other = driver.openStream(0, options);
          assertThat(fake.count("priority")).isZero();
          driver.closeStream(other);
        }
      }
      CommandQueue timed = driver.openStream(2, StreamOptions.DEFAULT.withPriority(1));
      MarkerEvent event = driver.functions().create().create(2, true);
      timed.record(event);
      assertThat(fake.count("priority")).as("of the queue that measures").isEqualTo(1);
      assertThat(fake.count("properties")).isEqualTo(2);
      event.reset();
      driver.closeStream(timed);
    }
    fake.checkAllIsReleased();
  }

  @Test
  void openStream_deviceWithoutUnorderedQueues_isOrdered() {
    try (ClDriver driver = fake.open()) {
      CommandQueue stream = driver.openStream(1, StreamOptions.DEFAULT.withoutOrder());
      assertThat(fake.count("queue")).isEqualTo(1);
      assertThat(fake.count("properties")).isZero();
      driver.closeStream(stream);
    }
  }

  @Test
  void openStream_withPriorityWhereTheLibraryIsOlder_isWithoutOne() {
    FakeOpenCl old = FakeOpenCl.fresh("NO_PROPERTIES");
    try (ClDriver driver = old.open()) {
      assertThat(driver.devices().get(2).properties()).containsEntry("priorities", "false");
      driver.closeStream(driver.openStream(2, StreamOptions.DEFAULT.withPriority(1)));
    }
    old.checkAllIsReleased();
  }

  @Test
  @Covers({"C2", "C7"})
  void gate_failed_hasTheDriverFailWhatWaits() {
    try (ClDriver driver = fake.open();
        OpenClBuffer buffer = driver.device(0).newBuffer(4)) {
      for (boolean isOrdered : new boolean[] {true, false}) {
        CommandQueue stream = FakeOpenCl.stream(driver, isOrdered);
        DeviceGate gate = stream.gate();
        stream.fill(buffer, 0, 4, 1);
        MarkerEvent behind = FakeOpenCl.record(driver, stream);
        CommandQueue other = FakeOpenCl.stream(driver, isOrdered);
        assertThat(other.waitFor(behind)).isTrue();
        other.fill(buffer, 0, 4, 1);
        MarkerEvent second = FakeOpenCl.record(driver, other);
        assertThat(behind.query()).isEqualTo(DriverStatus.PENDING);
        gate.open(false);
        if (!isOrdered) { // the fake's ordered queues go on behind what failed, as some drivers do
          assertThat(behind.query()).isEqualTo(DriverStatus.FAILED);
          assertThat(second.query()).isEqualTo(DriverStatus.FAILED);
          assertThat(behind.errorMessage())
              .contains("-14 CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST");
        }
        List.of(behind, second).forEach(MarkerEvent::reset);
        List.of(stream, other).forEach(driver::closeStream);
      }
    }
    fake.checkAllIsReleased();
  }

  @Test
  @Covers("C8")
  void setCallback_failedEvent_isCalledAtOnceAndForgottenByReset() {
    try (ClDriver driver = fake.open();
        OpenClBuffer buffer = driver.device(0).newBuffer(4)) {
      CommandQueue stream = FakeOpenCl.stream(driver, false);
      DeviceGate gate = stream.gate();
      stream.fill(buffer, 0, 4, 1);
      MarkerEvent event = FakeOpenCl.record(driver, stream);
      event.callBack(() -> {}); // which the fake does not call
      gate.open(false);
      assertThat(event.query()).isEqualTo(DriverStatus.FAILED);
      var calls = new AtomicInteger();
      event.callBack(calls::incrementAndGet);
      assertThat(calls).hasValue(1);
      assertThat(Callbacks.size()).isEqualTo(1);
      event.reset();
      assertThat(Callbacks.size()).isZero();
      driver.closeStream(stream);
    }
    fake.checkAllIsReleased();
  }

  @Test
  void open_platformThatFails_leavesTheOthersAndNothingOfItself() {
    for (String call :
        List.of("clGetPlatformInfo", "clGetDeviceIDs", "clCreateContext", "clGetDeviceInfo")) {
      for (int after : new int[] {1, 2, 20}) {
        FakeOpenCl.fresh().with(call, after);
        try (ClDriver driver = fake.open()) {
          int index = 0;
          for (DeviceInfo info : driver.devices()) {
            assertThat(info.index()).isEqualTo(index++);
            assertThat(driver.version()).contains(info.properties().get("platform"));
          }
          assertThat(fake.count("context"))
              .isEqualTo(driver.version().chars().filter(c -> c == ';').count() + 1);
        }
        fake.checkAllIsReleased();
      }
    }
  }

  @Test
  void open_libraryThatFails_saysWhy() {
    fake.with("clGetPlatformIDs", 1);
    assertThatThrownBy(fake::open)
        .isInstanceOf(DeviceException.class)
        .hasMessageContaining("clGetPlatformIDs failed: -5 CL_OUT_OF_RESOURCES");
  }

  @Test
  void open_bySeveralThreads_isOneAfterAnother() throws Exception {
    fake.with("meet", 1);
    try (var workers = new Workers()) {
      for (int i = 0; i < 2; i++) {
        workers.start(() -> fake.open().close());
      }
    }
    assertThat(fake.count("together")).as("signals are kept by one at a time").isEqualTo(1);
    fake.checkAllIsReleased();
  }

  @Test
  void functions_askedForAgain_areTheSame() {
    try (ClDriver driver = fake.open()) {
      DeviceFunctions<CommandQueue, MarkerEvent> functions = driver.functions();
      assertThat(driver.functions()).isSameAs(functions);
    }
  }
}
