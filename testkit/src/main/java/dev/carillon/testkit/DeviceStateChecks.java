package dev.carillon.testkit;

import static dev.carillon.device.DeviceEventStatus.FAILED;
import static dev.carillon.device.DeviceEventStatus.INITIALIZED;
import static dev.carillon.device.DeviceEventStatus.SCHEDULED;
import static dev.carillon.device.DeviceEventStatus.SUCCESS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.carillon.device.DeviceEvent;
import dev.carillon.device.DeviceMisuseException;
import dev.carillon.device.DeviceStream;
import dev.carillon.device.Devices;
import dev.carillon.event.Event;
import dev.carillon.testkit.DeviceTrial.OnDevices;
import java.time.Duration;
import java.util.List;

/** Checks of the states of events, and of the rules for who may change them. */
final class DeviceStateChecks {
  private DeviceStateChecks() {}

  static List<OnDevices> all() {
    return List.of(
        new OnDevices("event_recordedAndReset_goesThroughItsStates", DeviceStateChecks::states),
        new OnDevices("event_isPendingWhileSomethingBeforeItIs", DeviceStateChecks::pending),
        new OnDevices("record_twice_isRefused", DeviceStateChecks::twice),
        new OnDevices("record_ofWhatHasFinished_isByItsKind", DeviceStateChecks::afterTheEnd),
        new OnDevices("record_onAnotherDevice_isRefused", DeviceStateChecks::foreign),
        new OnDevices("record_behindAWaitForItself_isRefused", DeviceStateChecks::circle),
        new OnDevices("record_withoutAStream_isByItsKind", DeviceStateChecks::streamless),
        new OnDevices("recordFailure_isAFailure", DeviceStateChecks::recordedFailure),
        new OnDevices("setFinished_ofWhatIsRecorded_isByItsKind", DeviceStateChecks::setRecorded),
        new OnDevices("setFinished_ofWhatIsNot_finishesItOnce", DeviceStateChecks::setEarly),
        new OnDevices("failure_theFirst_isKept", DeviceStateChecks::firstError),
        new OnDevices("canSchedule_isByStateAndKind", DeviceStateChecks::canSchedule),
        new OnDevices("nanos_ofTimedEvents_grow", DeviceStateChecks::times));
  }

  private static void misused(Runnable call, String text) {
    assertThatExceptionOfType(DeviceMisuseException.class)
        .isThrownBy(call::run)
        .withMessageContaining(text);
  }

  /** Broken by a driver whose events, once reset, still have the state that they had. */
  private static void states(DeviceTrial t) throws Exception {
    DeviceStream stream = t.newStream();
    DeviceEvent event = t.device.newEvent("again");
    for (int i = 0; i < 3; i++) {
      assertThat(event.query()).isEqualTo(INITIALIZED);
      assertThat(event.generation()).isEqualTo(i);
      Event open = t.hold(stream);
      stream.record(event);
      assertThat(event.query()).isEqualTo(SCHEDULED);
      assertThat(event.errorMessage()).isEqualTo(DeviceEvent.NO_ERROR);
      open.trigger();
      t.endsWell(event);
      event.reset();
    }
    event.reset();
    assertThat(event.generation()).isEqualTo(3); // it was not recorded
  }

  /** Broken by a query that answers what was accepted, and by gates that hold what is before. */
  private static void pending(DeviceTrial t) throws Exception {
    DeviceStream stream = t.newStream();
    DeviceEvent before = stream.record();
    t.endsWell(before);
    DeviceEvent free = t.contract.hasGates() ? stream.record() : before;
    Event open = t.hold(stream);
    DeviceEvent first = stream.record();
    DeviceEvent second = stream.record();
    t.endsWell(free);
    if (t.contract.hasGates()) {
      t.endsWell(t.newStream().record()); // so the device had time
    }
    assertThat(first.query()).isEqualTo(SCHEDULED);
    assertThat(second.query()).isEqualTo(SCHEDULED);
    assertThat(second.finish(Duration.ofMillis(1))).isEqualTo(SCHEDULED);
    open.trigger();
    t.endsWell(second);
    assertThat(first.query()).isEqualTo(SUCCESS);
  }

  /** Broken by a record that takes over an event which is still to be reached elsewhere. */
  private static void twice(DeviceTrial t) throws Exception {
    DeviceStream stream = t.newStream();
    Event open = t.hold(stream);
    DeviceEvent event = t.device.newEvent("twice");
    stream.record(event);
    for (DeviceStream again : List.of(stream, t.newStream())) {
      misused(() -> again.record(event), "recorded once");
    }
    assertThat(event.query()).isEqualTo(SCHEDULED);
    open.trigger();
    t.endsWell(event);
  }

  /** Broken by a table that says the wrong thing of who finishes its events. */
  private static void afterTheEnd(DeviceTrial t) throws Exception {
    DeviceStream stream = t.newStream();
    DeviceEvent event = t.device.newEvent();
    event.setFinished();
    if (t.contract.isFinishedByHost()) {
      stream.record(event);
    } else {
      misused(() -> stream.record(event), "SUCCESS");
    }
    t.endsWell(event);
    event.reset();
    stream.record(event);
    t.endsWell(event);
  }

  /** Broken by devices that are told apart by less than their identity, such as their index. */
  private static void foreign(DeviceTrial t) throws Exception {
    DeviceStream stream = t.newStream();
    try (Devices others = t.open()) {
      DeviceEvent event = others.device(t.contract.kind(), 0).newEvent();
      misused(() -> stream.record(event), "its own device");
      assertThat(event.query()).isEqualTo(INITIALIZED);
    }
    for (var device : t.devices.devices()) {
      if (!device.equals(t.device)) {
        misused(() -> stream.record(device.newEvent()), "its own device");
        DeviceEvent own = t.device.newEvent();
        misused(() -> device.newStream().record(own), "its own device");
        assertThat(own.query()).isEqualTo(INITIALIZED);
      }
    }
    t.endsWell(stream.record());
  }

  /** Broken by a stream that forgets what its gates are for: it would wait for itself for ever. */
  private static void circle(DeviceTrial t) throws Exception {
    if (!t.contract.hasGates()) {
      return; // the wait itself would block
    }
    DeviceStream stream = t.newStream();
    DeviceEvent event = t.device.newEvent("circle");
    stream.waitFor(event);
    misused(() -> stream.record(event), "behind a wait for itself");
    assertThat(event.query()).isEqualTo(INITIALIZED);
    t.newStream().record(event);
    t.endsWell(stream.record());
  }

  /** Broken by a table that says the wrong thing of who finishes its events. */
  private static void streamless(DeviceTrial t) throws Exception {
    DeviceEvent event = t.device.newEvent();
    if (t.contract.isFinishedByHost()) {
      event.record();
      assertThat(event.query()).isEqualTo(SCHEDULED);
      event.setFinished();
      t.endsWell(event);
    } else {
      misused(event::record, "recorded on a stream");
      assertThat(event.query()).isEqualTo(INITIALIZED);
    }
  }

  /** Broken by a failure that is not told to those who wait, as caffe2's is not. */
  private static void recordedFailure(DeviceTrial t) throws Exception {
    DeviceEvent event = t.device.newEvent();
    var told = new DeviceTellingChecks.Told(t);
    event.setCallback(told::add);
    var waiter = t.start(event::finish);
    t.untilItWaits(waiter);
    var cause = new IllegalStateException("no kernel");
    event.recordFailure(cause);
    t.fails(event, "no kernel");
    assertThat(event.failure()).containsSame(cause);
    assertThat(t.result(waiter)).isEqualTo(FAILED);
    told.is(FAILED);
    if (t.contract.isFinishedByHost()) {
      event.recordFailure(new IllegalStateException("later"));
    } else {
      misused(() -> event.recordFailure(new IllegalStateException("later")), "recorded once");
    }
    assertThat(event.failure()).containsSame(cause);
  }

  /** Broken by a host that can finish what a driver is still to reach. */
  private static void setRecorded(DeviceTrial t) throws Exception {
    DeviceStream stream = t.newStream();
    Event open = t.hold(stream);
    DeviceEvent event = t.device.newEvent();
    stream.record(event);
    if (t.contract.isFinishedByHost()) {
      DeviceStream other = t.newStream();
      other.waitFor(event);
      event.setFinished();
      t.endsWell(event);
      t.endsWell(other.record());
    } else {
      misused(event::setFinished, "SCHEDULED");
      misused(() -> event.setFinished("broken"), "SCHEDULED");
      assertThat(event.query()).isEqualTo(SCHEDULED);
    }
    open.trigger();
    t.endsWell(event);
    misused(event::setFinished, "finishe");
    misused(() -> event.setFinished("broken"), "finishe");
    t.endsWell(event);
  }

  /** Broken by an outcome that can be set twice. */
  private static void setEarly(DeviceTrial t) throws Exception {
    DeviceEvent well = t.device.newEvent();
    well.setFinished();
    t.endsWell(well);
    misused(() -> well.setFinished("late"), "finishe");
    t.endsWell(well);
    DeviceEvent broken = t.device.newEvent();
    broken.setFinished("first");
    if (t.contract.isFinishedByHost()) {
      broken.setFinished("second");
      broken.setFinished();
      assertThat(t.devices.stats().finishedTwice()).isEqualTo(2);
    } else {
      misused(() -> broken.setFinished("second"), "before it is recorded");
    }
    t.fails(broken, "first");
  }

  /** Broken by a stream that tells the last of its failures. */
  private static void firstError(DeviceTrial t) throws Exception {
    DeviceStream stream = t.newStream();
    stream.waitFor(t.failed("the first"));
    stream.waitFor(t.failed("the second"));
    DeviceEvent event = stream.record();
    t.fails(event, "the first");
    assertThat(event.errorMessage()).doesNotContain("the second");
    Throwable failure = event.failure().orElseThrow();
    stream.recover();
    assertThat(event.failure()).containsSame(failure);
  }

  /** Broken by a query that has not heard of what the stream waits for. */
  private static void canSchedule(DeviceTrial t) throws Exception {
    DeviceStream stream = t.newStream();
    DeviceEvent parent = t.device.newEvent();
    DeviceEvent child = t.device.newEvent();
    DeviceEvent onCpu = t.devices.cpu().newEvent();
    assertThat(DeviceEvent.canSchedule(parent, child, true)).isFalse();
    Event open = t.hold(stream);
    stream.record(parent);
    assertThat(DeviceEvent.canSchedule(parent, child, true)).isTrue();
    assertThat(DeviceEvent.canSchedule(parent, child, false)).isFalse();
    assertThat(DeviceEvent.canSchedule(parent, onCpu, true))
        .isEqualTo(t.device.kind().equals(onCpu.device().kind()));
    open.trigger();
    t.endsWell(parent);
    assertThat(DeviceEvent.canSchedule(parent, onCpu, false)).isTrue();
    assertThat(DeviceEvent.canSchedule(t.failed("broken"), onCpu, true)).isFalse();
  }

  /** Broken by a driver that tells when an event was recorded, or a time for those untimed. */
  private static void times(DeviceTrial t) throws Exception {
    DeviceStream stream = t.newStream();
    DeviceEvent untimed = stream.record();
    DeviceEvent event = t.device.newTimedEvent("timed");
    long last = Long.MIN_VALUE;
    for (int i = 0; i < 5; i++) {
      Event open = t.hold(stream);
      stream.record(event);
      assertThat(event.nanos()).isEmpty();
      open.trigger();
      t.endsWell(event);
      if (t.contract.isTimed()) {
        long nanos = event.nanos().orElseThrow();
        assertThat(nanos).isGreaterThanOrEqualTo(last);
        last = nanos;
      } else {
        assertThat(event.nanos()).isEmpty();
      }
      event.reset();
      assertThat(event.nanos()).isEmpty();
    }
    t.endsWell(untimed);
    assertThat(untimed.nanos()).isEmpty();
  }
}
