package dev.carillon.device;

/** What is to be done when a device event finishes. */
@FunctionalInterface
public interface DeviceCallback {

  /**
   * Learns how the event ended.
   *
   * @param status {@link DeviceEventStatus#SUCCESS} or {@link DeviceEventStatus#FAILED}
   * @throws Exception which is counted and logged
   */
  void finished(DeviceEventStatus status) throws Exception;
}
