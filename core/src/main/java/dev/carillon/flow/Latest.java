package dev.carillon.flow;

import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What the nodes of a unit ended with last, as far as it is of use. */
final class Latest {
  /*
   * Cells hold what the latest iterations ended with; what is of use and is about to be replaced
   * there by what is not is put aside before. A node ends its iterations in their order. So the latest
   * of use is in the cell of the newest iteration that has one, else in a cell whose use now under way
   * has not ended, else aside.
   */
  private final UnitRun unit;
  private final ConcurrentHashMap<Integer, Ended> values = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Integer, Ended> results = new ConcurrentHashMap<>();

  Latest(UnitRun unit) {
    this.unit = unit;
  }

  /** A node has ended in a way without a value, and what it ended with before will be gone. */
  void replacing(int node, @Nullable Object inCell, Ending by) {
    if (inCell == null) {
      return;
    }
    Ended before = Ended.of(inCell);
    if (before.hasValue() && !by.hasValue()) {
      values.put(node, before);
    }
    if (before.isUsable() && !by.isUsable) {
      results.put(node, before);
    }
  }

  /** {@return the latest value of a node} */
  @Nullable Object value(int node) {
    Ended found = find(node, Ended::hasValue);
    found = found == null ? values.get(node) : found;
    return found == null ? null : found.value();
  }

  /** {@return the latest result of a node that hands its failures on} */
  @Nullable Result<Object> result(int node) {
    Ended found = find(node, Ended::isUsable);
    found = found == null ? results.get(node) : found;
    return found == null ? null : found.result();
  }

  /** {@return how a node ended last} */
  @Nullable Ended ending(int node) {
    return find(node, _ -> true);
  }

  private @Nullable Ended find(int node, Predicate<Ended> isWanted) {
    long newest = Math.max(1, unit.iterations.begun());
    Ended found = find(newest, node, isWanted, true);
    return found == null ? find(newest, node, isWanted, false) : found;
  }

  /**
   * {@return the first that is wanted, from the newest iteration on}
   *
   * @param areOver whether only cells are looked at that have ended in the use now under way; if
   *     not, what those hold was not wanted before
   */
  private @Nullable Ended find(long newest, int node, Predicate<Ended> isWanted, boolean areOver) {
    Cells cells = unit.cells;
    for (long k = newest; k > Math.max(0, newest - cells.slots); k--) {
      int cell = cells.base(k) + node;
      Object inCell = areOver && cells.ending(cell, k) == null ? null : cells.value(cell);
      if (inCell != null && isWanted.test(Ended.of(inCell))) {
        return Ended.of(inCell);
      }
    }
    return null;
  }
}
