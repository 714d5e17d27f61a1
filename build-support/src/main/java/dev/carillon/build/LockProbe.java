package dev.carillon.build;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Asks whether another process may lock a file. */
public final class LockProbe {
  private static final int LOCKED = 3; // none that a JVM ends with by itself

  private LockProbe() {}

  /** {@return whether another process cannot lock a file} */
  public static boolean isLocked(Path file) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(ChildJvm.command(LockProbe.class, file.toString())).inheritIO().start();
    try {
      if (!process.waitFor(Patience.LONG)) {
        throw new AssertionError("the process that locks a file does not end: file=" + file);
      }
      int status = process.exitValue();
      if (status != 0 && status != LOCKED) {
        throw new AssertionError(
            "the process that locks a file failed: file=%s, status=%d".formatted(file, status));
      }
      return status == LOCKED;
    } finally {
      process.destroyForcibly();
    }
  }

  /** Ends with a status that says whether it could lock a file. */
  public static void main(String[] args) throws IOException {
    boolean isLocked;
    try (var channel = FileChannel.open(Path.of(args[0]), StandardOpenOption.WRITE)) {
      isLocked = channel.tryLock() == null;
    }
    System.exit(isLocked ? LOCKED : 0);
  }
}
