package dev.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.event.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** A scheduler knows its tasks by their events, and no others. */
class TaskTableTest {

  @Test
  void explain_thousandsOfTasks_knowsEach() throws InterruptedException {
    try (Scheduler scheduler = Scheduler.open(c -> c.withCpuThreads(1))) {
      var held = new CountDownLatch(1);
      scheduler.submit(held::await);
      var tasks = new ArrayList<Event>();
      for (int i = 0; i < 3_000; i++) {
        String name = "task " + i;
        tasks.add(scheduler.submit(t -> t.named(name), () -> {}));
      }
      for (int i = 0; i < tasks.size(); i++) {
        assertThat(scheduler.explain(tasks.get(i)).task()).startsWith("task " + i + " ");
      }
      held.countDown();
      scheduler.events().merge(tasks).await();
    }
  }

  @Test
  void expedite_eventOfAnotherSystemWithTheSameIndex_isNoTask() throws InterruptedException {
    try (Scheduler scheduler = Scheduler.open(c -> c.withCpuThreads(1));
        Scheduler other = Scheduler.open(c -> c.withCpuThreads(1))) {
      var held = new CountDownLatch(1);
      Event mine = scheduler.submit(t -> t.named("mine"), held::await);
      Event foreign = other.submit(t -> t.named("foreign"), held::await);
      assertThat(foreign.index()).isEqualTo(mine.index());
      assertThat(scheduler.explain(mine).task()).startsWith("mine");
      assertThat(scheduler.expedite(foreign, Band.HIGH, Duration.ZERO)).isFalse();
      held.countDown();
      mine.await();
      foreign.await();
    }
  }
}
