package dev.carillon.cuda;

/** How it is learned that an event of a GPU that somebody waits for has finished. */
public enum CudaCompletion {
  /** The events are asked, by one thread for all. The usual way, and the faster one. */
  POLLING,

  /**
   * The driver calls a function of this process when the stream comes to the event. Every record
   * then costs a call more, and the stream waits for the function. Worth it where no thread may be
   * busy. A driver calls no such function after a fault of the device; events are asked too, but
   * seldom, so that this hangs nobody.
   */
  HOST_FUNCTION
}
