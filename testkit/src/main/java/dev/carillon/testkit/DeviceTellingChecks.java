package dev.carillon.testkit;

import static dev.carillon.device.DeviceEventStatus.FAILED;
import static dev.carillon.device.DeviceEventStatus.INITIALIZED;
import static dev.carillon.device.DeviceEventStatus.SCHEDULED;
import static dev.carillon.device.DeviceEventStatus.SUCCESS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.carillon.device.DeviceEvent;
import dev.carillon.device.DeviceEventStatus;
import dev.carillon.device.DeviceStream;
import dev.carillon.event.Event;
import dev.carillon.event.EventStatus;
import dev.carillon.event.PoisonedException;
import dev.carillon.testkit.DeviceTrial.OnDevices;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Checks of how threads, callbacks and completion events learn of the end of an event. */
final class DeviceTellingChecks {
  private DeviceTellingChecks() {}

  static List<OnDevices> all() {
    return List.of(
        new OnDevices("finish_andAwait_blockUntilTheEnd", DeviceTellingChecks::waiters),
        new OnDevices("finish_beforeItIsRecorded_waitsForThatToo", DeviceTellingChecks::early),
        new OnDevices("interrupt_endsAWaitOnly", DeviceTellingChecks::interrupt),
        new OnDevices("callbacks_runInOrderAndOnce", DeviceTellingChecks::callbacks),
        new OnDevices("callbacks_ofAFailure_runToo", DeviceTellingChecks::callbacksOfFailure),
        new OnDevices("callback_thatThrows_stopsNobody", DeviceTellingChecks::throwing),
        new OnDevices("callback_whileItRuns_keepsNobody", DeviceTellingChecks::slowCallback),
        new OnDevices("reset_leavesWaitersTheirOutcome", DeviceTellingChecks::reset),
        new OnDevices("asEvent_isOfOneUse_andNobodyElses", DeviceTellingChecks::bridge));
  }

  /** What callbacks were told, in order. */
  static final class Told {
    private final DeviceTrial trial;
    private final List<DeviceEventStatus> all = Collections.synchronizedList(new ArrayList<>());

    Told(DeviceTrial trial) {
      this.trial = trial;
    }

    void add(DeviceEventStatus status) {
      all.add(status);
    }

    /** Waits until as many were told as are given, which were these. */
    void is(DeviceEventStatus... expected) throws Exception {
      trial.until("callbacks are told: " + all, () -> all.size() >= expected.length);
      assertThat(List.copyOf(all)).containsExactly(expected);
    }
  }

  /** Broken by a driver that keeps quiet when it is done, and by an await that reports only. */
  private static void waiters(DeviceTrial t) throws Exception {
    for (boolean isWell : List.of(true, false)) {
      DeviceStream stream = t.newStream();
      Event open = t.hold(stream);
      if (!isWell) {
        stream.waitFor(t.failed("boiler"));
      }
      DeviceEvent event = stream.record();
      var finish = t.start(event::finish);
      var await =
          t.start(() -> {
            event.await();
            return SUCCESS;
          });
      t.untilItWaits(finish);
      t.untilItWaits(await);
      open.trigger();
      if (isWell) {
        assertThat(t.result(finish)).isEqualTo(SUCCESS);
        assertThat(t.result(await)).isEqualTo(SUCCESS);
        event.await();
      } else {
        assertThat(t.result(finish)).isEqualTo(FAILED);
        assertThatExceptionOfType(PoisonedException.class)
            .isThrownBy(event::await)
            .withMessageContaining("boiler");
        t.until("await throws", () -> await.task().isDone());
        assertThat(await.task().exceptionNow())
            .isInstanceOf(PoisonedException.class)
            .hasMessageContaining("boiler");
      }
    }
  }

  /** Broken by a wait that looks for the driver's event once, when there is none yet. */
  private static void early(DeviceTrial t) throws Exception {
    DeviceEvent event = t.device.newEvent();
    var told = new Told(t);
    event.setCallback(told::add);
    Event bridged = event.asEvent();
    var finish = t.start(event::finish);
    t.untilItWaits(finish);
    assertThat(event.finish(Duration.ofMillis(1))).isEqualTo(INITIALIZED);
    t.newStream().record(event);
    assertThat(t.result(finish)).isEqualTo(SUCCESS);
    told.is(SUCCESS);
    assertThat(bridged.await(t.contract.patience())).isTrue();
  }

  /** Broken by a wait that cannot be ended, or whose end is taken for the event's. */
  private static void interrupt(DeviceTrial t) throws Exception {
    DeviceStream stream = t.newStream();
    Event open = t.hold(stream);
    DeviceEvent event = stream.record();
    var finish = t.start(event::finish);
    t.untilItWaits(finish);
    finish.thread().interrupt();
    t.until("the wait has ended", () -> finish.task().isDone());
    assertThat(finish.task().exceptionNow()).isInstanceOf(InterruptedException.class);
    assertThat(event.query()).isEqualTo(SCHEDULED);
    open.trigger();
    t.endsWell(event);
  }

  /** Broken by a driver that calls back twice, or before what it calls back for is so. */
  private static void callbacks(DeviceTrial t) throws Exception {
    DeviceStream stream = t.newStream();
    Event open = t.hold(stream);
    DeviceEvent event = t.device.newEvent();
    List<String> told = Collections.synchronizedList(new ArrayList<>());
    event.setCallback(status -> told.add("1 " + status + event.query()));
    stream.record(event);
    event.setCallback(status -> {
      told.add("2 " + status);
      event.setCallback(_ -> told.add("4"));
    });
    event.setCallback(status -> told.add("3 " + status));
    assertThat(told).isEmpty();
    open.trigger();
    t.endsWell(event);
    t.until("all are told", () -> told.size() >= 4);
    event.setCallback(status -> told.add("5 " + status));
    t.until("the last is told at once", () -> told.size() >= 5);
    for (int i = 0; i < 100; i++) {
      t.endsWell(stream.record()); // so the driver had time to call again
    }
    assertThat(told)
        .containsExactly("1 SUCCESSSUCCESS", "2 SUCCESS", "3 SUCCESS", "4", "5 SUCCESS");
  }

  /** Broken by a driver that does not call back for what has failed, or only queries tell. */
  private static void callbacksOfFailure(DeviceTrial t) throws Exception {
    DeviceStream stream = t.newStream();
    Event open = t.hold(stream);
    stream.waitFor(t.failed("boiler"));
    DeviceEvent event = stream.record();
    var told = new Told(t);
    event.setCallback(told::add);
    event.setCallback(told::add);
    open.trigger();
    told.is(FAILED, FAILED);
    t.fails(event, "boiler");
    event.setCallback(told::add);
    told.is(FAILED, FAILED, FAILED);
  }

  /** Broken by callbacks that run on a thread of the driver's, which they would end. */
  private static void throwing(DeviceTrial t) throws Exception {
    DeviceStream stream = t.newStream();
    Event open = t.hold(stream);
    DeviceEvent event = stream.record();
    var told = new Told(t);
    event.setCallback(_ -> {
      throw new IllegalStateException("as it should in this check");
    });
    event.setCallback(told::add);
    var finish = t.start(event::finish);
    t.untilItWaits(finish);
    open.trigger();
    assertThat(t.result(finish)).isEqualTo(SUCCESS);
    told.is(SUCCESS);
    assertThat(t.devices.stats().callbackFailures()).isEqualTo(1);
    var next = new Told(t);
    stream.record().setCallback(next::add);
    next.is(SUCCESS);
  }

  /** Broken by callbacks that run under a lock of the event, the stream or the driver. */
  private static void slowCallback(DeviceTrial t) throws Exception {
    DeviceStream stream = t.newStream();
    Event open = t.hold(stream);
    DeviceEvent event = stream.record();
    var isIn = new CountDownLatch(1);
    var mayGo = new CountDownLatch(1);
    var told = new Told(t);
    event.setCallback(status -> {
      isIn.countDown();
      mayGo.await(t.contract.patience().toMillis(), TimeUnit.MILLISECONDS);
      told.add(status);
    });
    var trigger =
        t.start(() -> {
          open.trigger();
          return event.finish();
        });
    try {
      assertThat(isIn.await(t.contract.patience().toMillis(), TimeUnit.MILLISECONDS)).isTrue();
      assertThat(event.query()).isEqualTo(SUCCESS);
      assertThat(event.finish(Duration.ZERO)).isEqualTo(SUCCESS);
      event.setCallback(told::add);
      event.reset();
      DeviceStream other = t.newStream();
      other.record(event);
      if (t.contract.hasGates()) {
        other.waitFor(t.devices.cpu().newEvent());
      }
      assertThat(other.explain()).isNotEmpty();
      assertThat(told.all).isEmpty();
    } finally {
      mayGo.countDown();
    }
    assertThat(t.result(trigger)).isEqualTo(SUCCESS);
    told.is(SUCCESS, SUCCESS);
    t.endsWell(event);
  }

  /** Broken by a driver that records a reset event anew while the old use is waited for. */
  private static void reset(DeviceTrial t) throws Exception {
    for (boolean isWell : List.of(true, false)) {
      DeviceStream stream = t.newStream();
      Event open = t.hold(stream);
      if (!isWell) {
        stream.waitFor(t.failed("boiler"));
      }
      DeviceEvent event = t.device.newEvent();
      stream.record(event);
      var told = new Told(t);
      event.setCallback(told::add);
      Event before = event.asEvent();
      var finish = t.start(event::finish);
      t.untilItWaits(finish);
      DeviceStream cpu = t.newCpuStream();
      var isGated = t.contract.hasGates();
      if (isGated) {
        cpu.waitFor(event);
      }
      event.reset();
      assertThat(event.query()).isEqualTo(INITIALIZED);
      assertThat(event.asEvent()).isNotSameAs(before);
      if (isGated) {
        t.newStream().record(event);
        t.endsWell(event);
      }
      assertThat(before.status()).isEqualTo(EventStatus.PENDING);
      assertThat(told.all).isEmpty();
      open.trigger();
      DeviceEventStatus end = isWell ? SUCCESS : FAILED;
      assertThat(t.result(finish)).isEqualTo(end);
      told.is(end);
      assertThat(before.status()).isEqualTo(isWell ? EventStatus.TRIGGERED : EventStatus.POISONED);
      assertThat(t.end(cpu.record())).isEqualTo(isGated ? end : SUCCESS);
      assertThat(event.query()).isEqualTo(isGated ? SUCCESS : INITIALIZED);
    }
  }

  /** Broken by an event that is shared with users, who may complete it. */
  private static void bridge(DeviceTrial t) throws Exception {
    DeviceStream stream = t.newStream();
    Event open = t.hold(stream);
    DeviceEvent event = stream.record();
    assertThat(event.asEvent()).isSameAs(event.asEvent());
    event.asEvent().tryTrigger();
    assertThat(event.query()).isEqualTo(SCHEDULED);
    open.trigger();
    t.endsWell(event);
    DeviceStream broken = t.newStream();
    broken.waitFor(t.failed("boiler"));
    Event poisoned = broken.record().asEvent();
    Event all = t.events.merge(stream.record().asEvent(), t.newCpuStream().record().asEvent());
    assertThat(all.await(t.contract.patience())).isTrue();
    assertThatExceptionOfType(PoisonedException.class)
        .isThrownBy(() -> poisoned.await(t.contract.patience()))
        .withMessageContaining("boiler");
  }
}
