package dev.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Gen;
import dev.carillon.build.Property;
import dev.carillon.event.Event;
import dev.carillon.time.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Random programs run in the order that the reference says. */
class DispatchOrderTest {
  private static final long PATIENCE = 1_000_000_000L;

  @TestFactory
  @Covers({"C16", "C21", "C23"})
  Stream<DynamicTest> randomProgram_runsInTheOrderOfTheReference() {
    return Property.check("the order of the reference", 300, gen -> new Program(gen).run());
  }

  /** One random program, run by a scheduler and by the reference side by side. */
  private static final class Program {
    private final Gen gen;
    private final int bands;
    private final ManualClock clock = new ManualClock();
    private final ManualThreads threads = new ManualThreads();
    private final Scheduler scheduler;
    private final ReferenceDispatch reference;
    private final List<Event> events = new ArrayList<>();
    private final List<ReferenceDispatch.Task> tasks = new ArrayList<>();
    private final List<Integer> ran = new ArrayList<>();

    Program(Gen gen) {
      this.gen = gen;
      this.bands = gen.intBetween(2, 5);
      int lowShare = gen.intBetween(2, 20);
      this.reference = new ReferenceDispatch(lowShare);
      this.scheduler =
          Scheduler.open(c ->
              ManualThreads.config(c, threads, clock)
                  .withBands(bands)
                  .withLowShare(lowShare)
                  .withPatience(Duration.ofNanos(PATIENCE)));
    }

    void run() {
      int steps = gen.intBetween(10, 300);
      for (int i = 0; i < steps; i++) {
        switch (gen.intBetween(0, 9)) {
          case 0, 1, 2, 3, 4 -> submit();
          case 5, 6, 7 -> step();
          case 8 -> expediteOrCancel();
          default -> clock.advance(Duration.ofMillis(gen.intBetween(0, 2_000)));
        }
      }
      while (step()) {}
      assertThat(scheduler.stats().held()).isZero();
      threads.runDirectly();
      scheduler.close();
    }

    private void submit() {
      int number = tasks.size();
      int band = gen.intBetween(0, bands - 1);
      boolean hasDeadline = gen.chance(0.5);
      long deadline = gen.longBetween(1, 30) * 100_000_000L;
      long cost = hasDeadline ? gen.longBetween(0, 3) * 50_000_000L : 0;
      List<Integer> after = new ArrayList<>();
      for (int i = gen.intBetween(0, 2); i > 0 && number > 0; i--) {
        int candidate = gen.intBetween(Math.max(0, number - 10), number - 1);
        if (!tasks.get(candidate).over) {
          after.add(candidate);
        }
      }
      reference.submit(newTask(number, band, hasDeadline ? deadline : -1, cost, after));
      events.add(
          scheduler.submit(
              t -> {
                var options =
                    t.named("t" + number).band(new Band(band)).cost(Duration.ofNanos(cost));
                options = hasDeadline ? options.deadline(Duration.ofNanos(deadline)) : options;
                return options.after(after.stream().map(events::get).toArray(Event[]::new));
              },
              () -> ran.add(number)));
    }

    private ReferenceDispatch.Task newTask(
        int number, int band, long deadline, long cost, List<Integer> after) {
      long patience = PATIENCE;
      for (int i = 0; i < band; i++) {
        patience *= 10;
      }
      long due = clock.nanos() + (deadline < 0 ? patience : deadline);
      var task =
          new ReferenceDispatch.Task(
              number, band, due, cost, after.stream().map(tasks::get).toList());
      tasks.add(task);
      return task;
    }

    /** Runs one task on both sides: {@return false if there was none} */
    private boolean step() {
      ReferenceDispatch.Task expected = reference.next();
      int before = ran.size();
      while (ran.size() == before && threads.step()) {} // clearing away is no dispatch
      if (expected == null) {
        assertThat(ran).hasSize(before);
        return false;
      }
      assertThat(ran).hasSize(before + 1);
      assertThat(ran.getLast()).as("after %s", ran).isEqualTo(expected.number);
      return true;
    }

    private void expediteOrCancel() {
      if (tasks.isEmpty()) {
        return;
      }
      int number = gen.intBetween(0, tasks.size() - 1);
      ReferenceDispatch.Task task = tasks.get(number);
      if (task.over) {
        return;
      }
      if (gen.chance(0.5)) {
        events.get(number).poison("cancelled");
        reference.cancel(task);
      } else {
        int band = gen.intBetween(0, bands - 1);
        long due = gen.longBetween(0, 2_000) * 1_000_000L;
        assertThat(scheduler.expedite(events.get(number), new Band(band), Duration.ofNanos(due)))
            .isTrue();
        reference.urge(task, clock.nanos() + due, band);
      }
    }
  }
}
