package dev.carillon.flow;

import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a run writes to its journal; nothing, if it has none. */
final class JournalKeeper {
  /*
   * The journal may fail at any time, also while the run's end is written. Then the run stops, and can
   * be gone on with behind what was written. At the end, who sees the failure last has the run be over:
   * the thread that ends it writes `over` and looks at `hasFailed` then, who notes the failure does so the
   * other way round.
   */
  private static final System.Logger LOG = System.getLogger("dev.carillon.flow");

  private final LocalRun<?> run;
  private final @Nullable RunJournal journal;

  private volatile boolean hasFailed;
  private volatile @Nullable Runnable over; // not null once the run is at its end

  JournalKeeper(LocalRun<?> run, @Nullable RunJournal journal) {
    this.run = run;
    this.journal = journal;
  }

  boolean isJournaled() {
    return journal != null;
  }

  /** {@return what another process has written, by name; empty if none has} */
  Map<String, Object> before() {
    return journal == null ? Map.of() : journal.keys();
  }

  /** {@return the status of what another process has done} */
  RunStatus statusBefore() {
    return journal == null ? RunStatus.OK : journal.status();
  }

  /** Has a unit go on behind what another process has done, if one has. */
  void resume(UnitRun unit) {
    long from = journal == null ? 0 : journal.resumedFrom(unit.plan.index);
    if (from > 0) {
      JournalValues.restore(unit, from, before());
    }
  }

  /** Writes down what the run was started with, and has it go on when that is durable. */
  void begin(Runnable then) {
    if (journal == null) {
      then.run();
    } else {
      journal.begin(() -> run.act(then), this::failed);
    }
  }

  /** Writes an iteration: {@return whether that is to be waited for} */
  boolean commit(
      UnitRun unit,
      long iteration,
      RunStatus how,
      @Nullable Instant through,
      long last,
      Runnable then) {
    if (journal == null || run.isCancelling()) {
      return false;
    }
    try {
      Map<String, Object> values = JournalValues.of(unit, iteration, through, last);
      journal.commit(unit.plan.index, iteration, how, values, then);
      return true;
    } catch (RuntimeException e) { // a value that cannot be written
      failed(e);
      return false;
    }
  }

  private void failed(Throwable cause) {
    hasFailed = true;
    run.failuresSoFar()
        .add("journal", run.iteration(), 1, RunStatus.ERROR, cause, Integer.MAX_VALUE);
    run.raise(RunStatus.ERROR);
    run.stopAtOnce();
    for (int i = 0; i < run.plan().units.length; i++) {
      run.unit(i).iterations.forgetCommits();
    }
    Runnable atEnd = over;
    if (atEnd != null) {
      atEnd.run();
    }
  }

  /**
   * Writes down that the run has ended.
   *
   * @param then is run once or twice
   */
  void end(Runnable then) {
    over = then;
    if (journal == null || run.isCancelledByUser() || hasFailed) {
      then.run(); // and a run with a journal can be resumed
    } else {
      journal.end(run.status(), then);
    }
  }

  void close() {
    try {
      if (journal != null) {
        journal.close();
      }
    } catch (RuntimeException e) { // a store's: the run is over all the same
      LOG.log(Level.WARNING, "the journal of run \"" + run.name() + "\" cannot be closed", e);
    }
  }
}
