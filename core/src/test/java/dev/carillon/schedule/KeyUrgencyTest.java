package dev.carillon.schedule;

import static dev.carillon.schedule.ManualScheduler.millis;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Gen;
import dev.carillon.build.Property;
import dev.carillon.event.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The first of a key is as urgent as whatever stands behind it. */
@Covers("C22")
class KeyUrgencyTest {
  private static TaskOptions keyed(TaskOptions options) {
    return options.key("k");
  }

  @Test
  void expedite_oneBehindAMoreUrgentOne_allBeforeItInherit() {
    try (var manual = new ManualScheduler()) {
      manual.submit("first", t -> keyed(t).high());
      manual.submit("second", KeyUrgencyTest::keyed);
      Event third = manual.submit("third", t -> keyed(t).deadline(Duration.ofSeconds(9)));
      manual.submit("fourth", t -> keyed(t).deadline(Duration.ofSeconds(8)));
      manual.submit("high", t -> t.high().deadline(Duration.ofSeconds(5)));
      manual.scheduler.stats(); // by now they stand in line
      manual.scheduler.expedite(third, Band.HIGH, Duration.ofSeconds(2));
      manual.threads.runAll();
      assertThat(manual.ran).containsExactly("first", "second", "third", "high", "fourth");
    }
  }

  @Test
  void cancel_mostUrgentOfThoseBehind_theNextUrgentIsInherited() {
    try (var manual = new ManualScheduler()) {
      manual.submit("first", t -> keyed(t).high().deadline(Duration.ofMillis(1)));
      manual.submit("second", KeyUrgencyTest::keyed);
      manual.submit("third", t -> keyed(t).high().deadline(Duration.ofMillis(3)));
      Event fourth = manual.submit("fourth", t -> keyed(t).high().deadline(Duration.ofMillis(2)));
      manual.submit("other", t -> t.high().deadline(Duration.ofMillis(9)));
      manual.scheduler.stats();
      fourth.poison("not wanted");
      manual.threads.runAll();
      assertThat(manual.ran).containsExactly("first", "second", "third", "other");
    }
  }

  /** An entry that only has an urgency. */
  private static final class Wish extends Entry {
    Wish(Shard shard, long number, long wanted, int band) {
      super(shard, "k", number, wanted, band);
    }

    @Override
    long latestStart() {
      return wanted();
    }

    @Override
    void queued(long now) {}

    @Override
    void behindKey(long now) {}

    @Override
    long since() {
      return 0;
    }

    @Override
    void run(long now) {}

    @Override
    String name() {
      return "wish";
    }
  }

  @TestFactory
  Stream<DynamicTest> mostUrgent_randomChanges_isTheMinimum() {
    return Property.check("the most urgent behind the first", 300, KeyUrgencyTest::checkMinimum);
  }

  private static void checkMinimum(Gen gen) {
    var shard = new Shard(2, 16, Entry.NEVER, (first, behind) -> {});
    var queue = new KeyQueue(new Wish(shard, 0, 0, 0));
    List<Entry> behind = new ArrayList<>();
    for (int i = 1; i < 100; i++) {
      switch (gen.intBetween(0, 5)) {
        case 0, 1, 2 -> {
          var entry = new Wish(shard, i, gen.intBetween(0, 50), gen.intBetween(0, 2));
          queue.add(entry);
          behind.add(entry);
        }
        case 3 -> {
          Entry next = queue.advance();
          assertThat(next).isEqualTo(behind.isEmpty() ? null : behind.removeFirst());
        }
        case 4 -> {
          if (!behind.isEmpty()) {
            Entry entry = behind.remove(gen.intBetween(0, behind.size() - 1));
            assertThat(queue.remove(entry)).isTrue();
            assertThat(queue.remove(entry)).isFalse();
          }
        }
        default -> {
          if (!behind.isEmpty()) {
            gen.oneOf(behind).urge(gen.intBetween(-50, 50), gen.intBetween(0, 2));
            queue.urged();
          }
        }
      }
      Entry most = queue.mostUrgent();
      Entry least =
          behind.stream()
              .min(Comparator.comparingInt(Entry::wantedBand).thenComparingLong(Entry::wanted))
              .orElse(null);
      if (most == null || least == null) {
        assertThat(most).isEqualTo(least);
      } else {
        assertThat(most.wantedBand()).isEqualTo(least.wantedBand());
        assertThat(most.wanted()).isEqualTo(least.wanted());
      }
    }
  }

  @Test
  void key_firstIsAsUrgentAsThoseBehind() {
    try (var manual = new ManualScheduler()) {
      manual.submit("first", t -> t.key("k"));
      manual.submit("second", t -> t.key("k"));
      manual.submit("other", t -> t.deadline(millis(1)));
      manual.submit("third", t -> t.key("k").high());
      manual.threads.runAll();
      assertThat(manual.ran).containsExactly("first", "second", "third", "other");
    }
  }

  @Test
  void key_whenOneBehindIsExpedited_allBeforeItMakeWay() {
    try (var manual = new ManualScheduler()) {
      manual.submit("first", t -> t.key("k"));
      manual.submit("second", t -> t.key("k"));
      manual.submit("third", t -> t.key("k"));
      Event fourth = manual.submit("fourth", t -> t.key("k"));
      manual.submit("other", t -> t.deadline(millis(1)));
      manual.step(); // the other; now all stand behind the first
      manual.submit("another", t -> t.deadline(millis(1)));
      assertThat(manual.scheduler.expedite(fourth, Band.HIGH, millis(5))).isTrue();
      manual.threads.runAll();
      assertThat(manual.ran)
          .containsExactly("other", "first", "second", "third", "fourth", "another");
    }
  }

  @Test
  void key_whenTheMostUrgentBehindIsCancelled_thoseBeforeItKeepTheirs() {
    try (var manual = new ManualScheduler(c -> c.withBands(3))) {
      manual.submit("one", t -> t.band(new Band(2)).deadline(millis(1)));
      manual.submit("first", t -> t.band(new Band(2)).key("k").deadline(millis(2)));
      manual.submit("second", t -> t.band(new Band(2)).key("k"));
      manual.submit("third", t -> t.band(Band.LOW).key("k"));
      Event urgent = manual.submit("urgent", t -> t.high().key("k"));
      manual.stats(); // looks at the queue, so that all stand behind the first
      urgent.poison("not wanted any more");
      manual.threads.runAll();
      // what the first has inherited it keeps
      assertThat(manual.ran).containsExactly("first", "second", "third", "one");
    }
  }
}
