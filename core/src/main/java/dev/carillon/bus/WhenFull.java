package dev.carillon.bus;

/** What happens to a message that comes when as many wait for a subscription as may. */
public enum WhenFull {
  /**
   * The publisher waits for room. The default: nothing is lost, and a fast publisher is slowed down
   * to the pace of the slowest handler.
   */
  BLOCK,
  /** What has waited longest is dropped. */
  DROP_OLDEST,
  /** The new message is dropped. */
  DROP_NEWEST,
  /** Of those with the same key only the newest waits; then as {@link #DROP_OLDEST}. */
  LATEST,
  /** The new message is refused, and its publisher's event poisoned. */
  REJECT,
  /**
   * The new message, and all after it, wait in the bus's store until those before are handled; then
   * as {@link #REJECT}, if that is full, too. The subscription must have a name, by which what is
   * left is found when the bus is opened again, see {@link SubscriptionOptions#spill}.
   */
  SPILL
}
