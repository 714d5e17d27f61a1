package dev.carillon.device;

import static dev.carillon.device.DeviceEventStatus.FAILED;
import static dev.carillon.device.DeviceEventStatus.INITIALIZED;
import static dev.carillon.device.DeviceEventStatus.SCHEDULED;
import static dev.carillon.device.DeviceEventStatus.SUCCESS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.build.Workers;
import dev.carillon.event.Event;
import dev.carillon.event.EventStatus;
import dev.carillon.event.EventSystem;
import dev.carillon.event.PoisonedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The rules of caffe2's CPU event, each by its name. */
final class CpuEventTest {
  private final EventSystem events = EventSystem.create();
  private final Devices devices = Devices.open(events, c -> c.withoutDiscovery());
  private final Device cpu = devices.cpu();
  private final DeviceStream stream = cpu.newStream();
  private final DeviceEvent event = cpu.newEvent("ready");

  @AfterEach
  void close() {
    devices.close();
    events.close();
  }

  // caffe2: event_test.cc, EventBasics
  @Test
  @Covers({"C1", "C2", "C3", "C5", "C10"})
  void event_recordedFinishedAndReset_goesThroughItsStatesAgain() throws Exception {
    assertThat(event.query()).isEqualTo(INITIALIZED);
    event.record();
    assertThat(event.query()).isEqualTo(SCHEDULED);
    event.setFinished();
    assertThat(event.finish()).isEqualTo(SUCCESS);
    event.reset();
    assertThat(event.query()).isEqualTo(INITIALIZED);
    assertThat(event.generation()).isEqualTo(1);
    event.record();
    event.setFinished();
    assertThat(event.query()).isEqualTo(SUCCESS);
  }

  // caffe2: event_test.cc, EventErrors
  @Test
  @Covers({"C6", "C7", "C10"})
  void setFinished_ofOneThatHasSucceeded_isAnErrorAndChangesNothing() {
    event.setFinished();
    assertThatExceptionOfType(DeviceMisuseException.class)
        .isThrownBy(() -> event.setFinished("error"))
        .withMessageContaining("not finished again before it is reset")
        .withMessageContaining("\"ready\"");
    assertThat(event.errorMessage()).isEqualTo("No error");
    assertThat(event.query()).isEqualTo(SUCCESS);
  }

  @Test
  @Covers({"C6", "C7"})
  void setFinished_ofOneThatHasFailed_keepsTheFirstErrorAndIsCounted() {
    event.record();
    event.setFinished("error 1");
    event.setFinished("error 2");
    event.setFinished();
    assertThat(event.errorMessage()).isEqualTo("error 1");
    assertThat(devices.stats().finishedTwice()).isEqualTo(2);
    assertThat(devices.stats().failed()).isEqualTo(1);
  }

  @Test
  @Covers("C6")
  void setFinished_withAThrowable_keepsIt() {
    var cause = new IllegalStateException("boiler");
    event.setFinished(cause);
    assertThat(event.failure()).containsSame(cause);
    assertThat(event.errorMessage()).isEqualTo("boiler");
  }

  @Test
  @Covers("C1")
  void record_ofOneThatIsScheduled_isAnError() {
    event.record();
    assertThatExceptionOfType(DeviceMisuseException.class)
        .isThrownBy(event::record)
        .withMessageContaining("recorded once, and then reset")
        .withMessageContaining("SCHEDULED");
    assertThatExceptionOfType(DeviceMisuseException.class).isThrownBy(() -> stream.record(event));
    assertThat(event.query()).isEqualTo(SCHEDULED);
  }

  @Test
  @Covers("C1")
  void record_ofOneThatHasFinished_isNoOperationAsTheAsynchronousPartWasFirst() {
    event.setFinished();
    event.record();
    stream.record(event);
    assertThat(event.query()).isEqualTo(SUCCESS);
    DeviceEvent failed = cpu.newEvent();
    failed.setFinished("early");
    failed.record();
    failed.recordFailure(new IllegalStateException("late"));
    assertThat(failed.errorMessage()).isEqualTo("early");
  }

  @Test
  @Covers({"C1", "C7"})
  void recordFailure_ofOneThatIsInitialized_failsItAndRunsCallbacks() {
    List<DeviceEventStatus> told = new ArrayList<>();
    event.setCallback(told::add);
    event.recordFailure(new IllegalStateException("no operator"));
    assertThat(event.query()).isEqualTo(FAILED);
    assertThat(event.errorMessage()).isEqualTo("no operator");
    assertThat(told).containsExactly(FAILED);
  }

  @Test
  @Covers("C7")
  void errorMessage_unlessItHasFailed_isNoError() {
    assertThat(event.errorMessage()).isEqualTo(DeviceEvent.NO_ERROR);
    event.record();
    assertThat(event.errorMessage()).isEqualTo(DeviceEvent.NO_ERROR);
    event.setFinished();
    assertThat(event.errorMessage()).isEqualTo(DeviceEvent.NO_ERROR);
    assertThat(event.failure()).isEmpty();
  }

  @Test
  @Covers("C8")
  void callbacks_anyNumber_runInOrderOnceAndAtOnceIfFinished() {
    List<String> ran = new ArrayList<>();
    event.setCallback(status -> ran.add("1 " + status));
    event.record();
    event.setCallback(status -> ran.add("2 " + status));
    assertThat(ran).isEmpty();
    event.setFinished();
    assertThat(ran).containsExactly("1 SUCCESS", "2 SUCCESS");
    event.setCallback(status -> ran.add("3 " + status));
    assertThat(ran).containsExactly("1 SUCCESS", "2 SUCCESS", "3 SUCCESS");
  }

  @Test
  @Covers("C8")
  void callback_thatAddsAnother_hasItRunAfterThoseThatWereThere() {
    List<Integer> ran = new ArrayList<>();
    event.setCallback(_ -> {
      event.setCallback(_ -> ran.add(3));
      ran.add(1);
    });
    event.setCallback(_ -> ran.add(2));
    event.setFinished();
    assertThat(ran).containsExactly(1, 2, 3);
  }

  @Test
  @Covers("C8")
  void callback_thatThrows_isCountedAndStopsNeitherOthersNorWaiters() throws Exception {
    List<Integer> ran = new ArrayList<>();
    try (var log = new CapturedLog("dev.carillon.device")) {
      event.setCallback(_ -> {
        throw new IllegalStateException("as it should");
      });
      event.setCallback(_ -> ran.add(2));
      event.setFinished();
      assertThat(log.messages()).singleElement().asString().contains("\"ready\"");
    }
    assertThat(ran).containsExactly(2);
    assertThat(event.finish()).isEqualTo(SUCCESS);
    assertThat(devices.stats().callbackFailures()).isEqualTo(1);
  }

  @Test
  @Covers("C8")
  void callback_whileItRuns_holdsNoLock() throws Exception {
    var isIn = new CountDownLatch(1);
    var mayGo = new CountDownLatch(1);
    List<Integer> ran = Collections.synchronizedList(new ArrayList<>());
    try (var workers = new Workers()) {
      event.setCallback(_ -> {
        isIn.countDown();
        Patience.await(mayGo);
        ran.add(1);
      });
      workers.start(event::setFinished);
      Patience.await(isIn);
      // each of these would hang if the callback held what they need
      assertThat(event.query()).isEqualTo(SUCCESS);
      assertThat(event.finish()).isEqualTo(SUCCESS);
      event.setCallback(_ -> ran.add(2));
      event.reset();
      event.record();
      assertThat(ran).isEmpty();
      mayGo.countDown();
    }
    assertThat(ran).containsExactly(1, 2);
  }

  @Test
  @Covers("C3")
  void reset_ofOneThatIsScheduled_leavesItsWaitersTheirOutcome() throws Exception {
    List<DeviceEventStatus> told = new ArrayList<>();
    Event gate = events.newEvent();
    stream.waitFor(gate);
    stream.record(event);
    event.setCallback(told::add);
    Event before = event.asEvent();
    event.reset();
    assertThat(event.query()).isEqualTo(INITIALIZED);
    assertThat(event.asEvent()).isNotSameAs(before);
    assertThat(before.status()).isEqualTo(EventStatus.PENDING);
    gate.poison("no data");
    assertThatExceptionOfType(PoisonedException.class)
        .isThrownBy(() -> before.await(Patience.LONG))
        .withMessageContaining("no data");
    Patience.until("the callback was told", () -> told.equals(List.of(FAILED)));
    assertThat(event.query()).isEqualTo(INITIALIZED);
  }

  @Test
  @Covers("C3")
  void reset_ofOneThatIsNotRecorded_leavesItAndItsCallbacks() {
    List<DeviceEventStatus> told = new ArrayList<>();
    event.setCallback(told::add);
    event.reset();
    assertThat(event.generation()).isZero();
    event.setFinished();
    assertThat(told).containsExactly(SUCCESS);
  }

  @Test
  @Covers({"C4", "C5"})
  void finish_beforeItIsRecorded_waitsForThatToo() throws Exception {
    var outcome = new ArrayList<DeviceEventStatus>();
    try (var workers = new Workers()) {
      Thread waiter = workers.start(() -> outcome.add(event.finish()));
      Patience.until("it waits", () -> waiter.getState() == Thread.State.WAITING);
      stream.record(event);
    }
    assertThat(outcome).containsExactly(SUCCESS);
  }

  @Test
  @Covers("C5")
  void finish_forATime_leavesAnEventThatIsPending() throws Exception {
    event.record();
    assertThat(event.finish(Duration.ofMillis(1))).isEqualTo(SCHEDULED);
    event.setFinished("broken");
    assertThat(event.finish(Duration.ZERO)).isEqualTo(FAILED);
  }

  @Test
  @Covers({"C2", "C5"})
  void failure_isReportedByQueryAndFinishAndThrownByAwait() throws Exception {
    event.setFinished("broken");
    assertThat(event.query()).isEqualTo(FAILED);
    assertThat(event.finish()).isEqualTo(FAILED);
    assertThatExceptionOfType(PoisonedException.class)
        .isThrownBy(event::await)
        .withMessageContaining("broken");
  }

  @Test
  void asEvent_whateverUsersDoWithIt_doesNotFinishTheDeviceEvent() throws Exception {
    event.record();
    event.asEvent().trigger();
    assertThat(event.query()).isEqualTo(SCHEDULED);
    assertThat(event.finish(Duration.ofMillis(1))).isEqualTo(SCHEDULED);
    event.setFinished();
    assertThat(event.query()).isEqualTo(SUCCESS);
  }

  @Test
  void asEvent_mergedWithOthers_completesAfterAll() throws Exception {
    DeviceEvent other = cpu.newEvent();
    Event host = events.newEvent();
    Event all = events.merge(event.asEvent(), other.asEvent(), host);
    event.setFinished();
    host.trigger();
    assertThat(all.status()).isEqualTo(EventStatus.PENDING);
    stream.record(other);
    all.await();
  }

  @Test
  void canSchedule_isAsInCaffe2() {
    DeviceEvent child = cpu.newEvent();
    assertThat(DeviceEvent.canSchedule(event, child, true)).isFalse();
    event.record();
    assertThat(DeviceEvent.canSchedule(event, child, true)).isTrue();
    assertThat(DeviceEvent.canSchedule(event, child, false)).isFalse();
    event.setFinished();
    assertThat(DeviceEvent.canSchedule(event, child, false)).isTrue();
    event.reset();
    event.setFinished("broken");
    assertThat(DeviceEvent.canSchedule(event, child, true)).isFalse();
  }

  @Test
  void interrupt_ofAWaitingThread_endsItsWaitOnly() throws Exception {
    event.record();
    try (var workers = new Workers()) {
      Thread waiter =
          workers.start(() ->
              assertThatExceptionOfType(InterruptedException.class).isThrownBy(event::finish));
      Patience.until("it waits", () -> waiter.getState() == Thread.State.WAITING);
      waiter.interrupt();
    }
    assertThat(event.query()).isEqualTo(SCHEDULED);
  }
}
