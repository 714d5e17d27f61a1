package dev.carillon.bench;

import java.nio.ByteBuffer;

/**
 * The frames that echo servers are measured with: four bytes of length, most significant first, and
 * as many of payload, which begins with a number that counts a connection's frames.
 */
final class EchoFrames {
  /** Bytes of payload in a frame. */
  static final int PAYLOAD = 64;

  /** Bytes of a frame. */
  static final int FRAME = Integer.BYTES + PAYLOAD;

  /** Bytes of payload that a server takes at most. */
  static final int LARGEST = 65_536;

  private static final int REST = PAYLOAD - Long.BYTES;

  private EchoFrames() {}

  /** Writes a frame. */
  static void put(ByteBuffer to, long number) {
    to.putInt(PAYLOAD);
    to.putLong(number);
    to.position(to.position() + REST);
  }

  /**
   * Reads a frame.
   *
   * @throws BenchmarkException if it is not the one that is expected
   */
  static void check(ByteBuffer from, long expected) {
    int length = from.getInt();
    long number = from.getLong();
    if (length != PAYLOAD || number != expected) {
      throw new BenchmarkException(
          "a server must send frames back as they came: expected=%d/%d, came=%d/%d"
              .formatted(PAYLOAD, expected, length, number));
    }
    from.position(from.position() + REST);
  }
}
