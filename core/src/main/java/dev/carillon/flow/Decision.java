package dev.carillon.flow;

/**
 * The rule by which nodes are decided, and failures become outcomes: pure functions, of which the
 * whole meaning of failures in a cycle is made. See {@code docs/flow.md}.
 */
final class Decision {
  private Decision() {}

  /**
   * {@return what becomes of a node, before its guards are asked}
   *
   * @param cancelled whether the run is being cancelled
   * @param form tells which inputs it needs
   * @param inputs how many inputs it has
   * @param usableInputs how many of them are usable
   * @param othersUsable whether its other D-predecessors all are: what it is under, the guards of
   *     branches
   */
  static Verdict decide(
      boolean cancelled, Form form, int inputs, int usableInputs, boolean othersUsable) {
    if (cancelled) {
      return Verdict.CANCEL;
    }
    boolean enough =
        switch (form) {
          case ALWAYS -> true;
          case ANY_SUCCESS -> usableInputs > 0;
          default -> usableInputs == inputs;
        };
    return enough && othersUsable ? Verdict.ADMIT : Verdict.SKIP_UPSTREAM;
  }

  /**
   * {@return how a node ends that has failed for good}
   *
   * @param policy what its failure means; not a retry
   * @param propagating whether the failure is handed on instead
   */
  static Ending failed(OnError<?> policy, boolean propagating) {
    if (propagating) {
      return Ending.PROPAGATED;
    }
    return switch (policy) {
      case OnError.InstantFail<?> _ -> Ending.FAILED_INSTANTLY;
      case OnError.CleanFail<?> _ -> Ending.FAILED;
      case OnError.Skip<?> _ -> Ending.SKIPPED_OWN;
      case OnError.StopQuietly<?> _ -> Ending.STOPPED_QUIETLY;
      case OnError.UseDefault<?> fallback ->
          fallback.fatal() ? Ending.FALLBACK_FATAL : Ending.FALLBACK;
      case OnError.Again<?> again -> failed(again.then(), false);
    };
  }

  /**
   * {@return what an ending means for the iteration}
   *
   * @param ending how the node ended
   * @param wasTaken whether somebody who was admitted took its result, or the cycle gives it
   */
  static RunStatus severity(Ending ending, boolean wasTaken) {
    return ending == Ending.PROPAGATED && !wasTaken ? RunStatus.ERROR : ending.severity;
  }
}
