package dev.carillon.spi;

/** What a driver knows of an event that was recorded. */
public enum DriverStatus {
  /** What was in the stream before the event has not finished. */
  PENDING,

  /** It has finished. */
  COMPLETE,

  /** It, or the device, has failed; the driver has a message. */
  FAILED
}
