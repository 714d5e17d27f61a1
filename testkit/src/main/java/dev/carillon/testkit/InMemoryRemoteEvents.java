package dev.carillon.testkit;

import dev.carillon.event.CompletionListener;
import dev.carillon.event.Event;
import dev.carillon.event.EventHandle;
import dev.carillon.event.EventSystem;
import dev.carillon.event.EventSystemConfig;
import dev.carillon.event.InvalidHandleException;
import dev.carillon.event.Poison;
import dev.carillon.event.Registration;
import dev.carillon.event.RemoteEvents;
import dev.carillon.event.UnknownOwnerException;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Event systems joined in memory: each reaches the events of the others, as if they were in
 * different processes.
 *
 * {@snippet :
 * var network = new InMemoryRemoteEvents();
 * try (var here = network.open(c -> c.withName("here"));
 *     var there = network.open(c -> c.withName("there"))) {
 *   Event result = there.newEvent("result");
 *   Event known = here.event(result.handle());
 *   result.trigger();
 *   assertThat(known).isTriggered();
 * }
 * }
 *
 * <p>Safe for use by any thread.
 */
public final class InMemoryRemoteEvents {
  private final Executor wire;
  private final Map<Long, EventSystem> systems = new ConcurrentHashMap<>();
  private final Set<Watch> watches = ConcurrentHashMap.newKeySet();

  /** Makes a network without delay: requests and outcomes arrive on the thread that sends them. */
  public InMemoryRemoteEvents() {
    this(Runnable::run);
  }

  /**
   * Makes a network.
   *
   * @param wire runs whatever arrives; one that only queues makes a network that stands still until
   *     the test lets it go on
   */
  public InMemoryRemoteEvents(Executor wire) {
    this.wire = Objects.requireNonNull(wire, "wire");
  }

  /**
   * {@return a new event system that is joined with the others}
   *
   * @param configure changes the default settings
   * @throws IllegalArgumentException if a system of that owner id is on the network already
   */
  public EventSystem open(UnaryOperator<EventSystemConfig> configure) {
    var port = new Port();
    var system = EventSystem.create(c -> configure.apply(c).withRemote(port));
    port.asker = system.owner();
    if (systems.putIfAbsent(system.owner(), system) != null) {
      system.close();
      throw new IllegalArgumentException(
          "systems on a network must have different owners: owner=%016x".formatted(system.owner()));
    }
    return system;
  }

  /**
   * Takes a system off the network, as if its process had died: what is watched there is poisoned,
   * and further requests do not find it.
   *
   * @param system the system; it is not closed
   * @throws IllegalArgumentException if it is not on the network
   */
  public void lose(EventSystem system) {
    long owner = system.owner();
    if (!systems.remove(owner, system)) {
      throw new IllegalArgumentException(
          "a system must be on the network to be lost: owner=%016x".formatted(owner));
    }
    for (Watch watch : watches) {
      if (watch.handle.owner() == owner) {
        watch.lost("the system that owns the event was lost: owner=%016x".formatted(owner));
      }
    }
  }

  private final class Port implements RemoteEvents {
    private volatile long asker;

    @Override
    public void watch(EventHandle handle, CompletionListener listener) {
      EventSystem owner = owner(handle);
      var watch = new Watch(handle, listener);
      watches.add(watch);
      wire.execute(() -> watch.begin(owner));
      if (!systems.containsKey(handle.owner())) {
        watch.lost("the system that owns the event was lost meanwhile");
      }
    }

    @Override
    public void trigger(EventHandle handle) {
      owner(handle);
      wire.execute(() -> ask(handle, Event::tryTrigger));
    }

    @Override
    public void poison(EventHandle handle, Poison poison) {
      owner(handle);
      wire.execute(() -> ask(handle, event -> event.tryPoison(poison)));
    }

    /**
     * Asks the owner for something, which decides; one that was lost meanwhile is asked nothing.
     */
    private void ask(EventHandle handle, Consumer<Event> request) {
      EventSystem owner = systems.get(handle.owner());
      if (owner == null) {
        return;
      }
      Event event;
      try {
        event = owner.event(handle);
      } catch (InvalidHandleException e) {
        return; // there never was such an event, as whoever watches it is told
      }
      request.accept(event);
    }

    private EventSystem owner(EventHandle handle) {
      EventSystem owner = systems.get(handle.owner());
      if (owner == null) {
        throw new UnknownOwnerException(handle, asker);
      }
      return owner;
    }
  }

  /** Somebody here who is to be told the outcome of an event there, once. */
  private final class Watch {
    private final EventHandle handle;
    private final CompletionListener listener;
    private final AtomicBoolean told = new AtomicBoolean();
    private volatile @Nullable Registration registration;

    Watch(EventHandle handle, CompletionListener listener) {
      this.handle = handle;
      this.listener = listener;
    }

    void begin(EventSystem owner) {
      if (told.get()) {
        return; // lost on the way
      }
      try {
        Event event = owner.event(handle);
        Registration there = event.whenComplete(poison -> wire.execute(() -> tell(poison)));
        registration = there;
        if (told.get()) {
          there.remove();
        }
      } catch (InvalidHandleException e) {
        lost(String.valueOf(e.getMessage()));
      }
    }

    void lost(String reason) {
      tell(Poison.of(handle, null, reason, null, Instant.now()));
      Registration there = registration; // if it comes later, begin sees that this was told
      if (there != null) {
        there.remove();
      }
    }

    private void tell(@Nullable Poison poison) {
      watches.remove(this);
      if (!told.getAndSet(true)) {
        listener.completed(poison);
      }
    }
  }
}
