package dev.carillon.flow;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A double-ended queue of small numbers: its owner, one thread at a time, pushes and pops at one
 * end, and anybody steals from the other.
 */
final class ReadyDeque {
  /*
   * D. Chase and Y. Lev, Dynamic Circular Work-Stealing Deque, SPAA 2005; memory orders after N. Lê,
   * A. Pop, A. Cohen and F. Zappa Nardelli, Correct and Efficient Work-Stealing for Weak Memory
   * Models, PPoPP 2013, with accesses in the place of their fences.
   *
   * The numbers are at the places top to bottom - 1, and place i is cell i mod length of the array.
   * `top` only grows, by CAS: who moves it from i to i + 1 has the number at place i. `bottom` is
   * written by the owner alone.
   *
   * - The owner takes the number at place b without a CAS if, after it has stored b as bottom, top is
   *   below b. A thief that reads top = b, and then bottom, finds it no greater than b. That needs one
   *   order of all four accesses: bottom's store and top's reading in pop, top's reading and then
   *   bottom's in steal are volatile, and so is the CAS. For the last number both have a CAS.
   * - push stores the number, then bottom with release; a thief's reading of bottom acquires it. So do
   *   all stores of bottom, since a thief may read any.
   * - A cell is written again only after the owner saw that top is beyond the number in it: that
   *   reading acquires, and a CAS by which top got there is after its thief's reading of the cell. A
   *   slow thief that finds the newer number there has a CAS that fails.
   * - The array is replaced by one of twice the length, with release; thieves acquire it after bottom.
   *   The old one is not written again. One that is newer than the place a thief looks for, and lacks
   *   it, was made when top was beyond that place: its CAS fails.
   *
   * `seenTop` is a value that top has had, so that push reads top, which thieves write, only when the
   * array seems full. `bottom` and `top` are 64 bits wide and never wrap. They share a cache line:
   * with padding between them it was no faster, whether there are thieves or not.
   *
   * It holds no more than its owner has pushed; the longest array has 2^30 cells.
   */
  static final int EMPTY = -1;
  static final int LOST = -2;

  private static final int INITIAL = 16;
  private static final VarHandle TOP;
  private static final VarHandle BOTTOM;
  private static final VarHandle CELLS;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      TOP = lookup.findVarHandle(ReadyDeque.class, "top", long.class);
      BOTTOM = lookup.findVarHandle(ReadyDeque.class, "bottom", long.class);
      CELLS = lookup.findVarHandle(ReadyDeque.class, "cells", int[].class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  // CAS by anybody
  @SuppressWarnings("unused") // by handle
  private long top;

  // written by the owner, which reads them plainly; read by anybody
  private long bottom;
  private int[] cells;

  private long seenTop; // only the owner

  ReadyDeque() {
    this(INITIAL);
  }

  /**
   * Makes an empty one.
   *
   * @param cells how many to begin with: a power of two
   */
  ReadyDeque(int cells) {
    if (Integer.bitCount(cells) != 1 || cells < 0) {
      throw new IllegalArgumentException("cells must be a power of two: cells=" + cells);
    }
    this.cells = new int[cells];
  }

  /**
   * Adds a number at the owner's end.
   *
   * @param number not negative
   * @throws IllegalArgumentException if it is
   */
  void push(int number) {
    if (number < 0) {
      throw new IllegalArgumentException("a number must not be negative: number=" + number);
    }
    long b = bottom;
    int[] array = cells;
    if (b - seenTop >= array.length) {
      array = room(array, b);
    }
    array[(int) b & array.length - 1] = number;
    bottomRelease(b + 1);
  }

  /** {@return an array with a free cell at a place} */
  private int[] room(int[] array, long b) {
    long t = topAcquire();
    seenTop = t;
    if (b - t < array.length) {
      return array;
    }
    int[] longer = new int[2 * array.length];
    for (long i = t; i < b; i++) {
      longer[(int) i & longer.length - 1] = array[(int) i & array.length - 1];
    }
    cellsRelease(longer);
    return longer;
  }

  /** {@return the number that was pushed last of those here; {@link #EMPTY} if there is none} */
  int pop() {
    long b = bottom - 1;
    if (b < topOpaque()) { // it only grows, so there is nothing, and no need of a fence
      return EMPTY;
    }
    bottomVolatile(b);
    long t = topVolatile();
    int[] array = cells;
    if (t < b) {
      return array[(int) b & array.length - 1];
    }
    int number = EMPTY;
    if (t == b && TOP.compareAndSet(this, t, t + 1)) {
      number = array[(int) b & array.length - 1];
    }
    bottomRelease(b + 1);
    return number;
  }

  /**
   * {@return the number that was pushed first of those here; {@link #EMPTY} if there is none,
   * {@link #LOST} if somebody else took it meanwhile}
   */
  int steal() {
    long t = topVolatile();
    if (t >= bottomVolatile()) {
      return EMPTY;
    }
    int[] array = cellsAcquire();
    int number = array[(int) t & array.length - 1];
    return TOP.compareAndSet(this, t, t + 1) ? number : LOST;
  }

  /**
   * {@return whether there seems to be nothing} A hint that can be out of date either way: what is
   * being popped may count or not, and what is being pushed may be seen late. Who goes to sleep on
   * it has to arrange with who pushes.
   */
  boolean isEmpty() {
    return topVolatile() >= bottomVolatile();
  }

  private long topOpaque() {
    return (long) TOP.getOpaque(this);
  }

  private long topAcquire() { // pairs with the CASes in pop and steal
    return (long) TOP.getAcquire(this);
  }

  private long topVolatile() {
    return (long) TOP.getVolatile(this);
  }

  private long bottomVolatile() { // pairs with all stores of bottom
    return (long) BOTTOM.getVolatile(this);
  }

  private void bottomVolatile(long b) {
    BOTTOM.setVolatile(this, b);
  }

  private void bottomRelease(long b) { // pairs with bottomVolatile() in steal
    BOTTOM.setRelease(this, b);
  }

  private int[] cellsAcquire() { // pairs with cellsRelease in room
    return (int[]) CELLS.getAcquire(this);
  }

  private void cellsRelease(int[] longer) {
    CELLS.setRelease(this, longer);
  }
}
