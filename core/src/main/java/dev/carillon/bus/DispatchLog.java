package dev.carillon.bus;

import java.lang.System.Logger.Level;
import java.util.List;

/** Says of each publication who was given it, and later what became of it. */
final class DispatchLog {
  private static final System.Logger LOG = System.getLogger("dev.carillon.bus.dispatch");

  private DispatchLog() {}

  static void log(LocalDelivery delivery) {
    String what = delivery.describe();
    if (delivery.isDone()) {
      LOG.log(Level.INFO, "%s: %s".formatted(what, delivery.outcomes()));
      return;
    }
    List<String> pending =
        delivery.pending().stream()
            .map(each -> "\"%s\" (%d waiting)".formatted(each.name(), each.queued()))
            .toList();
    LOG.log(
        Level.INFO,
        "%s: known=%s, with %s".formatted(what, delivery.outcomes(), String.join(", ", pending)));
    delivery
        .event()
        .whenComplete(
            _ -> LOG.log(Level.INFO, "%s is over: %s".formatted(what, delivery.outcomes())));
  }
}
