package dev.carillon.event;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A scope of events of one system. */
final class ChildScope implements EventScope {
  /*
   * The scope is one listener on the parent, and each child has one listener, which takes the child
   * out of the set when it completes. A child is added before its listener and before `end` is
   * read; ending writes `end` before it walks the set: one of the two sees the other.
   */
  private final EventCore core;
  private final Event parent;
  private final Registration onParent;
  private final Set<Long> children = ConcurrentHashMap.newKeySet();
  private volatile @Nullable End end;

  /** How the scope ended: with the parent's poison, with a reason, or with neither. */
  private record End(@Nullable Poison poison, @Nullable String reason) {}

  ChildScope(EventCore core, Event parent) {
    this.core = core;
    this.parent = parent;
    this.onParent = parent.whenComplete(new OnParent(this));
  }

  @Override
  public Event parent() {
    return parent;
  }

  @Override
  public Event newEvent() {
    return add(core.create());
  }

  @Override
  public Event newEvent(String name) {
    return add(core.create(name));
  }

  @Override
  public Event adopt(Event child) {
    if (child instanceof LocalEvent local && local.core == core) {
      add(local.raw);
      return child;
    }
    throw new IllegalArgumentException(
        "a scope holds events of one system: system=%s child=%s".formatted(core.name(), child));
  }

  private Event add(long child) {
    children.add(child);
    core.listen(child, (Housekeeping) _ -> children.remove(child));
    End ended = end;
    if (ended != null) {
      end(child, ended);
    }
    return new LocalEvent(core, child);
  }

  private void end(End how) {
    synchronized (this) {
      if (end != null) {
        return;
      }
      end = how;
    }
    Error error = null;
    for (long child : children) {
      try {
        end(child, how);
      } catch (Error e) { // a listener's; the others are served first
        error = error == null ? e : error;
      }
    }
    if (error != null) {
      throw error;
    }
  }

  private void end(long child, End how) {
    if (how.poison() != null) {
      EventHandle handle = core.handle(child);
      String reason = "the parent of its scope failed: " + how.poison().reason();
      core.tryPoison(child, how.poison().inChild(handle, core.nameOf(child), reason, core.now()));
    } else if (how.reason() != null) {
      core.tryPoison(child, how.reason());
    } else {
      children.remove(child);
    }
  }

  @Override
  public int pending() {
    return children.size();
  }

  @Override
  public void close() {
    onParent.remove();
    end(new End(null, "its scope was closed"));
  }

  /** The scope's place on its parent. */
  record OnParent(ChildScope scope) implements CompletionListener {
    @Override
    public void completed(@Nullable Poison poison) {
      scope.end(new End(poison, null));
    }

    @Override
    public String toString() {
      return "scope of " + scope.pending() + " pending events";
    }
  }
}
