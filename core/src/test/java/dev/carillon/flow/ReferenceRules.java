package dev.carillon.flow;

import dev.carillon.flow.ReferenceModel.Node;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The tables of {@code docs/flow.md} as functions: what a failure means, and what is retried. */
final class ReferenceRules {
  private ReferenceRules() {}

  /** {@return whether those that depend on a node can run} */
  static boolean isUsable(Ending ending) {
    return switch (ending) {
      case SUCCESS, FALLBACK, FALLBACK_FATAL, PROPAGATED -> true;
      case SKIPPED_UPSTREAM,
          SKIPPED_CONDITION,
          SKIPPED_OWN,
          STOPPED_QUIETLY,
          FAILED,
          FAILED_INSTANTLY,
          CANCELLED ->
          false;
    };
  }

  /** {@return whether there is enough for a node to run, before its guards are asked} */
  static boolean hasEnough(Node node, int inputs, int usable, boolean othersUsable) {
    if (!othersUsable) {
      return false;
    }
    if (node.part != null && node.part.form == Form.ALWAYS) {
      return true;
    }
    if (node.part != null && node.part.form == Form.ANY_SUCCESS) {
      return usable >= 1;
    }
    return usable == inputs;
  }

  /** {@return how a node ends whose last failure this was} */
  static Ending endOfFailure(ReferenceModel model, Node node) {
    RulesDraft rules = node.rules();
    if (rules != null && rules.propagating) {
      return Ending.PROPAGATED;
    }
    OnError<?> policy = model.policy(node);
    return row(policy instanceof OnError.Again<?> again ? again.then() : policy);
  }

  /** {@return the outcome that a row of the table has} */
  private static Ending row(OnError<?> policy) {
    if (policy instanceof OnError.InstantFail) {
      return Ending.FAILED_INSTANTLY;
    } else if (policy instanceof OnError.CleanFail) {
      return Ending.FAILED;
    } else if (policy instanceof OnError.Skip) {
      return Ending.SKIPPED_OWN;
    } else if (policy instanceof OnError.StopQuietly) {
      return Ending.STOPPED_QUIETLY;
    } else if (policy instanceof OnError.UseDefault<?> fallback && fallback.fatal()) {
      return Ending.FALLBACK_FATAL;
    } else if (policy instanceof OnError.UseDefault) {
      return Ending.FALLBACK;
    }
    throw new IllegalArgumentException("a retry has no outcome of its own: policy=" + policy);
  }

  /** {@return what stands in the place of the value after a failure, if anything does} */
  static @Nullable Object defaultOf(OnError<?> policy) {
    OnError<?> last = policy instanceof OnError.Again<?> again ? again.then() : policy;
    return last instanceof OnError.UseDefault<?> fallback ? fallback.value() : null;
  }

  /** {@return whether another attempt is made, as far as that is not a matter of time} */
  static boolean isRetried(OnError<?> policy, int attempt, Throwable failure) {
    return policy instanceof OnError.Again<?> again
        && attempt < again.policy().maxAttempts()
        && !(failure instanceof InterruptedException)
        && again.policy().retryable().test(failure);
  }

  /** {@return whether time may end the attempts of a part before that} */
  static boolean isTimed(ReferenceModel model, Node node) {
    RulesDraft rules = node.rules();
    return (rules != null && (rules.within != null || rules.attempt != null))
        || (model.policy(node) instanceof OnError.Again<?> again
            && again.policy().budget() != null);
  }

  /**
   * {@return what an ending means for the iteration}
   *
   * @param wasTaken whether somebody who was admitted took what it handed on
   */
  static RunStatus severity(Ending ending, boolean wasTaken) {
    return switch (ending) {
      case FAILED, FAILED_INSTANTLY, FALLBACK_FATAL -> RunStatus.ERROR;
      case FALLBACK -> RunStatus.DEGRADED;
      case PROPAGATED -> wasTaken ? RunStatus.OK : RunStatus.ERROR;
      case SUCCESS, SKIPPED_UPSTREAM, SKIPPED_CONDITION, SKIPPED_OWN, STOPPED_QUIETLY, CANCELLED ->
          RunStatus.OK;
    };
  }

  /** {@return whether all else ends at once when a node ends so} */
  static boolean stopsAll(Ending ending) {
    return ending == Ending.FAILED_INSTANTLY || ending == Ending.STOPPED_QUIETLY;
  }

  /** {@return what a wire carries of a usable outcome} */
  static Object carried(Out<?> wire, Outcome<?> outcome) {
    boolean asResult = wire instanceof CheckedWire<?> checked && checked.asResult();
    return switch (outcome) {
      case Outcome.Success<?>(Object value) -> asResult ? new Result.Ok<>(value) : value;
      case Outcome.Fallback<?>(Object value, _, _) -> asResult ? new Result.Ok<>(value) : value;
      case Outcome.Propagated<?>(Throwable cause) -> new Result.Err<>(cause);
      case Outcome.Skipped<?> _, Outcome.Failed<?> _, Outcome.Cancelled<?> _ ->
          throw new IllegalArgumentException("a wire carries nothing of this: " + outcome);
    };
  }

  /** {@return the rule that a value does not pass; null if it passes all} */
  static @Nullable Throwable firstFailure(List<Check> checks, Object value) {
    for (Check check : checks) {
      try {
        if (!check.passes().test(value)) {
          return new IllegalArgumentException(check.rule() + ": value=" + value);
        }
      } catch (RuntimeException e) {
        return e;
      }
    }
    return null;
  }
}
