package dev.carillon.codec;

import java.util.Map;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.databind.util.TokenBuffer;

/**
 * An event apart from the format in which it is written.
 *
 * @param attributes in the order in which they are written; all values as texts
 * @param data what it carries
 */
record CloudEvent(Map<String, String> attributes, Data data) {

  /** What an event carries. */
  sealed interface Data {}

  /** Nothing. */
  record None() implements Data {}

  /** Bytes. */
  static final class Binary implements Data {
    private final byte[] bytes;

    Binary(byte[] bytes) {
      this.bytes = bytes;
    }

    byte[] bytes() {
      return bytes;
    }
  }

  /** Text that was read, which is JSON if its media type says so. */
  record Text(String text) implements Data {}

  /** A message of protobuf. */
  static final class Proto implements Data {
    private final String type;
    private final byte[] bytes;

    Proto(String type, byte[] bytes) {
      this.type = type;
      this.bytes = bytes;
    }

    /** {@return the full name of the message's type, such as {@code com.shop.Order}} */
    String type() {
      return type;
    }

    byte[] bytes() {
      return bytes;
    }
  }

  /** A payload to be written as JSON, or as text if its media type is another. */
  record Value(Object payload) implements Data {}

  /** JSON as it was written. */
  record Raw(String json) implements Data {}

  /** JSON that was read, of which no object has been made yet. */
  record Json(TokenBuffer tokens, ObjectReadContext context) implements Data {}
}
