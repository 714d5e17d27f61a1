package dev.carillon.event;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * An event of another system. A local event stands in for it: waiting is waiting for that one;
 * completing is asked of the owner.
 */
final class RemoteEvent implements Event {
  private final RemoteEvents port;
  private final EventHandle handle;
  private final LocalEvent proxy;

  RemoteEvent(RemoteEvents port, EventHandle handle, LocalEvent proxy) {
    this.port = port;
    this.handle = handle;
    this.proxy = proxy;
  }

  LocalEvent proxy() {
    return proxy;
  }

  @Override
  public EventHandle handle() {
    return handle;
  }

  @Override
  public int index() {
    return handle.index();
  }

  @Override
  public Optional<String> name() {
    return Optional.empty();
  }

  @Override
  public EventStatus status() {
    return proxy.status();
  }

  @Override
  public Optional<Poison> poison() {
    return proxy.poison();
  }

  @Override
  public void trigger() {
    if (proxy.status().isComplete()) {
      throw alreadyCompleted("trigger");
    }
    port.trigger(handle);
  }

  private AlreadyCompletedException alreadyCompleted(String attempt) {
    return new AlreadyCompletedException(
        "an event completes once: attempt=%s outcome=%s event=%s"
            .formatted(attempt, proxy.status(), handle),
        proxy.status());
  }

  @Override
  public boolean tryTrigger() {
    throw ownerDecides("tryTrigger");
  }

  private UnsupportedOperationException ownerDecides(String attempt) {
    return new UnsupportedOperationException(
        "only the owner knows who completed an event first; use trigger or poison: attempt=%s event=%s"
            .formatted(attempt, handle));
  }

  @Override
  public void poison(String reason) {
    poison(Poison.of(handle, null, reason, null, proxy.core.now()));
  }

  @Override
  public void poison(Throwable cause) {
    Objects.requireNonNull(cause, "cause");
    poison(Poison.of(handle, null, cause.toString(), cause, proxy.core.now()));
  }

  @Override
  public void poison(Poison poison) {
    switch (proxy.status()) {
      case TRIGGERED -> throw alreadyCompleted("poison");
      case PENDING -> port.poison(handle, poison);
      case POISONED -> {}
    }
  }

  @Override
  public boolean tryPoison(Poison poison) {
    throw ownerDecides("tryPoison");
  }

  @Override
  public boolean tryPoison(String reason) {
    throw ownerDecides("tryPoison");
  }

  @Override
  public boolean tryPoison(Throwable cause) {
    throw ownerDecides("tryPoison");
  }

  @Override
  public void await() throws InterruptedException {
    proxy.await();
  }

  @Override
  public boolean await(Duration timeout) throws InterruptedException {
    return proxy.await(timeout);
  }

  @Override
  public CompletionStage<Void> awaiter() {
    return proxy.awaiter();
  }

  @Override
  public Registration whenComplete(CompletionListener listener) {
    return proxy.whenComplete(listener);
  }

  @Override
  public Registration whenComplete(Executor executor, CompletionListener listener) {
    return proxy.whenComplete(executor, listener);
  }

  /** Asks the owner to poison the event after the timeout, unless it is known to be complete. */
  @Override
  public Event orPoisonAfter(Duration timeout) {
    EventCore core = proxy.core;
    if (!proxy.status().isComplete()) {
      Poison poison = Poison.of(handle, null, "not complete after " + timeout, null, core.now());
      var timer = core.timers().schedule(timeout, () -> port.poison(handle, poison));
      core.listen(proxy.raw, new Timeout(timer));
    }
    return this;
  }

  @Override
  public EventGuard guard() {
    throw new UnsupportedOperationException(
        "a guard is made by the system that owns the event: event=" + handle);
  }

  @Override
  public Event release() {
    return this;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RemoteEvent that && that.handle.equals(handle);
  }

  @Override
  public int hashCode() {
    return handle.hashCode();
  }

  @Override
  public String toString() {
    return "remote " + handle + " " + proxy.status();
  }
}
