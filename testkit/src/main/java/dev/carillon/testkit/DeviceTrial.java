package dev.carillon.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.device.Device;
import dev.carillon.device.DeviceEvent;
import dev.carillon.device.DeviceEventStatus;
import dev.carillon.device.DeviceStream;
import dev.carillon.device.Devices;
import dev.carillon.event.Event;
import dev.carillon.event.EventSystem;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The devices of one check, and what checks do with them. */
final class DeviceTrial implements AutoCloseable {
  private static final long POLL_NANOS = 200_000;

  /** What a check does. */
  interface Body {
    void run(DeviceTrial trial) throws Exception;
  }

  /**
   * A check.
   *
   * @param name says what holds
   * @param body fails if it does not
   */
  record OnDevices(String name, Body body) {}

  final DeviceContract contract;
  final EventSystem events = EventSystem.create();
  final Devices devices;
  final Device device;
  private final List<DeviceContract.Cell> cells = new ArrayList<>();

  DeviceTrial(DeviceContract contract) {
    this.contract = contract;
    devices = open();
    device = devices.device(contract.kind(), 0);
  }

  /** {@return the same devices, opened once more} */
  Devices open() {
    return Devices.open(events, c -> contract.configure(c.withoutDiscovery()));
  }

  DeviceStream newStream() {
    return device.newStream();
  }

  DeviceStream newCpuStream() {
    return devices.cpu().newStream();
  }

  DeviceContract.Cell newCell() {
    DeviceContract.Cell cell = contract.newCell(device);
    cells.add(cell);
    return cell;
  }

  /** {@return what lets a stream go on, which is kept from that} */
  Event hold(DeviceStream stream) {
    Event until = events.newEvent("held");
    if (stream.device().kind().equals(contract.kind())) {
      contract.hold(stream, until);
    } else {
      stream.waitFor(until);
    }
    return until;
  }

  /** {@return an event of the CPU that has failed} */
  DeviceEvent failed(String why) {
    DeviceEvent event = devices.cpu().newEvent();
    event.setFinished(why);
    return event;
  }

  /** {@return how an event ends} */
  DeviceEventStatus end(DeviceEvent event) throws InterruptedException {
    return event.finish(contract.patience());
  }

  void endsWell(DeviceEvent event) throws InterruptedException {
    assertThat(end(event)).as(event.errorMessage()).isEqualTo(DeviceEventStatus.SUCCESS);
    assertThat(event.query()).isEqualTo(DeviceEventStatus.SUCCESS);
    assertThat(event.errorMessage()).isEqualTo(DeviceEvent.NO_ERROR);
    assertThat(event.failure()).isEmpty();
  }

  void fails(DeviceEvent event, String... texts) throws InterruptedException {
    assertThat(end(event)).isEqualTo(DeviceEventStatus.FAILED);
    assertThat(event.query()).isEqualTo(DeviceEventStatus.FAILED);
    for (String text : texts) {
      assertThat(event.errorMessage()).contains(text);
    }
    assertThat(event.failure()).isPresent();
  }

  /** Waits, without being told, until something holds. */
  void until(String what, Callable<Boolean> condition) throws Exception {
    long start = System.nanoTime();
    while (!condition.call()) {
      if (System.nanoTime() - start > contract.patience().toNanos()) {
        throw new AssertionError("%s: not within %s".formatted(what, contract.patience()));
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  // ── threads ──

  /**
   * Something that is done by another thread.
   *
   * @param thread the thread
   * @param task the same as a task
   * @param <T> what comes out
   */
  record Done<T>(Thread thread, FutureTask<T> task) {}

  /** {@return something that a virtual thread does from now on} */
  <T> Done<T> start(Callable<T> body) {
    var task = new FutureTask<>(body);
    return new Done<>(Thread.startVirtualThread(task), task);
  }

  <T> T result(Done<T> done) throws Exception {
    return done.task().get(contract.patience().toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Waits until a thread waits. */
  void untilItWaits(Done<?> done) throws Exception {
    until(
        "a thread waits",
        () ->
            switch (done.thread().getState()) {
              case WAITING, TIMED_WAITING -> true;
              case NEW, RUNNABLE, BLOCKED, TERMINATED -> false;
            });
  }

  /** Has a number of threads, half of them virtual, do the same. */
  void onThreads(int threads, Callable<Void> body) throws Exception {
    List<Done<Void>> all = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      var task = new FutureTask<>(body);
      Thread.Builder kind = i % 2 == 0 ? Thread.ofPlatform().daemon() : Thread.ofVirtual();
      all.add(new Done<>(kind.start(task), task));
    }
    for (Done<Void> one : all) {
      result(one);
    }
  }

  @Override
  public void close() {
    devices.close();
    cells.forEach(DeviceContract.Cell::close);
    events.close();
  }
}
