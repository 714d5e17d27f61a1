package dev.carillon.device;

import org.jspecify.annotations.Nullable;

/** Something that a stream was told to wait for. */
interface Upstream {

  /** {@return whether it is known to have finished} */
  boolean isFinished();

  /** {@return how it failed; null if it has not, as far as known} */
  @Nullable Throwable failure();

  /** {@return what it is, for people} */
  String describe();

  /** {@return what it comes after itself and is not known to have finished; null if nothing} */
  default @Nullable Waited before() {
    return null;
  }

  /**
   * {@return the failure of what came after it}
   *
   * @param failure how it failed
   */
  default Throwable ofLater(Throwable failure) {
    return Failures.after(this, failure);
  }

  /**
   * {@return whether it cannot have finished, as it is behind something}
   *
   * @param pending what is pending
   */
  default boolean isBehind(Upstream pending) {
    return false;
  }

  /** {@return whether it has finished, having asked whoever knows} */
  default boolean poll() {
    return isFinished();
  }
}
