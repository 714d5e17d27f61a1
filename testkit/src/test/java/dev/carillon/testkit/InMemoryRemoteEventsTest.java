package dev.carillon.testkit;

import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
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
}
