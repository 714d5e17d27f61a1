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
import dev.carillon.device.Abacus.Bead;
import dev.carillon.event.Event;
import dev.carillon.spi.DeviceException;
import dev.carillon.spi.DeviceKind;
import dev.carillon.spi.DeviceUnavailableException;
import dev.carillon.spi.DriverStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Kinds of devices that are registered in code: every function of the table, and its default. */
final class DeviceTableTest extends OnAbacus {
  @Test
  @Covers({"C1", "C2", "C9"})
  void table_withCreateRecordAndQueryAlone_isEnough() throws Exception {
    DeviceStream stream = device().newStream();
    DeviceEvent event = stream.record();
    assertThat(event.query()).isEqualTo(SCHEDULED);
    List<DeviceEventStatus> told = Collections.synchronizedList(new ArrayList<>());
    event.setCallback(told::add);
    rod(stream).push();
    assertThat(event.finish()).isEqualTo(SUCCESS);
    Patience.until("the callback was told", () -> told.equals(List.of(SUCCESS)));
    assertThat(abacus.calls).containsExactly("create", "record");
  }

  @Test
  @Covers({"C7", "C9"})
  void errorMessage_ofTheTable_isWhatAFailedEventSays() {
    DeviceStream stream = device().newStream();
    DeviceEvent plain = stream.record();
    rod(stream).crack();
    rod(stream).push();
    assertThat(plain.query()).isEqualTo(FAILED);
    assertThat(plain.errorMessage()).contains("driver says that it failed", "abacus:0");

    reopen(table -> table.withErrorMessage(_ -> "a bead has split"));
    DeviceStream other = device().newStream();
    DeviceEvent event = other.record();
    rod(other).crack();
    rod(other).push();
    assertThat(event.errorMessage()).isEqualTo("a bead has split");
  }

  @Test
  @Covers({"C5", "C9"})
  void finish_ofTheTable_isCalledByPlatformThreadsOnly() throws Exception {
    var finished = new AtomicInteger();
    var mayGo = new CountDownLatch(1);
    reopen(table ->
        table.withFinish(event -> {
          Patience.await(mayGo);
          ((Bead) event).status = DriverStatus.COMPLETE;
          finished.incrementAndGet();
        }));
    DeviceStream stream = device().newStream();
    DeviceEvent event = stream.record();
    try (var workers = new Workers()) {
      workers.start(
          Workers.Kind.VIRTUAL,
          "virtual",
          () -> assertThat(event.finish()).isEqualTo(SUCCESS)); // by what watches events
      Thread platform = workers.start(() -> assertThat(event.finish()).isEqualTo(SUCCESS));
      Patience.until("it is in", () -> platform.getState() == Thread.State.TIMED_WAITING);
      mayGo.countDown();
    }
    assertThat(finished).hasValue(1);
  }

  @Test
  @Covers({"C6", "C9"})
  void setFinished_ofTheTable_learnsWhatTheHostSays() {
    List<String> told = new ArrayList<>();
    reopen(table -> table.withSetFinished((_, error) -> told.add("" + error)).finishedByHost());
    DeviceStream stream = device().newStream();
    stream.record().setFinished();
    stream.record().setFinished("broken");
    assertThat(told).containsExactly("null", "broken");
  }

  @Test
  @Covers({"C8", "C9"})
  void setCallback_ofTheTable_isAskedOnceForWhatSomebodyWaitsFor() throws Exception {
    List<Runnable> actions = Collections.synchronizedList(new ArrayList<>());
    reopen(table -> table.withSetCallback((_, action) -> actions.add(action)));
    DeviceStream stream = device().newStream();
    DeviceEvent event = stream.record();
    assertThat(actions).isEmpty();
    List<DeviceEventStatus> told = Collections.synchronizedList(new ArrayList<>());
    event.setCallback(told::add);
    event.setCallback(told::add);
    assertThat(actions).hasSize(1);
    rod(stream).push();
    actions.getFirst().run();
    actions.getFirst().run(); // drivers may call twice
    Patience.until("both were told", () -> told.equals(List.of(SUCCESS, SUCCESS)));
  }

  @Test
  @Covers("C8")
  void setCallback_thatTheDriverLoses_hangsNobody() throws Exception {
    reopen(table -> table.withSetCallback((_, _) -> {}));
    DeviceStream stream = device().newStream();
    DeviceEvent event = stream.record();
    Event bridged = event.asEvent();
    rod(stream).push();
    assertThat(bridged.await(Patience.LONG)).isTrue();
  }

  @Test
  @Covers({"C3", "C9"})
  void reset_ofTheTable_letsEventsBeUsedAgain() throws Exception {
    reopen(table ->
        table
            .withReset(event -> abacus.reset((Bead) event))
            .withRelease(event -> abacus.release((Bead) event)));
    DeviceStream stream = device().newStream();
    DeviceEvent event = device().newEvent();
    for (int i = 0; i < 100; i++) {
      stream.record(event);
      rod(stream).push();
      assertThat(event.query()).isEqualTo(SUCCESS);
      event.reset();
    }
    assertThat(devices.stats().created()).isEqualTo(1);
    assertThat(devices.stats().recorded()).isEqualTo(100);
    devices.close();
    assertThat(abacus.open).hasValue(0);
  }

  @Test
  @Covers("C3")
  void reset_beforeTheEnd_givesTheDriversEventBackAllTheSame() throws Exception {
    reopen(table -> table.withReset(event -> abacus.reset((Bead) event)));
    DeviceStream stream = device().newStream();
    DeviceEvent event = device().newEvent();
    stream.record(event);
    event.reset();
    rod(stream).push();
    Patience.until("it is back", () -> devices.stats().watched() == 0);
    stream.record(event);
    assertThat(devices.stats().created()).isEqualTo(1);
    assertThat(devices.stats().succeeded()).isEqualTo(1);
  }

  @Test
  void watchingThread_afterAStreamWasLost_rests() throws Exception {
    DeviceStream stream = device().newStream();
    DeviceEvent event = stream.record();
    event.setCallback(_ -> {});
    assertThat(stream.close(Duration.ZERO)).isFalse();
    assertThat(event.finish()).isEqualTo(FAILED);
    Patience.until(
        "it waits for something to watch",
        () ->
            Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("carillon-devices"))
                .anyMatch(thread -> thread.getState() == Thread.State.WAITING));
  }

  @Test
  @Covers({"C3", "C9"})
  void release_ofTheTable_isCalledOnceForEachThatIsNotUsedAgain() {
    reopen(table -> table.withRelease(event -> abacus.release((Bead) event)));
    DeviceStream stream = device().newStream();
    for (int i = 0; i < 10; i++) {
      DeviceEvent event = stream.record();
      rod(stream).push();
      assertThat(event.query()).isEqualTo(SUCCESS);
      assertThat(event.query()).isEqualTo(SUCCESS);
    }
    assertThat(abacus.open).hasValue(0);
    assertThat(devices.stats().created()).isEqualTo(10);
  }

  @Test
  @Covers({"C4", "C9"})
  void waits_ofTheTable_areByPairsOfKinds() throws Exception {
    List<Object> waited = new ArrayList<>();
    var isAble = new AtomicBoolean(true);
    reopen(table ->
        table
            .withGate(_ -> _ -> {})
            .withWait(
                DeviceKind.CPU,
                (_, event) -> {
                  waited.add(event);
                  return isAble.get();
                }));
    Event gate = events.newEvent();
    DeviceStream stream = device().newStream();
    DeviceStream cpu = devices.cpu().newStream();
    cpu.waitFor(gate);
    DeviceEvent pending = cpu.record();
    assertThat(stream.waitFor(pending)).isEqualTo(WaitPath.NATIVE);
    assertThat(waited).singleElement().isInstanceOf(CpuMarker.class);
    isAble.set(false);
    assertThat(stream.waitFor(pending)).isEqualTo(WaitPath.GATE);
    assertThat(stream.waitFor(device().newStream().record())).isEqualTo(WaitPath.GATE);
    assertThat(devices.path(Abacus.KIND, DeviceKind.CPU)).isEqualTo(WaitPath.NATIVE);
    assertThat(devices.path(Abacus.KIND, Abacus.KIND)).isEqualTo(WaitPath.GATE);
    assertThat(devices.path(DeviceKind.CPU, Abacus.KIND)).isEqualTo(WaitPath.GATE);
    assertThat(devices.explain()).contains("streams of abacus wait for events of cpu: NATIVE");
    assertThat(devices.stats().nativeWaits()).isEqualTo(1);
    assertThat(devices.stats().gateWaits()).isEqualTo(3);
    gate.trigger();
  }

  @Test
  @Covers("C4")
  void wait_withoutGates_blocksTheCallerUntilTheEventHasFinished() throws Exception {
    DeviceStream stream = device().newStream();
    Event host = events.newEvent("host");
    assertThat(devices.path(Abacus.KIND, DeviceKind.CPU)).isEqualTo(WaitPath.BLOCKING);
    try (var workers = new Workers()) {
      Thread caller =
          workers.start(() -> assertThat(stream.waitFor(host)).isEqualTo(WaitPath.BLOCKING));
      Patience.until("it waits", () -> caller.getState() == Thread.State.WAITING);
      host.trigger();
    }
    assertThat(devices.stats().blockingWaits()).isEqualTo(1);
  }

  @Test
  @Covers("C4")
  void wait_thatIsInterruptedWhileItBlocks_saysSoAndKeepsTheInterrupt() throws Exception {
    DeviceStream stream = device().newStream();
    try (var workers = new Workers()) {
      Thread caller =
          workers.start(() -> {
            assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> stream.waitFor(events.newEvent("never")))
                .withMessageContaining("interrupted");
            assertThat(Thread.interrupted()).isTrue();
          });
      Patience.until("it waits", () -> caller.getState() == Thread.State.WAITING);
      caller.interrupt();
    }
  }

  @Test
  @Covers("C6")
  void setFinished_whereADriverFinishes_isOnlyForWhatIsNotRecorded() {
    DeviceStream stream = device().newStream();
    DeviceEvent event = device().newEvent();
    stream.record(event);
    assertThatExceptionOfType(DeviceMisuseException.class)
        .isThrownBy(event::setFinished)
        .withMessageContaining("only before it is recorded")
        .withMessageContaining("SCHEDULED");
    DeviceEvent early = device().newEvent();
    early.setFinished("refused");
    assertThat(early.errorMessage()).isEqualTo("refused");
    assertThatExceptionOfType(DeviceMisuseException.class)
        .isThrownBy(() -> early.setFinished("again"));
    rod(stream).push();
    assertThat(event.query()).isEqualTo(SUCCESS);
  }

  @Test
  @Covers("C1")
  void record_whereADriverFinishes_isOnlyFromInitializedAndOnAStream() {
    DeviceStream stream = device().newStream();
    DeviceEvent event = device().newEvent();
    event.setFinished();
    assertThatExceptionOfType(DeviceMisuseException.class)
        .isThrownBy(() -> stream.record(event))
        .withMessageContaining("SUCCESS");
    event.reset();
    assertThatExceptionOfType(DeviceMisuseException.class)
        .isThrownBy(event::record)
        .withMessageContaining("recorded on a stream");
    assertThatExceptionOfType(DeviceMisuseException.class)
        .isThrownBy(() -> devices.cpu().newStream().record(event))
        .withMessageContaining("its own device");
  }

  @Test
  void record_thatTheDriverRefuses_failsTheEventWithItsText() {
    reopen(table ->
        table.withRecord((_, _) -> {
          throw new DeviceException("rod is stuck: code=700");
        }));
    DeviceEvent event = device().newEvent();
    assertThatExceptionOfType(DeviceException.class)
        .isThrownBy(() -> device().newStream().record(event))
        .withMessageContaining("700");
    assertThat(event.query()).isEqualTo(FAILED);
    assertThat(event.errorMessage()).contains("rod is stuck");
  }

  @Test
  void query_thatTheDriverRefuses_failsTheEventWithItsText() throws Exception {
    reopen(table ->
        table.withQuery(_ -> {
          throw new DeviceException("context is lost: code=709");
        }));
    DeviceEvent event = device().newStream().record();
    assertThat(event.finish()).isEqualTo(FAILED);
    assertThat(event.errorMessage()).contains("709");
  }

  @Test
  void renew_failsWhatWasUnderWayAndEndsItsStreams() throws Exception {
    DeviceStream stream = device().newStream();
    DeviceEvent event = stream.record();
    List<DeviceEventStatus> told = Collections.synchronizedList(new ArrayList<>());
    event.setCallback(told::add);
    device().renew();
    assertThat(event.finish()).isEqualTo(FAILED);
    assertThat(event.errorMessage()).contains("made new");
    assertThatExceptionOfType(DeviceException.class).isThrownBy(stream::record);
    DeviceStream next = device().newStream();
    DeviceEvent well = next.record();
    rod(next).push();
    assertThat(well.finish()).isEqualTo(SUCCESS);
    assertThat(abacus.calls).contains("closeStream", "renew");
    Patience.until("the callback was told", () -> told.equals(List.of(FAILED)));
  }

  @Test
  void callback_thatWaitsForADevice_isToldThatItMustNot() throws Exception {
    DeviceStream stream = device().newStream();
    DeviceEvent event = stream.record();
    DeviceEvent later = stream.record();
    var thrown = new ArrayList<Throwable>();
    var isDone = new CountDownLatch(1);
    event.setCallback(_ -> {
      for (Patient wait : List.<Patient>of(later::finish, stream::close, devices::close)) {
        try {
          wait.run();
        } catch (DeviceMisuseException e) {
          thrown.add(e);
        }
      }
      isDone.countDown();
    });
    rod(stream).push();
    Patience.await(isDone);
    assertThat(thrown).hasSize(3);
    rod(stream).push();
  }

  private interface Patient {
    void run() throws Exception;
  }

  @Test
  void providers_ofKindsThatAreNotHere_sayWhatIsMissing() {
    assertThatExceptionOfType(DeviceUnavailableException.class)
        .isThrownBy(() -> devices.device(DeviceKind.CUDA, 0))
        .withMessageContaining("no provider of devices of kind \"cuda\"");
    assertThatExceptionOfType(DeviceUnavailableException.class)
        .isThrownBy(() -> devices.device(Abacus.KIND, 1))
        .withMessageContaining("abacus:1");
    assertThat(devices.devices(DeviceKind.CUDA)).isEmpty();
    assertThat(devices.support())
        .extracting(DeviceSupport::kind)
        .containsExactly(Abacus.KIND, DeviceKind.CPU);
  }

  @Test
  void provider_ofAKindThatWasGiven_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Devices.open(events, c -> with(c).withProvider(new Abacus())))
        .withMessageContaining("abacus");
  }
}
