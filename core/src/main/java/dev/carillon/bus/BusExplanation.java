package dev.carillon.bus;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who publishes on a bus, who hears it, and what holds them up, at a moment; {@link #toString}
 * tells it to people. Read while all goes on, so its parts may be of slightly different moments.
 *
 * @param bus the name of the bus
 * @param open whether it is open
 * @param enabled whether it publishes
 * @param routes what is known of each topic with a publisher, by name
 * @param subscriptions the open subscriptions, those that hold messages up first
 * @param notShown how many routes and subscriptions were left out, as there are too many
 */
public record BusExplanation(
    String bus,
    boolean open,
    boolean enabled,
    List<Route> routes,
    List<Subscriber> subscriptions,
    int notShown) {

  /** Copies the lists. */
  public BusExplanation {
    routes = List.copyOf(routes);
    subscriptions = List.copyOf(subscriptions);
  }

  /**
   * Where the messages of a topic come from and go to.
   *
   * @param topic its name
   * @param publishers who publishes, with the number of messages: {@code shop#3 (17)}
   * @param heardBy the names of the subscriptions that hear it
   * @param hints what may be wrong, if nobody hears it, or not all of it
   */
  public record Route(
      String topic, List<String> publishers, List<String> heardBy, List<String> hints) {
    /** Copies the lists. */
    public Route {
      publishers = List.copyOf(publishers);
      heardBy = List.copyOf(heardBy);
      hints = List.copyOf(hints);
    }

    /** {@return it, in a few lines} */
    @Override
    public String toString() {
      var text = new StringBuilder(topic);
      text.append(publishers.isEmpty() ? ": nobody has published" : ": " + join(publishers));
      text.append(" -> ").append(heardBy.isEmpty() ? "nobody" : join(heardBy));
      hints.forEach(hint -> text.append("\n    ").append(hint));
      return text.toString();
    }

    private static String join(List<String> some) {
      return String.join(", ", some);
    }
  }

  /**
   * A subscription and what it is doing.
   *
   * @param name its name
   * @param pattern what it hears
   * @param type the payloads that it wants
   * @param owner the component it belongs to, or null
   * @param form how it handles: {@code direct}, {@code one at a time} …
   * @param capacity how many messages may wait
   * @param health how it is doing
   * @param stats what it has done and holds
   * @param handling what it handles now
   */
  public record Subscriber(
      String name,
      String pattern,
      String type,
      @Nullable String owner,
      String form,
      int capacity,
      SubscriptionHealth health,
      Subscription.Stats stats,
      List<UnderWay> handling) {
    /** Copies the list. */
    public Subscriber {
      handling = List.copyOf(handling);
    }

    /** {@return it, in a few lines} */
    @Override
    public String toString() {
      var text = new StringBuilder();
      text.append("\"%s\" hears %s of %s, %s: %s".formatted(name, pattern, type, form, health));
      text.append(", waiting=%d of %d".formatted(stats.queued(), capacity));
      text.append(", handled=" + stats.handled());
      append(text, "filtered", stats.filtered());
      append(text, "dropped", stats.dropped());
      append(text, "refused", stats.refused());
      append(text, "failed", stats.failed());
      append(text, "timedOut", stats.timedOut());
      handling.forEach(each -> text.append("\n    ").append(each));
      return text.toString();
    }

    private static void append(StringBuilder text, String what, long count) {
      if (count > 0) {
        text.append(", ").append(what).append('=').append(count);
      }
    }
  }

  /**
   * A message that is being handled.
   *
   * @param message its id
   * @param topic where it was published
   * @param since for how long
   * @param thread on which thread
   * @param at where the handler is, or null if that cannot be seen
   * @param waitsFor what it waits for, if the bus knows, or null
   */
  public record UnderWay(
      String message,
      String topic,
      Duration since,
      String thread,
      @Nullable String at,
      @Nullable String waitsFor) {
    /** {@return it, in a line} */
    @Override
    public String toString() {
      return "handles %s on %s for %s ms on %s".formatted(message, topic, since.toMillis(), thread)
          + (at == null ? "" : ", at " + at)
          + (waitsFor == null ? "" : ", waits for " + waitsFor);
    }
  }

  /** {@return all of it, a line or a few for each} */
  @Override
  public String toString() {
    var text = new StringBuilder("bus \"%s\"".formatted(bus));
    text.append(open ? (enabled ? "" : ", disabled: it refuses all") : ", closed");
    text.append("\nsubscriptions: ").append(subscriptions.isEmpty() ? "none" : "");
    subscriptions.forEach(each -> text.append("\n  ").append(each));
    text.append("\ntopics: ").append(routes.isEmpty() ? "none" : "");
    routes.forEach(each -> text.append("\n  ").append(each));
    if (notShown > 0) {
      text.append("\nnot shown: ").append(notShown);
    }
    return text.append('\n').toString();
  }
}
