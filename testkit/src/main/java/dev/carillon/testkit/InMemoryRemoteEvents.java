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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
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
    this.wire = wire;
  }

  /**
   * {@return a new event system that is joined with the others}
   *
   * @param configure changes the default settings
   */
  public EventSystem open(UnaryOperator<EventSystemConfig> configure) {
    var port = new Port();
    var system = EventSystem.create(c -> configure.apply(c).withRemote(port));
    port.asker = system.owner();
    systems.put(system.owner(), system);
    return system;
  }

  /**
   * Takes a system off the network, as if its process had died: what is watched there is poisoned,
   * and further requests do not find it.
   *
   * @param system the system; it is not closed
   */
  public void lose(EventSystem system) {
    long owner = system.owner();
    systems.remove(owner);
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
      EventSystem owner = owner(handle);
      wire.execute(() -> owner.event(handle).tryTrigger());
    }

    @Override
    public void poison(EventHandle handle, Poison poison) {
      EventSystem owner = owner(handle);
      wire.execute(() -> owner.event(handle).tryPoison(poison));
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
      try {
        Event event = owner.event(handle);
        registration = event.whenComplete(poison -> wire.execute(() -> tell(poison)));
      } catch (InvalidHandleException e) {
        lost(String.valueOf(e.getMessage()));
      }
    }

    void lost(String reason) {
      Registration there = registration;
      if (there != null) {
        there.remove();
      }
      tell(Poison.of(handle, null, reason, null, Instant.now()));
    }

    private void tell(@Nullable Poison poison) {
      watches.remove(this);
      if (!told.getAndSet(true)) {
        listener.completed(poison);
      }
    }
  }
}
