package dev.carillon.flow;

import dev.carillon.schedule.Band;
import dev.carillon.schedule.Late;
import dev.carillon.schedule.Placement;
import dev.carillon.spi.Site;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * A part of a cycle that is being defined, and the wire that carries its value: whoever takes it as
 * an input depends on it.
 *
 * <p>Its methods say how the part is run. They change the part and return it; a second call of one
 * replaces what the first said, unless it says otherwise. All throw {@link IllegalStateException}
 * once the cycle is built, and {@link IllegalArgumentException} for a setting outside its range.
 * For the thread that defines the cycle.
 *
 * @param <T> type of the value
 */
public sealed interface Out<T> permits PartDraft, CheckedWire {

  /** {@return the name, with those of the branches around it: {@code side/eval/evaluate}} */
  String name();

  /**
   * Bounds the time that the part may take in an iteration, all attempts and the waiting between
   * and before them included, from when its predecessors have ended.
   *
   * @param total how long
   * @return this
   */
  Out<T> within(Duration total);

  /**
   * Bounds the time of each attempt.
   *
   * @param each how long
   * @return this
   */
  Out<T> attempt(Duration each);

  /**
   * Says when the part should have ended, counted from when its iteration began. What it comes
   * after is due as much earlier as what lies between is said to {@linkplain #cost cost}, and of
   * what waits for a thread of a pool, permits or locks, what is due first is taken first. Of
   * several that hold for a part, its own and those of the branches around it, the earliest counts.
   *
   * <p>A deadline interrupts nothing, as {@link #within} does: a part that ends later is
   * {@linkplain Run#lateParts told of}. But no attempt is made again that would end later. A part
   * that is due is a task of the scheduler, as is what it comes after.
   *
   * @param fromBeginning how long after the iteration began
   * @return this
   */
  Out<T> deadline(Duration fromBeginning);

  /**
   * Says what becomes of an attempt that has not begun when the part is due, by its own deadline,
   * by what comes after it, or by {@linkplain RunOptions#deadline that of the run}: {@link
   * Late#RUN} makes it all the same, {@link Late#DOWNGRADE} in the lowest band; {@link Late#DROP}
   * does not make it: the part fails with a {@link DeadlineMissedException}, and its policy
   * decides.
   *
   * @param policy {@link Late#RUN} if nothing is said
   * @return this
   */
  Out<T> late(Late policy);

  /**
   * Says what a failure means.
   *
   * @param policy what
   * @return this
   */
  Out<T> onError(OnError<T> policy);

  /**
   * Has failures handed on as results for others to decide on; retries come first. A failure that
   * nobody has read when the iteration ends counts as {@link RunStatus#ERROR}.
   *
   * @return the same part, as the wire of its results; this one can be wired no more
   */
  Out<Result<T>> propagating();

  /**
   * Has values checked before they are committed; what does not pass is a failure of the part,
   * which can be retried. Several are checked in the order of the calls.
   *
   * @param rule what is checked, for people
   * @param passes says whether a value is good
   * @return this
   */
  Out<T> validate(String rule, Predicate<? super T> passes);

  /**
   * {@return this wire with a check at its end} What does not pass is a failure of the part that is
   * given it, which is not retried.
   *
   * @param rule what is checked, for people
   * @param passes says whether a value is good
   */
  Out<T> checked(String rule, Predicate<? super T> passes);

  /**
   * Has the part take part only if a guard says so; several must all say so.
   *
   * @param guard says so
   * @return this
   */
  Out<T> when(Guard guard);

  /**
   * Says where the part runs; {@link Placement#CPU} if nothing else is said. {@link
   * Placement#CALLER} is the thread that ended the last of its predecessors.
   *
   * @param placement where
   * @return this
   */
  Out<T> on(Placement placement);

  /**
   * Says that the part runs elsewhere: on a device, in another process, on another host.
   *
   * @param site where
   * @return this
   */
  Out<T> at(Site site);

  /**
   * Has attempts of parts with an equal key run one after another, in the order in which they
   * become ready, also across runs on one scheduler.
   *
   * @param key as {@link dev.carillon.schedule.TaskOptions#key}
   * @return this
   */
  Out<T> lane(Object key);

  /**
   * Has each attempt hold locks, in addition to those named before.
   *
   * @param ids names of locks of the scheduler's, in any order
   * @return this
   */
  Out<T> locks(String... ids);

  /**
   * Has each attempt hold permits, in addition to those of other resources.
   *
   * @param resource a resource of the scheduler's
   * @param permits how many
   * @return this
   */
  Out<T> needs(String resource, long permits);

  /**
   * Sets the priority.
   *
   * @param band the band
   * @return this
   */
  Out<T> priority(Band band);

  /**
   * Says what an attempt is expected to take; without it, the median of the past is.
   *
   * @param expected zero or more
   * @return this
   */
  Out<T> cost(Duration expected);

  /**
   * Has the part begin only after others have ended, however they ended; in addition to those named
   * before.
   *
   * @param parts of the same cycle
   * @return this
   */
  Out<T> after(Out<?>... parts);

  /**
   * Lets the part ask for the outcome of another, which it then comes after.
   *
   * @param part of the same cycle
   * @return this
   */
  Out<T> reads(Out<?> part);

  /**
   * Lets the part read keys; in addition to those named before.
   *
   * @param keys which
   * @return this
   */
  Out<T> reads(Key<?>... keys);

  /**
   * Lets the part read and write keys; in addition to those named before.
   *
   * @param keys which
   * @return this
   */
  Out<T> writes(Key<?>... keys);

  /**
   * Says how to undo what the part has done, if the run is one that {@linkplain
   * Definition#undoOnFailure undoes} and the iteration fails later.
   *
   * @param undo given what the part gave
   * @return this
   */
  Out<T> undoneBy(Consumer<? super T> undo);
}
