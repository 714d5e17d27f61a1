package dev.carillon.source;

import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * By what a file is known to have changed.
 *
 * @param size in bytes
 * @param modified nanoseconds since 1970
 * @param key which file it is
 */
record FileState(long size, long modified, long key) {
  private static final long SECOND = 1_000_000_000;
  private static final long COARSE = 2 * SECOND; // of file systems that know no parts of seconds
  private static final long FINE = 20_000_000; // more than two ticks of a kernel's clock
  private static final String INODE = "ino=";

  static FileState of(BasicFileAttributes attributes) {
    return new FileState(
        attributes.size(),
        attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS),
        key(attributes.fileKey()));
  }

  /**
   * {@return which file it is: its inode where there are any, else 0} Not its device as well, whose
   * number may be another after the machine was started again.
   */
  static long key(@Nullable Object fileKey) {
    if (fileKey == null) {
      return 0;
    }
    String text = fileKey.toString();
    int start = text.indexOf(INODE);
    if (start < 0) {
      return text.hashCode();
    }
    long inode = 0;
    for (int i = start + INODE.length(); i < text.length(); i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        break;
      }
      inode = inode * 10 + digit;
    }
    return inode;
  }

  /**
   * {@return whether a change after this was seen may leave it equal, as the file system's clock
   * may not have moved on}
   *
   * @param seen when it was seen, or earlier
   */
  boolean isTooFresh(long seen) {
    return Math.abs(seen - modified) < (modified % SECOND == 0 ? COARSE : FINE);
  }

  Instant time() {
    return Instant.ofEpochSecond(Math.floorDiv(modified, SECOND), Math.floorMod(modified, SECOND));
  }

  /** {@return nanoseconds since 1970} */
  static long now() {
    Instant now = Instant.now();
    return now.getEpochSecond() * SECOND + now.getNano();
  }
}
