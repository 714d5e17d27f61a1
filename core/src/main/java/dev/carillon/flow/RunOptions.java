package dev.carillon.flow;

import dev.carillon.event.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a run is started: immutable, changed by its methods.
 *
 * @param name unique among the runs that go on; null for one made of the cycle's name and a number
 * @param after events that have to be triggered first; if one is poisoned, the run ends cancelled
 * @param isTraced whether it records when each part ran, see {@link Run#timeline}
 * @param journal where it is written down what was done; null for nowhere
 * @param deadline when it should have ended, counted from its start; null for no deadline
 */
public record RunOptions(
    @Nullable String name,
    List<Event> after,
    boolean isTraced,
    @Nullable Journal journal,
    @Nullable Duration deadline) {

  /** The default options. */
  public static final RunOptions DEFAULT = new RunOptions(null, List.of(), false, null, null);

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if the name is none, a journal is to be kept of a run without
   *     a name, or the deadline is not positive
   */
  public RunOptions {
    if (name != null) {
      PartNames.check(name);
    } else if (journal != null) {
      throw new IllegalArgumentException(
          "a run with a journal needs a name, by which it is resumed: name=null");
    }
    after = List.copyOf(after);
    if (deadline != null) {
      PartDraft.positive("deadline", deadline);
    }
  }

  /**
   * {@return these options with a name}
   *
   * @param newName unique among the runs that go on
   */
  public RunOptions named(String newName) {
    return new RunOptions(newName, after, isTraced, journal, deadline);
  }

  /**
   * {@return these options with more preconditions}
   *
   * @param events that have to be triggered first
   */
  public RunOptions after(Event... events) {
    var all = new ArrayList<>(after);
    all.addAll(List.of(events));
    return new RunOptions(name, all, isTraced, journal, deadline);
  }

  /** {@return these options with a timeline} */
  public RunOptions traced() {
    return new RunOptions(name, after, true, journal, deadline);
  }

  /**
   * {@return these options with a name and a journal} If the journal holds a run of that name that
   * has not ended, this run goes on where that one was: behind the last iteration that was
   * committed.
   *
   * @param newName of the run
   * @param newJournal where it is written down
   */
  public RunOptions journaled(String newName, Journal newJournal) {
    return new RunOptions(newName, after, isTraced, newJournal, deadline);
  }

  /**
   * {@return these options with a deadline} Threads take tasks of the run that is due first, and
   * within it what is due first by that and by what is said to {@linkplain Out#cost cost} after it;
   * retries that would end too late are not made. Nothing is interrupted. It is for a run that is
   * one thing to do, such as the answer to a request: it does not count anew for each iteration.
   *
   * @param fromStart when the run should have ended, counted from its start, with what it waits for
   *     before it begins
   */
  public RunOptions deadline(Duration fromStart) {
    return new RunOptions(name, after, isTraced, journal, fromStart);
  }
}
