package dev.carillon.event;

import org.jspecify.annotations.Nullable;

/** A listener that says which event it completes. */
record CompletingListener(EventHandle completes, CompletionListener listener)
    implements CompletionListener {

  @Override
  public void completed(@Nullable Poison poison) {
    listener.completed(poison);
  }
}
