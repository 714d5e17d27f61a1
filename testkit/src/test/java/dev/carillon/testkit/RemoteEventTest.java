package dev.carillon.testkit;

import static dev.carillon.testkit.CarillonAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.build.Workers;
import dev.carillon.event.AlreadyCompletedException;
import dev.carillon.event.Event;
import dev.carillon.event.EventStatus;
import dev.carillon.event.EventSystem;
import dev.carillon.event.Poison;
import dev.carillon.event.PoisonedException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An event of another system, seen from here, over a wire that stands still until told. */
class RemoteEventTest {
  private final Queue<Runnable> wire = new ArrayDeque<>();
  private final InMemoryRemoteEvents network = new InMemoryRemoteEvents(wire::add);
  private final VirtualClock clock = new VirtualClock();
  private final EventSystem here = network.open(c -> c.withName("here").withClock(clock));
  private final EventSystem there = network.open(c -> c.withName("there"));
  private final Event theirs = there.newEvent("result");
  private final Event known = here.event(theirs.handle());

  @AfterEach
  void close() {
    here.close();
    there.close();
  }

  private void deliver() {
    while (!wire.isEmpty()) {
      wire.remove().run();
    }
  }

  @Test
  @Covers("V10")
  void event_ofAnotherSystem_isThatEvent() {
    assertThat(known.handle()).isEqualTo(theirs.handle());
    assertThat(known).isEqualTo(here.event(theirs.handle())).hasSameHashCodeAs(theirs.handle());
    assertThat(known).isNotEqualTo(theirs);
    assertThat(known.name()).isEmpty();
    assertThat(known).hasToString("remote " + theirs.handle() + " PENDING");
    assertThat(known.release()).isSameAs(known);
  }

  @Test
  void status_outcomeOnTheWire_isAsFarAsKnownHere() {
    deliver();
    theirs.trigger();
    assertThat(known).isPending();
    deliver();
    assertThat(known).isTriggered();
    assertThat(here.event(theirs.handle())).isPending(); // asks anew
    deliver();
    assertThat(here.stats().pending()).isZero();
  }

  @Test
  void await_completedThere_wakesHere() throws Exception {
    deliver();
    try (var workers = new Workers()) {
      for (Workers.Kind kind : Workers.Kind.values()) {
        workers.start(kind, "waiting", known::await);
        workers.start(kind, "stage", () -> known.awaiter().toCompletableFuture().join());
      }
      Patience.until("all wait", () -> here.stats().waiters() == 5); // 4 and the stand-in's own
      theirs.trigger();
      deliver();
    }
  }

  @Test
  void await_poisonedThere_throwsWithWhatIsKnownThere() {
    deliver();
    Event root = there.newEvent("disk");
    Event merged = there.merge(root, theirs);
    Event knownMerge = here.event(merged.handle());
    deliver();
    root.poison("disk full");
    theirs.trigger();
    deliver();
    assertThat(knownMerge).hasRootCauses("disk full");
    assertThatExceptionOfType(PoisonedException.class)
        .isThrownBy(knownMerge::await)
        .withMessageContaining(merged.handle().toString())
        .withMessageContaining("disk [" + root.handle() + "]: disk full");
  }

  @Test
  void trigger_here_isARequestThatTheOwnerDecides() {
    deliver();
    known.trigger();
    assertThat(theirs).isPending();
    theirs.poison("first");
    deliver();
    assertThat(theirs).isPoisonedWith("first");
    assertThat(known).isPoisonedWith("first");
  }

  @Test
  void poison_here_keepsItsProvenanceThere() {
    Poison poison =
        Poison.of(here.newEvent("cause").handle(), "cause", "broken", null, clock.now());
    known.poison(poison);
    deliver();
    assertThat(theirs).isPoisonedWith("broken");
    assertThat(theirs.poison().orElseThrow().origin().owner()).isEqualTo(here.owner());
  }

  @Test
  void complete_knownToBeComplete_followsTheLocalRules() {
    deliver();
    theirs.trigger();
    deliver();
    assertThatExceptionOfType(AlreadyCompletedException.class)
        .isThrownBy(known::trigger)
        .withMessage(
            "an event completes once: attempt=trigger outcome=TRIGGERED event=" + theirs.handle())
        .satisfies(e -> assertThat(e.outcome()).isEqualTo(EventStatus.TRIGGERED));
    assertThatExceptionOfType(AlreadyCompletedException.class)
        .isThrownBy(() -> known.poison("late"))
        .withMessageContaining("attempt=poison outcome=TRIGGERED");
    Event failed = there.newEvent();
    Event knownFailed = here.event(failed.handle());
    failed.poison("no");
    deliver();
    knownFailed.poison("again"); // poisoning the poisoned is no error
    assertThat(wire).isEmpty();
  }

  @Test
  void tryTrigger_remote_isRefused() {
    for (Runnable attempt :
        List.<Runnable>of(
            known::tryTrigger,
            () -> known.tryPoison("no"),
            () -> known.tryPoison(new IllegalStateException("no")))) {
      assertThatExceptionOfType(UnsupportedOperationException.class)
          .isThrownBy(attempt::run)
          .withMessageContaining("only the owner knows who completed an event first")
          .withMessageContaining(theirs.handle().toString());
    }
    assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(known::guard);
    assertThat(theirs).isPending();
  }

  @Test
  void orPoisonAfter_remote_asksTheOwner() {
    deliver();
    assertThat(known.orPoisonAfter(Duration.ofHours(1))).isSameAs(known);
    clock.advance(Duration.ofHours(1));
    assertThat(theirs).isPending();
    deliver();
    assertThat(theirs).isPoisonedWith("not complete after PT1H");
    assertThat(known).isPoisoned();
  }

  @Test
  void orPoisonAfter_completeInTime_asksNobody() {
    deliver();
    known.orPoisonAfter(Duration.ofHours(1));
    theirs.trigger();
    deliver();
    clock.advance(Duration.ofHours(2));
    assertThat(wire).isEmpty();
    known.orPoisonAfter(Duration.ofHours(1));
    assertThat(clock.alarms()).isZero();
  }

  @Test
  void merges_ofBothSides_workLikeLocalOnes() {
    deliver();
    Event mine = here.newEvent();
    Event all = here.merge(mine, known, known);
    Event any = here.anyOf(List.of(mine, known));
    Event failFast = here.mergeFailFast(List.of(mine, theirs)); // an object of the other system
    theirs.trigger();
    deliver();
    assertThat(all).isPending();
    assertThat(any).isTriggered();
    mine.trigger();
    assertThat(all).isTriggered();
    assertThat(failFast).isTriggered();
  }

  @Test
  void listener_andScope_followTheRemoteEvent() {
    deliver();
    var heard = new ArrayList<String>();
    known.whenComplete(poison -> heard.add("here " + poison.reason()));
    known.whenComplete(Runnable::run, poison -> heard.add("there " + poison.reason()));
    Event child = here.scope(known).newEvent();
    theirs.poison("client left");
    deliver();
    assertThat(heard).containsExactly("here client left", "there client left");
    assertThat(child).isPoisonedWith("the parent of its scope failed: client left");
    assertThatIllegalArgumentException().isThrownBy(() -> here.scope(child).adopt(known));
  }

  @Test
  void standIn_manyLookups_isSharedAndFreed() {
    for (int i = 0; i < 1_000; i++) {
      here.event(theirs.handle());
    }
    assertThat(here.stats().pending()).isEqualTo(1);
    deliver();
    theirs.trigger();
    deliver();
    assertThat(here.stats().pending()).isZero();
    assertThat(here.stats().waiters()).isZero();
    assertThat(there.stats().waiters()).isZero();
  }

  @Test
  void explain_remote_namesTheHandle() {
    assertThat(here.explain(known).name()).contains("remote " + theirs.handle());
  }

  @Test
  void shutdown_here_leavesTheOwnerAlone() {
    deliver();
    here.close();
    assertThat(known).isPoisonedWith("shut down: closed");
    theirs.trigger();
    deliver();
    assertThat(theirs).isTriggered();
  }

  @Test
  void shutdown_there_poisonsHere() {
    deliver();
    there.close();
    deliver();
    assertThat(known).isPoisonedWith("shut down: closed");
  }
}
