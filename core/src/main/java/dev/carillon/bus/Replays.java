package dev.carillon.bus;

import dev.carillon.event.Promise;
import dev.carillon.schedule.Placement;
import dev.carillon.schedule.Scheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Publishes again what the history has kept, with the pauses that there were. */
final class Replays {
  private final Publishing publishing;
  private final History history;
  private final Scheduler scheduler;

  Replays(Publishing publishing, History history, Scheduler scheduler) {
    this.publishing = publishing;
    this.history = history;
    this.scheduler = scheduler;
  }

  Promise<Integer> replay(HistoryQuery query, double speed) {
    if (!(speed > 0)) {
      throw new IllegalArgumentException("speed must be positive: speed=" + speed);
    }
    Supplier<@Nullable Message<?>> found = messages(query);
    return scheduler.call(
        t -> t.named("replay").on(Placement.BLOCKING), () -> publish(found, speed));
  }

  /** {@return one message after another, and then null} What is durable is not held in memory. */
  private Supplier<@Nullable Message<?>> messages(HistoryQuery query) {
    boolean isDurable = history.logs().stream().anyMatch(StoredLog.class::isInstance);
    if (isDurable && query.limit() == Integer.MAX_VALUE) {
      return new HistoryReader(history.logs(), query)::next;
    }
    Iterator<Message<?>> newest = history.find(query).iterator();
    return () -> newest.hasNext() ? newest.next() : null;
  }

  private int publish(Supplier<@Nullable Message<?>> messages, double speed)
      throws InterruptedException {
    Message<?> message = messages.get();
    Instant before = message == null ? Instant.MIN : message.time();
    int count = 0;
    for (; message != null; message = messages.get()) {
      long pause = (long) (Duration.between(before, message.time()).toNanos() / speed);
      if (pause > 0) {
        scheduler.events().after(Duration.ofNanos(pause)).await();
      }
      before = message.time();
      publish(message, message.topic());
      count++;
    }
    return count;
  }

  private <T> void publish(Message<?> message, Topic<T> topic) {
    PublishOptions options =
        new PublishOptions(message.headers(), message.correlationId(), false)
            .header(History.REPLAYED_FROM, message.id().toString());
    T payload = topic.type().cast(message.payload());
    String name = topic.name();
    publishing.deliver(topic, payload, publishing.publisher(name), options, publishing.find(name));
  }
}
