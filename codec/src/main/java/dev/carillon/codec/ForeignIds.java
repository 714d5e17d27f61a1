package dev.carillon.codec;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Ids of events as ids of messages. */
final class ForeignIds {
  /*
   * An id that is a UUID in its usual form, of 36 characters in lower case, is itself. From any other
   * one a UUID of version 5 (RFC 9562) is made, whose name is the event's source, a NUL, and the
   * id: an id need be unique within its source only. A source is a URI reference and so has no NUL.
   */
  private static final UUID NAMESPACE = UUID.fromString("c8b0fd33-0c56-5c0e-9f2a-6d3f4a1be7d5");

  private ForeignIds() {}

  /** {@return the UUID that a text is, or null if it is none in its usual form} */
  static @Nullable UUID uuid(String text) {
    if (text.length() != 36) {
      return null;
    }
    try {
      UUID uuid = UUID.fromString(text);
      return uuid.toString().equals(text) ? uuid : null;
    } catch (IllegalArgumentException _) { // the answer, not a failure
      return null;
    }
  }

  /** {@return the id of a message that was read} */
  static UUID toUuid(String source, String id) {
    UUID uuid = uuid(id);
    return uuid == null ? named(source + "\0" + id) : uuid;
  }

  /** {@return whether an id is no UUID and is read as one} */
  static boolean isReadAs(String source, String id, UUID uuid) {
    return uuid(id) == null && toUuid(source, id).equals(uuid);
  }

  private static UUID named(String name) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-1");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-1", e);
    }
    digest.update(
        ByteBuffer.allocate(16)
            .putLong(NAMESPACE.getMostSignificantBits())
            .putLong(NAMESPACE.getLeastSignificantBits())
            .array());
    ByteBuffer hash = ByteBuffer.wrap(digest.digest(name.getBytes(StandardCharsets.UTF_8)));
    long high = (hash.getLong() & ~0xf000L) | 0x5000L;
    long low = (hash.getLong() & (-1L >>> 2)) | (1L << 63);
    return new UUID(high, low);
  }
}
