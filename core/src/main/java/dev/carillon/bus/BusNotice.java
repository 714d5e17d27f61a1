package dev.carillon.bus;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a bus says about itself, on topics below {@code $bus}. */
public sealed interface BusNotice {

  /**
   * Somebody has subscribed; on {@code $bus.subscription.connected}.
   *
   * @param subscription its name
   * @param pattern what it hears
   * @param owner the component it belongs to, or null
   */
  record Connected(String subscription, String pattern, @Nullable String owner)
      implements BusNotice {}

  /**
   * A subscription was closed; on {@code $bus.subscription.disconnected}.
   *
   * @param subscription its name
   * @param pattern what it heard
   * @param owner the component it belongs to, or null
   */
  record Disconnected(String subscription, String pattern, @Nullable String owner)
      implements BusNotice {}

  /**
   * A subscription was disabled for failing too often; on {@code $bus.subscription.disabled}.
   *
   * @param subscription its name
   * @param reason the rule and the values that led to it
   */
  record Disabled(String subscription, String reason) implements BusNotice {}

  /**
   * A subscription is enabled again, as a probe was handled; on {@code $bus.subscription.enabled}.
   *
   * @param subscription its name
   */
  record Enabled(String subscription) implements BusNotice {}

  /**
   * A message went round in circles; on {@code $bus.cycle.detected}.
   *
   * @param topic where it was to be published
   * @param way how it came there
   * @param isRefused whether it was not published
   */
  record CycleDetected(String topic, String way, boolean isRefused) implements BusNotice {}

  /**
   * Messages found a subscription full; on {@code $bus.subscription.overflow}, once a second at
   * most. With {@link WhenFull#BLOCK} their publishers waited: the subscription is slow.
   *
   * @param subscription its name
   * @param capacity how many messages may wait
   * @param whenFull what happens to one more
   * @param messages how many there were since the last such notice
   */
  record Overflow(String subscription, int capacity, WhenFull whenFull, long messages)
      implements BusNotice {}

  /**
   * Messages wait at a subscription, and it has finished none for long; on {@code
   * $bus.subscription.stalled}.
   *
   * @param subscription its name
   * @param queued how many wait
   * @param time for how long
   * @param handling what it is at, a line for each message
   */
  record Stalled(String subscription, int queued, Duration time, List<String> handling)
      implements BusNotice {
    /** Copies the lines. */
    public Stalled {
      handling = List.copyOf(handling);
    }
  }

  /**
   * A subscription that was stalled goes on; on {@code $bus.subscription.recovered}.
   *
   * @param subscription its name
   */
  record Recovered(String subscription) implements BusNotice {}

  /**
   * Handlers waited for each other in a circle, and one was made to give way; on {@code
   * $bus.deadlock.detected}.
   *
   * @param circle a line for each handler: what it handles, and what it waits for
   */
  record DeadlockDetected(List<String> circle) implements BusNotice {
    /** Copies the lines. */
    public DeadlockDetected {
      circle = List.copyOf(circle);
    }
  }

  /**
   * Something that works for the bus, such as a source, has told how it is; on {@code
   * $bus.KIND.STATE}.
   *
   * @param kind what it is: {@code source}
   * @param state how it is, such as {@code connected} or {@code failing}
   * @param name which one
   * @param detail what is known about it, for people
   */
  record Reported(String kind, String state, String name, String detail) implements BusNotice {
    /**
     * Checks the words.
     *
     * @throws IllegalArgumentException if kind or state is no token of a topic's name
     */
    public Reported {
      BusTopics.reported(kind, state);
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(detail, "detail");
    }
  }
}
