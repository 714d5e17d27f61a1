package dev.carillon.flow;

import dev.carillon.bus.Bus;
import dev.carillon.bus.Topic;
import dev.carillon.schedule.Work;
import java.time.Duration;

/**
 * A whole cycle that is being defined.
 *
 * @param <I> type of its input
 */
public sealed interface Definition<I> extends Branch permits BranchDraft {

  /** {@return what the run is started with, as a wire} */
  Out<I> input();

  /** {@return a wire for cycles that give nothing: it carries {@link Done} once all has ended} */
  Out<Done> nothing();

  /**
   * Says when the next iteration begins. Without it there is one iteration.
   *
   * @param loop when
   * @return this
   */
  Definition<I> loop(Loop loop);

  /**
   * Has one iteration run for each message of a topic, whose payload is its input; the run's own
   * input is not used. The next message is taken when the iteration has ended. Not for a cycle that
   * is independent as a whole.
   *
   * @param bus where the topic is
   * @param topic which
   * @return this
   */
  Definition<I> loopOn(Bus bus, Topic<I> topic);

  /**
   * Has what the parts of an iteration have done {@linkplain Out#undoneBy undone}, the last first,
   * if the iteration fails or is cancelled.
   *
   * @return this
   */
  Definition<I> undoOnFailure();

  // ── what a branch has, too ──

  @Override
  Definition<I> under(Out<?> part);

  @Override
  Definition<I> when(Guard guard);

  @Override
  Definition<I> sync(Sync sync);

  @Override
  Definition<I> onError(OnError<Object> policy);

  @Override
  Definition<I> deadline(Duration fromBeginning);

  @Override
  Definition<I> anyway(String name, Work work);
}
