package dev.carillon.bus;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** Makes ids of messages. Safe for use by any thread. */
final class MessageIds {
  /*
   * UUIDs of version 7 (RFC 9562): 48 bits of milliseconds since 1970; 12 bits of fractions of a
   * millisecond (its method 3); 62 random bits. These come from the thread's generator, which is
   * fast but may be seeded alike in two processes, and are mixed with a secret of this process.
   */
  private static final long VERSION = 7L << 12;
  private static final long VARIANT = 1L << 63;
  private static final long RANDOM = -1L >>> 2;

  private final long salt = new SecureRandom().nextLong();

  UUID next(Instant time) {
    int nanos = time.getNano();
    long millis = time.getEpochSecond() * 1_000 + nanos / 1_000_000;
    long fraction = (nanos % 1_000_000) * 4096L / 1_000_000;
    long high = millis << 16 | VERSION | fraction;
    long random = ThreadLocalRandom.current().nextLong() ^ salt;
    return new UUID(high, VARIANT | (random & RANDOM));
  }
}
