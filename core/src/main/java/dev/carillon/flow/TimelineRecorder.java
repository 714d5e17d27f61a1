package dev.carillon.flow;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
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
  private record Which(String part, long iteration) {}

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
  void add(UnitRun unit, int node, long iteration, int attempt, boolean ok, long begin, long end) {
    synchronized (others) {
      others.enter();
      others.add(unit.plan.index, node, iteration, attempt, ok, begin, end);
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
      ends.put(new Which(run.unit(row.unit()).name(row.node()), row.iteration()), row.end());
    }
    Set<SpanOrder.Place> places =
        newest.stream().map(TimelineRecorder::place).collect(Collectors.toSet());
    var order = new SpanOrder(run, places);
    return new Timeline(
        run.name(),
        newest.stream().map(row -> span(row, order.before(place(row)), ends)).toList(),
        noted - newest.size());
  }

  private static SpanOrder.Place place(SpanLog.Row row) {
    return new SpanOrder.Place(row.unit(), row.node(), row.iteration());
  }

  private Timeline.Span span(SpanLog.Row row, List<String> after, Map<Which, Long> ends) {
    long begin = row.begin();
    for (String part : after) {
      begin = Math.max(begin, ends.getOrDefault(new Which(part, row.iteration()), begin));
    }
    return new Timeline.Span(
        run.unit(row.unit()).name(row.node()),
        row.iteration(),
        row.attempt(),
        row.thread(),
        Math.min(begin, row.end()) - run.beganAt(),
        row.end() - run.beganAt(),
        row.ok(),
        after);
  }
}
