package dev.carillon.testkit;

import static dev.carillon.testkit.CarillonAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.carillon.event.Event;
import dev.carillon.event.EventHandle;
import dev.carillon.event.EventSystem;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The double keeps the contract, with and without a delay on the wire. */
class InMemoryRemoteEventsTest {

  private static final class Contract extends RemoteEventsContract {
    private final InMemoryRemoteEvents network;

    Contract(Executor wire) {
      network = new InMemoryRemoteEvents(wire);
    }

    @Override
    protected Pair open() {
      return new Pair(
          network.open(c -> c.withName("here")), network.open(c -> c.withName("there")));
    }

    @Override
    protected void loseThere(Pair pair) {
      network.lose(pair.there());
    }

    Stream<DynamicTest> tests() {
      return checks().stream().map(check -> DynamicTest.dynamicTest(check.name(), check::run));
    }
  }

  @TestFactory
  Stream<DynamicTest> directWire_keepsTheContract() {
    return new Contract(Runnable::run).tests();
  }

  @TestFactory
  Stream<DynamicTest> wireOfOtherThreads_keepsTheContract() {
    return new Contract(Thread::startVirtualThread).tests();
  }

  @TestFactory
  Stream<DynamicTest> wireOfOneThread_keepsTheContract() {
    Executor wire = Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());
    return new Contract(wire).tests();
  }

  @Test
  void open_sameOwnerTwice_throws() {
    var network = new InMemoryRemoteEvents();
    try (var first = network.open(c -> c.withOwner(7))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> network.open(c -> c.withOwner(7)))
          .withMessage("systems on a network must have different owners: owner=0000000000000007");
      assertThat(first.newEvent()).isPending();
    }
  }

  @Test
  void lose_systemOfNoNetwork_throws() {
    var network = new InMemoryRemoteEvents();
    try (var stranger = EventSystem.create(c -> c.withOwner(7))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> network.lose(stranger))
          .withMessage("a system must be on the network to be lost: owner=0000000000000007");
    }
  }

  @Test
  void requests_onTheWireWhenTheOwnerIsLost_areNotServed() {
    var wire = new ArrayDeque<Runnable>();
    var network = new InMemoryRemoteEvents(wire::add);
    try (var here = network.open(c -> c);
        var there = network.open(c -> c)) {
      Event event = there.newEvent();
      Event known = here.event(event.handle());
      known.trigger();
      network.lose(there);
      assertThat(known).isPoisoned();
      wire.forEach(Runnable::run);
      assertThat(event).isPending();
      assertThat(there.stats().waiters()).isZero();
    }
  }

  @Test
  void trigger_ofHandleThatNoEventHad_changesNothing() {
    var network = new InMemoryRemoteEvents();
    try (var here = network.open(c -> c);
        var there = network.open(c -> c)) {
      var never = new EventHandle(there.owner(), 1_000_000, 1);
      Objects.requireNonNull(here.config().remote()).trigger(never);
      assertThat(there.stats().created()).isZero();
    }
  }
}
