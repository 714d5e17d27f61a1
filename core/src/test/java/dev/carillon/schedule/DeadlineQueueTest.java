package dev.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Gen;
import dev.carillon.build.Property;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The queue by deadline, beside a sorted set. */
class DeadlineQueueTest {

  private static final class Item extends Queued {
    private final long number;

    Item(long number) {
      this.number = number;
    }

    @Override
    long number() {
      return number;
    }

    @Override
    public String toString() {
      return number + " due " + due;
    }
  }

  @TestFactory
  Stream<DynamicTest> first_randomPrograms_isTheEarliest() {
    return Stream.concat(
        Property.check("few times", 500, gen -> check(gen, 4)),
        Property.check("many times", 500, gen -> check(gen, 1_000)));
  }

  private static void check(Gen gen, int times) {
    var queue = new DeadlineQueue<Item>();
    var model =
        new TreeSet<Item>(
            Comparator.<Item>comparingLong(i -> i.due).thenComparingLong(Item::number));
    var items = new ArrayList<Item>();
    for (int i = 0; i < 40; i++) {
      items.add(new Item(i));
    }
    long rising = 0;
    for (int step = 0; step < 400; step++) {
      Item item = items.get(gen.intBetween(0, items.size() - 1));
      rising++;
      long due = gen.intBetween(0, 1) == 0 ? rising : gen.intBetween(0, times);
      switch (gen.intBetween(0, 5)) {
        case 0, 1, 2 -> {
          if (item.isQueued()) {
            model.remove(item);
            queue.move(item, due);
          } else {
            queue.add(item, due);
          }
          model.add(item);
        }
        case 3 -> {
          if (item.isQueued()) {
            queue.remove(item);
            model.remove(item);
          } else { // once more at the time that it had
            queue.add(item, item.due);
            model.add(item);
          }
        }
        case 4 -> assertThat(queue.poll()).isEqualTo(model.pollFirst());
        default -> {
          var shown = new ArrayList<Item>();
          queue.forEach(shown::add);
          assertThat(shown).containsExactlyInAnyOrderElementsOf(model);
        }
      }
      assertThat(queue.size()).isEqualTo(model.size());
      assertThat(queue.first()).isEqualTo(model.isEmpty() ? null : model.first());
    }
  }

  @Test
  void remove_ofMany_leavesNoneBehind() {
    var queue = new DeadlineQueue<Item>();
    List<Item> items = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      var item = new Item(i);
      items.add(item);
      queue.add(item, i % 7);
    }
    for (Item item : items.subList(0, 9_000)) {
      queue.remove(item);
    }
    assertThat(queue.places()).isLessThan(2 * 1_000 + 100);
    items.subList(9_000, 10_000).forEach(queue::remove);
    assertThat(queue.places()).isZero();
    assertThat(queue.first()).isNull();
  }

  @Test
  void move_manyTimes_keepsFewPlaces() {
    var queue = new DeadlineQueue<Item>();
    var item = new Item(0);
    queue.add(item, Long.MAX_VALUE);
    for (int i = 1; i < 10_000; i++) {
      queue.move(item, Long.MAX_VALUE - i);
    }
    assertThat(queue.places()).isLessThan(100);
    assertThat(queue.poll()).isEqualTo(item);
    assertThat(queue.isEmpty()).isTrue();
  }

  @Test
  void add_oneLateItem_othersStillComeInOrder() {
    var queue = new DeadlineQueue<Item>();
    queue.add(new Item(0), Long.MAX_VALUE);
    for (int i = 1; i <= 1_000; i++) {
      queue.add(new Item(i), i);
    }
    for (int i = 1; i <= 1_000; i++) {
      assertThat(queue.poll()).extracting(Item::number).isEqualTo((long) i);
    }
    assertThat(queue.poll()).extracting(Item::number).isEqualTo(0L);
  }
}
