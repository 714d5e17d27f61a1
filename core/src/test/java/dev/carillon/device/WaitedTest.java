package dev.carillon.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.spi.DeviceException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a stream waits for: what of it decides, and what is looked at. */
final class WaitedTest {
  private static final class Thing implements Upstream {
    private final String name;
    boolean isFinished;
    @Nullable Throwable failure;
    int looks;

    Thing(String name) {
      this.name = name;
    }

    static Thing ended(String name, @Nullable Throwable failure) {
      Thing thing = new Thing(name);
      thing.isFinished = true;
      thing.failure = failure;
      return thing;
    }

    @Override
    public boolean isFinished() {
      looks++;
      return isFinished;
    }

    @Override
    public @Nullable Throwable failure() {
      looks++;
      return failure;
    }

    @Override
    public String describe() {
      return name;
    }
  }

  private static @Nullable Waited all(@Nullable Waited before, List<Thing> things) {
    Waited all = before;
    for (Thing thing : things) {
      all = Waited.and(all, thing);
    }
    return all;
  }

  @Test
  void pruned_withSomethingThatFailed_keepsWhatMayDecide() {
    Thing pending = new Thing("pending");
    Thing well = Thing.ended("well", null);
    Thing broken = Thing.ended("broken", new DeviceException("split"));
    Waited all = all(null, List.of(well, pending, broken, pending, well, broken));
    Waited pruned = Waited.pruned(all);
    assertThat(pruned).isNotNull();
    assertThat(pruned.size()).isEqualTo(2);
    assertThat(Waited.failure(all)).hasMessageContaining("broken").hasMessageContaining("split");
    Waited left = Waited.without(pruned, broken);
    assertThat(left).isNotNull();
    assertThat(left.size()).isEqualTo(1);
    assertThat(Waited.failure(left)).isNull();
  }

  @Test
  void failureOfPassed_ofManyEventsBehindTheSameWaits_looksAtEachWaitOnce() {
    List<Thing> things = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      things.add(Thing.ended("wait " + i, null));
    }
    Waited all = all(null, things);
    assertThat(Waited.failureOfPassed(all)).isNull();
    int once = looks(things);
    for (int i = 0; i < 1_000; i++) {
      Thing next = Thing.ended("later", null);
      all = Waited.and(all, next);
      things.add(next);
      assertThat(Waited.failureOfPassed(all)).isNull();
    }
    assertThat(looks(things)).isEqualTo(2 * once);
  }

  @Test
  void failureOfPassed_ofEventsThatAreEachBehindOneMore_looksAtWhatTheyShareOnce() {
    List<Thing> things = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      things.add(Thing.ended("wait " + i, null));
    }
    Waited shared = all(null, things);
    assertThat(Waited.failureOfPassed(Waited.and(shared, Thing.ended("one", null)))).isNull();
    int once = looks(things);
    for (int i = 0; i < 100; i++) {
      Thing own = Thing.ended("own", null);
      assertThat(Waited.failureOfPassed(Waited.and(shared, own))).isNull();
    }
    assertThat(looks(things)).isEqualTo(once);
  }

  @Test
  void failureOfPassed_whereOneIsPending_looksAgainNextTime() {
    Thing late = new Thing("late");
    Waited all = all(null, List.of(Thing.ended("well", null), late));
    assertThat(Waited.failureOfPassed(all)).isNull();
    late.isFinished = true;
    late.failure = new DeviceException("split");
    assertThat(Waited.failureOfPassed(all)).hasMessageContaining("late");
  }

  private static int looks(List<Thing> things) {
    return things.stream().mapToInt(thing -> thing.looks).sum();
  }
}
