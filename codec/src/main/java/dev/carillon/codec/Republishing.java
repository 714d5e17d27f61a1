package dev.carillon.codec;

import dev.carillon.bus.Bus;
import dev.carillon.bus.Delivery;
import dev.carillon.bus.Message;
import dev.carillon.bus.PublishOptions;
import dev.carillon.bus.Topic;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;

/** Publishing of messages that come from elsewhere. */
final class Republishing {
  /** Headers of a bus's requests: an answer to them would go to a topic that another bus named. */
  private static final Set<String> OF_REQUESTS = Set.of("reply-to", "request-id");

  private Republishing() {}

  static Delivery publish(Bus bus, Message<?> message) {
    return publish(bus, message.topic(), message);
  }

  private static <T> Delivery publish(Bus bus, Topic<T> topic, Message<?> message) {
    String correlation = message.correlationId();
    var options = new PublishOptions(headers(message), correlation, false);
    return bus.publish(topic, topic.type().cast(message.payload()), _ -> options);
  }

  /*
   * A header that keeps an original is taken over only where it agrees with the message: whoever
   * wrote the event can have given it a header of any name.
   */
  private static Map<String, String> headers(Message<?> message) {
    var headers = new HashMap<>(message.headers());
    headers.keySet().removeAll(OF_REQUESTS);
    String source = Sources.toUri(message.source());
    keep(
        headers,
        Names.ID,
        id -> ForeignIds.isReadAs(source, id, message.id()),
        message.id().toString());
    keep(
        headers,
        Names.TIME,
        time -> message.time().equals(Times.parse(time)),
        message.time().toString());
    keep(
        headers,
        Names.SEQUENCE,
        sequence -> Sequences.read(sequence) == message.sequence(),
        Long.toString(message.sequence()));
    headers.put(Names.original(Names.SOURCE), message.source());
    headers.put(Names.original("publisher"), message.publisher());
    headers.put(Names.original("hops"), Integer.toString(message.hops()));
    UUID cause = message.causationId();
    if (cause == null) {
      headers.remove(Names.original(Names.CAUSATION_ID));
    } else {
      headers.put(Names.original(Names.CAUSATION_ID), cause.toString());
    }
    return headers;
  }

  private static void keep(
      Map<String, String> headers, String attribute, Predicate<String> agrees, String usual) {
    headers.compute(
        Names.original(attribute), (_, kept) -> kept != null && agrees.test(kept) ? kept : usual);
  }
}
