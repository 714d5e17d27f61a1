package dev.carillon.bus;

/** The topics of a bus's own. */
final class BusTopics {
  static final Topic<BusNotice> CONNECTED = notice("subscription.connected");
  static final Topic<BusNotice> DISCONNECTED = notice("subscription.disconnected");
  static final Topic<BusNotice> DISABLED = notice("subscription.disabled");
  static final Topic<BusNotice> ENABLED = notice("subscription.enabled");
  static final Topic<BusNotice> CYCLE = notice("cycle.detected");

  static final Topic<BusNotice> OVERFLOW = notice("subscription.overflow");
  static final Topic<BusNotice> STALLED = notice("subscription.stalled");
  static final Topic<BusNotice> RECOVERED = notice("subscription.recovered");
  static final Topic<BusNotice> DEADLOCK = notice("deadlock.detected");

  private static final String DEAD = "$dead.";

  private BusTopics() {}

  private static Topic<BusNotice> notice(String name) {
    return Topic.ofBus("$bus." + name, BusNotice.class);
  }

  /** {@return the topic that a notice is published on} */
  static Topic<BusNotice> of(BusNotice notice) {
    return switch (notice) {
      case BusNotice.Connected _ -> CONNECTED;
      case BusNotice.Disconnected _ -> DISCONNECTED;
      case BusNotice.Disabled _ -> DISABLED;
      case BusNotice.Enabled _ -> ENABLED;
      case BusNotice.CycleDetected _ -> CYCLE;
      case BusNotice.Overflow _ -> OVERFLOW;
      case BusNotice.Stalled _ -> STALLED;
      case BusNotice.Recovered _ -> RECOVERED;
      case BusNotice.DeadlockDetected _ -> DEADLOCK;
      case BusNotice.Reported told -> reported(told.kind(), told.state());
    };
  }

  /** {@return the topic of what is reported} */
  static Topic<BusNotice> reported(String kind, String state) {
    if (kind.indexOf('.') >= 0 || state.indexOf('.') >= 0) {
      throw new IllegalArgumentException(
          "kind and state must be one token each: kind=\"%s\" state=\"%s\"".formatted(kind, state));
    }
    return notice(kind + "." + state);
  }

  /** {@return the name of the topic for dead letters of a topic} It may be too long to be one. */
  static String dead(String name) {
    return DEAD + name;
  }
}
