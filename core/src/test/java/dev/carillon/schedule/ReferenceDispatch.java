package dev.carillon.schedule;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The dispatch rule in obvious code: lists, searched from end to end. */
final class ReferenceDispatch {

  /** A task. */
  static final class Task {
    final int number;
    final long cost;
    final List<Task> predecessors;
    int band;
    long due;
    boolean over;

    Task(int number, int band, long due, long cost, List<Task> predecessors) {
      this.number = number;
      this.band = band;
      this.due = due;
      this.cost = cost;
      this.predecessors = predecessors;
    }

    boolean isReady() {
      return predecessors.stream().allMatch(p -> p.over);
    }
  }

  private final int lowShare;
  private final List<Task> waiting = new ArrayList<>(); // for their predecessors
  private final List<Task> ready = new ArrayList<>();
  private final List<Task> lower = new ArrayList<>(); // ready ones below the highest band, by age
  private int picks;

  ReferenceDispatch(int lowShare) {
    this.lowShare = lowShare;
  }

  void submit(Task task) {
    task.predecessors.forEach(p -> urge(p, task.due - task.cost, task.band));
    waiting.add(task);
    admitReady();
  }

  /** Those that became ready together: by number, but those that waited for a merge come last. */
  private void admitReady() {
    List<Task> inOrder = new ArrayList<>(waiting);
    inOrder.sort(Comparator.comparing((Task task) -> task.predecessors.size() > 1));
    for (Task task : inOrder) {
      if (task.isReady()) {
        waiting.remove(task);
        ready.add(task);
        if (task.band > 0) {
          lower.add(task);
        }
      }
    }
  }

  void urge(Task task, long due, int band) {
    if (task.over) {
      return;
    }
    task.band = Math.min(task.band, band);
    if (task.band == 0) {
      lower.remove(task);
    }
    task.due = Math.min(task.due, due);
    task.predecessors.forEach(p -> urge(p, task.due - task.cost, task.band));
  }

  void cancel(Task task) {
    task.over = true; // what waits for it fails, and is over too
    waiting.remove(task);
    ready.remove(task);
    lower.remove(task);
    for (Task other : List.copyOf(waiting)) {
      if (other.predecessors.contains(task)) {
        cancel(other);
      }
    }
  }

  /** {@return the next to run, which then is over} */
  @Nullable Task next() {
    if (ready.isEmpty()) {
      return null;
    }
    picks++;
    Task next =
        picks % lowShare == 0 && !lower.isEmpty()
            ? lower.getFirst()
            : ready.stream()
                .min(
                    Comparator.<Task>comparingInt(t -> t.band)
                        .thenComparingLong(t -> t.due)
                        .thenComparingInt(t -> t.number))
                .orElseThrow();
    next.over = true;
    ready.remove(next);
    lower.remove(next);
    admitReady();
    return next;
  }
}
