package dev.carillon.bus;

import dev.carillon.schedule.CircuitBreaker;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the bus itself publishes: notices and dead letters. Nobody waits for room for them. */
final class Notices {
  private static final System.Logger LOG = System.getLogger("dev.carillon.bus");

  private final Publishing publishing;
  private final boolean unheardAreDead;

  Notices(Publishing publishing, boolean unheardAreDead) {
    this.publishing = publishing;
    this.unheardAreDead = unheardAreDead;
  }

  /** Tells those who listen to the bus. */
  void tell(BusNotice notice) {
    Topic<BusNotice> topic = BusTopics.of(notice);
    TopicValues<LocalSubscription<?>> subscribed = publishing.findOnce(topic.name());
    if (subscribed.size() > 0 && publishing.isOpen()) {
      publishing.publishOwn(topic, notice, null, subscribed);
    }
  }

  /** A message had no subscription. */
  void notHeard(Message<?> message, @Nullable Handling cause) {
    if (unheardAreDead) {
      bury(new DeadLetter(message, null, null), cause);
    }
  }

  /** Publishes a message that nobody handled, if anybody wants such. */
  void bury(DeadLetter letter, @Nullable Handling cause) {
    String name = BusTopics.dead(letter.message().topic().name());
    TopicValues<LocalSubscription<?>> subscribed = publishing.find(name);
    if (subscribed.size() == 0 || letter.message().payload() instanceof DeadLetter) {
      return;
    }
    try {
      Topic<DeadLetter> topic = Topic.ofBus(name, DeadLetter.class);
      publishing.publishOwn(topic, letter, cause, subscribed);
    } catch (IllegalArgumentException e) { // of what is the bus's own: it has no dead letters
      LOG.log(Level.WARNING, "no dead letter of " + letter.message().topic(), e);
    }
  }

  /** Handlers wait for each other. */
  void deadlock(List<String> circle) {
    LOG.log(
        Level.WARNING, "deadlock of handlers, one gives way:\n  " + String.join("\n  ", circle));
    tell(new BusNotice.DeadlockDetected(circle));
  }

  /** A subscription finishes nothing. */
  void stalled(LocalSubscription<?> subscription, Duration time, List<String> handling) {
    int queued = subscription.queued();
    LOG.log(
        Level.WARNING,
        "subscription \"%s\" is stalled: waiting=%d, nothing finished for %s%s"
            .formatted(
                subscription.name(),
                queued,
                time,
                handling.isEmpty() ? "" : "\n  " + String.join("\n  ", handling)));
    tell(new BusNotice.Stalled(subscription.name(), queued, time, handling));
  }

  /** The breaker of a subscription has changed. */
  void changed(LocalSubscription<?> subscription, CircuitBreaker.StateChange change) {
    switch (change.to()) {
      case OPEN -> tell(new BusNotice.Disabled(subscription.name(), change.reason()));
      case CLOSED -> tell(new BusNotice.Enabled(subscription.name()));
      default -> {}
    }
  }
}
