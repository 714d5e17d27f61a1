package dev.carillon.event;

import dev.carillon.event.Explanation.Kind;
import dev.carillon.event.WaitGraph.Edge;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads who waits for what out of the slots and lists of waiters of a running system. */
final class Explainer {
  /*
   * The scan takes no lock and stops nobody. It walks the list of each pending slot and reads the
   * state word again afterwards: if the event completed meanwhile, its nodes may have gone to other
   * lists, and what was read is dropped. A list that was compacted meanwhile may show a waiter twice
   * or not at all. In a system that hangs nothing moves, and the picture is exact.
   */
  private static final int MOST_ENTRIES = 1_000;
  private static final int MOST_DEPTH = 40;

  /** Somebody who waits for an event, and what it completes in turn: 0 if that is not known. */
  private record Wait(long awaited, Kind kind, Object who, long completes) {}

  private final EventCore core;
  private final Map<Long, List<Wait>> waiters = new LinkedHashMap<>(); // by awaited event
  private final Map<Long, List<Wait>> causes =
      new HashMap<>(); // by event that is completed in turn
  private final Map<Thread, Long> blocked = new HashMap<>();
  private int entries;
  private int cut;

  Explainer(EventCore core) {
    this.core = core;
    for (int index = 0; index < core.slots.highWater(); index++) {
      long event = core.pendingIn(index);
      if (event != 0) {
        scan(event);
      }
    }
  }

  private void scan(long event) {
    int index = (int) (event >>> 32);
    var found = new ArrayList<Wait>();
    int most = core.nodes.highWater();
    int node = SlotTable.head(core.slots.stateAcquire(index));
    if (SlotTable.isDirect(node)) {
      found.add(waitOf(event, null, SlotTable.directOutput(node)));
      node = 0;
    }
    for (int steps = 1; node != 0 && steps < most; steps++) {
      if (steps % 4096 == 0 && core.pendingIn(index) != event) {
        return; // its nodes are in other lists by now, where the walk might not end
      }
      Object target = core.nodes.target(node);
      if (!core.nodes.isClaimed(node) && !(target instanceof Housekeeping)) {
        found.add(waitOf(event, target, core.nodes.output(node)));
      }
      node = core.nodes.next(node);
    }
    if (found.isEmpty() || core.pendingIn(index) != event) {
      return;
    }
    List<Wait> oldestFirst = found.reversed();
    waiters.put(event, oldestFirst);
    for (Wait wait : oldestFirst) {
      if (wait.completes != 0) {
        causes.computeIfAbsent(wait.completes, e -> new ArrayList<>()).add(wait);
      }
      if (wait.who instanceof Thread thread) {
        blocked.put(thread, event);
      }
    }
  }

  private Wait waitOf(long event, @Nullable Object target, int output) {
    return switch (target) {
      case null ->
          new Wait(event, Kind.MERGE, "merge", core.pendingIn(core.merges.outputOf(output)));
      case Waiter waiter -> new Wait(event, Kind.THREAD, waiter.thread, 0);
      case Awaiter stage -> new Wait(event, Kind.STAGE, stage, 0);
      case ChildScope.OnParent scope -> new Wait(event, Kind.SCOPE, scope, 0);
      case Quorum.Vote vote -> new Wait(event, Kind.MERGE, vote, completes(vote));
      case CompletionListener listener ->
          new Wait(event, Kind.LISTENER, listener, completes(listener));
      default -> throw new IllegalStateException("not a waiter: " + target);
    };
  }

  private long completes(CompletionListener listener) {
    EventHandle handle = listener.completes();
    if (handle == null || handle.owner() != core.config().owner()) {
      return 0;
    }
    long event = core.pendingIn(handle.index());
    return (int) event == handle.generation() ? event : 0;
  }

  // -- one event

  Explanation explain(long event) {
    List<Explanation.Waiter> waiting = waiters(event, new HashSet<>(Set.of(event)), 0);
    entries = 0;
    return explain(event, waiting, new HashSet<>(), 0);
  }

  private Explanation explain(
      long event, List<Explanation.Waiter> waiting, Set<Long> seen, int depth) {
    EventStatus status = core.status(event);
    Details details = core.detailsOf(event);
    Thread guard = details == null ? null : details.guard;
    var waitsFor = new ArrayList<Explanation>();
    if (seen.add(event)) {
      for (long awaited : awaitedBy(event, guard)) {
        if (entries >= MOST_ENTRIES || depth >= MOST_DEPTH) {
          cut++;
        } else {
          entries++;
          waitsFor.add(explain(awaited, List.of(), seen, depth + 1));
        }
      }
    }
    return new Explanation(
        core.handle(event),
        Optional.ofNullable(details).map(d -> d.name),
        status,
        Optional.ofNullable(core.poisonOf(event)),
        status == EventStatus.PENDING ? Duration.ofNanos(core.age(event)) : Duration.ZERO,
        Optional.ofNullable(details).map(d -> d.createdAt),
        Optional.ofNullable(guard).map(Explainer::describe),
        waiting,
        waitsFor,
        depth == 0 ? cut : 0);
  }

  private List<Long> awaitedBy(long event, @Nullable Thread guard) {
    var awaited = new ArrayList<Long>();
    causes.getOrDefault(event, List.of()).forEach(wait -> awaited.add(wait.awaited));
    Long guardAwaits = guard == null ? null : blocked.get(guard);
    if (guardAwaits != null) {
      awaited.add(guardAwaits);
    }
    return awaited.stream().distinct().toList();
  }

  private List<Explanation.Waiter> waiters(long event, Set<Long> seen, int depth) {
    var list = new ArrayList<Explanation.Waiter>();
    for (Wait wait : waiters.getOrDefault(event, List.of())) {
      if (entries >= MOST_ENTRIES || depth >= MOST_DEPTH) {
        cut++;
        continue;
      }
      entries++;
      boolean follow = wait.completes != 0 && seen.add(wait.completes);
      list.add(
          new Explanation.Waiter(
              wait.kind,
              describe(wait),
              wait.completes == 0 ? Optional.empty() : Optional.of(core.handle(wait.completes)),
              follow ? waiters(wait.completes, seen, depth + 1) : List.of()));
    }
    return list;
  }

  private String describe(Wait wait) {
    String who =
        switch (wait.kind) {
          case THREAD -> describe((Thread) wait.who);
          case MERGE -> wait.who instanceof String ? "merge" : "merge (" + wait.who + ")";
          case LISTENER -> describe((CompletionListener) wait.who);
          case STAGE, SCOPE -> oneLine(wait.who.toString());
        };
    return wait.completes == 0 ? who : who + " completes " + core.describe(wait.completes);
  }

  private static String describe(CompletionListener listener) {
    return listener instanceof CompletingListener
        ? "listener"
        : "listener " + oneLine(listener.toString());
  }

  private static String describe(Thread thread) {
    String name = thread.getName();
    String number = "#" + thread.threadId(); // names need not differ
    String shown = name.isEmpty() ? number : "\"" + oneLine(name) + "\" " + number;
    return (thread.isVirtual() ? "virtual thread " : "thread ") + shown;
  }

  private static String oneLine(String text) {
    String line = text.replaceAll("\\s+", " ");
    return line.length() <= 160 ? line : line.substring(0, 160) + "…";
  }

  // -- all events

  WaitGraph graph() {
    var edges = new ArrayList<Edge>();
    waiters.forEach((event, list) -> list.forEach(wait -> edges.add(edge(wait))));
    for (int index = 0; index < core.slots.highWater(); index++) {
      long event = core.pendingIn(index);
      Details details = event == 0 ? null : core.details.find(event);
      Thread guard = details == null ? null : details.guard;
      if (guard != null && core.status(event) == EventStatus.PENDING) {
        edges.add(new Edge(core.describe(event), describe(guard), "guarded by"));
      }
    }
    return new WaitGraph(edges, Cycles.in(edges));
  }

  private Edge edge(Wait wait) {
    String waiter =
        wait.completes != 0
            ? core.describe(wait.completes)
            : Objects.requireNonNull(describe(wait), "description");
    String how =
        switch (wait.kind) {
          case THREAD -> "await";
          case MERGE -> "merge";
          case LISTENER -> "listener";
          case STAGE -> "stage";
          case SCOPE -> "scope";
        };
    return new Edge(waiter, core.describe(wait.awaited), how);
  }

  /** Finds cycles in a graph of waits. */
  private static final class Cycles {
    private static final int MOST = 100;

    private final Map<String, List<Edge>> from = new HashMap<>();
    private final Set<String> done = new HashSet<>();
    private final List<List<Edge>> cycles = new ArrayList<>();

    static List<List<Edge>> in(List<Edge> edges) {
      var search = new Cycles();
      edges.forEach(e -> search.from.computeIfAbsent(e.waiter(), w -> new ArrayList<>()).add(e));
      edges.forEach(e -> search.from(e.waiter()));
      return search.cycles;
    }

    /**
     * Depth-first search with its own stack: each edge that leads back onto the path is a cycle.
     */
    private void from(String start) {
      if (!done.add(start)) {
        return;
      }
      var path = new ArrayList<Edge>();
      var onPath = new HashMap<String, Integer>(Map.of(start, 0));
      var todo = new ArrayDeque<ArrayDeque<Edge>>();
      todo.push(new ArrayDeque<>(from.getOrDefault(start, List.of())));
      while (!todo.isEmpty()) {
        Edge edge = todo.peek().poll();
        if (edge == null) {
          todo.pop();
          if (!path.isEmpty()) {
            onPath.remove(path.removeLast().awaited());
          }
          continue;
        }
        Integer back = onPath.get(edge.awaited());
        if (back != null && cycles.size() < MOST) {
          var cycle = new ArrayList<>(path.subList(back, path.size()));
          cycle.add(edge);
          cycles.add(cycle);
        } else if (done.add(edge.awaited())) {
          path.add(edge);
          onPath.put(edge.awaited(), path.size());
          todo.push(new ArrayDeque<>(from.getOrDefault(edge.awaited(), List.of())));
        }
      }
    }
  }
}
