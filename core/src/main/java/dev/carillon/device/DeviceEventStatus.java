package dev.carillon.device;

/** Where a device event stands: the states of caffe2's event. */
public enum DeviceEventStatus {
  /** Nothing was recorded, and nobody has said how it ended. */
  INITIALIZED,

  /** Recorded; what was before it in the stream has not finished, as far as known. */
  SCHEDULED,

  /** What was before it has finished. It stays so until the event is reset. */
  SUCCESS,

  /**
   * It, its device, or something that its stream waited for has failed. It stays so until reset.
   */
  FAILED;

  /** {@return whether it stays so until the event is reset} */
  public boolean isFinished() {
    return this == SUCCESS || this == FAILED;
  }
}
