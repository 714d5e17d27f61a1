package dev.carillon.bus;

import dev.carillon.spi.NewMessage;
import dev.carillon.spi.PayloadCodec;
import dev.carillon.spi.StoredMessage;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Messages of the bus in the form in which a store keeps them. Safe for use by any thread. */
final class StoredForm {
  /*
   * What a store has no field for is in headers whose names begin with "$"; a header of the user's
   * that begins so, too, is written with one "$" more. The topic's type is not loaded by its name:
   * as a payload is of its topic's type, that is found among the types of the payload's class.
   */
  private static final System.Logger LOG = System.getLogger("dev.carillon.bus");
  private static final String OWN = "$";
  private static final String SOURCE = "$source";
  private static final String CORRELATION = "$correlation";
  private static final String CAUSATION = "$causation";
  private static final String HOPS = "$hops";
  private static final String TYPE = "$type";
  private static final int MOST_KINDS = 64;

  private final PayloadCodec codec;
  private final LongAdder unreadable = new LongAdder();
  private final Set<String> logged = ConcurrentHashMap.newKeySet(); // kinds of what is unreadable

  StoredForm(PayloadCodec codec) {
    this.codec = codec;
  }

  /**
   * {@return a message as a store takes it}
   *
   * @throws RuntimeException of the codec, or that a field is too long
   */
  NewMessage write(Message<?> message) {
    Object payload = message.payload();
    var headers = new HashMap<String, String>();
    message.headers().forEach((name, value) -> headers.put(escaped(name), value));
    headers.put(SOURCE, message.source());
    String correlation = message.correlationId();
    if (correlation != null) {
      headers.put(CORRELATION, correlation);
    }
    UUID causation = message.causationId();
    if (causation != null) {
      headers.put(CAUSATION, causation.toString());
    }
    if (message.hops() > 0) {
      headers.put(HOPS, Integer.toString(message.hops()));
    }
    Class<?> type = message.topic().type();
    if (!type.equals(payload.getClass())) {
      headers.put(TYPE, type.getName());
    }
    return new NewMessage(
        message.topic().name(),
        message.id(),
        message.publisher(),
        message.sequence(),
        codec.typeOf(payload),
        headers,
        codec.encode(payload),
        message.time());
  }

  private static String escaped(String name) {
    return name.startsWith(OWN) ? OWN + name : name;
  }

  /** {@return what a store has kept; null if that cannot be read, which is counted and logged} */
  @Nullable Message<?> read(StoredMessage stored, String stream) {
    try {
      return readWhole(stored);
    } catch (RuntimeException
        | AssertionError
        | LinkageError
        | StackOverflowError e) { // of the codec, or what was kept is none of the bus's
      unreadable(
          1,
          "type \"%s\", %s".formatted(stored.type(), e.getClass().getName()),
          "message %d of stream \"%s\" cannot be read".formatted(stored.sequence(), stream),
          e);
      return null;
    }
  }

  private Message<?> readWhole(StoredMessage stored) {
    Map<String, String> kept = stored.headers();
    Object payload = codec.decode(stored.type(), stored.payload());
    var headers = new HashMap<String, String>();
    kept.forEach((name, value) -> {
      if (!name.startsWith(OWN)) {
        headers.put(name, value);
      } else if (name.startsWith(OWN + OWN)) {
        headers.put(name.substring(OWN.length()), value);
      }
    });
    String causation = kept.get(CAUSATION);
    String type = kept.get(TYPE);
    Class<?> declared = type == null ? null : typeOf(payload.getClass(), type);
    Class<?> topicType = declared == null ? payload.getClass() : declared;
    Topic<?> topic = Topic.ofBus(stored.topic(), topicType);
    return new Message<>(
        stored.id(),
        topic,
        payload,
        stored.time(),
        kept.getOrDefault(SOURCE, ""),
        stored.publisher(),
        stored.publisherSequence(),
        headers,
        kept.get(CORRELATION),
        causation == null ? null : UUID.fromString(causation),
        Integer.parseInt(kept.getOrDefault(HOPS, "0")));
  }

  /** {@return that of a class and its supertypes which has a name; null if none has} */
  private static @Nullable Class<?> typeOf(@Nullable Class<?> type, String name) {
    if (type == null || type.getName().equals(name)) {
      return type;
    }
    for (Class<?> each : type.getInterfaces()) {
      Class<?> found = typeOf(each, name);
      if (found != null) {
        return found;
      }
    }
    return typeOf(type.getSuperclass(), name);
  }

  /** Counts messages that cannot be read and are passed over, and logs the first of a kind. */
  void unreadable(long count, String kind, String what, Throwable cause) {
    unreadable.add(count);
    if (logged.size() < MOST_KINDS && logged.add(kind)) {
      LOG.log(
          Level.WARNING,
          what + " and is passed over; further ones of this kind are only counted: " + kind,
          cause);
    }
  }

  /** {@return how many messages could not be read} */
  long unreadable() {
    return unreadable.sum();
  }
}
