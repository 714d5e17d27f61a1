package dev.carillon.event;

import java.time.Duration;

/** An event under test, seen through one of the two surfaces. */
sealed interface Subject {
  EventHandle handle();

  Event object();

  EventStatus status();

  void trigger();

  boolean tryTrigger();

  void poison(String reason);

  boolean tryPoison(String reason);

  void await() throws InterruptedException;

  boolean await(Duration timeout) throws InterruptedException;

  /** {@return what removes the listener} */
  Removal whenComplete(CompletionListener listener);

  /** A listener's place. */
  interface Removal {
    boolean remove();
  }

  record OfObject(Event object) implements Subject {
    @Override
    public EventHandle handle() {
      return object.handle();
    }

    @Override
    public EventStatus status() {
      return object.status();
    }

    @Override
    public void trigger() {
      object.trigger();
    }

    @Override
    public boolean tryTrigger() {
      return object.tryTrigger();
    }

    @Override
    public void poison(String reason) {
      object.poison(reason);
    }

    @Override
    public boolean tryPoison(String reason) {
      return object.tryPoison(reason);
    }

    @Override
    public void await() throws InterruptedException {
      object.await();
    }

    @Override
    public boolean await(Duration timeout) throws InterruptedException {
      return object.await(timeout);
    }

    @Override
    public Removal whenComplete(CompletionListener listener) {
      return object.whenComplete(listener)::remove;
    }
  }

  record OfRaw(RawEvents raw, long event) implements Subject {
    @Override
    public EventHandle handle() {
      return raw.handle(event);
    }

    @Override
    public Event object() {
      return raw.event(event);
    }

    @Override
    public EventStatus status() {
      return raw.status(event);
    }

    @Override
    public void trigger() {
      raw.trigger(event);
    }

    @Override
    public boolean tryTrigger() {
      return raw.tryTrigger(event);
    }

    @Override
    public void poison(String reason) {
      raw.poison(event, reason);
    }

    @Override
    public boolean tryPoison(String reason) {
      return raw.tryPoison(event, reason);
    }

    @Override
    public void await() throws InterruptedException {
      raw.await(event);
    }

    @Override
    public boolean await(Duration timeout) throws InterruptedException {
      return raw.await(event, timeout);
    }

    @Override
    public Removal whenComplete(CompletionListener listener) {
      long registration = raw.whenComplete(event, listener);
      return () -> raw.remove(event, registration);
    }
  }
}
