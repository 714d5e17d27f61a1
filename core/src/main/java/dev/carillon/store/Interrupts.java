package dev.carillon.store;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Work on files that an interrupt must not break off; it is remembered for afterwards. */
final class Interrupts {
  private Interrupts() {}

  /** Something that can be begun again. */
  interface Work {
    void run() throws IOException;
  }

  /** Does the work, again if an interrupt closed its channel. */
  static void deferred(Work work) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        try {
          work.run();
          return;
        } catch (ClosedByInterruptException e) {
          interrupted |= Thread.interrupted();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Forces the names in a directory, where the system can. */
  static void forceDirectory(Path directory) throws IOException {
    if (System.getProperty("os.name", "").startsWith("Windows")) {
      return; // cannot open a directory, and needs no such thing
    }
    deferred(() -> {
      try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    });
  }
}
