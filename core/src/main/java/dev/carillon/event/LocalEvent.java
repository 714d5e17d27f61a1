package dev.carillon.event;

import java.lang.ref.Reference;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** An event of this system: its core and its raw handle, 24 bytes. */
final class LocalEvent implements Event {
  /*
   * A traced event is poisoned when its object is found unreachable. The calls that complete an
   * event keep the object reachable until they are done; otherwise the last of them could lose to
   * the leak watch. Waiting need not: a thread that waits for an event that nobody else can reach
   * waits in vain, and is told so if the compiler has let go of the object.
   */
  final EventCore core;
  final long raw;

  LocalEvent(EventCore core, long raw) {
    this.core = core;
    this.raw = raw;
  }

  @Override
  public EventHandle handle() {
    release();
    return core.handle(raw);
  }

  @Override
  public int index() {
    return (int) (raw >>> Integer.SIZE);
  }

  @Override
  public Optional<String> name() {
    return Optional.ofNullable(core.nameOf(raw));
  }

  @Override
  public EventStatus status() {
    return core.status(raw);
  }

  @Override
  public Optional<Poison> poison() {
    return Optional.ofNullable(core.poisonOf(raw));
  }

  @Override
  public void trigger() {
    try {
      core.trigger(raw);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  @Override
  public boolean tryTrigger() {
    try {
      return core.tryTrigger(raw);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  @Override
  public void poison(String reason) {
    try {
      core.poison(raw, reason);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  @Override
  public void poison(Throwable cause) {
    try {
      core.poison(raw, Objects.requireNonNull(cause, "cause"));
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  @Override
  public void poison(Poison poison) {
    try {
      core.poison(raw, poison);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  @Override
  public boolean tryPoison(Poison poison) {
    try {
      return core.tryPoison(raw, Objects.requireNonNull(poison, "poison"));
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  @Override
  public boolean tryPoison(String reason) {
    try {
      return core.tryPoison(raw, reason);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  @Override
  public boolean tryPoison(Throwable cause) {
    try {
      return core.tryPoison(raw, Objects.requireNonNull(cause, "cause"));
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  @Override
  public void await() throws InterruptedException {
    core.await(raw);
  }

  @Override
  public boolean await(Duration timeout) throws InterruptedException {
    return core.await(raw, timeout);
  }

  @Override
  public CompletionStage<Void> awaiter() {
    return Awaiter.of(core, raw);
  }

  @Override
  public Registration whenComplete(CompletionListener listener) {
    return SlotRegistration.of(core, raw, core.whenComplete(raw, listener));
  }

  @Override
  public Registration whenComplete(Executor executor, CompletionListener listener) {
    return whenComplete(new ExecutorListener(core.cascade, executor, listener));
  }

  @Override
  public Event orPoisonAfter(Duration timeout) {
    Timeout.set(core, raw, timeout);
    return this;
  }

  @Override
  public EventGuard guard() {
    return new SlotGuard(this);
  }

  @Override
  public Event release() {
    try {
      Details details = core.detailsOf(raw);
      if (details != null) {
        details.released = true;
      }
      return this;
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LocalEvent that && that.core == core && that.raw == raw;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(raw);
  }

  @Override
  public String toString() {
    return core.describe(raw) + " " + status();
  }
}
