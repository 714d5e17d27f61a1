package dev.carillon.event;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** How deep a thread is in completions that listeners caused, and what it put off for that. */
class Turn extends TurnLead {
  /** How many completions may nest on a thread's stack before the next is put off. */
  static final int MAX_DEPTH = 64;

  /** A list of waiters, or a direct head, to deliver to. */
  record Delivery(int first, @Nullable Poison poison) {}

  // used only by the thread whose turn it is
  int depth;
  final ArrayDeque<Delivery> deferred = new ArrayDeque<>(0);
}

/** Keeps the words of a turn from sharing a cache line with the object before. */
abstract class TurnLead {
  @SuppressWarnings("unused")
  private int p; // beside the header, where the first int of a subclass would go

  @SuppressWarnings("unused")
  private long p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, pA, pB, pC, pD, pE, pF;
}
