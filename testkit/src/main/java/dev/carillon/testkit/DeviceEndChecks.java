package dev.carillon.testkit;

import static dev.carillon.device.DeviceEventStatus.FAILED;
import static dev.carillon.device.DeviceEventStatus.SCHEDULED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.carillon.device.DeviceEvent;
import dev.carillon.device.DeviceStream;
import dev.carillon.event.Event;
import dev.carillon.event.EventStatus;
import dev.carillon.spi.DeviceException;
import dev.carillon.testkit.DeviceTrial.OnDevices;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Checks of streams and devices that are closed. */
final class DeviceEndChecks {
  private static final int PIECES = 100;

  private DeviceEndChecks() {}

  static List<OnDevices> all() {
    return List.of(
        new OnDevices("close_withWorkUnderWay_letsItFinish", DeviceEndChecks::underWay),
        new OnDevices("close_behindAClosedGate_failsWhatIsBehindIt", DeviceEndChecks::gated),
        new OnDevices("close_withoutPatience_failsWhatIsPending", DeviceEndChecks::impatient),
        new OnDevices("stream_afterItWasClosed_refuses", DeviceEndChecks::afterwards),
        new OnDevices("devices_closed_failWhatIsPending", DeviceEndChecks::devices),
        new OnDevices("event_afterItsDevicesWereClosed_answers", DeviceEndChecks::late));
  }

  private static void refused(Runnable call) {
    assertThatExceptionOfType(DeviceException.class).isThrownBy(call::run);
  }

  /** Broken by a driver that drops what a stream still has when that is given up. */
  private static void underWay(DeviceTrial t) throws Exception {
    DeviceContract.Cell cell = t.newCell();
    DeviceStream stream = t.newStream();
    List<DeviceEvent> events = new ArrayList<>();
    for (int i = 1; i <= PIECES; i++) {
      cell.set(stream, i);
      events.add(stream.record());
    }
    assertThat(stream.close(t.contract.patience())).isTrue();
    assertThat(cell.value()).isEqualTo(PIECES);
    for (DeviceEvent event : events) {
      t.endsWell(event);
    }
    t.endsWell(t.newStream().record());
  }

  /** Broken by a driver that waits for its gates, which nobody opens, or is hurt by a late one. */
  private static void gated(DeviceTrial t) throws Exception {
    if (!t.contract.hasGates()) {
      return;
    }
    DeviceStream stream = t.newStream();
    Event never = t.events.newEvent("never");
    DeviceEvent before = stream.record();
    stream.waitFor(never);
    DeviceEvent behind = stream.record();
    DeviceStream other = t.newCpuStream();
    other.waitFor(behind);
    DeviceEvent after = other.record();
    assertThat(behind.query()).isEqualTo(SCHEDULED);
    assertThat(stream.close(t.contract.patience())).isTrue();
    t.fails(behind, "\"never\"", "closed");
    t.endsWell(before);
    t.fails(after, "\"never\"");
    never.trigger();
    t.endsWell(t.newStream().record());
  }

  /** Broken by an end that waits for the driver all the same, or tells nobody. */
  private static void impatient(DeviceTrial t) throws Exception {
    DeviceStream holder = t.newStream();
    DeviceStream stream = t.newStream();
    Event open = t.hold(holder);
    DeviceEvent first = holder.record();
    stream.waitFor(first);
    DeviceEvent behind = stream.record();
    var told = new DeviceTellingChecks.Told(t);
    behind.setCallback(told::add);
    Event bridged = behind.asEvent();
    assertThat(stream.close(Duration.ofMillis(1))).isFalse();
    t.fails(behind, "closed before it had finished");
    told.is(FAILED);
    t.until("it is poisoned", () -> bridged.status() == EventStatus.POISONED);
    assertThat(first.query()).isEqualTo(SCHEDULED);
    assertThat(stream.close(t.contract.patience())).isFalse();
    open.trigger();
    t.endsWell(first);
    t.endsWell(t.newStream().record());
    t.fails(behind, "closed before it had finished");
  }

  /** Broken by a stream that a driver is asked for after it was given up. */
  private static void afterwards(DeviceTrial t) throws Exception {
    DeviceStream stream = t.newStream();
    DeviceEvent done = stream.record();
    DeviceEvent event = t.device.newEvent();
    stream.close();
    stream.close();
    assertThat(stream.close(Duration.ZERO)).isTrue();
    refused(stream::record);
    refused(() -> stream.record(event));
    refused(() -> stream.waitFor(done));
    refused(() -> stream.waitFor(t.events.newEvent()));
    refused(stream::recover);
    assertThatExceptionOfType(DeviceException.class).isThrownBy(stream::finish);
    assertThat(stream.failure()).isEmpty();
    assertThat(stream.explain()).contains(stream.options().name());
    t.endsWell(done);
    DeviceStream other = t.newStream();
    other.record(event);
    t.endsWell(event);
    other.waitFor(done);
    t.endsWell(other.record());
  }

  /**
   * Broken by waits that outlive the devices, and by an end that waits for streams one by one while
   * the gates of others are still closed.
   */
  private static void devices(DeviceTrial t) throws Exception {
    DeviceStream stream = t.newStream();
    DeviceEvent done = stream.record();
    t.endsWell(done);
    var told = new DeviceTellingChecks.Told(t);
    if (t.contract.hasGates()) {
      stream.waitFor(t.events.newEvent("never"));
      DeviceEvent pending = stream.record();
      pending.setCallback(told::add);
      DeviceStream cpu = t.newCpuStream();
      cpu.waitFor(pending);
      DeviceEvent behind = cpu.record();
      behind.setCallback(told::add);
      DeviceStream next = t.newStream();
      next.waitFor(pending);
      DeviceEvent last = next.record();
      var finish = t.start(behind::finish);
      t.untilItWaits(finish);
      t.devices.close();
      t.fails(pending, "\"never\"");
      t.fails(last, "\"never\""); // and not as patience was over
      t.fails(behind, "takes nothing after it was closed");
      assertThat(t.result(finish)).isEqualTo(FAILED);
      told.is(FAILED, FAILED);
    }
    t.devices.close();
    t.endsWell(done);
    refused(() -> t.device.newStream());
    refused(stream::record);
    assertThat(t.devices.stats().watched()).isZero();
  }

  /** Broken by a driver that crashes when it is asked after its end, or never answers. */
  private static void late(DeviceTrial t) throws Exception {
    DeviceStream stream = t.newStream();
    List<DeviceEvent> unasked = new ArrayList<>();
    for (int i = 0; i < PIECES; i++) {
      unasked.add(stream.record());
    }
    DeviceEvent unrecorded = t.device.newEvent();
    t.devices.close();
    for (DeviceEvent event : unasked) {
      var told = new DeviceTellingChecks.Told(t);
      event.setCallback(told::add);
      assertThat(t.end(event).isFinished()).isTrue();
      told.is(event.query());
      event.reset();
    }
    refused(() -> stream.record(unrecorded));
    unrecorded.setFinished("given up");
    t.fails(unrecorded, "given up");
  }
}
