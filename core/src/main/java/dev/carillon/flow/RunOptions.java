package dev.carillon.flow;

import dev.carillon.event.Event;
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
 */
public record RunOptions(
    @Nullable String name, List<Event> after, boolean isTraced, @Nullable Journal journal) {

  /** The default options. */
  public static final RunOptions DEFAULT = new RunOptions(null, List.of(), false, null);

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if the name is none, or a journal is to be kept of a run
   *     without a name
   */
  public RunOptions {
    if (name != null) {
      PartNames.check(name);
    } else if (journal != null) {
      throw new IllegalArgumentException(
          "a run with a journal needs a name, by which it is resumed: name=null");
    }
    after = List.copyOf(after);
  }

  /**
   * {@return these options with a name}
   *
   * @param newName unique among the runs that go on
   */
  public RunOptions named(String newName) {
    return new RunOptions(newName, after, isTraced, journal);
  }

  /**
   * {@return these options with more preconditions}
   *
   * @param events that have to be triggered first
   */
  public RunOptions after(Event... events) {
    var all = new ArrayList<>(after);
    all.addAll(List.of(events));
    return new RunOptions(name, all, isTraced, journal);
  }

  /** {@return these options with a timeline} */
  public RunOptions traced() {
    return new RunOptions(name, after, true, journal);
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
    return new RunOptions(newName, after, isTraced, newJournal);
  }
}
