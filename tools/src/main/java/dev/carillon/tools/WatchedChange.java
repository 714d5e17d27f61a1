package dev.carillon.tools;

import dev.carillon.source.FileChange;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A file that has changed.
 *
 * @param event what happened to it
 * @param path which one, absolute
 */
record WatchedChange(WatchEvent event, Path path) {

  static WatchedChange of(FileChange change) {
    return new WatchedChange(WatchEvent.of(change), change.path());
  }

  /**
   * {@return what it comes to for somebody who has heard neither this change nor the next one of
   * the file; null if it is nothing}
   */
  @Nullable WatchedChange then(WatchedChange next) {
    boolean isGone = next.event == WatchEvent.DELETE;
    return switch (event) {
      case CREATE -> isGone ? null : new WatchedChange(WatchEvent.CREATE, path);
      case MODIFY -> next;
      case DELETE -> isGone ? next : new WatchedChange(WatchEvent.MODIFY, path);
    };
  }
}
