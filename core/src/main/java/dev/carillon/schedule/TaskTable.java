package dev.carillon.schedule;

import dev.carillon.event.Event;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The tasks of a scheduler that are not over, by their events. Safe for use by any thread. */
final class TaskTable {
  /*
   * A task stands at the index of its event's slot, in chunks that are made when first needed and
   * stay. Slots are given out in sequence, so tasks submitted one after another stand side by side,
   * and finding one costs no hashing. When an event is complete its slot may be used again, perhaps
   * for the next task and before the first is removed; so the next replaces the first, and who
   * removes or looks something up checks whose place it is. The first is mostly over in all but
   * name; but if it was cancelled, its thread may stay for long, so it is kept aside until it is
   * removed. Who puts it aside looks after that whether it is over, as it may just have been.
   */
  private static final int CHUNK = 1 << 10;

  private static final VarHandle PLACE = MethodHandles.arrayElementVarHandle(TaskRun[].class);

  private final Object growing = new Object();
  private final Set<TaskRun> aside = ConcurrentHashMap.newKeySet();

  // written under `growing`; read by anyone
  private volatile @Nullable TaskRun[] @Nullable [] chunks = new TaskRun[1][];

  void put(TaskRun task) {
    int index = task.event.index();
    TaskRun before = (TaskRun) PLACE.getAndSet(chunk(index), index & (CHUNK - 1), task);
    if (before != null) {
      aside.add(before);
      if (before.phase == TaskPhase.DONE) {
        aside.remove(before);
      }
    }
  }

  void remove(TaskRun task) {
    int index = task.event.index();
    if (!PLACE.compareAndSet(chunk(index), index & (CHUNK - 1), task, null)) {
      aside.remove(task);
    }
  }

  /** {@return the task that completes an event, or null} */
  @Nullable TaskRun task(Event event) {
    int index = event.index();
    @Nullable TaskRun[] @Nullable [] known = chunks;
    int number = index >>> Integer.numberOfTrailingZeros(CHUNK);
    if (number >= known.length || known[number] == null) {
      return null;
    }
    TaskRun task = (TaskRun) PLACE.getVolatile(known[number], index & (CHUNK - 1));
    if (task != null && task.event.equals(event)) {
      return task;
    }
    for (TaskRun other : aside) {
      if (other.event.equals(event)) {
        return other;
      }
    }
    return null;
  }

  /** Shows the tasks that are there, and perhaps some that come or go meanwhile. */
  void forEach(Consumer<TaskRun> action) {
    aside.forEach(action);
    for (@Nullable TaskRun @Nullable [] chunk : chunks) {
      for (int i = 0; chunk != null && i < CHUNK; i++) {
        TaskRun task = (TaskRun) PLACE.getVolatile(chunk, i);
        if (task != null) {
          action.accept(task);
        }
      }
    }
  }

  private @Nullable TaskRun[] chunk(int index) {
    int number = index >>> Integer.numberOfTrailingZeros(CHUNK);
    @Nullable TaskRun[] @Nullable [] known = chunks;
    @Nullable TaskRun @Nullable [] chunk = number < known.length ? known[number] : null;
    return chunk == null ? newChunk(number) : chunk;
  }

  private @Nullable TaskRun[] newChunk(int number) {
    synchronized (growing) {
      @Nullable TaskRun[] @Nullable [] known = chunks;
      if (number < known.length && known[number] != null) {
        return known[number];
      }
      @Nullable TaskRun[] @Nullable [] more =
          number < known.length
              ? known.clone()
              : Arrays.copyOf(known, Math.max(number + 1, known.length * 2));
      @Nullable TaskRun[] chunk = new TaskRun[CHUNK];
      more[number] = chunk;
      chunks = more;
      return chunk;
    }
  }
}
