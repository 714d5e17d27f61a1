package dev.carillon.bus;

import dev.carillon.event.SystemClosedException;
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
    try {
      logEnd(what, delivery);
    } catch (SystemClosedException e) { // there are no events any more
      LOG.log(Level.INFO, what + ": its end will not be told, as the events are closed");
    }
  }

  private static void logEnd(String what, LocalDelivery delivery) {
    delivery
        .event()
        .whenComplete(
            _ -> LOG.log(Level.INFO, "%s is over: %s".formatted(what, delivery.outcomes())));
  }
}
