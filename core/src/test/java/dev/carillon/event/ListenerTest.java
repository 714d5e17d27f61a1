package dev.carillon.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Covers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Listeners: once, in order, whatever the others do. */
@ParameterizedClass
@EnumSource(Surface.class)
class ListenerTest {
  private final EventSystem events = Systems.unhurried();
  private final CapturedLog log = new CapturedLog("dev.carillon.event");
  private final List<Object> seen = new ArrayList<>();
  private final Surface surface;
  private final Subject event;

  ListenerTest(Surface surface) {
    this.surface = surface;
    this.event = surface.create(events);
  }

  @AfterEach
  void close() {
    events.close();
    log.close();
  }

  @Test
  @Covers("V3")
  void whenComplete_pending_runsOnceOnTheCompletingThread() {
    event.whenComplete(poison -> {
      seen.add(Thread.currentThread());
      assertThat(poison).isNull();
    });
    assertThat(seen).isEmpty();
    event.trigger();
    event.tryTrigger();
    assertThat(seen).containsExactly(Thread.currentThread());
  }

  @Test
  void whenComplete_many_runInOrderOfRegistration() {
    IntStream.range(0, 1_000).forEach(i -> event.whenComplete(poison -> seen.add(i)));
    event.trigger();
    assertThat(seen).hasSize(1_000).isSorted();
  }

  @Test
  void whenComplete_complete_runsAtOnceOnTheCaller() {
    event.trigger();
    event.whenComplete(poison -> seen.add(Thread.currentThread()));
    assertThat(seen).containsExactly(Thread.currentThread());
  }

  @Test
  @Covers("V6")
  void whenComplete_poisoned_isGivenThePoison() {
    event.whenComplete(poison -> seen.add(poison.reason()));
    event.poison("disk full");
    event.whenComplete(poison -> seen.add(poison.reason()));
    assertThat(seen).containsExactly("disk full", "disk full");
  }

  @Test
  void whenComplete_insideAListener_seesTheOutcome() {
    event.whenComplete(poison -> seen.add(event.status()));
    event.whenComplete(poison -> event.whenComplete(again -> seen.add("nested")));
    event.trigger();
    assertThat(seen).containsExactly(EventStatus.TRIGGERED, "nested");
  }

  @Test
  void whenComplete_throwingListener_isCountedAndStopsNobody() {
    event.whenComplete(poison -> seen.add("before"));
    event.whenComplete(poison -> {
      throw new IllegalStateException("mine");
    });
    event.whenComplete(poison -> seen.add("after"));
    event.trigger();
    assertThat(seen).containsExactly("before", "after");
    assertThat(events.stats().failedListeners()).isEqualTo(1);
    assertThat(log.messages()).singleElement().asString().contains("a listener failed");
    assertThat(log.thrown()).singleElement().extracting(Throwable::getMessage).isEqualTo("mine");
  }

  @Test
  void whenComplete_listenerThatFailsInEveryWay_stopsNobody() {
    event.whenComplete(
        new CompletionListener() {
          @Override
          public void completed(Poison poison) {
            throw new IllegalStateException("mine");
          }

          @Override
          public String toString() {
            throw new IllegalStateException("not even a name");
          }
        });
    event.whenComplete(poison -> seen.add("after"));
    event.trigger();
    assertThat(seen).containsExactly("after");
    assertThat(events.stats().failedListeners()).isEqualTo(1);
  }

  @Test
  void whenComplete_throwingListenerOfACompleteEvent_isCounted() {
    event.trigger();
    event.whenComplete(poison -> {
      throw new IllegalStateException("mine");
    });
    assertThat(events.stats().failedListeners()).isEqualTo(1);
  }

  @Test
  void whenComplete_listenerThrowsAnError_propagatesAfterTheSiblings() {
    event.whenComplete(poison -> {
      throw new AssertionError("first");
    });
    event.whenComplete(poison -> {
      throw new AssertionError("second");
    });
    event.whenComplete(poison -> seen.add("after"));
    assertThatExceptionOfType(AssertionError.class).isThrownBy(event::trigger).withMessage("first");
    assertThat(seen).containsExactly("after");
    assertThat(event.status()).isEqualTo(EventStatus.TRIGGERED);
    assertThat(events.stats().waiters()).isZero();
  }

  @Test
  void whenComplete_onlyListenerThrowsAnError_propagates() {
    for (int i = 0; i < 200; i++) { // more often than completions may nest
      Subject another = surface.create(events);
      another.whenComplete(poison -> {
        throw new AssertionError("mine");
      });
      assertThatExceptionOfType(AssertionError.class).isThrownBy(another::trigger);
    }
    event.whenComplete(poison -> seen.add("still"));
    event.trigger();
    assertThat(seen).containsExactly("still");
  }

  @Test
  void whenComplete_null_throws() {
    assertThatNullPointerException()
        .isThrownBy(() -> event.whenComplete(null))
        .withMessage("listener");
  }

  @Test
  void remove_pending_neverRuns() {
    event.whenComplete(poison -> seen.add("first"));
    Subject.Removal removal = event.whenComplete(poison -> seen.add("removed"));
    event.whenComplete(poison -> seen.add("last"));
    assertThat(removal.remove()).isTrue();
    assertThat(removal.remove()).isFalse();
    event.trigger();
    assertThat(seen).containsExactly("first", "last");
    assertThat(events.stats().waiters()).isZero();
  }

  @Test
  void remove_afterCompletion_returnsFalse() {
    Subject.Removal ran = event.whenComplete(poison -> seen.add("ran"));
    event.trigger();
    assertThat(ran.remove()).isFalse();
    assertThat(event.whenComplete(poison -> {}).remove()).isFalse();
    assertThat(seen).containsExactly("ran");
  }

  @Test
  void remove_byAnEarlierSibling_returnsWhetherItStillCame() {
    var removals = new ArrayList<Subject.Removal>();
    event.whenComplete(poison -> seen.add(removals.getFirst().remove()));
    removals.add(event.whenComplete(poison -> seen.add("ran")));
    event.trigger();
    assertThat(seen).containsExactly(false, "ran"); // the event was complete: too late
  }

  @Test
  void remove_mostOfMany_keepsTheRestInOrder() {
    var removals = new ArrayList<Subject.Removal>();
    for (int i = 0; i < 10_000; i++) {
      int number = i;
      removals.add(event.whenComplete(poison -> seen.add(number)));
    }
    for (int i = 0; i < removals.size(); i++) {
      if (i % 100 != 0) {
        assertThat(removals.get(i).remove()).isTrue();
      }
    }
    event.trigger();
    assertThat(seen).hasSize(100).isSorted();
    assertThat(events.stats().waiters()).isZero();
  }

  @Test
  void remove_andRegisterAgain_leavesNothingBehind() {
    event.whenComplete(poison -> seen.add("first"));
    for (int i = 0; i < 100_000; i++) {
      Subject.Removal below = event.whenComplete(poison -> {});
      Subject.Removal above = event.whenComplete(poison -> {});
      assertThat(below.remove()).isTrue(); // not the newest: has to wait for a compaction
      assertThat(above.remove()).isTrue();
    }
    assertThat(events.stats().waiters()).isLessThan(100);
    event.trigger();
    assertThat(seen).containsExactly("first");
  }

  @Test
  void chain_ofListenersThatTrigger_keepsTheOrder() {
    var counter = new AtomicInteger();
    Subject next = event;
    for (int i = 0; i < 1_000; i++) {
      Subject following = surface.create(events);
      next.whenComplete(poison -> {
        counter.incrementAndGet();
        following.trigger();
      });
      next = following;
    }
    event.trigger();
    assertThat(counter).hasValue(1_000);
    assertThat(next.status()).isEqualTo(EventStatus.TRIGGERED);
  }
}
