package dev.carillon.schedule;

import dev.carillon.event.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How a task is to be run: immutable, changed by its methods, checked when made.
 *
 * {@snippet :
 * scheduler.submit(
 *     t -> t.named("train").high().deadline(Duration.ofMillis(50)).needs("gpu", 1), () -> train());
 * }
 *
 * @param name shown by explanations; tasks of one name share their record of past costs
 * @param band the priority that it is declared with
 * @param deadline when it should be finished, counted from submission; null for no deadline
 * @param late what happens if the deadline has passed before the task could start
 * @param cost the time one attempt is expected to take; zero takes the median of past successes of
 *     the same name
 * @param key tasks with equal keys run one after another, in the order of their submission, or of
 *     their preconditions having been met; its {@code equals} and {@code hashCode} must be quick
 *     and must not throw, as they are called under a lock of the scheduler's; null for none
 * @param needs permits that it holds while it runs, by resource
 * @param locks ids of the locks that it holds while it runs, ascending
 * @param after events that have to be triggered first
 * @param placement where it runs
 * @param timeout how long it may take from submission on, all attempts and waiting included; null
 *     for no limit
 * @param attemptTimeout how long one attempt may run; null for no limit
 * @param retry when and how often it is tried again; null for never
 * @param gates asked before each attempt, the outermost first
 * @param compensation undoes what was done if the task fails; null for nothing
 */
public record TaskOptions(
    String name,
    Band band,
    @Nullable Duration deadline,
    Late late,
    Duration cost,
    @Nullable Object key,
    Map<String, Long> needs,
    List<String> locks,
    List<Event> after,
    Placement placement,
    @Nullable Duration timeout,
    @Nullable Duration attemptTimeout,
    @Nullable Retry retry,
    List<Gate> gates,
    @Nullable Compensation compensation) {

  /** A task in the low band without anything special. */
  public static final TaskOptions DEFAULT =
      new TaskOptions(
          "task",
          Band.LOW,
          null,
          Late.RUN,
          Duration.ZERO,
          null,
          Map.of(),
          List.of(),
          List.of(),
          Placement.CPU,
          null,
          null,
          null,
          List.of(),
          null);

  /**
   * Checks the options, sorts the locks and copies the collections.
   *
   * @throws IllegalArgumentException if a time is negative or zero, a count of permits is not
   *     positive, or the name is blank
   */
  public TaskOptions {
    Checks.name(name);
    checkPositive("deadline", deadline);
    checkPositive("timeout", timeout);
    checkPositive("attemptTimeout", attemptTimeout);
    if (cost.isNegative()) {
      throw new IllegalArgumentException("cost must not be negative: cost=" + cost);
    }
    Objects.requireNonNull(band, "band");
    Objects.requireNonNull(late, "late");
    Objects.requireNonNull(placement, "placement");
    needs.forEach(TaskOptions::checkPermits);
    for (String id : locks) {
      if (id.isBlank()) {
        throw new IllegalArgumentException("a lock's name must not be blank: id=\"" + id + "\"");
      }
    }
    needs = Map.copyOf(needs);
    locks = locks.size() < 2 ? List.copyOf(locks) : List.copyOf(new TreeSet<>(locks));
    after = List.copyOf(after);
    gates = List.copyOf(gates);
  }

  private static void checkPositive(String what, @Nullable Duration time) {
    if (time != null) {
      Checks.positive(what, time);
    }
  }

  private static void checkPermits(String resource, long permits) {
    if (permits < 1) {
      throw new IllegalArgumentException(
          "permits must be at least 1: resource=\"%s\", permits=%d".formatted(resource, permits));
    }
  }

  /**
   * {@return these options with another name}
   *
   * @param newName shown by explanations
   */
  public TaskOptions named(String newName) {
    return change(d -> d.name = newName);
  }

  /** {@return these options with the highest band} */
  public TaskOptions high() {
    return band(Band.HIGH);
  }

  /** {@return these options with the low band} */
  public TaskOptions low() {
    return band(Band.LOW);
  }

  /**
   * {@return these options with another band}
   *
   * @param newBand the priority
   */
  public TaskOptions band(Band newBand) {
    return change(d -> d.band = newBand);
  }

  /**
   * {@return these options with a deadline}
   *
   * @param fromSubmission when the task should be finished, counted from its submission
   */
  public TaskOptions deadline(Duration fromSubmission) {
    return change(d -> d.deadline = fromSubmission);
  }

  /**
   * {@return these options with another policy for a deadline that has passed}
   *
   * @param newLate what happens then
   */
  public TaskOptions late(Late newLate) {
    return change(d -> d.late = newLate);
  }

  /**
   * {@return these options with an estimate of the cost}
   *
   * @param newCost the time one attempt is expected to take
   */
  public TaskOptions cost(Duration newCost) {
    return change(d -> d.cost = newCost);
  }

  /**
   * {@return these options with a key}
   *
   * @param newKey tasks with an equal one run one after another; its {@code equals} and {@code
   *     hashCode} are called under a lock of the scheduler's, so they must be quick and must not
   *     throw, and must always answer the same
   */
  public TaskOptions key(Object newKey) {
    return change(d -> d.key = newKey);
  }

  /**
   * {@return these options with permits of one more resource} All permits of a task are granted
   * together or not at all.
   *
   * @param resource the resource's name
   * @param permits how many
   */
  public TaskOptions needs(String resource, long permits) {
    var newNeeds = new TreeMap<>(needs);
    newNeeds.put(resource, permits);
    return change(d -> d.needs = newNeeds);
  }

  /**
   * {@return these options with more locks}
   *
   * @param ids of the locks, in any order
   */
  public TaskOptions locks(String... ids) {
    var newLocks = new ArrayList<>(locks);
    newLocks.addAll(List.of(ids));
    return change(d -> d.locks = newLocks);
  }

  /**
   * {@return these options with more preconditions} If one is poisoned, the task does not run and
   * its event is poisoned with that cause. A precondition that is the event of another task of the
   * same scheduler makes that task at least as urgent as this one.
   *
   * @param events that have to be triggered first
   */
  public TaskOptions after(Event... events) {
    var newAfter = new ArrayList<>(after);
    newAfter.addAll(List.of(events));
    return change(d -> d.after = newAfter);
  }

  /**
   * {@return these options with another placement}
   *
   * @param newPlacement where the task runs
   */
  public TaskOptions on(Placement newPlacement) {
    return change(d -> d.placement = newPlacement);
  }

  /**
   * {@return these options with a limit of the whole time}
   *
   * @param total how long the task may take from submission on
   */
  public TaskOptions timeout(Duration total) {
    return change(d -> d.timeout = total);
  }

  /**
   * {@return these options with a limit of each attempt}
   *
   * @param each how long one attempt may run
   */
  public TaskOptions attemptTimeout(Duration each) {
    return change(d -> d.attemptTimeout = each);
  }

  /**
   * {@return these options with retries}
   *
   * @param newRetry when and how often
   */
  public TaskOptions retry(Retry newRetry) {
    return change(d -> d.retry = newRetry);
  }

  /**
   * {@return these options with one more gate, inside those it has}
   *
   * @param gate asked before each attempt
   */
  public TaskOptions through(Gate gate) {
    var newGates = new ArrayList<>(gates);
    newGates.add(gate);
    return change(d -> d.gates = newGates);
  }

  /**
   * {@return these options with a compensation}
   *
   * @param newCompensation undoes what was done if the task fails
   */
  public TaskOptions undoneBy(Compensation newCompensation) {
    return change(d -> d.compensation = newCompensation);
  }

  private TaskOptions change(Consumer<Draft> change) {
    var draft = new Draft(this);
    change.accept(draft);
    return new TaskOptions(
        draft.name,
        draft.band,
        draft.deadline,
        draft.late,
        draft.cost,
        draft.key,
        draft.needs,
        draft.locks,
        draft.after,
        draft.placement,
        draft.timeout,
        draft.attemptTimeout,
        draft.retry,
        draft.gates,
        draft.compensation);
  }

  /** The same, while one of them is being changed. */
  private static final class Draft {
    String name;
    Band band;
    @Nullable Duration deadline;
    Late late;
    Duration cost;
    @Nullable Object key;
    Map<String, Long> needs;
    List<String> locks;
    List<Event> after;
    Placement placement;
    @Nullable Duration timeout;
    @Nullable Duration attemptTimeout;
    @Nullable Retry retry;
    List<Gate> gates;
    @Nullable Compensation compensation;

    Draft(TaskOptions from) {
      name = from.name;
      band = from.band;
      deadline = from.deadline;
      late = from.late;
      cost = from.cost;
      key = from.key;
      needs = from.needs;
      locks = from.locks;
      after = from.after;
      placement = from.placement;
      timeout = from.timeout;
      attemptTimeout = from.attemptTimeout;
      retry = from.retry;
      gates = from.gates;
      compensation = from.compensation;
    }
  }
}
