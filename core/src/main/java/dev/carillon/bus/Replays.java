package dev.carillon.bus;

import dev.carillon.event.Promise;
import dev.carillon.schedule.Placement;
import dev.carillon.schedule.Scheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

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
    List<Message<?>> found = history.find(query);
    return scheduler.call(
        t -> t.named("replay").on(Placement.BLOCKING), () -> publish(found, speed));
  }

  private int publish(List<Message<?>> messages, double speed) throws InterruptedException {
    Instant before = messages.isEmpty() ? Instant.MIN : messages.getFirst().time();
    for (Message<?> message : messages) {
      long pause = (long) (Duration.between(before, message.time()).toNanos() / speed);
      if (pause > 0) {
        scheduler.events().after(Duration.ofNanos(pause)).await();
      }
      before = message.time();
      publish(message, message.topic());
    }
    return messages.size();
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
