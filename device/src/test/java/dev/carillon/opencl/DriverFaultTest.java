package dev.carillon.opencl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.carillon.build.CapturedLog;
import dev.carillon.spi.DeviceException;
import dev.carillon.spi.DeviceGate;
import dev.carillon.spi.DriverStatus;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Functions of the driver that fail, one at a time, wherever they are called. */
final class DriverFaultTest {
  private static final List<String> FUNCTIONS =
      List.of(
          "clCreateContext",
          "clCreateCommandQueue",
          "clFlush",
          "clCreateBuffer",
          "clCreateProgramWithSource",
          "clBuildProgram",
          "clGetProgramBuildInfo",
          "clCreateKernel",
          "clGetKernelInfo",
          "clSetKernelArg",
          "clCreateUserEvent",
          "clSetUserEventStatus",
          "clGetEventInfo",
          "clGetEventProfilingInfo",
          "clSetEventCallback",
          "clEnqueueMarkerWithWaitList",
          "clEnqueueBarrierWithWaitList",
          "clEnqueueReadBuffer",
          "clEnqueueWriteBuffer",
          "clEnqueueCopyBuffer",
          "clEnqueueFillBuffer",
          "clEnqueueNDRangeKernel",
          "clReleaseContext",
          "clReleaseCommandQueue",
          "clReleaseMemObject",
          "clReleaseProgram",
          "clReleaseKernel",
          "clReleaseEvent");
  private static final int CALLS = 24;

  private final FakeOpenCl fake = FakeOpenCl.fresh();

  @TestFactory
  Stream<DynamicTest> driver_whoseFunctionFailsOnce_isLeftWithNothing() {
    return FUNCTIONS.stream()
        .map(name ->
            dynamicTest(
                name,
                () -> {
                  for (int call = 1; call <= CALLS; call++) {
                    checkFailing(name, call, true);
                    checkFailing(name, call, false);
                  }
                }));
  }

  private void checkFailing(String name, int call, boolean isOrdered) {
    FakeOpenCl.fresh().with(name, call);
    try (var _ = new CapturedLog("dev.carillon.opencl")) { // a gate that is not opened is logged
      use(isOrdered);
    }
    fake.with("hold", 0).with(name, 0);
    fake.open().close(); // which looks through what was left over
    assertThat(Callbacks.size()).isZero();
    try {
      fake.checkAllIsReleased();
    } catch (AssertionError e) {
      throw new AssertionError("call=" + call + " isOrdered=" + isOrdered, e);
    }
  }

  /** Does a bit of everything, and gives it all up, whatever of it fails. */
  private void use(boolean isOrdered) {
    ClDriver driver = tried(fake::open);
    if (driver == null) {
      return;
    }
    CommandQueue stream = tried(() -> FakeOpenCl.stream(driver, isOrdered));
    CommandQueue other = tried(() -> FakeOpenCl.stream(driver, !isOrdered));
    OpenClBuffer buffer = tried(() -> driver.device(0).newBuffer(64));
    OpenClProgram program = tried(() -> driver.device(0).build("kernel void one(int a) {}"));
    OpenClKernel kernel = program == null ? null : tried(() -> program.newKernel("one"));
    if (stream != null && other != null && buffer != null) {
      work(driver, stream, other, buffer, kernel);
    }
    if (kernel != null) {
      tried(kernel::close);
    }
    if (program != null) {
      tried(program::close);
    }
    if (buffer != null) {
      tried(buffer::close);
    }
    for (CommandQueue each : new @Nullable CommandQueue[] {stream, other}) {
      if (each != null) {
        tried(() -> driver.closeStream(each));
      }
    }
    tried(driver::close);
  }

  private void work(
      ClDriver driver,
      CommandQueue stream,
      CommandQueue other,
      OpenClBuffer buffer,
      @Nullable OpenClKernel kernel) {
    MemorySegment memory = Arena.ofAuto().allocate(16, 16);
    List<MarkerEvent> events = new ArrayList<>();
    fake.with("hold", 1);
    DeviceGate gate = tried(stream::gate);
    for (int i = 0; i < 3; i++) {
      tried(() -> stream.write(buffer, 0, memory));
      tried(() -> stream.copy(buffer, 0, buffer, 32, 16));
      if (kernel != null) {
        tried(() -> stream.launch(kernel, OpenClRange.of(1), 7));
      }
      boolean isTimed = i == 1;
      MarkerEvent event = driver.functions().create().create(0, isTimed);
      events.add(event);
      tried(() -> stream.record(event));
      if (event.isRecorded()) {
        tried(() -> event.callBack(() -> {}));
        tried(() -> other.waitFor(event));
      }
      tried(() -> other.fill(buffer, 0, 16, 1));
      tried(() -> other.read(buffer, 0, memory));
      if (i == 2 && gate != null) {
        tried(() -> gate.open(true));
        fake.with("hold", 0);
      }
    }
    for (MarkerEvent event : events) {
      if (event.isRecorded()) {
        tried(event::query);
        if (event.isTimed) {
          tried(event::nanos);
        }
      }
      tried(event::reset);
    }
  }

  private static <T> @Nullable T tried(Supplier<T> call) {
    try {
      return call.get();
    } catch (DeviceException _) { // the one that was asked for
      return null;
    }
  }

  private static void tried(Runnable call) {
    tried(() -> {
      call.run();
      return 0;
    });
  }

  @Test
  void give_whileOthersAreForgotten_keepsCountOfThem() {
    try (ClDriver driver = fake.open();
        OpenClBuffer buffer = driver.device(0).newBuffer(4)) {
      CommandQueue stream = FakeOpenCl.stream(driver, true);
      IntStream.range(0, 256).forEach(_ -> stream.fill(buffer, 0, 4, 1));
      fake.with("clGetEventInfo", 100); // as it looks which of them are done
      assertThatThrownBy(() -> stream.fill(buffer, 0, 4, 1)).isInstanceOf(DeviceException.class);
      MarkerEvent event = FakeOpenCl.record(driver, stream);
      assertThat(event.query()).isEqualTo(DriverStatus.COMPLETE);
      event.reset();
      driver.closeStream(stream);
    }
    fake.checkAllIsReleased();
  }

  @Test
  void query_markerThatFailsBeforeOtherWorkHasEnded_isPending() {
    try (ClDriver driver = fake.open();
        OpenClBuffer buffer = driver.device(0).newBuffer(4)) {
      CommandQueue stream = FakeOpenCl.stream(driver, false);
      MemorySegment memory = Arena.ofAuto().allocate(4, 4);
      fake.with("result", -5);
      stream.fill(buffer, 0, 4, 1);
      fake.with("hold", 1);
      stream.read(buffer, 0, memory);
      MarkerEvent event = FakeOpenCl.record(driver, stream);
      assertThat(event.query()).as("the memory is in use").isEqualTo(DriverStatus.PENDING);
      fake.with("hold", 0);
      assertThat(event.query()).isEqualTo(DriverStatus.FAILED);
      assertThat(event.errorMessage()).contains("-5 CL_OUT_OF_RESOURCES");
      event.reset();
      driver.closeStream(stream);
    }
    fake.checkAllIsReleased();
  }

  @Test
  void waitFor_inTurnsBehindAGate_costsNoMoreEachTime() {
    try (ClDriver driver = fake.open()) {
      CommandQueue one = FakeOpenCl.stream(driver, true);
      CommandQueue other = FakeOpenCl.stream(driver, true);
      DeviceGate gate = one.gate();
      List<MarkerEvent> events = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        for (var pair : List.of(List.of(one, other), List.of(other, one))) {
          MarkerEvent event = FakeOpenCl.record(driver, pair.get(0));
          assertThat(pair.get(1).waitFor(event)).isTrue();
          events.add(event);
        }
      }
      gate.open(true);
      assertThat(events)
          .allSatisfy(event -> assertThat(event.query()).isEqualTo(DriverStatus.COMPLETE));
      events.forEach(MarkerEvent::reset);
      List.of(one, other).forEach(driver::closeStream);
    }
    fake.checkAllIsReleased();
  }

  @Test
  void closeStream_afterTheDriver_givesItUpAndThrows() {
    ClDriver driver = fake.open();
    CommandQueue stream = FakeOpenCl.stream(driver, true);
    driver.close();
    driver.close();
    assertThatThrownBy(() -> driver.closeStream(stream)).isInstanceOf(DeviceException.class);
    fake.checkAllIsReleased();
  }

  @Test
  void text_withCharacterZero_isRefused() {
    try (ClDriver driver = fake.open()) {
      ClDevice device = driver.device(0);
      assertThatThrownBy(() -> device.build("kernel void a() {}\0 more"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("index=18");
      assertThatThrownBy(() -> device.build("", "-D\0"))
          .isInstanceOf(IllegalArgumentException.class);
      try (OpenClProgram program = device.build("kernel void a() {}")) {
        assertThatThrownBy(() -> program.newKernel("a\0"))
            .isInstanceOf(IllegalArgumentException.class);
      }
    }
    fake.checkAllIsReleased();
  }
}
