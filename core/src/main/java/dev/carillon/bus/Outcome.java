package dev.carillon.bus;

import dev.carillon.spi.Durability;
import java.time.Duration;
import java.util.Objects;

/** What became of a message at one subscription, or for want of any. */
public sealed interface Outcome {

  /** {@return whether the publisher's event is poisoned because of this} */
  default boolean poisons() {
    return false;
  }

  /**
   * The handler has returned.
   *
   * @param subscription whose
   */
  record Handled(String subscription) implements Outcome {}

  /**
   * The subscription's filter, the type of its payloads or a middleware did not let the message
   * pass.
   *
   * @param subscription whose; {@code publish} if it was a middleware before all of them
   */
  record Filtered(String subscription) implements Outcome {}

  /**
   * The message was thrown away: there was no room for it, or later no need. It is counted.
   *
   * @param subscription whose
   * @param reason why
   */
  record Dropped(String subscription, String reason) implements Outcome {}

  /**
   * The message was not taken, and its publisher is to know: the lane is full, the bus is disabled,
   * the subscription too, or the message would go round in circles.
   *
   * @param subscription whose; {@code publish} if it came to none
   * @param reason why
   * @param poisons whether the publisher's event is poisoned
   */
  record Refused(String subscription, String reason, boolean poisons) implements Outcome {}

  /**
   * The handler failed, also when it was tried again.
   *
   * @param subscription whose
   * @param cause the last failure
   * @param poisons whether the publisher's event is poisoned, as the subscription propagates
   */
  record Failed(String subscription, Throwable cause, boolean poisons) implements Outcome {
    /** Checks that there is a cause. */
    public Failed {
      Objects.requireNonNull(cause, "cause");
    }
  }

  /**
   * The handler took too long and was interrupted.
   *
   * @param subscription whose
   * @param limit how long it may take
   */
  record TimedOut(String subscription, Duration limit) implements Outcome {
    @Override
    public boolean poisons() {
      return true;
    }
  }

  /**
   * The subscription replays history, which the message is in, and will come to it that way.
   *
   * @param subscription whose
   */
  record Replayed(String subscription) implements Outcome {}

  /**
   * There was no room, so the message waits in the bus's store, and will be handled when its turn
   * comes, by this bus or a later one. What becomes of it then is not told.
   *
   * @param subscription whose
   */
  record Spilled(String subscription) implements Outcome {}

  /**
   * The message is kept in the bus's store.
   *
   * @param stream in which stream
   * @param durability what the store has proved
   */
  record Stored(String stream, Durability durability) implements Outcome {}

  /**
   * The store has not acknowledged the message. If this is the only outcome, the store did not take
   * it, and it was given to nobody; otherwise it was, and may be kept or not.
   *
   * @param stream in which stream it was to be kept
   * @param cause why
   */
  record NotStored(String stream, Throwable cause) implements Outcome {
    /** Checks that there is a cause. */
    public NotStored {
      Objects.requireNonNull(cause, "cause");
    }

    @Override
    public boolean poisons() {
      return true;
    }
  }

  /** Nobody had subscribed. */
  record NoSubscriber() implements Outcome {}
}
