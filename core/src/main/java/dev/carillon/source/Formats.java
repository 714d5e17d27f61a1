package dev.carillon.source;

import dev.carillon.spi.EventFormat;
import dev.carillon.spi.EventRecord;
import dev.carillon.spi.PayloadException;
import java.util.List;
import java.util.Locale;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/** The formats in which CloudEvents come as a whole. */
final class Formats {
  private static final String STRUCTURED = "application/cloudevents";

  private final List<EventFormat> formats;
  private final int maxBatch;

  Formats(@Nullable List<EventFormat> set, int maxBatch) {
    this.formats = set == null ? found() : set;
    this.maxBatch = maxBatch;
  }

  private static List<EventFormat> found() {
    return ServiceLoader.load(EventFormat.class).stream().map(ServiceLoader.Provider::get).toList();
  }

  /** {@return a media type without its parameters, in lower case} */
  static String media(String contentType) {
    int end = contentType.indexOf(';');
    return (end < 0 ? contentType : contentType.substring(0, end)).strip().toLowerCase(Locale.ROOT);
  }

  /** {@return whether a media type is that of CloudEvents as a whole} */
  static boolean isStructured(String media) {
    return media.startsWith(STRUCTURED);
  }

  /** {@return the format for a media type} */
  EventFormat find(String media) throws RefusedRequest {
    for (EventFormat format : formats) {
      if (format.reads(media)) {
        return format;
      }
    }
    throw new RefusedRequest(
        "content-type",
        415,
        "events of this media type are not read here; JSON needs carillon-codec, or a format that"
            + " is set; events in binary mode are read: "
            + RefusedRequest.show(media));
  }

  /** {@return the events that a document holds, their attributes checked} */
  List<EventRecord> read(String media, byte[] document) throws RefusedRequest {
    EventFormat format = find(media);
    List<EventRecord> events;
    try {
      events = format.read(media, document, maxBatch);
    } catch (PayloadException e) {
      throw new RefusedRequest("bad-event", 400, String.valueOf(e.getMessage()));
    }
    if (events.size() > maxBatch) {
      throw new RefusedRequest("bad-event", 400, "a batch must be at most " + maxBatch + " events");
    }
    for (EventRecord event : events) {
      CloudEventAttributes.check(event.attributes());
    }
    return events;
  }
}
