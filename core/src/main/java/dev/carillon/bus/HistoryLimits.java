package dev.carillon.bus;

import dev.carillon.spi.Durability;
import dev.carillon.spi.MessageStore;
import java.time.Duration;
import java.util.Objects;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * How much of what is published on some topics is kept: immutable, changed by its methods. What was
 * kept longest goes first.
 *
 * @param count the most messages, 1 to 2^24
 * @param bytes the most bytes, by {@code sizer}; the newest message is kept whatever its size
 * @param age how long at most; null for ever
 * @param sizer tells the bytes of a message; a store counts its own
 * @param durable where in the bus's store they are kept; null to keep them in memory
 */
public record HistoryLimits(
    int count,
    long bytes,
    @Nullable Duration age,
    ToLongFunction<? super Message<?>> sizer,
    @Nullable Durable durable) {

  /**
   * That messages are kept in the bus's store.
   *
   * @param stream in which stream: 1 to 64 letters, digits, {@code -} and {@code _}
   * @param durability what is proved of each before its delivery is over
   */
  public record Durable(String stream, Durability durability) {
    /**
     * Checks the name.
     *
     * @throws IllegalArgumentException if no stream can have it
     */
    public Durable {
      MessageStore.checkName(stream);
      Objects.requireNonNull(durability, "durability");
    }
  }

  /**
   * 10,000 messages of 64 MiB. Texts and arrays of bytes count with their length, all other
   * payloads with 64 bytes, as nobody knows; each message with 256 besides.
   */
  public static final HistoryLimits DEFAULT =
      new HistoryLimits(10_000, 64L << 20, null, HistoryLimits::guess, null);

  private static final int MOST = 1 << 24;
  private static final int MESSAGE = 256;
  private static final int PAYLOAD = 64;

  /**
   * Checks the limits.
   *
   * @throws IllegalArgumentException if a number is outside its range
   */
  public HistoryLimits {
    Objects.requireNonNull(sizer, "sizer");
    Checks.range("count", count, 1, MOST);
    if (bytes < 1) {
      throw new IllegalArgumentException("bytes must be at least 1: bytes=" + bytes);
    }
    if (age != null) {
      Checks.positive("age", age);
    }
  }

  private static long guess(Message<?> message) {
    return switch (message.payload()) {
      case CharSequence text -> MESSAGE + 2L * text.length();
      case byte[] array -> MESSAGE + (long) array.length;
      default -> MESSAGE + PAYLOAD;
    };
  }

  /**
   * {@return these limits with another number}
   *
   * @param most how many messages
   */
  public HistoryLimits count(int most) {
    return new HistoryLimits(most, bytes, age, sizer, durable);
  }

  /**
   * {@return these limits with another number of bytes}
   *
   * @param most how many
   * @param newSizer tells the bytes of a message
   */
  public HistoryLimits bytes(long most, ToLongFunction<? super Message<?>> newSizer) {
    return new HistoryLimits(count, most, age, newSizer, durable);
  }

  /**
   * {@return these limits with another age}
   *
   * @param most how long a message is kept
   */
  public HistoryLimits age(Duration most) {
    return new HistoryLimits(count, bytes, most, sizer, durable);
  }

  /**
   * {@return these limits, for messages that are kept in the bus's store, see {@link
   * BusConfig#withStore}} A message is appended there before any subscription is given it, and its
   * delivery is over when that is proved, too. Those that were kept before the bus was opened are
   * part of its history.
   *
   * @param stream in which stream, which no other pattern uses: 1 to 64 letters, digits, {@code -}
   *     and {@code _}
   * @param durability what is to be proved; a bus does not open with a store that cannot prove it
   * @throws IllegalArgumentException if no stream can have that name
   */
  public HistoryLimits durable(String stream, Durability durability) {
    return new HistoryLimits(count, bytes, age, sizer, new Durable(stream, durability));
  }
}
