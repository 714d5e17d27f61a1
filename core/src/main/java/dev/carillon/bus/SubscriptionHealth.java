package dev.carillon.bus;

/** How a subscription is doing. */
public enum SubscriptionHealth {
  /** It handles what comes. */
  HEALTHY,

  /** It was paused by its user; messages wait. */
  PAUSED,

  /** It has failed too often in a row, and refuses messages until a probe succeeds. */
  DISABLED,

  /** Messages wait, and it has finished none for longer than {@link BusConfig#stallAfter}. */
  STALLED,

  /** It was closed. */
  CLOSED;

  /** {@return whether nothing is wrong: messages get through, or do not as its user wants that} */
  public boolean isGood() {
    return this != DISABLED && this != STALLED;
  }
}
