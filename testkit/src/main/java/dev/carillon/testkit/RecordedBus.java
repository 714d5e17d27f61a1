package dev.carillon.testkit;

import dev.carillon.bus.Bus;
import dev.carillon.bus.BusConfig;
import dev.carillon.bus.Delivery;
import dev.carillon.bus.Message;
import dev.carillon.bus.Middleware;
import dev.carillon.bus.MiddlewareRegistration;
import dev.carillon.bus.Topic;
import dev.carillon.bus.TopicPattern;
import dev.carillon.schedule.SchedulerConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A bus for tests, which remembers what is published on it, in that order, and is given messages
 * that a test makes up. A component is connected to {@link #bus}, hears what the test delivers, and
 * what it publishes is asserted by {@link CarillonAssertions#assertThat(RecordedBus)}.
 *
 * {@snippet :
 * try (var recorded = RecordedBus.simulated(seed)) {
 *   new Shop(recorded.bus());
 *   var order = recorded.deliver(orders, "two apples", m -> m.correlation("7"));
 *   recorded.runUntilIdle();
 *   assertThat(recorded).published(on(payments).correlation("7")).andNothingElse();
 * }
 * }
 *
 * <p>Remembered is what came through the bus's middleware as it was then; not what was refused or
 * swallowed, what the test itself delivered, and what the bus says about itself below {@code $}.
 * All of it is kept until {@link #forget}. A simulated bus is for one thread besides those of the
 * simulation; any other is safe for use by any thread.
 */
public final class RecordedBus implements AutoCloseable {
  private static final ScopedValue<Given> GIVEN = ScopedValue.newInstance();

  /** A message of the test's own, on its way through the middleware. */
  private static final class Given {
    boolean hasPassed; // by the thread that delivers it
  }

  private final Bus bus;
  private final @Nullable SimulatedScheduler simulation;
  private final boolean ownsBus;
  private final MiddlewareRegistration recorder;
  private final Object lock = new Object();

  // guarded by lock
  private final List<Message<?>> published = new ArrayList<>();
  private final Map<UUID, Message<?>> given = new HashMap<>();
  private final Map<String, Long> sequences = new HashMap<>(); // of what the test delivers

  private RecordedBus(Bus bus, @Nullable SimulatedScheduler simulation, boolean ownsBus) {
    this.bus = bus;
    this.simulation = simulation;
    this.ownsBus = ownsBus;
    this.recorder = bus.use(TopicPattern.of(">"), this::record);
  }

  /** {@return a bus on threads and time as they are} */
  public static RecordedBus open() {
    return open(config -> config);
  }

  /**
   * {@return a bus on threads and time as they are}
   *
   * @param configure changes the default settings
   */
  public static RecordedBus open(UnaryOperator<BusConfig> configure) {
    return new RecordedBus(Bus.open(configure), null, true);
  }

  /**
   * {@return a bus on a {@link SimulatedScheduler} with tasks that may wait}
   *
   * @param seed decides what goes on next
   */
  public static RecordedBus simulated(long seed) {
    return simulated(seed, scheduler -> scheduler, config -> config);
  }

  /**
   * {@return a bus on a {@link SimulatedScheduler} with tasks that may wait} Handlers run, timeouts
   * end and pauses pass when the test lets them, by {@link #runUntilIdle} and {@link #advance}.
   *
   * @param seed decides what goes on next
   * @param scheduler changes the scheduler's default settings, except for the clock and the
   *     executors
   * @param configure changes the bus's default settings
   */
  public static RecordedBus simulated(
      long seed, UnaryOperator<SchedulerConfig> scheduler, UnaryOperator<BusConfig> configure) {
    SimulatedScheduler simulation = SimulatedScheduler.withWaitingTasks(seed, scheduler);
    return new RecordedBus(Bus.open(simulation.scheduler(), configure), simulation, true);
  }

  /**
   * {@return what remembers the messages of a bus that is there} Closing it leaves the bus open.
   *
   * @param bus may be a view below a prefix: then only what is published below that is remembered
   */
  public static RecordedBus of(Bus bus) {
    return new RecordedBus(bus, null, false);
  }

  private @Nullable Message<?> record(Message<?> message, Middleware.Next next) throws Exception {
    Message<?> passed = next.handle(message);
    if (passed == null) {
      return null;
    }
    Given delivered = GIVEN.isBound() ? GIVEN.get() : null;
    synchronized (lock) {
      if (delivered != null && !delivered.hasPassed) { // what it causes comes later
        delivered.hasPassed = true;
        given.put(passed.id(), passed);
      } else {
        published.add(passed);
        lock.notifyAll();
      }
    }
    return passed;
  }

  /** {@return the bus} */
  public Bus bus() {
    return bus;
  }

  /** {@return what was published, oldest first} */
  public List<Message<?>> published() {
    synchronized (lock) {
      return List.copyOf(published);
    }
  }

  /** Forgets what was published and delivered. */
  public void forget() {
    synchronized (lock) {
      published.clear();
      given.clear();
    }
  }

  /**
   * {@return the message with an id, of those that were published or delivered; null if unknown}
   */
  @Nullable Message<?> find(UUID id) {
    synchronized (lock) {
      for (Message<?> each : published) {
        if (each.id().equals(id)) {
          return each;
        }
      }
      return given.get(id);
    }
  }

  // ── simulated messages ──

  /**
   * Delivers a message that the test has made up to all that hear its topic, as it is.
   *
   * @param message the message
   * @return what becomes of it
   */
  public Delivery deliver(Message<?> message) {
    return ScopedValue.where(GIVEN, new Given()).call(() -> bus.redeliver(message));
  }

  /**
   * Delivers a message that the test makes up now: by the bus's clock, from {@code simulated}, the
   * next of its publisher on the topic, if nothing else is said.
   *
   * @param topic where
   * @param payload what
   * @param change says more: {@code m -> m.time(then).source("shop").header("tenant", "7")}
   * @param <T> type of the payload
   * @return the message
   */
  public <T> Message<T> deliver(
      Topic<T> topic, T payload, UnaryOperator<SimulatedMessage<T>> change) {
    SimulatedMessage<T> plain =
        SimulatedMessage.of(topic, payload, bus.events().config().clock().now());
    long sequence;
    synchronized (lock) {
      sequence = sequences.merge(topic.name(), 1L, Long::sum);
    }
    Message<T> message =
        change.apply(plain.publisher(plain.message().publisher(), sequence)).message();
    deliver(message);
    return message;
  }

  /**
   * Delivers a message that the test makes up now.
   *
   * @param topic where
   * @param payload what
   * @param <T> type of the payload
   * @return the message
   */
  public <T> Message<T> deliver(Topic<T> topic, T payload) {
    return deliver(topic, payload, message -> message);
  }

  // ── simulated time ──

  /**
   * {@return the simulation that a simulated bus is on}
   *
   * @throws IllegalStateException if it is on none
   */
  public SimulatedScheduler simulation() {
    if (simulation == null) {
      throw new IllegalStateException(
          "time and turns of a bus can be moved only if it is simulated: " + bus);
    }
    return simulation;
  }

  /**
   * Runs whatever can run without time passing.
   *
   * @throws IllegalStateException if the bus is not simulated
   */
  public void runUntilIdle() {
    simulation().runUntilIdle();
  }

  /**
   * Lets time pass, and all happen that is due meanwhile.
   *
   * @param by how far
   * @throws IllegalStateException if the bus is not simulated
   */
  public void advance(Duration by) {
    simulation().advance(by);
  }

  /** {@return whether a condition holds, or will within a time: simulated or real} */
  boolean waitUntil(BooleanSupplier condition, Duration limit) throws InterruptedException {
    if (simulation != null) {
      return simulation.advanceUntil(condition, limit);
    }
    long end = System.nanoTime() + limit.toNanos();
    synchronized (lock) {
      while (!condition.getAsBoolean()) {
        long left = (end - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          return false;
        }
        lock.wait(left);
      }
      return true;
    }
  }

  /**
   * Ends the recording, and closes the bus unless that was there before. On a simulated bus time
   * passes until its handlers have ended, or its scheduler's time of grace is over. Idempotent.
   */
  @Override
  public void close() {
    recorder.close();
    if (simulation != null) {
      simulation.runUntilIdle();
      simulation.letGo(bus::close);
      simulation.close();
    } else if (ownsBus) {
      bus.close();
    }
  }

  @Override
  public String toString() {
    return "RecordedBus[%s, simulated=%s]".formatted(bus, simulation != null);
  }
}
