package dev.carillon.schedule;

import dev.carillon.schedule.Gate.Admission;
import java.util.concurrent.Callable;

/** Calls work with a gate's pass. */
final class GateCall {

  /** The pass of a gate that does not care how attempts end. */
  static final Admission.Pass INDIFFERENT =
      new Admission.Pass() {
        @Override
        public void success() {}

        @Override
        public void failure(Throwable cause) {}

        @Override
        public void cancelled() {}

        @Override
        public String toString() {
          return "a pass that needs no report";
        }
      };

  private GateCall() {}

  static <T> T through(Admission admission, Callable<? extends T> work) throws Exception {
    return switch (admission) {
      case Admission.Refused refused -> throw new GateClosedException(refused);
      case Admission.Pass pass -> with(pass, work);
    };
  }

  static <T> T with(Admission.Pass pass, Callable<? extends T> work) throws Exception {
    T result;
    try {
      result = work.call();
    } catch (Throwable e) {
      report(pass, e);
      throw e;
    }
    pass.success();
    return result;
  }

  /** Tells a pass what was thrown, without losing that if the pass throws too. */
  static void report(Admission.Pass pass, Throwable thrown) {
    try {
      if (thrown instanceof GateClosedException || thrown instanceof InterruptedException) {
        pass.cancelled();
      } else {
        pass.failure(thrown);
      }
    } catch (Throwable e) {
      if (!e.equals(thrown)) {
        thrown.addSuppressed(e);
      }
    }
  }
}
