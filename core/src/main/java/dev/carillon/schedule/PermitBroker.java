package dev.carillon.schedule;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Lends permits of resources to tasks: all that one needs together, or none. */
final class PermitBroker {
  /*
   * A task that cannot have all its permits waits in the queue of the resource that is scarcest for
   * it, by deadline. The heads of these queues are served in the order of their deadlines, and what
   * a head lacks is kept for it: neither a head after it nor a newcomer that is due later may take
   * what would be missing then. One that needs nothing of that may pass (backfilling as in EASY,
   * Lifka 1995, but without trusting estimates: a head is never delayed by one that passes it).
   *
   * Since a task without a deadline is ordered as due some time after its submission, those that
   * come later are due later in the end, and nobody waits for ever.
   *
   * Permits are lent to one attempt of a task. Whether it has them is a mark that changes under the
   * lock only, together with the counts; so giving back twice does nothing, and what is lent is
   * always the sum of the marks.
   */
  private static final class Resource {
    final String name;
    final long permits;
    final DeadlineQueue<Wait> waits = new DeadlineQueue<>();
    long free;

    Resource(String name, long permits) {
      this.name = name;
      this.permits = permits;
      this.free = permits;
    }
  }

  /** What a task wants of the broker; one for each task that needs permits. */
  static final class Wait extends Queued {
    final TaskRun task;
    private final int[] resources;
    private final long[] amounts;

    // guarded by the broker's lock
    private @Nullable Resource waitsFor;
    private boolean lent;

    private Wait(TaskRun task, int[] resources, long[] amounts) {
      this.task = task;
      this.resources = resources;
      this.amounts = amounts;
    }

    @Override
    long number() {
      return task.number();
    }
  }

  private final TreeMap<String, Integer> indexes = new TreeMap<>();

  private final Object lock = new Object();
  // guarded by lock
  private final List<Resource> resources = new ArrayList<>();
  private final LinkedHashSet<TaskRun> holders = new LinkedHashSet<>();

  PermitBroker(Map<String, Long> permits) {
    new TreeMap<>(permits)
        .forEach((name, count) -> {
          indexes.put(name, resources.size());
          resources.add(new Resource(name, count));
        });
  }

  /**
   * {@return what a task wants}
   *
   * @throws IllegalArgumentException if there is no such resource, or never are so many permits
   */
  Wait want(TaskRun task, Map<String, Long> needs) {
    int[] wanted = new int[needs.size()];
    long[] amounts = new long[needs.size()];
    int i = 0;
    for (var need : needs.entrySet()) {
      wanted[i] = check(need.getKey(), need.getValue());
      amounts[i++] = need.getValue();
    }
    return new Wait(task, wanted, amounts);
  }

  /**
   * {@return the index of a resource}
   *
   * @throws IllegalArgumentException if there is no such resource, or never are so many permits
   */
  int check(String name, long permits) {
    Integer index = indexes.get(name);
    if (index == null) {
      throw new IllegalArgumentException(
          "a resource must be one of the scheduler's: resource=\"%s\", known=%s"
              .formatted(name, indexes.keySet()));
    }
    long most = resources.get(index).permits;
    if (permits > most) {
      throw new IllegalArgumentException(
          "a task must not need more permits than there are: resource=\"%s\", permits=%d, most=%d"
              .formatted(name, permits, most));
    }
    return index;
  }

  /**
   * {@return true if the task has its permits, or was cancelled; false if it now waits for them}
   */
  boolean acquire(Wait wait) {
    synchronized (lock) {
      if (wait.task.cancelled || wait.lent) {
        return true;
      }
      wait.due = wait.task.wanted();
      long[] kept = new long[resources.size()];
      for (Wait head : heads()) {
        if (head.isBefore(wait)) {
          keep(head, kept);
        }
      }
      if (fits(wait, kept)) {
        lend(wait);
        return true;
      }
      Resource scarcest = scarcest(wait, kept);
      wait.waitsFor = scarcest;
      scarcest.waits.add(wait, wait.due);
      return false;
    }
  }

  /**
   * Takes the permits of a task back.
   *
   * @return the tasks that have theirs now
   */
  List<TaskRun> release(Wait wait) {
    synchronized (lock) {
      if (!wait.lent) {
        return List.of();
      }
      wait.lent = false;
      holders.remove(wait.task);
      for (int i = 0; i < wait.resources.length; i++) {
        resources.get(wait.resources[i]).free += wait.amounts[i];
      }
      return grant();
    }
  }

  /**
   * Takes a task out of the queue.
   *
   * @return null if it did not wait, else the tasks that have their permits because it left
   */
  @Nullable List<TaskRun> withdraw(Wait wait) {
    synchronized (lock) {
      Resource resource = wait.waitsFor;
      if (resource == null) {
        return null;
      }
      resource.waits.remove(wait);
      wait.waitsFor = null;
      return grant();
    }
  }

  /** Puts a task that has become more urgent where it now belongs. */
  List<TaskRun> reorder(Wait wait) {
    synchronized (lock) {
      Resource resource = wait.waitsFor;
      if (resource == null) {
        return List.of();
      }
      resource.waits.move(wait, wait.task.wanted());
      return grant();
    }
  }

  private List<TaskRun> grant() {
    var granted = new ArrayList<TaskRun>();
    boolean again = true;
    while (again) {
      again = false;
      long[] kept = new long[resources.size()];
      for (Wait head : heads()) {
        if (fits(head, kept)) {
          Resource resource = head.waitsFor;
          if (resource != null) {
            resource.waits.remove(head);
          }
          head.waitsFor = null;
          lend(head);
          granted.add(head.task);
          again = true;
          break;
        }
        keep(head, kept);
      }
    }
    return granted;
  }

  private List<Wait> heads() {
    var heads = new ArrayList<Wait>(resources.size());
    for (Resource resource : resources) {
      Wait head = resource.waits.first();
      if (head != null) {
        heads.add(head);
      }
    }
    heads.sort(Comparator.<Wait>comparingLong(w -> w.due).thenComparingLong(Wait::number));
    return heads;
  }

  private static void keep(Wait wait, long[] kept) {
    for (int i = 0; i < wait.resources.length; i++) {
      kept[wait.resources[i]] += wait.amounts[i];
    }
  }

  private boolean fits(Wait wait, long[] kept) {
    for (int i = 0; i < wait.resources.length; i++) {
      int index = wait.resources[i];
      if (resources.get(index).free - kept[index] < wait.amounts[i]) {
        return false;
      }
    }
    return true;
  }

  private void lend(Wait wait) {
    wait.lent = true;
    holders.add(wait.task);
    for (int i = 0; i < wait.resources.length; i++) {
      resources.get(wait.resources[i]).free -= wait.amounts[i];
    }
  }

  /** {@return the resource of which the task needs the largest share of what it could have} */
  private Resource scarcest(Wait wait, long[] kept) {
    Resource scarcest = resources.get(wait.resources[0]);
    double largest = -1;
    for (int i = 0; i < wait.resources.length; i++) {
      int index = wait.resources[i];
      double share = share(wait.amounts[i], resources.get(index).free - kept[index]);
      if (share > largest) {
        largest = share;
        scarcest = resources.get(index);
      }
    }
    return scarcest;
  }

  private static double share(long amount, long available) {
    return available <= 0 ? Double.MAX_VALUE : (double) amount / available;
  }

  /** {@return the largest share that a task needs of the free permits of a resource} */
  double scarcity(Wait wait) {
    synchronized (lock) {
      double largest = 0;
      for (int i = 0; i < wait.resources.length; i++) {
        long free = resources.get(wait.resources[i]).free;
        largest = Math.max(largest, share(wait.amounts[i], free));
      }
      return largest;
    }
  }

  /** {@return the free permits of each resource} */
  Map<String, Long> free() {
    synchronized (lock) {
      var free = new TreeMap<String, Long>();
      for (Resource resource : resources) {
        free.put(resource.name, resource.free);
      }
      return free;
    }
  }

  /**
   * {@return for each resource that a task waits for, what it needs, what is free and who has it}
   */
  List<String> reasons(Wait wait) {
    synchronized (lock) {
      var reasons = new ArrayList<String>();
      for (int i = 0; i < wait.resources.length; i++) {
        int index = wait.resources[i];
        Resource resource = resources.get(index);
        var line = new StringBuilder();
        line.append(
            "needs %d of \"%s\": %d of %d free"
                .formatted(wait.amounts[i], resource.name, resource.free, resource.permits));
        for (TaskRun holder : holders) {
          long has = holder.permitsOf(index);
          if (has > 0) {
            line.append(", ").append(holder.name()).append(" has ").append(has);
          }
        }
        Wait head = resource.waits.first();
        if (head != null && head != wait && head.isBefore(wait)) {
          line.append("; ").append(head.task.name()).append(" is served before");
        }
        reasons.add(line.toString());
      }
      return reasons;
    }
  }

  /** {@return how many permits of a resource a task wants} */
  static long amount(Wait wait, int resource) {
    for (int i = 0; i < wait.resources.length; i++) {
      if (wait.resources[i] == resource) {
        return wait.amounts[i];
      }
    }
    return 0;
  }
}
