package dev.carillon.testkit;

import static dev.carillon.device.DeviceEventStatus.FAILED;
import static dev.carillon.device.DeviceEventStatus.SCHEDULED;
import static dev.carillon.device.DeviceEventStatus.SUCCESS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.device.CpuStream;
import dev.carillon.device.Device;
import dev.carillon.device.DeviceEvent;
import dev.carillon.device.DeviceStats;
import dev.carillon.device.DeviceStream;
import dev.carillon.device.WaitPath;
import dev.carillon.event.Event;
import dev.carillon.testkit.DeviceTrial.OnDevices;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Checks of streams that wait, and of failures on their way along the waits. */
final class DeviceWaitChecks {
  private static final int ROUNDS = 50;

  private DeviceWaitChecks() {}

  static List<OnDevices> all() {
    return List.of(
        new OnDevices("waitFor_ofAllPairs_isBehindWhatIsPending", DeviceWaitChecks::pairs),
        new OnDevices("waitFor_beforeTheRecord_waitsForThatToo", DeviceWaitChecks::early),
        new OnDevices("waitFor_withoutGates_blocksTheCaller", DeviceWaitChecks::blocking),
        new OnDevices("waitFor_completionEvents_andTheyForIt", DeviceWaitChecks::completions),
        new OnDevices("work_behindAWait_isAfterWhatItWaitsFor", DeviceWaitChecks::work),
        new OnDevices("work_inTurnsWithTheCpu_seesWhatThatDid", DeviceWaitChecks::turns),
        new OnDevices("failure_reachesWhatDependsOnIt_andNothingElse", DeviceWaitChecks::poison),
        new OnDevices("failure_whilePending_reachesWhatWaits", DeviceWaitChecks::latePoison),
        new OnDevices("recover_beforeAWaitFails_forgivesIt", DeviceWaitChecks::earlyRecovery),
        new OnDevices("failure_ofItsOwnWork_isTheStreams", DeviceWaitChecks::ownFailure),
        new OnDevices("explain_namesWhatIsWaitedFor", DeviceWaitChecks::explanations));
  }

  /** {@return all that makes streams: ordered and unordered, of each device and of the CPU} */
  private static List<Supplier<DeviceStream>> kindsOfStreams(DeviceTrial t) {
    List<Supplier<DeviceStream>> all = new ArrayList<>();
    all.add(t.device::newStream);
    all.add(() -> t.device.newStream(o -> o.withoutOrder()));
    for (Device device : t.devices.devices()) {
      if (!device.equals(t.device)) {
        all.add(device::newStream);
      }
    }
    if (all.size() == 2) {
      all.add(t.device::newStream);
    }
    return all;
  }

  private static WaitPath path(DeviceTrial t, DeviceStream waiter, Device device) {
    return t.devices.path(waiter.device().kind(), device.kind());
  }

  private static long waits(DeviceStats stats) {
    return stats.nativeWaits() + stats.gateWaits() + stats.blockingWaits();
  }

  /**
   * Broken by a driver that does not have the one stream wait, that says so of a pair for which it
   * cannot, or that orders work but not the events behind it.
   */
  private static void pairs(DeviceTrial t) throws Exception {
    for (Supplier<DeviceStream> from : kindsOfStreams(t)) {
      for (Supplier<DeviceStream> to : kindsOfStreams(t)) {
        DeviceStream producer = from.get();
        DeviceStream consumer = to.get();
        WaitPath best = path(t, consumer, producer.device());
        if (best == WaitPath.BLOCKING) {
          continue; // has a check of its own
        }
        long before = waits(t.devices.stats());
        Event open = t.hold(producer);
        long held = waits(t.devices.stats()) - before;
        DeviceEvent first = producer.record();
        WaitPath path = consumer.waitFor(first);
        if (producer.device().equals(consumer.device())) {
          assertThat(path).isEqualTo(best);
        } else {
          assertThat(path).isBetween(best, WaitPath.GATE); // two platforms may share nothing
        }
        DeviceEvent second = consumer.record();
        assertThat(first.query()).isEqualTo(SCHEDULED);
        assertThat(second.query()).isEqualTo(SCHEDULED);
        open.trigger();
        t.endsWell(second);
        assertThat(first.query()).isEqualTo(SUCCESS);
        assertThat(consumer.waitFor(first)).isEqualTo(WaitPath.NONE);
        assertThat(waits(t.devices.stats()) - before).isEqualTo(held + 1);
        producer.close();
        consumer.close();
      }
    }
    DeviceStream own = t.newStream();
    Event open = t.hold(own);
    assertThat(own.waitFor(own.record())).isEqualTo(WaitPath.NONE); // it is in order
    DeviceEvent behind = own.record();
    assertThat(behind.query()).isEqualTo(SCHEDULED);
    open.trigger();
    t.endsWell(behind);
  }

  /** Broken by gates that open before the event has finished, or that are not in their place. */
  private static void early(DeviceTrial t) throws Exception {
    for (Supplier<DeviceStream> from : kindsOfStreams(t)) {
      for (Supplier<DeviceStream> to : kindsOfStreams(t)) {
        DeviceStream producer = from.get();
        DeviceStream consumer = to.get();
        if (consumer.device().kind().equals(t.contract.kind()) && !t.contract.hasGates()) {
          continue;
        }
        DeviceEvent event = producer.device().newEvent("early");
        DeviceEvent free = consumer.record();
        assertThat(consumer.waitFor(event)).isEqualTo(WaitPath.GATE);
        DeviceEvent behind = consumer.record();
        t.endsWell(free);
        Event open = t.hold(producer);
        producer.record(event);
        assertThat(behind.query()).isEqualTo(SCHEDULED);
        open.trigger();
        t.endsWell(behind);
        assertThat(event.query()).isEqualTo(SUCCESS);
        producer.close();
        consumer.close();
      }
    }
  }

  /** Broken by a table that has gates its driver cannot do. */
  private static void blocking(DeviceTrial t) throws Exception {
    DeviceEvent event = t.devices.cpu().newEvent();
    DeviceStream stream = t.newStream();
    assertThat(path(t, stream, t.devices.cpu()) == WaitPath.BLOCKING)
        .isEqualTo(!t.contract.hasGates());
    if (t.contract.hasGates()) {
      return;
    }
    var path = t.start(() -> stream.waitFor(event));
    t.untilItWaits(path);
    event.setFinished();
    assertThat(t.result(path)).isEqualTo(WaitPath.BLOCKING);
    t.endsWell(stream.record());
    assertThat(t.devices.stats().blockingWaits()).isEqualTo(1);
  }

  /** Broken by gates that are open from the start, or that are not opened by a poison. */
  private static void completions(DeviceTrial t) throws Exception {
    DeviceStream stream = t.newStream();
    Event triggered = t.events.newEvent();
    triggered.trigger();
    assertThat(stream.waitFor(triggered)).isEqualTo(WaitPath.NONE);
    if (!t.contract.hasGates()) {
      return;
    }
    for (Supplier<DeviceStream> to : kindsOfStreams(t)) {
      DeviceStream waiter = to.get();
      Event event = t.events.newEvent();
      assertThat(waiter.waitFor(event)).isEqualTo(WaitPath.GATE);
      DeviceEvent behind = waiter.record();
      Event bridged = behind.asEvent();
      stream.waitFor(bridged);
      DeviceEvent last = stream.record();
      assertThat(behind.query()).isEqualTo(SCHEDULED);
      assertThat(last.query()).isEqualTo(SCHEDULED);
      event.trigger();
      t.endsWell(last);
      assertThat(behind.query()).isEqualTo(SUCCESS);
      Event bad = t.events.newEvent();
      waiter.waitFor(bad);
      DeviceEvent broken = waiter.record();
      bad.poison("boiler");
      t.fails(broken, "boiler");
      waiter.close();
      DeviceStream late = to.get();
      late.waitFor(bad);
      t.fails(late.record(), "boiler");
    }
  }

  /** Broken by waits that order events only: what waits would write before what it waits for. */
  private static void work(DeviceTrial t) throws Exception {
    DeviceContract.Cell cell = t.newCell();
    DeviceStream first = t.newStream();
    DeviceStream second = t.newStream();
    for (int i = 1; i <= ROUNDS; i++) {
      Event open = t.hold(first);
      cell.set(first, 2 * i - 1);
      second.waitFor(first.record());
      cell.set(second, 2 * i);
      if (!t.contract.isDoneAtOnce()) {
        assertThat(cell.value()).isEqualTo(2 * i - 2);
      }
      open.trigger();
      DeviceEvent behind = second.record();
      t.endsWell(behind);
      assertThat(cell.value()).isEqualTo(2 * i);
      first.waitFor(behind);
    }
  }

  /** Broken by events that tell of the end of work before its results can be seen. */
  private static void turns(DeviceTrial t) throws Exception {
    if (!t.contract.hasGates()) {
      return; // the thread that is to give the work would wait
    }
    DeviceContract.Cell cell = t.newCell();
    DeviceStream stream = t.newStream();
    DeviceStream cpu = t.newCpuStream();
    List<Integer> seen = new ArrayList<>(); // by the stream of the CPU, one after another
    for (int i = 1; i <= ROUNDS; i++) {
      cell.set(stream, i);
      cpu.waitFor(stream.record());
      cpu.as(CpuStream.class).run(() -> seen.add(cell.value()));
      stream.waitFor(cpu.record());
    }
    t.endsWell(stream.record());
    assertThat(seen).hasSize(ROUNDS);
    for (int i = 1; i <= ROUNDS && !t.contract.isDoneAtOnce(); i++) {
      assertThat(seen.get(i - 1)).isEqualTo(i);
    }
  }

  /** Broken by a failure that is lost on the way, or that reaches what is before or beside it. */
  private static void poison(DeviceTrial t) throws Exception {
    for (Supplier<DeviceStream> to : kindsOfStreams(t)) {
      DeviceStream stream = t.newStream();
      DeviceStream next = to.get();
      DeviceStream beside = to.get();
      DeviceEvent before = stream.record();
      stream.waitFor(t.failed("boiler"));
      DeviceEvent first = stream.record();
      t.fails(first, "boiler"); // before it is waited for, as all pairs can do that
      DeviceEvent nextBefore = next.record();
      next.waitFor(first);
      DeviceEvent second = next.record();
      t.fails(second, "boiler");
      t.endsWell(before);
      t.endsWell(nextBefore);
      t.endsWell(beside.record());
      assertThat(beside.failure()).isEmpty();
      assertThat(stream.finish()).isEqualTo(FAILED);
      for (DeviceStream failed : List.of(stream, next)) {
        assertThat(failed.failure()).isPresent();
        failed.recover();
        assertThat(failed.failure()).isEmpty();
        t.endsWell(failed.record());
      }
      t.fails(first, "boiler");
      t.fails(second, "boiler");
      stream.waitFor(second);
      t.fails(stream.record(), "boiler");
      List.of(stream, next, beside).forEach(DeviceStream::close);
    }
  }

  /** Broken by a driver that takes what is behind a failed gate, or event, for well. */
  private static void latePoison(DeviceTrial t) throws Exception {
    for (Supplier<DeviceStream> to : kindsOfStreams(t)) {
      DeviceStream stream = t.newStream();
      DeviceStream next = to.get();
      if (path(t, next, t.device) == WaitPath.BLOCKING || !t.contract.hasGates()) {
        continue;
      }
      DeviceStream beside = to.get();
      DeviceEvent cause = t.devices.cpu().newEvent("cause");
      stream.waitFor(cause);
      DeviceEvent first = stream.record();
      next.waitFor(first);
      DeviceEvent second = next.record();
      DeviceEvent free = beside.record();
      t.endsWell(free);
      assertThat(second.query()).isEqualTo(SCHEDULED);
      cause.setFinished("boiler");
      t.fails(second, "boiler");
      t.fails(first, "boiler", "cause");
      assertThat(beside.failure()).isEmpty();
      for (DeviceStream failed : List.of(stream, next)) {
        t.until("the stream knows", () -> failed.failure().isPresent());
        failed.recover();
        t.endsWell(failed.record());
      }
      List.of(stream, next, beside).forEach(DeviceStream::close);
    }
  }

  /** Broken by a stream that has a wait fail what was given after it had recovered from that. */
  private static void earlyRecovery(DeviceTrial t) throws Exception {
    if (!t.contract.hasGates()) {
      return;
    }
    DeviceStream stream = t.newStream();
    DeviceEvent cause = t.devices.cpu().newEvent("cause");
    stream.waitFor(cause);
    DeviceEvent before = stream.record();
    stream.recover();
    DeviceEvent after = stream.record();
    assertThat(after.query()).isEqualTo(SCHEDULED);
    cause.setFinished("boiler");
    t.endsWell(after);
    t.fails(before, "boiler");
    stream.close();
  }

  /** Broken by a stream that goes on as if its work had gone well. */
  private static void ownFailure(DeviceTrial t) throws Exception {
    DeviceStream stream = t.newStream();
    DeviceEvent before = stream.record();
    if (!t.contract.giveFailingWork(stream)) {
      return;
    }
    DeviceEvent event = stream.record();
    DeviceStream cpu = t.newCpuStream();
    cpu.waitFor(event);
    DeviceEvent behind = cpu.record();
    t.fails(event);
    t.fails(behind, event.errorMessage());
    t.endsWell(before);
    assertThat(stream.failure()).isPresent();
    stream.recover();
    t.endsWell(stream.record());
  }

  /** Broken by waits that nobody keeps in mind. */
  private static void explanations(DeviceTrial t) throws Exception {
    assertThat(t.devices.explain())
        .contains(t.device.info().id(), "streams of " + t.contract.kind() + " wait for events of");
    if (!t.contract.hasGates()) {
      return;
    }
    DeviceStream stream = t.device.newStream(o -> o.withName("explained"));
    DeviceEvent cause = t.devices.cpu().newEvent("the cause");
    stream.waitFor(cause);
    DeviceEvent event = t.device.newEvent("explained event");
    stream.record(event);
    for (String text : List.of(stream.explain(), event.explain(), t.devices.explain())) {
      assertThat(text).contains("\"explained\"", "\"the cause\"", "by a gate");
    }
    assertThat(event.explain()).contains("\"explained event\"", "SCHEDULED");
    cause.setFinished("boiler");
    t.fails(event, "boiler");
    assertThat(stream.explain()).contains("boiler").doesNotContain("waits for");
    assertThat(event.explain()).contains("FAILED", "boiler");
  }
}
