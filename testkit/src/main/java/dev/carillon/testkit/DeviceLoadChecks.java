package dev.carillon.testkit;

import static dev.carillon.device.DeviceEventStatus.SUCCESS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.device.DeviceEvent;
import dev.carillon.device.DeviceEventStatus;
import dev.carillon.device.DeviceStream;
import dev.carillon.event.Event;
import dev.carillon.testkit.DeviceTrial.OnDevices;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Checks of many events, and of many threads. */
final class DeviceLoadChecks {
  private static final int MANY = 10_000;
  private static final int FEW = 64;
  private static final int BATCH = 100;
  private static final int THREADS = 8;
  private static final int ROUNDS = 100;

  private DeviceLoadChecks() {}

  static List<OnDevices> all() {
    return List.of(
        new OnDevices("events_manyOneAfterAnother_areFewOfTheDriver", DeviceLoadChecks::again),
        new OnDevices("events_resetBeforeTheEnd_comeBackToo", DeviceLoadChecks::abandoned),
        new OnDevices("events_ofOneStream_byManyThreads", DeviceLoadChecks::sharedStream),
        new OnDevices("event_ofManyThreads_endsTheSameForAll", DeviceLoadChecks::sharedEvent),
        new OnDevices("streams_ofManyThreads_areTheirOwn", DeviceLoadChecks::ownStreams));
  }

  /** Broken by events that do not come back once they have finished. */
  private static void again(DeviceTrial t) throws Exception {
    DeviceStream stream = t.newStream();
    DeviceEvent event = t.device.newEvent("again");
    var told = new AtomicInteger();
    for (int i = 0; i < MANY; i++) {
      stream.record(event);
      if (i % BATCH == 0) {
        event.setCallback(_ -> told.incrementAndGet());
      }
      assertThat(event.finish()).isEqualTo(SUCCESS);
      event.reset();
    }
    assertThat(event.generation()).isEqualTo(MANY);
    t.until("all were told", () -> told.get() == MANY / BATCH);
    assertThat(t.devices.stats().recorded()).isEqualTo(MANY);
    assertThat(t.devices.stats().succeeded()).isEqualTo(MANY);
    assertThat(t.devices.stats().created()).isLessThan(t.contract.isReusing() ? FEW : MANY + FEW);
  }

  /** Broken by events that nobody asks for any more after a reset, and so never come back. */
  private static void abandoned(DeviceTrial t) throws Exception {
    DeviceStream stream = t.newStream();
    DeviceEvent event = t.device.newEvent("abandoned");
    for (int i = 0; i < MANY / BATCH; i++) {
      for (int j = 0; j < BATCH; j++) {
        stream.record(event);
        event.reset();
      }
      assertThat(stream.finish()).isEqualTo(SUCCESS);
      t.until("none is watched", () -> t.devices.stats().watched() == 0);
    }
    t.until("all have ended", () -> t.devices.stats().succeeded() == MANY + MANY / BATCH);
    if (t.contract.isReusing()) {
      assertThat(t.devices.stats().created()).isLessThan(2 * BATCH + FEW);
    }
  }

  /** Broken by a stream whose order is not that of its events, or a pool that gives one twice. */
  private static void sharedStream(DeviceTrial t) throws Exception {
    DeviceStream stream = t.newStream();
    var told = new AtomicInteger();
    t.onThreads(
        THREADS,
        () -> {
          DeviceEvent event = t.device.newEvent();
          for (int i = 0; i < ROUNDS; i++) {
            stream.record(event);
            event.setCallback(_ -> told.incrementAndGet());
            DeviceEvent last = stream.record();
            assertThat(t.end(last)).isEqualTo(SUCCESS);
            assertThat(event.query()).isEqualTo(SUCCESS);
            event.reset();
          }
          return null;
        });
    t.until("all were told", () -> told.get() == THREADS * ROUNDS);
    assertThat(t.devices.stats().recorded()).isEqualTo(2 * THREADS * ROUNDS);
    assertThat(t.devices.stats().failed()).isZero();
  }

  /** Broken by an event of the driver that is given back while another thread asks for it. */
  private static void sharedEvent(DeviceTrial t) throws Exception {
    for (int i = 0; i < ROUNDS; i++) {
      boolean isWell = i % 4 != 3;
      DeviceStream stream = t.newStream();
      Event open = t.hold(stream);
      if (!isWell) {
        stream.waitFor(t.failed("boiler"));
      }
      DeviceEvent event = stream.record();
      DeviceEventStatus end = isWell ? SUCCESS : DeviceEventStatus.FAILED;
      var told = new AtomicInteger();
      var opener = new AtomicInteger();
      t.onThreads(
          THREADS,
          () -> {
            event.setCallback(status -> {
              assertThat(status).isEqualTo(end);
              told.incrementAndGet();
            });
            if (opener.incrementAndGet() == THREADS / 2) {
              open.trigger();
            }
            assertThat(t.end(event)).isEqualTo(end);
            assertThat(event.query()).isEqualTo(end);
            return null;
          });
      t.until("all were told", () -> told.get() == THREADS);
      stream.recover();
      t.endsWell(stream.record());
      stream.close();
    }
  }

  /** Broken by a driver whose streams share what each thread has to itself. */
  private static void ownStreams(DeviceTrial t) throws Exception {
    t.onThreads(
        THREADS,
        () -> {
          DeviceStream cpu = t.newCpuStream();
          for (DeviceStream stream : List.of(t.newStream(), t.newStream())) {
            DeviceEvent event = t.device.newEvent();
            for (int i = 0; i < ROUNDS; i++) {
              stream.record(event);
              cpu.waitFor(event);
              stream.waitFor(cpu.record());
              event.reset();
            }
            assertThat(t.end(stream.record())).isEqualTo(SUCCESS);
            stream.close();
          }
          cpu.close();
          return null;
        });
    t.until("none is watched", () -> t.devices.stats().watched() == 0);
    assertThat(t.devices.stats().failed()).isZero();
  }
}
