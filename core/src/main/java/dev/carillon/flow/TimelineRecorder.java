package dev.carillon.flow;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Notes when attempts run. */
final class TimelineRecorder {
  /*
   * A worker takes a log for its stay, and is its only writer. Attempts that are made otherwise, or end
   * otherwise than by their thread, are noted in one log that they share.
   *
   * A worker that goes straight on takes the end of one attempt as the beginning of the next. Another
   * worker may have ended what that depends on a moment later; so beginnings are put right by what
   * they depend on when they are read.
   */
  private record Which(int unit, int node, long iteration) {}

  private final LocalRun<?> run;

  // guarded by this
  private final List<SpanLog> all = new ArrayList<>();
  private final ArrayDeque<SpanLog> free = new ArrayDeque<>();

  private final SpanLog others = new SpanLog(); // written under its monitor

  TimelineRecorder(LocalRun<?> run) {
    this.run = run;
    all.add(others);
  }

  /** {@return a log for the thread that calls this, until it gives it back} */
  synchronized SpanLog take() {
    SpanLog log = free.poll();
    if (log == null) {
      log = new SpanLog();
      all.add(log);
    }
    log.enter();
    return log;
  }

  synchronized void giveBack(SpanLog log) {
    free.push(log);
  }

  /** An attempt has ended that no worker has made. */
  void add(UnitRun unit, int node, long iteration, int attempt, boolean ok, long begin) {
    long now = run.clock().nanos();
    synchronized (others) {
      others.enter();
      others.add(unit.plan.index, node, iteration, attempt, ok, begin, now);
    }
  }

  /** An attempt was given up that a thread is still at. */
  void givenUp(
      UnitRun unit, int node, long iteration, int attempt, long begin, @Nullable Thread thread) {
    String name = thread == null ? "" : SpanLog.nameOf(thread);
    long now = run.clock().nanos();
    synchronized (others) {
      others.add(unit.plan.index, node, iteration, attempt, false, begin, now, name);
    }
  }

  Timeline timeline() {
    List<SpanLog> logs;
    synchronized (this) {
      logs = List.copyOf(all);
    }
    var rows = new ArrayList<SpanLog.Row>();
    long noted = 0;
    for (SpanLog log : logs) {
      noted += log.read(rows::add);
    }
    rows.sort(Comparator.comparingLong(SpanLog.Row::end));
    List<SpanLog.Row> newest = rows.subList(Math.max(0, rows.size() - SpanLog.KEPT), rows.size());
    Map<Which, Long> ends = new HashMap<>();
    for (SpanLog.Row row : newest) { // of several attempts the last
      ends.put(new Which(row.unit(), row.node(), row.iteration()), row.end());
    }
    return new Timeline(
        run.name(),
        newest.stream().map(row -> span(row, begin(row, ends))).toList(),
        noted - newest.size());
  }

  private long begin(SpanLog.Row row, Map<Which, Long> ends) {
    UnitPlan plan = run.unit(row.unit()).plan;
    long begin = row.begin();
    for (int i = plan.inStart[row.node()]; i < plan.inStart[row.node() + 1]; i++) {
      var before = new Which(row.unit(), plan.ins[i], row.iteration());
      begin = Math.max(begin, ends.getOrDefault(before, begin));
    }
    return Math.min(begin, row.end());
  }

  private Timeline.Span span(SpanLog.Row row, long begin) {
    UnitRun unit = run.unit(row.unit());
    return new Timeline.Span(
        unit.name(row.node()),
        row.iteration(),
        row.attempt(),
        row.thread(),
        begin - run.beganAt(),
        row.end() - run.beganAt(),
        row.ok(),
        unit.after(row.node()));
  }
}
