package dev.carillon.bench;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/** The least link of a chain: completing one completes all after it. */
final class FloorLink {
  private static final FloorLink DONE = new FloorLink();
  private static final VarHandle NEXT;

  static {
    try {
      NEXT = MethodHandles.lookup().findVarHandle(FloorLink.class, "next", FloorLink.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  @SuppressWarnings("unused")
  private @Nullable FloorLink next; // null, then the next link unless complete first, then DONE

  /** {@return a new link after this one} */
  FloorLink then() {
    var link = new FloorLink();
    if (!NEXT.compareAndSet(this, null, link)) {
      link.complete();
    }
    return link;
  }

  void complete() {
    FloorLink link = this;
    while (link != null) {
      link = (FloorLink) NEXT.getAndSet(link, DONE);
    }
  }

  boolean isComplete() {
    return (FloorLink) NEXT.getAcquire(this) == DONE;
  }
}
