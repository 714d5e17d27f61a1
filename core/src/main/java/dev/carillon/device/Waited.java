package dev.carillon.device;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a stream was told to wait for: the last such thing, and those before it. Immutable to its
 * users, so that a stream and the events that are recorded on it share it.
 */
final class Waited {
  /*
   * Each event that ends asks how all of these ended. So that the second does not walk what the first
   * has walked, whoever finds that they have all succeeded notes it, and every walk ends at a note.
   * The note is written without a lock: it is true for ever once it is, and says nothing else.
   */
  private final Upstream last;
  private final @Nullable Waited earlier;
  private final int size;
  private boolean isWell; // this and all before it have succeeded; a race does no harm

  private Waited(Upstream last, @Nullable Waited earlier, int size) {
    this.last = last;
    this.earlier = earlier;
    this.size = size;
  }

  /** {@return how many there are} */
  int size() {
    return size;
  }

  /** {@return these, and one more} */
  static Waited and(@Nullable Waited earlier, Upstream last) {
    return new Waited(last, earlier, earlier == null ? 1 : earlier.size + 1);
  }

  /**
   * {@return what of these may yet decide how something ends: what is not known to have finished,
   * up to the first that has failed} Asks nobody.
   */
  static @Nullable Waited pruned(@Nullable Waited all) {
    var kept = new ArrayDeque<Upstream>();
    for (Waited next = all; next != null && !next.isWell; next = next.earlier) {
      if (next.last.failure() != null) {
        kept.clear(); // what was waited for later is not told of any more
        kept.push(next.last);
      } else if (!next.last.isFinished()) {
        kept.push(next.last);
      }
    }
    return of(null, kept);
  }

  /**
   * {@return the failure of something that comes after these; null if they have not failed} The
   * driver has passed them all, so whoever knows can say by now how they ended.
   */
  static @Nullable Throwable failureOfPassed(@Nullable Waited all) {
    boolean areFinished = ask(all);
    Throwable failure = failure(all);
    if (areFinished && failure == null && all != null) {
      all.isWell = true;
      if (all.earlier != null) {
        all.earlier.isWell = true; // the last may be of one event alone
      }
    }
    return failure;
  }

  /** {@return these without the last that is a certain one} */
  static @Nullable Waited without(@Nullable Waited all, Upstream one) {
    var kept = new ArrayDeque<Upstream>();
    Waited next = all;
    while (next != null && !next.last.equals(one)) {
      kept.push(next.last);
      next = next.earlier;
    }
    return of(next == null ? null : next.earlier, kept);
  }

  private static @Nullable Waited of(@Nullable Waited earlier, Iterable<Upstream> inOrder) {
    Waited all = earlier;
    for (Upstream one : inOrder) {
      all = and(all, one);
    }
    return all;
  }

  /** {@return the failure of something that comes after these; null if none is known} */
  static @Nullable Throwable failure(@Nullable Waited all) {
    Upstream first = null;
    for (Waited next = all; next != null && !next.isWell; next = next.earlier) {
      if (next.last.failure() != null) {
        first = next.last;
      }
    }
    Throwable failure = first == null ? null : first.failure();
    return first == null || failure == null ? null : first.ofLater(failure);
  }

  /**
   * Asks for those that are not known to have finished, which may be pending. The oldest come
   * first, so that those behind one that is pending need not be asked for.
   */
  static void poll(@Nullable Waited all) {
    var unknown = new ArrayDeque<Upstream>();
    for (Waited next = all; next != null && !next.isWell; next = next.earlier) {
      if (!next.last.isFinished()) {
        unknown.push(next.last);
      }
    }
    Upstream pending = null;
    for (Upstream one : unknown) {
      if ((pending == null || !one.isBehind(pending)) && !one.poll()) {
        pending = one;
      }
    }
  }

  /**
   * Asks for those, and what they came after, as a driver has passed them all.
   *
   * @return whether all have finished
   */
  private static boolean ask(@Nullable Waited all) {
    /*
     * An event that has finished asks for what it came after, which may be such an event itself. So
     * what lies deepest is asked first, by a stack of our own: a chain may be longer than the
     * thread's. What was found to be pending is not looked at again, so that no way is gone twice.
     */
    Set<Upstream> pending = null;
    boolean areFinished = true;
    for (Waited next = all; next != null && !next.isWell; next = next.earlier) {
      if (!next.last.isFinished()) {
        if (next.last.before() == null) {
          next.last.poll();
        } else {
          pending = pending == null ? new HashSet<>() : pending;
          askDeeply(next.last, pending);
        }
        areFinished &= next.last.isFinished();
      }
    }
    return areFinished;
  }

  private static void askDeeply(Upstream top, Set<Upstream> pending) {
    var stack = new ArrayDeque<Upstream>();
    var entered = new ArrayDeque<Upstream>(); // those of the stack whose own are above them
    stack.push(top);
    while (!stack.isEmpty()) {
      Upstream one = stack.element();
      if (one.equals(entered.peek())) {
        stack.pop();
        entered.pop();
        if (!one.poll()) {
          pending.add(one);
        }
      } else if (one.isFinished() || pending.contains(one)) {
        stack.pop();
      } else {
        entered.push(one);
        for (Waited next = one.before(); next != null && !next.isWell; next = next.earlier) {
          if (!next.last.isFinished()) {
            stack.push(next.last);
          }
        }
      }
    }
  }
}
