package dev.carillon.store;

import dev.carillon.spi.MessageStore;
import dev.carillon.spi.PayloadCodec;
import dev.carillon.time.Clock;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.UnaryOperator;

/** Makes the message stores that need nothing but the JDK, and a codec for their payloads. */
public final class Stores {
  private Stores() {}

  /** {@return a store that keeps messages in memory, and proves {@code MEMORY}} */
  public static MessageStore inMemory() {
    return inMemory(Clock.system());
  }

  /**
   * {@return a store that keeps messages in memory, and proves {@code MEMORY}}
   *
   * @param clock tells the time of appending, and the age of messages
   */
  public static MessageStore inMemory(Clock clock) {
    return new MemoryStore(Objects.requireNonNull(clock, "clock"));
  }

  /**
   * {@return a store in files, with the default settings}
   *
   * @param directory where; made if it is not there
   * @throws dev.carillon.spi.StoreException if it cannot be opened, or is open already, here or in
   *     another process
   */
  public static MessageStore segments(Path directory) {
    return segments(directory, UnaryOperator.identity());
  }

  /**
   * {@return a store in files}
   *
   * @param directory where; made if it is not there
   * @param configure changes the default settings, {@code c -> c.withSync(Sync.NONE)}
   * @throws IllegalArgumentException if a setting is outside its range
   * @throws dev.carillon.spi.StoreException if it cannot be opened, or is open already, here or in
   *     another process
   */
  public static MessageStore segments(Path directory, UnaryOperator<SegmentConfig> configure) {
    return new SegmentStore(directory, configure.apply(SegmentConfig.DEFAULT));
  }

  /**
   * {@return a codec for payloads that are a {@code String}, {@code byte[]}, {@code Boolean},
   * {@code Integer}, {@code Long} or {@code Double}} It refuses all others.
   */
  public static PayloadCodec basicCodec() {
    return new BasicCodec();
  }
}
