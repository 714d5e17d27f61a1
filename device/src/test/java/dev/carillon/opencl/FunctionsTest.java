package dev.carillon.opencl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.spi.DeviceException;
import dev.carillon.spi.DeviceGate;
import dev.carillon.spi.DeviceKind;
import dev.carillon.spi.DriverStatus;
import dev.carillon.spi.StreamOptions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each function of the table, on ordered and unordered streams. */
final class FunctionsTest {
  private final OpenClHere here = OpenClHere.open();

  @AfterEach
  void close() {
    here.close();
  }

  private List<CommandQueue> streams() {
    return List.of(
        here.ordered(),
        here.unordered(),
        here.stream(StreamOptions.DEFAULT.withPriority(5)),
        here.stream(StreamOptions.DEFAULT.withPriority(-5)));
  }

  @Test
  @Covers({"C1", "C2"})
  void record_onIdleStream_completes() throws Exception {
    for (CommandQueue stream : streams()) {
      MarkerEvent event = here.record(stream);
      assertThat(here.await(event)).isEqualTo(DriverStatus.COMPLETE);
      assertThat(here.query(event)).as("stays so").isEqualTo(DriverStatus.COMPLETE);
      event.reset();
    }
  }

  @Test
  @Covers("C1")
  void record_twice_isRefused() throws Exception {
    CommandQueue stream = here.ordered();
    MarkerEvent event = here.record(stream);
    assertThatThrownBy(() -> stream.record(event))
        .isInstanceOf(DeviceException.class)
        .hasMessageContaining("must be reset before it is recorded again");
    here.finish(event);
    assertThatThrownBy(() -> here.query(event))
        .isInstanceOf(DeviceException.class)
        .hasMessageContaining("must be recorded before it is used");
  }

  @Test
  @Covers("C3")
  void reset_finishedEvent_isRecordedAgain() throws Exception {
    for (CommandQueue stream : streams()) {
      MarkerEvent event = here.functions.create().create(0, false);
      for (int i = 0; i < 10; i++) {
        DeviceGate gate = stream.gate();
        here.functions.record().record(event, stream);
        assertThat(here.query(event)).isEqualTo(DriverStatus.PENDING);
        gate.open(true);
        assertThat(here.await(event)).isEqualTo(DriverStatus.COMPLETE);
        Objects.requireNonNull(here.functions.reset()).reset(event);
      }
      Objects.requireNonNull(here.functions.release()).release(event);
    }
  }

  @Test
  void gate_opened_letsGoOnWhatIsBehindIt() throws Exception {
    for (CommandQueue stream : streams()) {
      MarkerEvent before = here.record(stream);
      DeviceGate gate = stream.gate();
      MarkerEvent behind = here.record(stream);
      assertThat(here.finish(before)).isEqualTo(DriverStatus.COMPLETE);
      assertThat(here.query(behind)).isEqualTo(DriverStatus.PENDING);
      gate.open(true);
      gate.open(false);
      assertThat(here.finish(behind)).isEqualTo(DriverStatus.COMPLETE);
    }
  }

  // What fails is not told to drivers that cannot bear it; the model knows what is behind it.
  @Test
  void gate_failed_letsGoOnWhereEventsMustNotFail() throws Exception {
    for (CommandQueue stream : streams()) {
      try (OpenClBuffer buffer = here.device.newBuffer(64)) {
        MarkerEvent before = here.record(stream);
        DeviceGate gate = stream.gate();
        stream.fill(buffer, 0, 64, 1);
        MarkerEvent behind = here.record(stream);
        gate.open(false);
        DriverStatus status = here.await(behind);
        if (!here.device.device().context().canFail) {
          assertThat(status).isEqualTo(DriverStatus.COMPLETE);
        }
        assertThat(here.finish(before)).isEqualTo(DriverStatus.COMPLETE);
        behind.reset();
        stream.fill(buffer, 0, 64, 2);
        assertThat(here.finish(stream)).as("given later").isEqualTo(DriverStatus.COMPLETE);
      }
    }
  }

  @Test
  @Covers("C4")
  void waitFor_otherStream_runsAfterItsEvent() throws Exception {
    for (CommandQueue producer : streams()) {
      for (CommandQueue consumer : streams()) {
        DeviceGate gate = producer.gate();
        MarkerEvent event = here.record(producer);
        assertThat(consumer.waitFor(event)).isTrue();
        MarkerEvent after = here.record(consumer);
        assertThat(here.query(after)).isEqualTo(DriverStatus.PENDING);
        gate.open(true);
        assertThat(here.finish(after)).isEqualTo(DriverStatus.COMPLETE);
        assertThat(here.finish(event)).isEqualTo(DriverStatus.COMPLETE);
      }
    }
  }

  @Test
  @Covers("C4")
  void waitFor_otherContextOrKind_isNotDone() throws Exception {
    try (OpenClHere other = OpenClHere.open()) {
      MarkerEvent event = other.record(other.ordered());
      var wait = Objects.requireNonNull(here.functions.waits().get(DeviceKind.OPENCL));
      assertThat(wait.wait(here.ordered(), event)).isFalse();
      assertThat(wait.wait(here.ordered(), "something else")).isFalse();
      other.finish(event);
    }
  }

  @Test
  @Covers("C8")
  void setCallback_pendingAndFinished_isCalled() throws Exception {
    var setCallback = Objects.requireNonNull(here.functions.setCallback());
    for (CommandQueue stream : streams()) {
      DeviceGate gate = stream.gate();
      MarkerEvent event = here.record(stream);
      var called = new CountDownLatch(2);
      setCallback.setCallback(event, called::countDown);
      setCallback.setCallback(event, called::countDown);
      assertThat(called.getCount()).isEqualTo(2);
      gate.open(true);
      Patience.await(called);
      here.await(event);
      var atOnce = new CountDownLatch(1);
      setCallback.setCallback(event, atOnce::countDown);
      Patience.await(atOnce);
      event.reset();
    }
    Patience.until("no token is left", () -> Callbacks.size() == 0);
  }

  @Test
  @Covers("C8")
  void setCallback_actionThatThrows_harmsNobody() throws Exception {
    CommandQueue stream = here.ordered();
    MarkerEvent event;
    var called = new CountDownLatch(2);
    try (var log = new CapturedLog("dev.carillon.opencl")) {
      DeviceGate gate = stream.gate();
      event = here.record(stream);
      event.callBack(() -> {
        called.countDown();
        throw new IllegalStateException("thrown in an upcall");
      });
      event.callBack(called::countDown);
      gate.open(true);
      Patience.await(called);
      Patience.until("it is logged", () -> !log.thrown().isEmpty());
      assertThat(log.thrown())
          .singleElement()
          .hasToString("java.lang.IllegalStateException: thrown in an upcall");
    }
    here.finish(event);
  }

  @Test
  void time_ofTimedEvents_growsAlongTheStream() throws Exception {
    var time = Objects.requireNonNull(here.functions.time());
    try (OpenClProgram program = here.device.build(OpenClHere.SOURCE);
        OpenClKernel slow = program.newKernel("slow");
        OpenClBuffer buffer = here.device.newBuffer(4096)) {
      for (CommandQueue stream : streams()) {
        stream.fill(buffer, 0, 4096, 1);
        MarkerEvent untimed = here.record(stream);
        List<MarkerEvent> events = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
          MarkerEvent event = here.functions.create().create(0, true);
          stream.record(event);
          events.add(event);
          stream.launch(slow, OpenClRange.of(1024), buffer, 10_000);
        }
        for (MarkerEvent event : events) {
          assertThat(here.await(event)).isEqualTo(DriverStatus.COMPLETE);
        }
        long first = time.nanos(events.get(0));
        long second = time.nanos(events.get(1));
        long third = time.nanos(events.get(2));
        assertThat(second).isGreaterThan(first);
        assertThat(third).isGreaterThan(second);
        assertThat(here.finish(untimed)).isEqualTo(DriverStatus.COMPLETE);
        events.forEach(MarkerEvent::reset);
      }
    }
  }

  @Test
  void record_firstTimedEventWithWorkUnderWay_isBehindIt() throws Exception {
    for (CommandQueue stream : streams()) {
      DeviceGate gate = stream.gate();
      MarkerEvent event = here.functions.create().create(0, true);
      stream.record(event);
      assertThat(here.query(event)).isEqualTo(DriverStatus.PENDING);
      gate.open(true);
      assertThat(here.finish(event)).isEqualTo(DriverStatus.COMPLETE);
    }
  }

  @Test
  void unorderedStream_explicitWaits_orderWhatTheyName() throws Exception {
    try (OpenClProgram program = here.device.build(OpenClHere.SOURCE);
        OpenClKernel add = program.newKernel("add");
        OpenClBuffer buffer = here.device.newBuffer(4096)) {
      CommandQueue stream = here.unordered();
      stream.fill(buffer, 0, 4096, 0);
      int sum = 0;
      for (int i = 1; i <= 50; i++) {
        MarkerEvent done = here.record(stream);
        assertThat(stream.waitFor(done)).isTrue();
        stream.launch(add, OpenClRange.of(1024), buffer, i);
        sum += i;
        here.await(done);
        done.reset();
      }
      assertThat(here.finish(stream)).isEqualTo(DriverStatus.COMPLETE);
      try (var arena = Arena.ofShared()) {
        var result = arena.allocate(4096, 8);
        stream.read(buffer, 0, result);
        assertThat(here.finish(stream)).isEqualTo(DriverStatus.COMPLETE);
        assertThat(result.toArray(ValueLayout.JAVA_INT)).containsOnly(sum);
      }
    }
  }

  @Test
  void closeStream_withWorkUnderWay_finishesItAndRefusesMore() throws Exception {
    for (CommandQueue stream : streams()) {
      try (OpenClBuffer buffer = here.device.newBuffer(4096)) {
        DeviceGate gate = stream.gate();
        stream.fill(buffer, 0, 4096, 1);
        stream.write(buffer, 0, MemorySegment.ofArray(new byte[4096]));
        MarkerEvent event = here.record(stream);
        stream.write(buffer, 0, MemorySegment.ofArray(new byte[4096]));
        MarkerEvent other = here.functions.create().create(0, false);
        here.driver.closeStream(stream);
        assertThatThrownBy(() -> stream.record(other))
            .isInstanceOf(DeviceException.class)
            .hasMessageContaining("a stream must not be used after it was closed");
        assertThatThrownBy(stream::gate).isInstanceOf(DeviceException.class);
        assertThatThrownBy(() -> stream.fill(buffer, 0, 4, 0)).isInstanceOf(DeviceException.class);
        gate.open(true);
        assertThat(here.finish(event)).isEqualTo(DriverStatus.COMPLETE);
      }
    }
  }

  @Test
  void upcalls_afterClose_areHarmless() throws Exception {
    var calls = new AtomicInteger();
    List<DeviceGate> gates = new ArrayList<>();
    OpenClHere closed = OpenClHere.open();
    for (int i = 0; i < 100; i++) {
      CommandQueue stream = i % 2 == 0 ? closed.ordered() : closed.unordered();
      gates.add(stream.gate());
      MarkerEvent event = closed.record(stream);
      event.callBack(calls::incrementAndGet);
      if (i % 4 < 2) {
        event.reset(); // given up before the driver has called
      }
    }
    closed.close();
    gates.forEach(gate -> gate.open(true));
    Patience.until("those that were not given up are called", () -> calls.get() == 50);
    assertThat(here.finish(here.ordered())).isEqualTo(DriverStatus.COMPLETE);
    assertThat(calls).hasValue(50);
  }
}
