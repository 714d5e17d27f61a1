package dev.carillon.event;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** How deep a thread is in completions that listeners caused, and what it put off for that. */
final class Turn {
  /** How many completions may nest on a thread's stack before the next is put off. */
  static final int MAX_DEPTH = 64;

  /** A list of waiters to deliver to. */
  record Delivery(int first, @Nullable Poison poison) {}

  int depth;
  final ArrayDeque<Delivery> deferred = new ArrayDeque<>(0);
}
