package dev.carillon.device;

import static dev.carillon.device.DeviceEventStatus.FAILED;
import static dev.carillon.device.DeviceEventStatus.SCHEDULED;
import static dev.carillon.device.DeviceEventStatus.SUCCESS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.build.Workers;
import dev.carillon.event.Event;
import dev.carillon.event.EventSystem;
import dev.carillon.spi.DeviceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Streams of the CPU: order, waits, failure, capacity, the end. */
final class CpuStreamTest {
  private final EventSystem events = EventSystem.create();
  private final Devices devices = Devices.open(events, c -> c.withoutDiscovery().withCpuThreads(2));
  private final Device cpu = devices.cpu();
  private final DeviceStream stream = cpu.newStream(o -> o.withName("one"));
  private final DeviceStream other = cpu.newStream(o -> o.withName("two"));

  @AfterEach
  void close() {
    devices.close();
    events.close();
  }

  private static CpuStream work(DeviceStream stream) {
    return stream.as(CpuStream.class);
  }

  @Test
  @Covers({"C1", "C10"})
  void work_ofAStream_runsInOrderBeforeWhatIsRecordedBehindIt() throws Exception {
    List<Integer> ran = new ArrayList<>(); // by one thread at a time, each after the other
    for (int i = 0; i < 1000; i++) {
      int number = i;
      work(stream).run(() -> ran.add(number));
    }
    DeviceEvent event = stream.record();
    assertThat(event.finish()).isEqualTo(SUCCESS);
    assertThat(ran).hasSize(1000).isSorted();
  }

  @Test
  @Covers("C4")
  void waitFor_anEventOfAnotherStream_isNativeAndKeepsNoThread() throws Exception {
    var mayGo = new CountDownLatch(1);
    List<String> ran = Collections.synchronizedList(new ArrayList<>());
    work(stream)
        .run(() -> {
          Patience.await(mayGo);
          ran.add("first");
        });
    DeviceEvent event = stream.record();
    assertThat(other.waitFor(event)).isEqualTo(WaitPath.NATIVE);
    work(other).run(() -> ran.add("second"));
    DeviceStream third = cpu.newStream();
    work(third).run(() -> ran.add("beside")); // the second of two threads is free for it
    assertThat(third.finish()).isEqualTo(SUCCESS);
    assertThat(event.query()).isEqualTo(SCHEDULED);
    mayGo.countDown();
    assertThat(other.finish()).isEqualTo(SUCCESS);
    assertThat(ran).containsExactly("beside", "first", "second");
    assertThat(devices.stats().nativeWaits()).isEqualTo(1);
  }

  @Test
  @Covers("C4")
  void waitFor_onTheEventsOwnStream_isNoOperation() {
    Event gate = events.newEvent();
    stream.waitFor(gate);
    DeviceEvent event = stream.record();
    assertThat(stream.waitFor(event)).isEqualTo(WaitPath.NONE);
    gate.trigger();
  }

  @Test
  @Covers("C4")
  void waitFor_anEventThatIsNotRecorded_waitsUntilItHasFinished() throws Exception {
    DeviceEvent event = cpu.newEvent("later");
    var hasRun = new AtomicBoolean();
    assertThat(other.waitFor(event)).isEqualTo(WaitPath.GATE);
    work(other).run(() -> hasRun.set(true));
    assertThat(other.explain()).contains("waits for device event \"later\" of cpu:0 by a gate");
    stream.record(event);
    assertThat(other.finish()).isEqualTo(SUCCESS);
    assertThat(hasRun).isTrue();
    assertThat(other.explain()).doesNotContain("waits");
  }

  @Test
  void record_behindAWaitForTheSameEvent_isAnError() {
    DeviceEvent event = cpu.newEvent();
    stream.waitFor(event);
    assertThatExceptionOfType(DeviceMisuseException.class)
        .isThrownBy(() -> stream.record(event))
        .withMessageContaining("behind a wait for itself");
    event.setFinished();
  }

  @Test
  void waitFor_somethingThatFails_skipsWorkAndFailsEventsUntilRecovered() throws Exception {
    DeviceEvent event = cpu.newEvent("broken");
    other.waitFor(event);
    var ran = new AtomicInteger();
    work(other).run(ran::incrementAndGet);
    DeviceEvent behind = other.record();
    event.setFinished("boiler");
    assertThat(behind.finish()).isEqualTo(FAILED);
    assertThat(behind.errorMessage()).contains("\"broken\"", "boiler");
    assertThat(other.failure()).get().asString().contains("boiler");
    other.recover();
    assertThat(other.failure()).isEmpty();
    work(other).run(ran::incrementAndGet);
    assertThat(other.finish()).isEqualTo(SUCCESS);
    assertThat(ran).hasValue(1);
    other.waitFor(event); // it has failed by now
    work(other).run(ran::incrementAndGet);
    assertThat(other.finish()).isEqualTo(FAILED);
    assertThat(ran).hasValue(1);
  }

  @Test
  @Covers("C7")
  void work_thatThrows_failsTheStreamWithIt() throws Exception {
    var cause = new IllegalStateException("boiler");
    var ran = new AtomicInteger();
    work(stream)
        .run(() -> {
          throw cause;
        });
    work(stream).run(ran::incrementAndGet);
    DeviceEvent event = stream.record();
    assertThat(event.finish()).isEqualTo(FAILED);
    assertThat(event.failure()).containsSame(cause);
    assertThat(stream.failure()).containsSame(cause);
    other.waitFor(event);
    assertThat(other.record().finish()).isEqualTo(FAILED);
    stream.recover();
    work(stream).run(ran::incrementAndGet);
    assertThat(stream.finish()).isEqualTo(SUCCESS);
    assertThat(ran).hasValue(1);
  }

  @Test
  @Covers("C6")
  void setFinished_ofWhatAStreamWillReach_letsThoseGoOnThatWaitForIt() throws Exception {
    Event gate = events.newEvent();
    stream.waitFor(gate);
    DeviceEvent event = stream.record();
    other.waitFor(event);
    event.setFinished();
    assertThat(other.finish()).isEqualTo(SUCCESS);
    gate.trigger();
    assertThat(stream.finish()).isEqualTo(SUCCESS);
    assertThat(event.query()).isEqualTo(SUCCESS);
  }

  @Test
  void run_onAFullStream_waitsForRoom() throws Exception {
    DeviceStream small = cpu.newStream(o -> o.withCapacity(1));
    Event gate = events.newEvent();
    small.waitFor(gate);
    var ran = new AtomicInteger();
    work(small).run(ran::incrementAndGet);
    try (var workers = new Workers()) {
      Thread giver = workers.start(() -> work(small).run(ran::incrementAndGet));
      Patience.until("it waits", () -> giver.getState() == Thread.State.WAITING);
      gate.trigger();
    }
    assertThat(small.finish()).isEqualTo(SUCCESS);
    assertThat(ran).hasValue(2);
  }

  @Test
  void run_onAFullStreamByItsOwnWork_isAnErrorThatFailsTheStream() throws Exception {
    DeviceStream small = cpu.newStream(o -> o.withCapacity(1));
    work(small)
        .run(() -> {
          work(small).run(() -> {});
          work(small).run(() -> {});
        });
    assertThat(small.finish()).isEqualTo(FAILED);
    assertThat(small.failure()).get().isInstanceOf(DeviceMisuseException.class);
  }

  @Test
  void close_withWorkUnderWay_letsItFinish() throws Exception {
    var mayGo = new CountDownLatch(1);
    var ran = new AtomicInteger();
    work(stream).run(() -> Patience.await(mayGo));
    work(stream).run(ran::incrementAndGet);
    DeviceEvent event = stream.record();
    try (var workers = new Workers()) {
      workers.start(stream::close);
      Patience.until(
          "it takes nothing",
          () -> {
            try {
              work(other).run(() -> {});
              stream.record();
              return false;
            } catch (DeviceException e) {
              return true;
            }
          });
      mayGo.countDown();
    }
    assertThat(event.query()).isEqualTo(SUCCESS);
    assertThat(ran).hasValue(1);
    stream.close();
  }

  @Test
  void close_withWorkThatDoesNotEnd_failsWhatHasNotFinishedAndInterruptsIt() throws Exception {
    var isIn = new CountDownLatch(1);
    var wasInterrupted = new CountDownLatch(1);
    work(stream)
        .run(() -> {
          isIn.countDown();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            wasInterrupted.countDown();
          }
        });
    DeviceEvent event = stream.record();
    List<DeviceEventStatus> told = Collections.synchronizedList(new ArrayList<>());
    event.setCallback(told::add);
    Patience.await(isIn);
    assertThat(stream.close(Duration.ofMillis(1))).isFalse();
    assertThat(event.finish()).isEqualTo(FAILED);
    assertThat(event.errorMessage()).contains("closed");
    Patience.await(wasInterrupted);
    assertThat(told).containsExactly(FAILED);
  }

  @Test
  void close_behindAGateThatIsNotOpen_failsWhatIsBehindIt() throws Exception {
    Event never = events.newEvent("never");
    stream.waitFor(never);
    var ran = new AtomicInteger();
    work(stream).run(ran::incrementAndGet);
    DeviceEvent event = stream.record();
    assertThat(stream.close(Patience.LONG)).isTrue();
    assertThat(event.finish()).isEqualTo(FAILED);
    assertThat(event.errorMessage()).contains("\"never\"", "closed");
    assertThat(ran).hasValue(0);
    never.trigger();
  }

  @Test
  void close_byItsOwnWork_isAnError() throws Exception {
    work(stream).run(stream::close);
    assertThat(stream.finish()).isEqualTo(FAILED);
    assertThat(stream.failure()).get().isInstanceOf(DeviceMisuseException.class);
  }

  @Test
  void close_byACallbackOnItsThread_isAnErrorAtOnce() throws Exception {
    var thrown = new LinkedBlockingQueue<Throwable>();
    var mayGo = new CountDownLatch(1);
    work(stream).run(() -> Patience.await(mayGo));
    stream.record().setCallback(_ -> catching(thrown, stream::close));
    stream.record().setCallback(_ -> catching(thrown, devices::close));
    mayGo.countDown();
    assertThat(stream.finish()).isEqualTo(SUCCESS);
    assertThat(next(thrown)).isInstanceOf(DeviceMisuseException.class);
    assertThat(next(thrown)).isInstanceOf(DeviceMisuseException.class);
    assertThat(stream.finish()).isEqualTo(SUCCESS); // it is open
  }

  @Test
  void finish_byWorkOfTheStreamThatTheEventIsBehind_isAnErrorInsteadOfAHang() throws Exception {
    var thrown = new LinkedBlockingQueue<Throwable>();
    work(stream).run(() -> catching(thrown, stream::finish));
    work(stream)
        .run(() -> {
          DeviceEvent later = stream.record();
          catching(thrown, () -> later.finish(Patience.LONG));
          catching(thrown, later::await);
        });
    assertThat(stream.finish()).isEqualTo(SUCCESS);
    for (int i = 0; i < 3; i++) {
      assertThat(next(thrown))
          .isInstanceOf(DeviceMisuseException.class)
          .hasMessageContaining("must not wait for what comes after them")
          .hasMessageContaining("\"one\"");
    }
  }

  @Test
  void finish_byWorkOfAStreamForWhatCameBefore_returns() throws Exception {
    var ended = new LinkedBlockingQueue<DeviceEventStatus>();
    DeviceEvent before = stream.record();
    DeviceEvent others = other.record();
    work(stream).run(() -> ended.add(before.finish()));
    work(stream).run(() -> ended.add(others.finish()));
    assertThat(stream.finish()).isEqualTo(SUCCESS);
    assertThat(ended).containsExactly(SUCCESS, SUCCESS);
  }

  private static Throwable next(BlockingQueue<Throwable> thrown) throws InterruptedException {
    return Objects.requireNonNull(
        thrown.poll(Patience.LONG.toMillis(), TimeUnit.MILLISECONDS), "nothing was thrown");
  }

  private static void catching(Queue<Throwable> thrown, CpuWork action) {
    try {
      action.run();
    } catch (Exception e) {
      thrown.add(e);
    }
  }

  @Test
  void devices_closed_endTheirThreads() throws Exception {
    work(stream).run(() -> {});
    stream.finish();
    devices.close();
    Patience.until(
        "no thread is left",
        () ->
            Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("carillon-devices-cpu-")));
    assertThatExceptionOfType(DeviceException.class).isThrownBy(cpu::newStream);
    assertThatExceptionOfType(DeviceException.class).isThrownBy(stream::record);
  }

  @Test
  void as_anotherType_namesTheOneThereIs() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> stream.as(String.class))
        .withMessageContaining("dev.carillon.device.CpuStream")
        .withMessageContaining("java.lang.String");
  }

  @Test
  void record_onAStreamOfAnotherDevice_isAnError() {
    try (Devices others = Devices.open(events, c -> c.withoutDiscovery())) {
      DeviceEvent foreign = others.cpu().newEvent("foreign");
      assertThatExceptionOfType(DeviceMisuseException.class)
          .isThrownBy(() -> stream.record(foreign))
          .withMessageContaining("its own device");
    }
  }

  @Test
  void timedEvents_aroundWork_tellHowLongItTook() throws Exception {
    DeviceEvent start = cpu.newTimedEvent("start");
    DeviceEvent end = cpu.newTimedEvent("end");
    stream.record(start);
    work(stream).run(() -> {});
    stream.record(end);
    assertThat(end.finish()).isEqualTo(SUCCESS);
    assertThat(end.nanos().orElseThrow() - start.nanos().orElseThrow()).isPositive();
    assertThat(stream.record().nanos()).isEmpty();
  }
}
