package dev.carillon.source;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;

/**
 * A file that was created, modified or deleted, as it was found when that was told: not each single
 * change, but always the last one.
 *
 * @param kind what has happened to it
 * @param path where it is: the watched directory with the path below it
 * @param size in bytes; of a deleted file as it was told last
 * @param modified when it was modified last, by its file system; of a deleted file as it was told
 *     last
 */
public record FileChange(Kind kind, Path path, long size, Instant modified) {

  /** What happened to a file. */
  public enum Kind {
    /** It is there, and was not before. */
    CREATED,
    /** It is not as it was told before: its size, its time or the file itself, or may not be. */
    MODIFIED,
    /** It was there, and is not any more. */
    DELETED
  }

  /** Checks that nothing is missing. */
  public FileChange {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(modified, "modified");
  }
}
