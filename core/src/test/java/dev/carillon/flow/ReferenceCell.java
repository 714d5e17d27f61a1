package dev.carillon.flow;

import dev.carillon.flow.ReferenceModel.Node;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where a node is in one iteration. */
final class ReferenceCell {

  /** The way of a node through an iteration. */
  enum State {
    /** It is not decided. */
    WAITING,
    /** It is to make an attempt, the first or another. */
    ADMITTED,
    /** An attempt runs. */
    RUNNING,
    /** It is settled how it ends. */
    ENDING,
    /** It has its outcome. */
    ENDED
  }

  final Node node;
  final long iteration;
  State state = State.WAITING;
  boolean wasAdmitted;
  int attempt; // the number of those begun
  List<Object> inputs = List.of();
  Map<Key<?>, Object> written = new LinkedHashMap<>(); // by the attempt that runs
  @Nullable Object given; // by the attempt that runs, or that succeeded
  @Nullable Throwable failure; // the last
  boolean hasHalted; // whether its failure is what ends all else
  boolean hasThrown; // whether the attempt that runs ends by throwing
  Ending ending = Ending.CANCELLED; // as settled

  ReferenceCell(Node node, long iteration) {
    this.node = node;
    this.iteration = iteration;
  }

  boolean hasEnded() {
    return state == State.ENDED;
  }

  boolean isUsable() {
    return hasEnded() && ReferenceRules.isUsable(ending);
  }

  void settle(Ending how) {
    ending = how;
    state = State.ENDING;
  }

  /** {@return the outcome, of one that has ended} */
  Outcome<Object> outcome(@Nullable Object whatStandsIn) {
    Throwable cause = failure;
    return switch (ending) {
      case SUCCESS -> new Outcome.Success<>(orThrow(given));
      case FALLBACK, FALLBACK_FATAL ->
          new Outcome.Fallback<>(
              orThrow(whatStandsIn), orThrow(cause), ending == Ending.FALLBACK_FATAL);
      case PROPAGATED -> new Outcome.Propagated<>(orThrow(cause));
      case SKIPPED_UPSTREAM -> new Outcome.Skipped<>(Outcome.Why.UPSTREAM, cause);
      case SKIPPED_CONDITION -> new Outcome.Skipped<>(Outcome.Why.CONDITION, cause);
      case SKIPPED_OWN, STOPPED_QUIETLY -> new Outcome.Skipped<>(Outcome.Why.OWN, cause);
      case FAILED, FAILED_INSTANTLY -> new Outcome.Failed<>(orThrow(cause));
      case CANCELLED -> new Outcome.Cancelled<>();
    };
  }

  private <T> T orThrow(@Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("%s in %d has no value".formatted(node, iteration));
    }
    return value;
  }
}
