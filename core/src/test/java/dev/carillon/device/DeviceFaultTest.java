package dev.carillon.device;

import static dev.carillon.device.DeviceEventStatus.FAILED;
import static dev.carillon.device.DeviceEventStatus.SUCCESS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.build.Workers;
import dev.carillon.device.Abacus.Bead;
import dev.carillon.device.Abacus.Rod;
import dev.carillon.event.Event;
import dev.carillon.spi.DeviceException;
import dev.carillon.spi.DeviceFunctions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Drivers that throw, callbacks that throw, event systems that end first, and long chains. */
final class DeviceFaultTest extends OnAbacus {
  private static Set<Thread> watchers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("carillon-devices"))
        .collect(Collectors.toSet());
  }

  // ── the watcher ──

  @Test
  void renew_whenNothingIsLeftToWatch_letsTheWatcherPark() throws Exception {
    Set<Thread> others = watchers();
    DeviceStream stream = device().newStream();
    DeviceEvent event = stream.record();
    event.setCallback(_ -> {});
    Set<Thread> own = watchers();
    own.removeAll(others);
    device().renew();
    assertThat(event.finish()).isEqualTo(FAILED);
    assertThat(own).isNotEmpty();
    Patience.until(
        "it waits without a deadline",
        () -> own.stream().allMatch(thread -> thread.getState() == Thread.State.WAITING));
  }

  @Test
  @Covers("C2")
  void recordings_atOnceOnOneStream_areFoundInTheDriversOrder() throws Exception {
    var isIn = new CountDownLatch(1);
    var mayGo = new CountDownLatch(1);
    var calls = new AtomicInteger();
    reopen(table ->
        table.withRecord((event, stream) -> {
          table.record().record(event, stream);
          if (calls.incrementAndGet() == 1) {
            isIn.countDown();
            awaitQuietly(mayGo);
          }
        }));
    DeviceStream stream = device().newStream();
    DeviceEvent first = device().newEvent("first");
    DeviceEvent second = device().newEvent("second");
    try (var workers = new Workers()) {
      workers.start(() -> stream.record(first));
      Patience.await(isIn);
      stream.record(second); // after it in the driver, and done before it here
      second.setCallback(_ -> {});
      mayGo.countDown();
    }
    Event bridged = first.asEvent();
    rod(stream).push();
    assertThat(bridged.await(Patience.LONG)).isTrue();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      Patience.await(latch);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  @Covers("C8")
  void setCallback_thatIsLostWhereTheHostFinishes_hangsNobody() throws Exception {
    reopen(table -> table.withSetCallback((_, _) -> {}).finishedByHost());
    DeviceStream stream = device().newStream();
    Event bridged = stream.record().asEvent();
    rod(stream).push();
    assertThat(bridged.await(Patience.LONG)).isTrue();
  }

  @Test
  void watch_afterTheWatcherHasEnded_failsWhatIsWaitedFor() {
    DeviceStream stream = device().newStream();
    LocalDeviceEvent event = (LocalDeviceEvent) stream.record();
    var watcher = new Watcher("closed");
    watcher.close();
    watcher.watch(event.now());
    assertThat(event.errorMessage()).contains("its devices were closed");
  }

  // ── the event system ends first ──

  @Test
  void close_afterTheEventSystem_givesTheDriversStreamUp() {
    DeviceStream stream = device().newStream();
    DeviceEvent event = stream.record();
    events.close();
    assertThat(stream.close(Duration.ZERO)).isFalse();
    assertThat(abacus.calls).contains("closeStream");
    assertThat(event.query()).isEqualTo(FAILED);
  }

  @Test
  @Covers("C4")
  void shutdown_whileAStreamWaitsByAGate_failsWhatIsBehind() {
    reopen(table -> table.withGate(_ -> _ -> {}));
    DeviceStream stream = device().newStream();
    assertThat(stream.waitFor(devices.cpu().newEvent("never"))).isEqualTo(WaitPath.GATE);
    DeviceEvent behind = stream.record();
    events.shutdown("over");
    rod(stream).push();
    assertThat(behind.query()).isEqualTo(FAILED);
    assertThat(behind.errorMessage()).contains("nobody can wait any longer", "\"never\"");
  }

  @Test
  @Covers("C4")
  void shutdown_whileACallerIsBlocked_isThrown() throws Exception {
    DeviceStream stream = device().newStream();
    try (var workers = new Workers()) {
      Thread caller =
          workers.start(() ->
              assertThatExceptionOfType(DeviceException.class)
                  .isThrownBy(() -> stream.waitFor(devices.cpu().newEvent("never")))
                  .withMessageContaining("nobody can wait any longer"));
      Patience.until("it waits", () -> caller.getState() == Thread.State.WAITING);
      events.shutdown("over");
    }
    DeviceEvent next = stream.record();
    rod(stream).push();
    assertThat(next.query()).isEqualTo(SUCCESS); // the stream does not wait
  }

  // ── callbacks ──

  @Test
  @Covers("C8")
  void callback_thatWouldBlockTheWatcher_isToldThatItMustNot() throws Exception {
    reopen(table -> table.withFinish(_ -> new CountDownLatch(1).await()));
    DeviceStream stream = device().newStream();
    DeviceStream other = device().newStream();
    DeviceEvent event = stream.record();
    DeviceEvent later = stream.record();
    List<Throwable> thrown = Collections.synchronizedList(new ArrayList<>());
    var isDone = new CountDownLatch(1);
    event.setCallback(_ -> {
      for (Patient wait :
          List.<Patient>of(later::finish, later::await, () -> other.waitFor(later))) {
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
  }

  private interface Patient {
    void run() throws Exception;
  }

  @Test
  @Covers({"C8", "C10"})
  void callback_thatThrowsAnErrorOnTheCpu_stopsNeitherTheStreamNorThoseThatWait() throws Exception {
    DeviceStream stream = devices.cpu().newStream();
    DeviceStream other = devices.cpu().newStream();
    Event gate = events.newEvent();
    stream.waitFor(gate);
    DeviceEvent event = stream.record();
    event.setCallback(_ -> {
      throw new AssertionError("thrown by a callback, to end its thread");
    });
    other.waitFor(event);
    gate.trigger();
    assertThat(other.record().finish(Patience.LONG)).isEqualTo(SUCCESS);
    assertThat(stream.record().finish(Patience.LONG)).isEqualTo(SUCCESS);
    assertThat(devices.stats().callbackFailures()).isEqualTo(1);
  }

  @Test
  @Covers("C8")
  void callback_thatClosesWhatIsBeingClosed_waitsForNobody() {
    reopen(table -> table.withRelease(_ -> {}));
    DeviceStream other = device().newStream();
    other
        .record()
        .setCallback(_ -> {
          other.close(Patience.LONG);
          devices.close();
        });
    devices.close();
    assertThat(abacus.calls).endsWith("close");
  }

  // ── drivers that throw ──

  @Test
  @Covers("C2")
  void time_thatThrows_leavesTheEventWellAndWithoutTime() {
    reopen(table ->
        table.withTime(_ -> {
          throw new DeviceException("no clock: code=7");
        }));
    DeviceStream stream = device().newStream();
    DeviceEvent event = device().newTimedEvent("timed");
    stream.record(event);
    rod(stream).push();
    assertThat(event.query()).isEqualTo(SUCCESS);
    assertThat(event.nanos()).isEmpty();
  }

  @Test
  @Covers("C7")
  void errorMessage_thatThrows_isTheFailure() {
    var thrown = new IllegalStateException("no words: code=8");
    reopen(table ->
        table.withErrorMessage(_ -> {
          throw thrown;
        }));
    DeviceStream stream = device().newStream();
    DeviceEvent event = stream.record();
    rod(stream).crack();
    rod(stream).push();
    assertThat(event.query()).isEqualTo(FAILED);
    assertThat(event.failure()).containsSame(thrown);
  }

  @Test
  @Covers("C3")
  void reset_thatThrows_releasesTheEventAndIsNotForWhoAsks() {
    reopen(table ->
        table
            .withReset(_ -> {
              throw new DeviceException("no reset: code=9");
            })
            .withRelease(event -> {
              abacus.release((Bead) event);
              throw new DeviceException("no release: code=10");
            }));
    DeviceStream stream = device().newStream();
    DeviceEvent event = stream.record();
    rod(stream).push();
    assertThat(event.query()).isEqualTo(SUCCESS);
    assertThat(abacus.open).hasValue(0);
  }

  @Test
  @Covers("C6")
  void setFinished_thatThrows_isNotForTheHostAndReleasesTheEvent() {
    reopen(table ->
        table
            .withSetFinished((_, _) -> {
              throw new DeviceException("no ears: code=11");
            })
            .withRelease(event -> abacus.release((Bead) event))
            .finishedByHost());
    DeviceEvent event = device().newStream().record();
    event.setFinished();
    assertThat(event.query()).isEqualTo(SUCCESS);
    assertThat(abacus.open).hasValue(0);
  }

  @Test
  @Covers("C5")
  void finish_thatThrows_isReportedAsTheFailure() throws Exception {
    reopen(table ->
        table.withFinish(_ -> {
          throw new DeviceException("context is lost: code=709");
        }));
    DeviceEvent event = device().newStream().record();
    assertThat(event.finish()).isEqualTo(FAILED);
    assertThat(event.errorMessage()).contains("709");
  }

  @Test
  @Covers("C4")
  void waits_thatThrow_leaveTheStreamAsItWas() {
    reopen(table ->
        table.withWait(
            Abacus.KIND,
            (_, _) -> {
              throw new DeviceException("no wait: code=12");
            }));
    DeviceStream stream = device().newStream();
    DeviceStream other = device().newStream();
    DeviceEvent event = stream.record();
    assertThatExceptionOfType(DeviceException.class)
        .isThrownBy(() -> other.waitFor(event))
        .withMessageContaining("code=12");
    rod(stream).crack();
    rod(stream).push();
    assertThat(event.query()).isEqualTo(FAILED);
    assertThat(other.failure()).isEmpty();
  }

  @Test
  void renew_withStreamsThatTheDriverDoesNotClose_renewsAllTheSame() {
    device().newStream();
    DeviceStream second = device().newStream();
    abacus.isStuck = true;
    device().renew();
    assertThat(abacus.calls).containsExactly("closeStream", "closeStream", "renew");
    assertThatExceptionOfType(DeviceException.class).isThrownBy(second::record);
  }

  @Test
  void close_withStreamsThatTheDriverDoesNotClose_closesTheRestAndSaysSo() {
    device().newStream();
    device().newStream();
    abacus.isStuck = true;
    assertThatExceptionOfType(DeviceException.class)
        .isThrownBy(devices::close)
        .withMessageContaining("stuck")
        .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
    assertThat(abacus.calls).endsWith("close");
  }

  @Test
  void close_whereTheLastRecordingThrows_givesTheDriversStreamUp() {
    reopen(table ->
        table.withRecord((_, _) -> {
          throw new IllegalStateException("broken");
        }));
    abacus.calls.clear();
    DeviceStream stream = device().newStream();
    assertThat(stream.close(Patience.LONG)).isTrue();
    assertThat(abacus.calls).contains("closeStream");
  }

  @Test
  void open_withAChangeThatThrows_closesTheDriver() {
    abacus.calls.clear();
    try (Devices others =
        Devices.open(
            events,
            c ->
                with(c)
                    .withFunctions(
                        Abacus.KIND,
                        _ -> {
                          throw new IllegalStateException("no change");
                        }))) {
      assertThat(abacus.calls).containsExactly("close");
      assertThat(others.support())
          .filteredOn(kind -> kind.kind().equals(Abacus.KIND))
          .extracting(DeviceSupport::missing)
          .containsExactly("no change");
    }
  }

  // ── what is kept ──

  @Test
  @Covers("C3")
  void events_thatNobodyAsksFor_goBackToTheDriver() {
    reopen(table ->
        table
            .withReset(event -> abacus.reset((Bead) event))
            .withRelease(event -> abacus.release((Bead) event)));
    DeviceStream stream = device().newStream();
    DeviceEvent last = stream.record();
    for (int i = 0; i < 10_000; i++) {
      rod(stream).push();
      last = stream.record();
    }
    rod(stream).push();
    assertThat(abacus.open.get()).isLessThan(200);
    devices.close();
    assertThat(abacus.open).hasValue(0);
    assertThat(last.query()).isEqualTo(SUCCESS); // it was asked for while there was a driver
  }

  @Test
  @Covers("C4")
  void waits_forManyThatArePending_askTheDriverAFewTimesForEach() {
    var queries = new AtomicInteger();
    reopen(table -> table.withWait(Abacus.KIND, (_, _) -> true).withQuery(counted(table, queries)));
    DeviceStream other = device().newStream();
    int waits = 2_000;
    for (int i = 0; i < waits; i++) {
      assertThat(other.waitFor(device().newStream().record())).isEqualTo(WaitPath.NATIVE);
      other.record();
    }
    assertThat(queries.get()).isBetween(waits, 8 * waits);
  }

  @Test
  @Covers("C4")
  void waits_forManyOfOneOrderedStream_askForTheFirstThatIsPending() {
    var queries = new AtomicInteger();
    reopen(table -> table.withWait(Abacus.KIND, (_, _) -> true).withQuery(counted(table, queries)));
    DeviceStream stream = device().newStream();
    DeviceStream other = device().newStream();
    int waits = 2_000;
    for (int i = 0; i < waits; i++) {
      assertThat(other.waitFor(stream.record())).isEqualTo(WaitPath.NATIVE);
      other.record();
    }
    assertThat(queries.get()).isLessThan(100);
  }

  private static DeviceFunctions.QueryFunction<Object> counted(
      DeviceFunctions<Object, Object> table, AtomicInteger queries) {
    return event -> {
      queries.incrementAndGet();
      return table.query().query(event);
    };
  }

  @Test
  @Covers("C4")
  void chain_ofWaitsThatNobodyAskedFor_isAskedForWithoutDeepCalls() throws Exception {
    reopen(table -> table.withWait(Abacus.KIND, (_, _) -> true));
    DeviceEvent last = device().newEvent("first");
    DeviceStream first = device().newStream();
    first.record(last);
    List<Rod> rods = new ArrayList<>();
    for (int i = 0; i < 4_000; i++) {
      DeviceStream next = device().newStream();
      next.waitFor(last);
      last = next.record();
      rods.add(rod(next));
    }
    rod(first).crack();
    rod(first).push();
    rods.forEach(Rod::push);
    DeviceEvent end = last;
    var asking = new Thread(null, end::query, "small stack", 256 << 10);
    asking.start();
    assertThat(asking.join(Patience.LONG)).isTrue();
    assertThat(((LocalDeviceEvent) end).now().known()).isEqualTo(FAILED); // without asking again
    assertThat(end.errorMessage()).contains("\"first\"");
  }

  @Test
  void event_thatIsAskedForWhileItsDevicesClose_isReleasedAllTheSame() throws Exception {
    var isIn = new CountDownLatch(1);
    var mayGo = new CountDownLatch(1);
    var queries = new AtomicInteger();
    reopen(table ->
        table
            .withQuery(event -> {
              if (queries.incrementAndGet() == 1) {
                isIn.countDown();
                awaitQuietly(mayGo);
              }
              return table.query().query(event);
            })
            .withRelease(event -> abacus.release((Bead) event))
            .withReset(event -> abacus.reset((Bead) event)));
    DeviceStream stream = device().newStream();
    DeviceEvent event = stream.record();
    rod(stream).push();
    try (var workers = new Workers()) {
      workers.start(event::query);
      Patience.await(isIn);
      devices.close();
      assertThat(abacus.open).hasValue(1);
      mayGo.countDown();
    }
    assertThat(abacus.open).hasValue(0);
  }

  // ── counters ──

  @Test
  void stats_countEachThing() throws Exception {
    reopen(table -> table.withWait(Abacus.KIND, (_, _) -> true));
    DeviceStream stream = device().newStream();
    DeviceStream other = device().newStream();
    DeviceStream cpu = devices.cpu().newStream();
    Event gate = events.newEvent();

    DeviceEvent pending = stream.record();
    other.waitFor(pending); // native
    cpu.waitFor(gate); // by a gate
    gate.trigger();
    Event poisoned = events.newEvent();
    poisoned.poison("split");
    stream.waitFor(poisoned); // it blocks nobody, but by that path
    device().newEvent().setFinished(); // never recorded
    device().newEvent().setFinished("split");
    DeviceEvent twice = devices.cpu().newEvent();
    twice.setFinished("split");
    twice.setFinished();
    pending.setCallback(_ -> {
      throw new IllegalStateException("thrown by a callback");
    });
    assertThat(devices.stats()).isEqualTo(new DeviceStats(1, 0, 2, 1, 1, 1, 0, 1, 1, 1));
    rod(stream).push();
    Patience.until(
        "the callback has run, and nothing is watched",
        () -> devices.stats().equals(new DeviceStats(1, 1, 2, 1, 1, 1, 1, 1, 0, 1)));
  }
}
