package dev.carillon.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import java.util.ArrayList;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Events and handlers work alone: no loop, no executor, no other thread. */
class AloneTest {

  @Test
  @Covers("C40")
  void everything_onOneThread_needsNoOtherThread() throws Exception {
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    var done = new ArrayList<String>();
    try (var events = EventSystem.create(c -> c.withTraceEvery(0))) {
      Event parsed = events.newEvent("parsed");
      Event checked = events.newEvent("checked");
      Promise<Integer> answer = events.promise();
      parsed.whenComplete(poison -> done.add("handler"));
      events.merge(parsed, checked).whenComplete(poison -> answer.complete(done.size()));
      answer.stage().thenAccept(value -> done.add("answer " + value));

      parsed.trigger();
      checked.trigger();

      assertThat(answer.await()).isEqualTo(1);
      assertThat(done).containsExactly("handler", "answer 1");
    }
    assertThat(Thread.getAllStackTraces().keySet())
        .filteredOn(thread -> !before.contains(thread))
        .allMatch(thread -> thread.getName().equals("carillon-coarse-clock"));
  }
}
