package dev.carillon.binary;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The objects of one value that were written already, by identity, with their numbers. */
final class References {
  /*
   * The first few are found by looking at each, which needs no identity hash; asking an object for
   * its first one costs more than that. Beyond, an open table of twice the size, probed in turn.
   */
  static final int FEW = 12;
  private static final int KEPT = 1024;

  private @Nullable Object[] objects = new @Nullable Object[FEW];
  private boolean[] unmade = new boolean[FEW];
  private int[] table = new int[0]; // number + 1 of the object; 0 if free
  private int size;

  /** {@return the number of an object; -1 if it was not written yet} */
  @SuppressWarnings("ReferenceEquality") // identity is what is asked for
  int find(Object object) {
    if (size <= FEW) {
      for (int i = 0; i < size; i++) {
        if (objects[i] == object) {
          return i;
        }
      }
      return -1;
    }
    for (int at = slot(object); table[at] != 0; at = (at + 1) & (table.length - 1)) {
      if (objects[table[at] - 1] == object) {
        return table[at] - 1;
      }
    }
    return -1;
  }

  /**
   * {@return the number of an object that is now written}
   *
   * @param isLate whether a reader has it only when it has all of its parts
   */
  int add(Object object, boolean isLate) {
    int number = size++;
    if (number == objects.length) {
      objects = Arrays.copyOf(objects, number * 2);
      unmade = Arrays.copyOf(unmade, number * 2);
    }
    objects[number] = object;
    unmade[number] = isLate;
    if (number >= FEW) {
      if (number == FEW || size * 2 > table.length) {
        table = new int[Integer.highestOneBit(size) * 8];
        for (int i = 0; i < number; i++) {
          put(i);
        }
      }
      put(number);
    }
    return number;
  }

  private void put(int number) {
    Object object = objects[number];
    if (object != null) {
      int at = slot(object);
      while (table[at] != 0) {
        at = (at + 1) & (table.length - 1);
      }
      table[at] = number + 1;
    }
  }

  private int slot(Object object) {
    int hash = System.identityHashCode(object);
    return (hash ^ (hash >>> 16)) & (table.length - 1);
  }

  /** {@return whether a reader would not have that object yet, if it met it now} */
  boolean isUnmade(int number) {
    return unmade[number];
  }

  void made(int number) {
    unmade[number] = false;
  }

  /** Forgets all, and keeps no more memory than is worth it. */
  void clear() {
    if (size == 0) {
      return;
    }
    if (size > KEPT) {
      objects = new @Nullable Object[FEW];
      unmade = new boolean[FEW];
    } else {
      Arrays.fill(objects, 0, size, null);
    }
    table = new int[0];
    size = 0;
  }
}
