package dev.carillon.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Gen;
import dev.carillon.build.Patience;
import dev.carillon.build.Property;
import dev.carillon.build.Workers;
import dev.carillon.event.Event;
import dev.carillon.event.EventSystem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Random graphs of streams that wait for each other, made by many threads at once, against a
 * reference that knows what each did and computes the outcome one step after the other.
 */
final class RandomStreamsTest {
  private static final int THREADS = 16;
  private static final int STREAMS = 4; // of each thread
  private static final int STEPS = 40; // of each thread

  /** What was done to a stream, in its order. */
  private sealed interface Step {
    record Compute(long number) implements Step {}

    record Fail() implements Step {}

    record WaitFor(Mark mark) implements Step {}

    record WaitForHost(boolean isWell) implements Step {}

    record Record(Mark mark) implements Step {}

    record Recover() implements Step {}
  }

  /** An event, and the value that its stream had there. */
  private static final class Mark {
    final DeviceEvent event;
    final Line line;
    final int place; // in its line
    volatile long value;

    Mark(DeviceEvent event, Line line, int place) {
      this.event = event;
      this.line = line;
      this.place = place;
    }
  }

  /** A stream, what its thread gave to it, and the value that its work computes. */
  private static final class Line {
    final DeviceStream stream;
    final CpuStream work;
    final List<Step> steps = new CopyOnWriteArrayList<>();
    long value; // of its work

    Line(DeviceStream stream) {
      this.stream = stream;
      this.work = stream.as(CpuStream.class);
    }
  }

  private static long mix(long value, long number) {
    return (value ^ number) * 0x9E3779B97F4A7C15L + (value >>> 17);
  }

  /** What a thread does. */
  private static final class Author {
    final Gen gen;
    final EventSystem events;
    final Device cpu;
    final List<Mark> marks; // of all
    final Queue<Event> gates; // that somebody is to complete
    final List<Line> lines = new ArrayList<>();

    Author(Gen gen, EventSystem events, Device cpu, List<Mark> marks, Queue<Event> gates) {
      this.gen = gen;
      this.events = events;
      this.cpu = cpu;
      this.marks = marks;
      this.gates = gates;
      for (int i = 0; i < STREAMS; i++) {
        lines.add(new Line(cpu.newStream(o -> o.withCapacity(STEPS * 3))));
      }
    }

    void write() throws InterruptedException {
      for (int i = 0; i < STEPS; i++) {
        Line line = lines.get(gen.intBetween(0, STREAMS - 1));
        int what = gen.intBetween(0, 99);
        if (what < 30) {
          long number = gen.intBetween(0, 999);
          line.steps.add(new Step.Compute(number));
          line.work.run(() -> line.value = mix(line.value, number));
        } else if (what < 32) {
          line.steps.add(new Step.Fail());
          line.work.run(() -> {
            throw new IllegalStateException("as it should");
          });
        } else if (what < 60 && !marks.isEmpty()) {
          Mark mark = marks.get(gen.intBetween(0, marks.size() - 1));
          line.steps.add(new Step.WaitFor(mark));
          line.stream.waitFor(mark.event);
          line.work.run(() -> line.value = mix(line.value, mark.value));
        } else if (what < 66) {
          boolean isWell = gen.intBetween(0, 7) > 0;
          Event gate = events.newEvent(isWell ? "well" : "broken");
          line.steps.add(new Step.WaitForHost(isWell));
          line.stream.waitFor(gate);
          gates.add(gate);
        } else if (what < 70) {
          line.steps.add(new Step.Recover());
          line.stream.recover();
        } else {
          Mark mark = new Mark(cpu.newEvent(), line, line.steps.size());
          line.steps.add(new Step.Record(mark));
          line.work.run(() -> mark.value = line.value);
          line.stream.record(mark.event);
          marks.add(mark);
        }
        Event gate = gen.intBetween(0, 2) == 0 ? gates.poll() : null;
        open(gate);
      }
    }

    static void open(@Nullable Event gate) {
      if (gate == null) {
        return;
      }
      if (gate.name().orElseThrow().equals("well")) {
        gate.trigger();
      } else {
        gate.poison("broken");
      }
    }
  }

  /** The outcome of each event by the words of the documentation. */
  private static final class Reference {
    /** The value at an event; null if it fails. */
    private record End(@Nullable Long value) {}

    private final Map<Mark, End> ends = new HashMap<>();

    End end(Mark mark) {
      End known = ends.get(mark);
      if (known == null) {
        known = compute(mark);
        ends.put(mark, known);
      }
      return known;
    }

    private End compute(Mark mark) {
      long value = 0;
      boolean isFailed = false;
      for (Step step : mark.line.steps.subList(0, mark.place)) {
        switch (step) {
          case Step.Compute(long number) -> value = isFailed ? value : mix(value, number);
          case Step.Fail() -> isFailed = true;
          case Step.WaitForHost(boolean isWell) -> isFailed |= !isWell;
          case Step.Recover() -> isFailed = false;
          case Step.Record(Mark _) -> {}
          case Step.WaitFor(Mark awaited) -> {
            Long its = end(awaited).value();
            isFailed |= its == null;
            value = isFailed || its == null ? value : mix(value, its);
          }
        }
      }
      return new End(isFailed ? null : value);
    }
  }

  @TestFactory
  @Covers({"C1", "C2", "C4", "C10", "C12"})
  Stream<DynamicTest> events_ofRandomGraphs_endAsTheReferenceSays() {
    return Property.check("random graphs of streams", 12, RandomStreamsTest::run);
  }

  private static void run(Gen gen) throws Exception {
    List<Mark> marks = new CopyOnWriteArrayList<>();
    Queue<Event> gates = new ConcurrentLinkedQueue<>();
    try (EventSystem events = EventSystem.create();
        Devices devices = Devices.open(events, c -> c.withoutDiscovery().withCpuThreads(4))) {
      try (var workers = new Workers()) {
        for (int i = 0; i < THREADS; i++) {
          Author author = new Author(gen.split(), events, devices.cpu(), marks, gates);
          workers.start(author::write);
        }
      }
      while (!gates.isEmpty()) {
        Author.open(gates.poll());
      }
      Reference reference = new Reference();
      int failed = 0;
      for (Mark mark : marks) {
        DeviceEventStatus status = mark.event.finish(Patience.LONG);
        Long expected = reference.end(mark).value();
        assertThat(status)
            .as("event %d of its stream", mark.place)
            .isEqualTo(expected == null ? DeviceEventStatus.FAILED : DeviceEventStatus.SUCCESS);
        if (expected == null) {
          failed++;
        } else {
          assertThat(mark.value).isEqualTo(expected);
        }
      }
      assertThat(failed).isBetween(1, marks.size() - 1);
      assertThat(devices.stats().blockingWaits()).isZero();
    }
  }
}
