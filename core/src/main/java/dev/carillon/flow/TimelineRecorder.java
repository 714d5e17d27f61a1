package dev.carillon.flow;

import java.util.ArrayList;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Notes when attempts run. */
final class TimelineRecorder implements RunProbe {
  /*
   * Attempts under way are in a map, those that have ended in a ring of the newest. An attempt has one
   * begin and one end, which may be on different threads.
   */
  private static final int KEPT = 1 << 16;

  private record Attempt(int unit, int node, long iteration, int number) {}

  private record Begin(long nanos, String thread) {}

  private record End(Attempt attempt, Begin begin, long nanos, boolean ok) {
    SpanOrder.Place place() {
      return new SpanOrder.Place(attempt.unit, attempt.node, attempt.iteration);
    }
  }

  private final LocalRun<?> run;
  private final Map<Attempt, Begin> underWay = new ConcurrentHashMap<>();

  // guarded by this
  private final ArrayList<End> ring = new ArrayList<>();
  private long count;

  TimelineRecorder(LocalRun<?> run) {
    this.run = run;
  }

  private static String name(Thread thread) {
    String name = thread.getName();
    return name.isEmpty() ? "virtual-" + thread.threadId() : name;
  }

  @Override
  public void attemptBegan(int unit, int node, long iteration, int attempt) {
    underWay.put(
        new Attempt(unit, node, iteration, attempt),
        new Begin(run.clock().nanos(), name(Thread.currentThread())));
  }

  @Override
  public void attemptEnded(int unit, int node, long iteration, int attempt, boolean ok) {
    long now = run.clock().nanos();
    var which = new Attempt(unit, node, iteration, attempt);
    Begin begin = underWay.remove(which);
    if (begin == null) {
      return; // it began before anybody asked
    }
    var end = new End(which, begin, now, ok);
    synchronized (this) {
      if (ring.size() < KEPT) {
        ring.add(end);
      } else {
        ring.set((int) (count % KEPT), end);
      }
      count++;
    }
  }

  Timeline timeline() {
    ArrayList<End> ends;
    long all;
    synchronized (this) {
      all = count;
      int oldest = count <= KEPT ? 0 : (int) (count % KEPT);
      ends = new ArrayList<>(ring.subList(oldest, ring.size()));
      ends.addAll(ring.subList(0, oldest));
    }
    long origin = run.beganAt();
    Set<SpanOrder.Place> places = ends.stream().map(End::place).collect(Collectors.toSet());
    var order = new SpanOrder(run, places);
    return new Timeline(
        run.name(), ends.stream().map(end -> span(end, origin, order)).toList(), all - ends.size());
  }

  private Timeline.Span span(End end, long origin, SpanOrder order) {
    UnitRun unit = run.unit(end.attempt.unit);
    return new Timeline.Span(
        unit.name(end.attempt.node),
        end.attempt.iteration,
        end.attempt.number,
        end.begin.thread,
        end.begin.nanos - origin,
        end.nanos - origin,
        end.ok,
        order.before(end.place()));
  }
}
