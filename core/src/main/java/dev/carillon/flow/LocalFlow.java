package dev.carillon.flow;

import dev.carillon.event.EventSystem;
import dev.carillon.schedule.Placement;
import dev.carillon.schedule.Scheduler;
import dev.carillon.schedule.SchedulerConfig;
import dev.carillon.time.Clock;
import dev.carillon.time.Timers;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Runs cycles in this process. */
final class LocalFlow implements Flow {
  private static final int MOST_CHECKED = 1 << 10;

  private final Scheduler scheduler;
  private final FlowConfig config;
  private final Timers timers;
  private final AtomicLong numbers = new AtomicLong();
  private final Set<CompiledPlan> checked = ConcurrentHashMap.newKeySet();

  private final Object lock = new Object();
  // guarded by lock
  private final Map<String, LocalRun<?>> runs = new LinkedHashMap<>();
  private final Set<String> starting = new HashSet<>(); // names of runs that are made
  private boolean isClosed;

  LocalFlow(Scheduler scheduler, FlowConfig config) {
    this.scheduler = scheduler;
    this.config = config;
    this.timers = Timers.on(scheduler.config().clock(), config.name() + "-timers");
  }

  @Override
  public FlowConfig config() {
    return config;
  }

  @Override
  public Scheduler scheduler() {
    return scheduler;
  }

  @Override
  public EventSystem events() {
    return scheduler.events();
  }

  Clock clock() {
    return scheduler.config().clock();
  }

  Timers timers() {
    return timers;
  }

  @Override
  public <I, O> Run<O> start(Cycle<I, O> cycle, I input, UnaryOperator<RunOptions> configure) {
    return start(cycle, input, configure.apply(RunOptions.DEFAULT), null);
  }

  <I, O> LocalRun<O> start(
      Cycle<I, O> cycle, I input, RunOptions options, @Nullable RunProbe probe) {
    var local = (LocalCycle<I, O>) cycle;
    Objects.requireNonNull(input, "input");
    if (!local.input().isInstance(input)) {
      throw new IllegalArgumentException(
          "an input must be of the cycle's type: cycle=%s, type=%s, input of %s"
              .formatted(cycle.name(), local.input().getName(), input.getClass().getName()));
    }
    return begin(local, input, options, probe);
  }

  /** {@return a run of a cycle that is a part of another, begun} */
  LocalRun<?> startChild(LocalCycle<?, ?> cycle, @Nullable Object input, RunOptions options) {
    return begin(cycle, Objects.requireNonNull(input, "input"), options, null);
  }

  private <O> LocalRun<O> begin(
      LocalCycle<?, O> cycle, Object input, RunOptions options, @Nullable RunProbe probe) {
    check(cycle.plan());
    String asked = options.name();
    String name = asked == null ? cycle.name() + "-" + numbers.incrementAndGet() : asked;
    reserve(cycle, name);
    LocalRun<O> run = null;
    boolean isLate;
    try {
      run = make(cycle, name, input, options, probe);
    } finally {
      synchronized (lock) {
        starting.remove(name);
        isLate = isClosed;
        if (run != null) {
          runs.put(name, run);
        }
        lock.notifyAll();
      }
    }
    try {
      if (isLate) {
        run.cancel(); // who closes the flow waits for it
      }
      run.begin(options.after());
    } catch (RuntimeException | Error e) { // no room for one who waits, say
      run.cancel();
      throw e;
    }
    return run;
  }

  private void reserve(LocalCycle<?, ?> cycle, String name) {
    synchronized (lock) {
      if (isClosed || !scheduler.isOpen()) {
        throw new IllegalStateException(
            "a flow and its scheduler must be open to start a run: cycle=" + cycle.name());
      }
      if (runs.size() + starting.size() >= config.maxRuns()) {
        throw new IllegalStateException(
            "no more runs go on at once than are allowed: maxRuns=" + config.maxRuns());
      }
      if (runs.containsKey(name) || !starting.add(name)) {
        throw new IllegalArgumentException(
            "a run's name must be unique among those that go on: name=\"" + name + "\"");
      }
    }
  }

  /** {@return a run, made or found in its journal} Not under the lock, as a journal is read. */
  private <O> LocalRun<O> make(
      LocalCycle<?, O> cycle,
      String name,
      Object input,
      RunOptions options,
      @Nullable RunProbe probe) {
    Journal where = options.journal();
    if (where == null) {
      return new LocalRun<>(this, name, cycle, input, options, null, probe);
    }
    CompiledPlan plan = cycle.plan();
    RunJournal journal =
        RunJournal.open(
            where,
            name,
            plan.name,
            plan.fingerprint(),
            JournalValues.written(input),
            value -> JournalValues.typeOf(plan, value));
    LocalRun<O> run = null;
    try {
      run = new LocalRun<>(this, name, cycle, input, options, journal, probe);
      return run;
    } finally {
      if (run == null) {
        journal.close();
      }
    }
  }

  /** Checks that the scheduler has what a plan asks for. */
  private void check(CompiledPlan plan) {
    if (checked.contains(plan)) {
      return;
    }
    SchedulerConfig has = scheduler.config();
    for (PartRules rules : plan.rules()) {
      String pool = rules.placement().pool();
      boolean isKnown =
          rules.placement().equals(Placement.CPU)
              || rules.placement().equals(Placement.BLOCKING)
              || rules.placement().equals(Placement.CALLER)
              || has.pools().containsKey(pool);
      require(isKnown, plan, "a pool must be one of the scheduler's", "pool=" + pool);
      rules
          .needs()
          .forEach((resource, permits) ->
              require(
                  has.resources().getOrDefault(resource, 0L) >= permits,
                  plan,
                  "a scheduler must have the permits that are asked for",
                  "resource=%s, permits=%d, has=%s".formatted(resource, permits, has.resources())));
      if (rules.band() != null) {
        require(
            rules.band().index() < has.bands(),
            plan,
            "a band must be one of the scheduler's",
            "band=%s, bands=%d".formatted(rules.band(), has.bands()));
      }
    }
    if (checked.size() >= MOST_CHECKED) {
      checked.clear(); // they are checked again: plans that are not in use must not be kept
    }
    checked.add(plan);
  }

  private static void require(boolean holds, CompiledPlan plan, String rule, String values) {
    if (!holds) {
      throw new IllegalArgumentException("%s: cycle=%s, %s".formatted(rule, plan.name, values));
    }
  }

  void over(LocalRun<?> run) {
    synchronized (lock) {
      runs.remove(run.name(), run);
    }
  }

  @Override
  public List<Run<?>> runs() {
    synchronized (lock) {
      return List.copyOf(runs.values());
    }
  }

  @Override
  public Optional<Run<?>> run(String name) {
    synchronized (lock) {
      return Optional.ofNullable(runs.get(name));
    }
  }

  @Override
  public void close() {
    List<LocalRun<?>> all;
    synchronized (lock) {
      isClosed = true;
      all = new ArrayList<>(runs.values());
    }
    all.forEach(LocalRun::cancel);
    awaitStarting();
    synchronized (lock) {
      all = new ArrayList<>(runs.values());
    }
    try {
      all.forEach(LocalRun::close);
    } finally {
      timers.close();
    }
  }

  /** Waits until those are made that were being made when this was closed: they are runs, too. */
  private void awaitStarting() {
    boolean interrupted = false;
    synchronized (lock) {
      while (!starting.isEmpty()) {
        try {
          lock.wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
