package dev.carillon.store;

import dev.carillon.spi.StoreException;
import java.nio.file.Path;

/**
 * Thrown when a file of a store does not hold what was written to it; says where. Nothing is
 * skipped or removed because of it.
 */
public final class CorruptSegmentException extends StoreException {
  private static final long serialVersionUID = 1L;

  private final transient Path file;
  private final long offset;

  CorruptSegmentException(String message, Path file, long offset) {
    super("%s: file=%s, offset=%d".formatted(message, file, offset), null);
    this.file = file;
    this.offset = offset;
  }

  /** {@return the file} */
  public Path file() {
    return file;
  }

  /** {@return where in the file the damage begins} */
  public long offset() {
    return offset;
  }
}
