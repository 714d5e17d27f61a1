package dev.carillon.schedule;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the broker does, in obvious code: everything is looked at anew each time. */
final class PermitModel {
  private final Map<String, Long> total;
  final List<Want> lent = new ArrayList<>();
  final List<Want> waiting = new ArrayList<>();

  /** A task; {@code resource} is where it waits, if it does. */
  static final class Want {
    final String name;
    final Map<String, Long> needs;
    final long number;
    long due;
    String resource;

    Want(String name, long due, long number, Map<String, Long> needs) {
      this.name = name;
      this.due = due;
      this.number = number;
      this.needs = needs;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static final Comparator<Want> ORDER =
      Comparator.<Want>comparingLong(want -> want.due).thenComparingLong(want -> want.number);

  PermitModel(Map<String, Long> total) {
    this.total = new TreeMap<>(total);
  }

  Map<String, Long> free() {
    var free = new TreeMap<>(total);
    lent.forEach(want -> want.needs.forEach((name, n) -> free.merge(name, -n, Long::sum)));
    return free;
  }

  /** {@return the first waiter of each resource, by deadline} */
  List<Want> heads() {
    var heads = new ArrayList<Want>();
    for (String resource : total.keySet()) {
      waiting.stream().filter(w -> w.resource.equals(resource)).min(ORDER).ifPresent(heads::add);
    }
    heads.sort(ORDER);
    return heads;
  }

  /** {@return what is free once all that these heads need has been kept for them} */
  private Map<String, Long> freeBut(List<Want> heads) {
    Map<String, Long> left = free();
    heads.forEach(head -> head.needs.forEach((name, n) -> left.merge(name, -n, Long::sum)));
    return left;
  }

  private static boolean fits(Want want, Map<String, Long> left) {
    return want.needs.entrySet().stream().allMatch(e -> left.get(e.getKey()) >= e.getValue());
  }

  private List<Want> before(Want want) {
    return heads().stream().filter(head -> ORDER.compare(head, want) < 0).toList();
  }

  boolean acquire(Want want, List<String> order) {
    Map<String, Long> left = freeBut(before(want));
    if (fits(want, left)) {
      lent.add(want);
      return true;
    }
    double largest = -1;
    for (String resource : order) { // the order in which the broker compares equals
      long need = want.needs.get(resource);
      long available = left.get(resource);
      double share = available <= 0 ? Double.MAX_VALUE : (double) need / available;
      if (share > largest) {
        largest = share;
        want.resource = resource;
      }
    }
    waiting.add(want);
    return false;
  }

  List<String> release(Want want) {
    lent.remove(want);
    return grant();
  }

  List<String> withdraw(Want want) {
    waiting.remove(want);
    return grant();
  }

  List<String> reorder(Want want, long due) {
    want.due = due;
    return grant();
  }

  private List<String> grant() {
    var granted = new ArrayList<String>();
    while (true) {
      Want next =
          heads().stream()
              .filter(head -> fits(head, freeBut(before(head))))
              .findFirst()
              .orElse(null);
      if (next == null) {
        return granted;
      }
      waiting.remove(next);
      lent.add(next);
      granted.add(next.name);
    }
  }
}
