package dev.carillon.event;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/** The object surface of an event system, on its {@link EventCore}. */
final class LocalEvents implements EventSystem {
  private static final int MOST_LISTED = 10_000;

  private final EventSystemConfig config;
  private final EventCore core;
  private final LeakWatch leaks;
  private final Tracing tracing;

  /** Stand-ins for events of other systems that are not known to be complete. */
  private final ConcurrentHashMap<EventHandle, LocalEvent> proxies = new ConcurrentHashMap<>();

  LocalEvents(EventSystemConfig config) {
    this.config = config.owner() == 0 ? config.withOwner(randomOwner()) : config;
    this.core = new EventCore(this.config);
    this.leaks = new LeakWatch(core);
    this.tracing = new Tracing(config.traceEvery(), config.clock());
  }

  private static long randomOwner() {
    long owner = ThreadLocalRandom.current().nextLong();
    return owner == 0 ? 1 : owner;
  }

  @Override
  public EventSystemConfig config() {
    return config;
  }

  @Override
  public long owner() {
    return config.owner();
  }

  @Override
  public Event newEvent() {
    return created(core.create());
  }

  @Override
  public Event newEvent(String name) {
    return created(core.create(name));
  }

  /** {@return the object of an event that was just created, traced if it is its turn} */
  private LocalEvent created(long raw) {
    var event = new LocalEvent(core, raw);
    if (tracing.chooses(raw)) {
      trace(event);
    }
    return event;
  }

  private void trace(LocalEvent event) {
    Details details = core.details.make(event.raw);
    if (details != null) {
      details.createdAt = Tracing.callSite();
      leaks.watch(event, details);
    }
  }

  @Override
  public Event event(EventHandle handle) {
    if (handle.owner() == config.owner()) {
      return core.event(core.raw(handle));
    }
    RemoteEvents port = config.remote();
    if (port == null) {
      throw new UnknownOwnerException(handle, config.owner());
    }
    return new RemoteEvent(port, handle, proxy(port, handle));
  }

  private LocalEvent proxy(RemoteEvents port, EventHandle handle) {
    LocalEvent known = proxies.get(handle);
    if (known != null) {
      return known;
    }
    var made = new LocalEvent(core, core.create("remote " + handle));
    LocalEvent raced = proxies.putIfAbsent(handle, made);
    if (raced != null) {
      made.trigger();
      return raced;
    }
    made.whenComplete((Housekeeping) _ -> proxies.remove(handle, made));
    try {
      port.watch(
          handle,
          poison -> {
            if (poison == null) {
              made.tryTrigger();
            } else {
              core.tryPoison(made.raw, poison);
            }
          });
    } catch (RuntimeException e) {
      made.tryPoison(e);
      throw e;
    }
    return made;
  }

  @Override
  public RawEvents raw() {
    return core;
  }

  @Override
  public Event merge(Event... inputs) {
    var raw = new long[inputs.length];
    for (int i = 0; i < raw.length; i++) {
      raw[i] = local(inputs[i]).raw;
    }
    return new LocalEvent(core, core.merge(raw));
  }

  @Override
  public Event merge(Collection<? extends Event> inputs) {
    return new LocalEvent(core, core.merge(raw(inputs)));
  }

  @Override
  public Event mergeFailFast(Collection<? extends Event> inputs) {
    return new LocalEvent(core, core.mergeFailFast(raw(inputs)));
  }

  @Override
  public Event anyOf(Collection<? extends Event> inputs) {
    return quorum(1, inputs);
  }

  @Override
  public Event quorum(int k, Collection<? extends Event> inputs) {
    return new LocalEvent(core, Quorum.create(core, k, raw(inputs)));
  }

  private long[] raw(Collection<? extends Event> inputs) {
    var raw = new long[inputs.size()];
    int i = 0;
    for (Event input : inputs) {
      raw[i++] = local(input).raw;
    }
    return raw;
  }

  /** {@return the event of this system that is, or stands in for, an event} */
  private LocalEvent local(Event event) {
    return switch (event) {
      case LocalEvent local when local.core == core -> local;
      case RemoteEvent remote when remote.proxy().core == core -> remote.proxy();
      default -> local(event(event.handle()));
    };
  }

  @Override
  public Event after(Duration delay) {
    var event = new LocalEvent(core, core.create());
    var timer = core.timers().schedule(delay, event::tryTrigger);
    core.listen(event.raw, new Timeout(timer));
    return event;
  }

  @Override
  public EventGuard guard() {
    return newEvent().guard();
  }

  @Override
  public EventGuard guard(String name) {
    return newEvent(name).guard();
  }

  @Override
  public <T> Promise<T> promise() {
    return new SlotPromise<>(created(core.create()));
  }

  @Override
  public <T> Promise<T> promise(String name) {
    return new SlotPromise<>(created(core.create(name)));
  }

  @Override
  public <T> Promise<T> promise(CompletionStage<T> stage) {
    var promise = new SlotPromise<T>(new LocalEvent(core, core.create()));
    stage.whenComplete((value, failure) -> {
      if (failure != null) {
        promise.event().tryPoison(failure);
      } else if (value == null) {
        promise.event().tryPoison("a promise needs a value, and the stage had none: value=null");
      } else {
        promise.tryComplete(value);
      }
    });
    return promise;
  }

  @Override
  public EventScope scope(Event parent) {
    return new ChildScope(core, local(parent));
  }

  @Override
  public Explanation explain(Event event) {
    return new Explainer(core).explain(local(event).raw);
  }

  @Override
  public Registration observeWaits(WaitObserver observer) {
    return core.observers.add(Objects.requireNonNull(observer, "observer"));
  }

  @Override
  public WaitGraph waitGraph() {
    return new Explainer(core).graph();
  }

  @Override
  public List<Event> pendingOlderThan(Duration age) {
    record Aged(long event, long age) {}
    var oldest = new PriorityQueue<Aged>(Comparator.comparingLong(Aged::age));
    for (int index = 0; index < core.slots.highWater(); index++) {
      long event = core.pendingIn(index);
      long nanos = event == 0 ? 0 : core.age(event);
      if (event != 0 && Duration.ofNanos(nanos).compareTo(age) >= 0) {
        oldest.add(new Aged(event, nanos));
        if (oldest.size() > MOST_LISTED) {
          oldest.remove();
        }
      }
    }
    var events = new ArrayList<Event>(oldest.size());
    while (!oldest.isEmpty()) {
      events.addFirst(new LocalEvent(core, oldest.remove().event()));
    }
    return events;
  }

  @Override
  public EventStats stats() {
    return core.stats(leaks.leaked());
  }

  @Override
  public boolean isShutdown() {
    return core.isShutdown();
  }

  @Override
  public void shutdown(String reason) {
    core.shutdown(reason);
  }

  @Override
  public void close() {
    try {
      core.close("closed");
    } finally {
      leaks.close();
    }
  }

  @Override
  public String toString() {
    return "EventSystem[%s, owner=%016x]".formatted(config.name(), config.owner());
  }
}
