package dev.carillon.bus;

import dev.carillon.event.Promise;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Requests of one bus that wait for an answer, and those that answer. */
final class Requests {
  /*
   * A request is a message with two headers: its number, and the topic for its answer, one for each
   * bus. The answer has the number as well; so correlation and causation stay what they are for
   * every other message. The first answer counts. A request is forgotten when its promise is
   * complete, whoever completed it: an answer, the deadline, the one who asked.
   */
  static final String REPLY_TO = "reply-to";
  private static final String REQUEST = "request-id";
  private static final String FAILURE = "failure";
  private static final String REPLIES = "$reply.";

  /** An answer, or why there is none. */
  record Reply(@Nullable Object answer) {}

  private record Pending<A>(Class<A> type, Promise<A> promise) {
    void complete(Message<?> message) {
      String failure = message.headers().get(FAILURE);
      if (failure != null) {
        promise.event().tryPoison(new RequestFailedException(failure));
        return;
      }
      Object answer = message.payload() instanceof Reply reply ? reply.answer() : null;
      if (type.isInstance(answer)) {
        promise.tryComplete(type.cast(answer));
      } else {
        promise
            .event()
            .tryPoison(
                new RequestFailedException(
                    "an answer must be of the type asked for: type=%s, answer=%s"
                        .formatted(
                            type.getName(),
                            answer == null ? "null" : answer.getClass().getName())));
      }
    }
  }

  private final LocalBus bus;
  private final Topic<Reply> replies = Topic.ofBus(REPLIES + UUID.randomUUID(), Reply.class);
  private final ConcurrentHashMap<String, Pending<?>> pending = new ConcurrentHashMap<>();
  private final Object opening = new Object();

  // written under `opening`
  private volatile @Nullable Subscription subscription;

  Requests(LocalBus bus) {
    this.bus = bus;
  }

  <Q, A> Promise<A> ask(Topic<Q> topic, Q payload, Class<A> type, Duration deadline) {
    listen();
    Promise<A> promise = bus.events().promise("answer to " + topic.name());
    String id = UUID.randomUUID().toString();
    pending.put(id, new Pending<>(type, promise));
    promise.event().whenComplete(_ -> pending.remove(id));
    promise.event().orPoisonAfter(deadline);
    TopicNames.checkForUsers(topic.name());
    PublishOptions headers =
        PublishOptions.NONE.header(REQUEST, id).header(REPLY_TO, replies.name());
    LocalDelivery delivery = bus.publishAny(topic, payload, headers);
    if (Handling.current() != null && !delivery.isDone()) {
      bus.publishing().waits().know(promise.event(), new Waits.Handled(delivery, true));
    }
    delivery.event().whenComplete(_ -> unanswered(delivery, promise));
    return promise;
  }

  /** Who asked is told at once if nobody can answer any more. */
  private static void unanswered(Delivery delivery, Promise<?> promise) {
    boolean isHandled = delivery.outcomes().stream().anyMatch(Requests::isAnswered);
    if (!isHandled) {
      promise
          .event()
          .tryPoison(
              new RequestFailedException(
                  "a request must be handled by somebody: " + delivery.outcomes()));
    }
  }

  /** {@return whether there may be an answer: what was spilled may get one later} */
  private static boolean isAnswered(Outcome outcome) {
    return outcome instanceof Outcome.Handled || outcome instanceof Outcome.Spilled;
  }

  private void listen() {
    if (subscription != null) {
      return;
    }
    synchronized (opening) {
      if (subscription == null) {
        subscription =
            bus.subscribe(
                replies,
                this::complete,
                s -> s.named("answers").direct().onError(e -> e.disableAfter(0, e.probeAfter())));
      }
    }
  }

  private void complete(Message<Reply> message) {
    String id = message.headers().get(REQUEST);
    Pending<?> asked = id == null ? null : pending.get(id);
    if (asked != null) {
      asked.complete(message);
    }
  }

  /** {@return a handler that answers} */
  <Q, A> MessageHandler<Q> answering(Responder<Q, A> responder) {
    return message -> {
      String replyTo = message.headers().get(REPLY_TO);
      String id = message.headers().get(REQUEST);
      if (replyTo == null || id == null) {
        responder.answer(message);
        return;
      }
      Topic<Reply> topic = Topic.ofBus(replyTo, Reply.class);
      try {
        var reply = new Reply(responder.answer(message));
        bus.publishAny(topic, reply, PublishOptions.NONE.header(REQUEST, id));
      } catch (Exception e) { // both the one who asked and the subscription are to know
        String failure = e.toString();
        bus.publishAny(
            topic,
            new Reply(null),
            PublishOptions.NONE.header(REQUEST, id).header(FAILURE, failure));
        throw e;
      }
    };
  }

  int pending() {
    return pending.size();
  }
}
