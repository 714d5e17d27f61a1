package dev.carillon.testkit;

import static dev.carillon.testkit.CarillonAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.carillon.event.CompletionListener;
import dev.carillon.event.Event;
import dev.carillon.event.EventHandle;
import dev.carillon.event.EventSystem;
import dev.carillon.event.RemoteEvents;
import dev.carillon.event.UnknownOwnerException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * What every implementation of {@link RemoteEvents} has to keep, as checks that any test framework
 * can run.
 *
 * {@snippet :
 * @TestFactory
 * Stream<DynamicTest> contract() {
 *   return new MyContract().checks().stream()
 *       .map(check -> dynamicTest(check.name(), check::run));
 * }
 * }
 */
public abstract class RemoteEventsContract {

  /** For subclasses. */
  protected RemoteEventsContract() {}

  /**
   * Two event systems that reach each other.
   *
   * @param here the one that asks
   * @param there the one that owns what is asked for
   */
  public record Pair(EventSystem here, EventSystem there) implements AutoCloseable {
    @Override
    public void close() {
      here.close();
      there.close();
    }
  }

  /**
   * One thing to check.
   *
   * @param name says what holds
   * @param body fails if it does not
   */
  public record Check(String name, Body body) {
    /**
     * Runs the check.
     *
     * @throws Exception if the check fails in an unforeseen way
     */
    public void run() throws Exception {
      body.run();
    }
  }

  /** What a check does. */
  @FunctionalInterface
  public interface Body {
    /**
     * Does it.
     *
     * @throws Exception if it fails in an unforeseen way
     */
    void run() throws Exception;
  }

  /** A check that needs two systems. */
  private interface OnPair {
    void run(EventSystem here, EventSystem there) throws Exception;
  }

  /** {@return two new systems, joined by what is under test} */
  protected abstract Pair open();

  /**
   * Breaks the connection as the death of the owner's process would.
   *
   * @param pair the systems
   */
  protected abstract void loseThere(Pair pair);

  /** {@return how long an outcome may take to arrive} */
  protected Duration patience() {
    return Duration.ofSeconds(30);
  }

  /** {@return all checks; each opens systems of its own} */
  public final List<Check> checks() {
    return List.of(
        check("trigger_there_triggersHere", this::triggerThere),
        check("poison_there_poisonsHereWithItsOrigin", this::poisonThere),
        check("outcome_beforeTheWatch_isLearnt", this::completeBefore),
        check("trigger_here_triggersThere", this::triggerHere),
        check("poison_here_poisonsThereWithTheReason", this::poisonHere),
        check("trigger_second_changesNothing", this::secondRequest),
        check("merge_ofBothSides_completesAfterBoth", this::mergeOfBothSides),
        check("merge_poisonedThere_hasTheRootCauseHere", this::mergePoisoned),
        check("handle_thatNoEventHad_poisonsHere", this::invalidHandle),
        check("handle_ofUnknownOwner_throws", this::unknownOwner),
        new Check("lostOwner_poisonsWhatWasWatched", this::lostOwner));
  }

  private Check check(String name, OnPair body) {
    return new Check(
        name,
        () -> {
          try (Pair pair = open()) {
            body.run(pair.here(), pair.there());
          }
        });
  }

  private void triggerThere(EventSystem here, EventSystem there) {
    Event event = there.newEvent("result");
    Event known = here.event(event.handle());
    assertThat(known).isPending();
    event.trigger();
    assertThat(known).isTriggeredWithin(patience());
  }

  private void poisonThere(EventSystem here, EventSystem there) {
    Event event = there.newEvent("result");
    Event known = here.event(event.handle());
    event.poison("disk full");
    assertThat(known).isPoisonedWithin(patience()).isPoisonedWith("disk full");
    assertThat(event).isPoisoned();
    if (!known.poison().orElseThrow().origin().equals(event.handle())) {
      throw new AssertionError("the origin is lost: " + known.poison().orElseThrow());
    }
  }

  private void completeBefore(EventSystem here, EventSystem there) {
    Event triggered = there.newEvent();
    triggered.trigger();
    Event poisoned = there.newEvent();
    poisoned.poison("disk full");
    assertThat(here.event(triggered.handle())).isTriggeredWithin(patience());
    assertThat(here.event(poisoned.handle()))
        .isPoisonedWithin(patience())
        .isPoisonedWith("disk full");
  }

  private void triggerHere(EventSystem here, EventSystem there) {
    Event event = there.newEvent();
    Event known = here.event(event.handle());
    known.trigger();
    assertThat(event).isTriggeredWithin(patience());
    assertThat(known).isTriggeredWithin(patience());
  }

  private void poisonHere(EventSystem here, EventSystem there) {
    Event event = there.newEvent();
    Event known = here.event(event.handle());
    known.poison(new IllegalStateException("disk full"));
    assertThat(event)
        .isPoisonedWithin(patience())
        .isPoisonedWith("java.lang.IllegalStateException: disk full");
    assertThat(known).isPoisonedWithin(patience());
    if (event.poison().orElseThrow().cause().isEmpty()) {
      throw new AssertionError("the cause is lost: " + event.poison().orElseThrow());
    }
  }

  private void secondRequest(EventSystem here, EventSystem there) {
    Event event = there.newEvent();
    Event known = here.event(event.handle());
    event.trigger();
    assertThat(known).isTriggeredWithin(patience());
    Event next = there.newEvent(); // in the slot of the first, if the owner reuses slots at once
    Event last = there.newEvent();
    // asked past the event here, which already knows better
    port(here).trigger(event.handle());
    port(here).trigger(last.handle()); // where requests keep their order, this one arrives later
    assertThat(last).isTriggeredWithin(patience());
    assertThat(event).isTriggered();
    assertThat(next).isPending();
  }

  private static RemoteEvents port(EventSystem system) {
    return Objects.requireNonNull(system.config().remote(), "the system has no port");
  }

  private void mergeOfBothSides(EventSystem here, EventSystem there) {
    Event mine = here.newEvent();
    Event theirs = there.newEvent();
    Event merged = here.merge(mine, here.event(theirs.handle()));
    mine.trigger();
    assertThat(merged).isPending();
    theirs.trigger();
    assertThat(merged).isTriggeredWithin(patience());
  }

  private void mergePoisoned(EventSystem here, EventSystem there) {
    Event left = there.newEvent("left");
    Event right = there.newEvent("right");
    Event both = there.merge(left, right);
    Event mine = here.newEvent();
    Event merged = here.merge(mine, here.event(both.handle()));
    mine.trigger();
    left.poison("left failed");
    right.poison("right failed");
    assertThat(merged).isPoisonedWithin(patience()).hasRootCauses("left failed", "right failed");
  }

  private void invalidHandle(EventSystem here, EventSystem there) {
    var never = new EventHandle(there.owner(), 1_000_000, 1);
    assertThat(here.event(never)).isPoisonedWithin(patience());
  }

  private void unknownOwner(EventSystem here, EventSystem there) {
    long nobody = 1;
    while (nobody == here.owner() || nobody == there.owner()) {
      nobody++;
    }
    var handle = new EventHandle(nobody, 0, 1);
    assertThatExceptionOfType(UnknownOwnerException.class)
        .isThrownBy(() -> here.event(handle))
        .withMessageContaining("handleOwner=%016x".formatted(handle.owner()));
    CompletionListener listener = poison -> {};
    assertThatExceptionOfType(UnknownOwnerException.class)
        .isThrownBy(() -> port(here).watch(handle, listener));
  }

  private void lostOwner() {
    try (Pair pair = open()) {
      Event event = pair.there().newEvent();
      Event known = pair.here().event(event.handle());
      Event merged = pair.here().merge(known);
      loseThere(pair);
      assertThat(known).isPoisonedWithin(patience());
      assertThat(merged).isPoisonedWithin(patience());
    }
  }
}
