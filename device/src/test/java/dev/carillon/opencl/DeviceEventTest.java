package dev.carillon.opencl;

import static dev.carillon.device.DeviceEventStatus.FAILED;
import static dev.carillon.device.DeviceEventStatus.INITIALIZED;
import static dev.carillon.device.DeviceEventStatus.SCHEDULED;
import static dev.carillon.device.DeviceEventStatus.SUCCESS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.device.CpuStream;
import dev.carillon.device.Device;
import dev.carillon.device.DeviceEvent;
import dev.carillon.device.DeviceEventStatus;
import dev.carillon.device.DeviceMisuseException;
import dev.carillon.device.DeviceStream;
import dev.carillon.device.Devices;
import dev.carillon.device.WaitPath;
import dev.carillon.event.Event;
import dev.carillon.event.EventSystem;
import dev.carillon.event.PoisonedException;
import dev.carillon.spi.DeviceException;
import dev.carillon.spi.DeviceKind;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** caffe2's tests of events on OpenCL, and streams that wait for other kinds. */
final class DeviceEventTest {
  private final EventSystem events = EventSystem.create();
  private Devices devices;
  private Device device;
  private DeviceStream stream;
  private DeviceEvent event;

  @BeforeEach
  void open() {
    OpenClHere.open().close(); // says so if there is no driver
    devices = Devices.open(events);
    device = devices.device(DeviceKind.OPENCL, 0);
    stream = device.newStream();
    event = device.newEvent("ready");
  }

  @AfterEach
  void close() {
    devices.close();
    events.close();
  }

  // caffe2: event_gpu_test.cc, EventBasics
  @Test
  @Covers({"C1", "C2", "C3", "C5"})
  void event_recordedFinishedAndReset_goesThroughItsStatesAgain() throws Exception {
    for (int i = 0; i < 3; i++) {
      assertThat(event.query()).isEqualTo(INITIALIZED);
      stream.record(event);
      assertThat(event.finish()).isEqualTo(SUCCESS);
      assertThat(event.query()).isEqualTo(SUCCESS);
      assertThat(event.errorMessage()).isEqualTo(DeviceEvent.NO_ERROR);
      event.reset();
    }
  }

  // caffe2: event_gpu_test.cc, EventWait
  @Test
  @Covers({"C4", "C5"})
  void waitFor_betweenCpuAndOpenCl_worksInBothDirections() throws Exception {
    DeviceStream cpu = devices.cpu().newStream();
    for (DeviceStream producer : List.of(cpu, stream)) {
      for (DeviceStream consumer : List.of(cpu, stream)) {
        Event open = events.newEvent();
        assertThat(producer.waitFor(open)).isEqualTo(WaitPath.GATE);
        DeviceEvent first = producer.record();
        var path = consumer.waitFor(first);
        DeviceEvent second = consumer.record();
        assertThat(path).isEqualTo(producer.equals(consumer) ? WaitPath.NONE : WaitPath.GATE);
        assertThat(first.query()).isEqualTo(SCHEDULED);
        assertThat(second.query()).isEqualTo(SCHEDULED);
        open.trigger();
        assertThat(second.finish()).isEqualTo(SUCCESS);
        assertThat(first.query()).isEqualTo(SUCCESS);
      }
    }
  }

  @Test
  @Covers("C4")
  void waitFor_otherOpenClStream_isNative() throws Exception {
    DeviceStream other = device.newStream(o -> o.withoutOrder());
    Event open = events.newEvent();
    stream.waitFor(open);
    DeviceEvent first = stream.record();
    assertThat(other.waitFor(first)).isEqualTo(WaitPath.NATIVE);
    DeviceEvent second = other.record();
    assertThat(second.query()).isEqualTo(SCHEDULED);
    open.trigger();
    assertThat(second.finish()).isEqualTo(SUCCESS);
    assertThat(devices.path(DeviceKind.OPENCL, DeviceKind.OPENCL)).isEqualTo(WaitPath.NATIVE);
    assertThat(devices.path(DeviceKind.OPENCL, DeviceKind.CPU)).isEqualTo(WaitPath.GATE);
  }

  @Test
  @Covers({"C4", "C7"})
  void waitFor_failures_failWhatIsBehindUntilRecovered() throws Exception {
    DeviceStream cpu = devices.cpu().newStream();
    cpu.as(CpuStream.class)
        .run(() -> {
          throw new IllegalStateException("boiler");
        });
    DeviceEvent broken = cpu.record();
    DeviceStream other = device.newStream(o -> o.withoutOrder());
    stream.waitFor(broken);
    DeviceEvent first = stream.record();
    other.waitFor(first);
    assertThat(first.finish()).isEqualTo(FAILED);
    assertThat(first.errorMessage()).contains("boiler");
    DeviceEvent second = other.record();
    assertThat(second.finish()).isEqualTo(FAILED);
    assertThat(second.errorMessage()).contains("boiler");
    assertThatThrownBy(second::await).isInstanceOf(PoisonedException.class);
    for (DeviceStream failed : List.of(stream, other)) {
      assertThat(failed.failure()).isPresent();
      failed.recover();
      assertThat(failed.record().finish()).isEqualTo(SUCCESS);
    }
  }

  @Test
  @Covers({"C4", "C5"})
  void waitFor_poisonedEvent_failsWhatIsBehind() throws Exception {
    Event never = events.newEvent();
    stream.waitFor(never);
    stream.record(event);
    never.poison("network is down");
    assertThat(event.finish(Patience.LONG)).isEqualTo(FAILED);
    assertThat(event.errorMessage()).contains("network is down");
  }

  @Test
  @Covers({"C1", "C6"})
  void recordAndSetFinished_whereTheDriverFinishes_keepToTheRules() throws Exception {
    Event open = events.newEvent();
    stream.waitFor(open);
    stream.record(event);
    assertThatThrownBy(() -> stream.record(event)).isInstanceOf(DeviceMisuseException.class);
    assertThatThrownBy(event::setFinished).isInstanceOf(DeviceMisuseException.class);
    assertThatThrownBy(event::record).isInstanceOf(DeviceMisuseException.class);
    assertThatThrownBy(() -> devices.cpu().newStream().record(event))
        .isInstanceOf(DeviceMisuseException.class);
    open.trigger();
    assertThat(event.finish()).isEqualTo(SUCCESS);
    DeviceEvent early = device.newEvent();
    early.recordFailure(new IllegalStateException("no kernel"));
    assertThat(early.query()).isEqualTo(FAILED);
    assertThat(early.errorMessage()).isEqualTo("no kernel");
  }

  @Test
  @Covers("C8")
  void callbacks_ofSuccessAndFailure_runInOrderAndOnce() throws Exception {
    for (boolean isWell : new boolean[] {true, false}) {
      Event open = events.newEvent();
      DeviceStream own = device.newStream();
      own.waitFor(open);
      DeviceEvent recorded = own.record();
      List<String> told = Collections.synchronizedList(new ArrayList<>());
      var done = new CountDownLatch(3);
      for (String name : List.of("a", "b")) {
        recorded.setCallback(status -> {
          told.add(name + status);
          done.countDown();
        });
      }
      if (isWell) {
        open.trigger();
      } else {
        open.poison("cut");
      }
      DeviceEventStatus end = recorded.finish();
      assertThat(end).isEqualTo(isWell ? SUCCESS : FAILED);
      recorded.setCallback(status -> {
        told.add("c" + status);
        done.countDown();
      });
      Patience.await(done);
      assertThat(told).containsExactly("a" + end, "b" + end, "c" + end);
    }
  }

  @Test
  @Covers("C3")
  void reset_ofOneThatIsScheduled_leavesItsWaitersTheirOutcome() throws Exception {
    Event open = events.newEvent();
    stream.waitFor(open);
    stream.record(event);
    Event before = event.asEvent();
    event.reset();
    assertThat(event.query()).isEqualTo(INITIALIZED);
    open.trigger();
    before.await();
    stream.record(event);
    assertThat(event.finish()).isEqualTo(SUCCESS);
  }

  @Test
  void timedEvents_aroundAKernel_tellHowLongItTook() throws Exception {
    OpenClDevice openCl = device.as(OpenClDevice.class);
    try (OpenClProgram program = openCl.build(OpenClHere.SOURCE);
        OpenClKernel slow = program.newKernel("slow");
        OpenClBuffer buffer = openCl.newBuffer(4096)) {
      DeviceEvent start = device.newTimedEvent("start");
      DeviceEvent end = device.newTimedEvent("end");
      stream.as(OpenClStream.class).fill(buffer, 0, 4096, 1);
      stream.record(start);
      stream.as(OpenClStream.class).launch(slow, OpenClRange.of(1024), buffer, 100_000);
      stream.record(end);
      assertThat(end.finish()).isEqualTo(SUCCESS);
      assertThat(start.finish()).isEqualTo(SUCCESS);
      assertThat(end.nanos().orElseThrow() - start.nanos().orElseThrow()).isPositive();
    }
  }

  @Test
  void work_ofCpuAndOpenClInTurns_seesWhatTheOtherDid() throws Exception {
    OpenClDevice openCl = device.as(OpenClDevice.class);
    OpenClStream commands = stream.as(OpenClStream.class);
    DeviceStream cpu = devices.cpu().newStream();
    try (Arena arena = Arena.ofShared();
        OpenClProgram program = openCl.build(OpenClHere.SOURCE);
        OpenClKernel add = program.newKernel("add");
        OpenClBuffer buffer = openCl.newBuffer(4)) {
      MemorySegment host = arena.allocate(4, 4);
      int expected = 0;
      for (int i = 1; i <= 50; i++) {
        commands.write(buffer, 0, host);
        commands.launch(add, OpenClRange.of(1), buffer, i);
        commands.read(buffer, 0, host);
        cpu.waitFor(stream.record());
        int last = i;
        cpu.as(CpuStream.class)
            .run(() ->
                host.set(ValueLayout.JAVA_INT, 0, host.get(ValueLayout.JAVA_INT, 0) * 3 + last));
        stream.waitFor(cpu.record());
        expected = (expected + i) * 3 + i;
      }
      assertThat(stream.finish()).isEqualTo(SUCCESS);
      assertThat(host.get(ValueLayout.JAVA_INT, 0)).isEqualTo(expected);
    }
  }

  @Test
  void close_behindAGateThatIsNotOpen_failsWhatIsBehindIt() throws Exception {
    Event never = events.newEvent();
    stream.waitFor(never);
    stream.record(event);
    stream.close(Duration.ofSeconds(30));
    assertThat(event.query()).isEqualTo(FAILED);
    assertThatThrownBy(stream::record).isInstanceOf(DeviceException.class);
    never.trigger();
    assertThat(device.newStream().finish()).isEqualTo(SUCCESS);
  }

  @Test
  void as_anotherType_namesTheOneThereIs() {
    assertThatThrownBy(() -> stream.as(CpuStream.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("OpenClStream");
    assertThatThrownBy(() -> device.as(CpuStream.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("OpenClDevice");
  }
}
