package dev.carillon.spi;

import java.util.List;

/**
 * Reads CloudEvents that come as a whole in one document, the structured mode and batches. Found by
 * {@link java.util.ServiceLoader}, unless it is set in code.
 *
 * <p>The bytes come from outside: a format checks them, holds no more than a small multiple of
 * them, and makes no objects of classes that they name. To be safe for use by any thread.
 */
public interface EventFormat {

  /**
   * {@return whether documents of a media type are read}
   *
   * @param mediaType in lower case, without parameters, such as {@code
   *     application/cloudevents+json}
   */
  boolean reads(String mediaType);

  /**
   * {@return the events of a document, in their order; one unless the media type is of batches}
   *
   * @param mediaType one that is read
   * @param document as it came, not to be changed
   * @param most how many events at most
   * @throws PayloadException if it is malformed, or holds more events; its message is one line,
   *     which the sender sees
   */
  List<EventRecord> read(String mediaType, byte[] document, int most);
}
