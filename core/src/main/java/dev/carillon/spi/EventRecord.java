package dev.carillon.spi;

import java.util.Map;
import java.util.Objects;

/**
 * A CloudEvent as it was received: its attributes as texts, and its data as bytes.
 *
 * @param attributes by name, extensions among them
 * @param data as {@code datacontenttype} says; JSON if that is not there; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // the data; equality is by identity, and not used
public record EventRecord(Map<String, String> attributes, byte[] data) {

  /** Copies the attributes. */
  public EventRecord {
    attributes = Map.copyOf(attributes);
    Objects.requireNonNull(data, "data");
  }
}
