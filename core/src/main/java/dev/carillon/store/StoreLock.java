package dev.carillon.store;

import dev.carillon.spi.StoreException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Sees to it that a directory is one store's only; ends with the process. */
final class StoreLock implements AutoCloseable {
  private static final String FILE = "lock";

  /*
   * On POSIX systems, closing any channel of a file gives back all locks that the process has on
   * it. So who is refused here must never have opened the lock file: what this process holds is
   * looked at first. Shared maps and the memory of a watch do the same.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet(); // real paths

  private final Path directory;
  private final FileChannel channel;

  private StoreLock(Path directory, FileChannel channel) {
    this.directory = directory;
    this.channel = channel;
  }

  /** {@return the lock of a directory, which is there} */
  static StoreLock of(Path directory) throws IOException {
    Path real = directory.toRealPath();
    if (!HELD.add(real)) {
      throw refused(directory);
    }
    boolean isHeld = false;
    try {
      var lock = new StoreLock(real, channel(directory));
      isHeld = true;
      return lock;
    } finally {
      if (!isHeld) {
        HELD.remove(real);
      }
    }
  }

  private static FileChannel channel(Path directory) throws IOException {
    FileChannel channel =
        FileChannel.open(
            directory.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean isLocked = false;
    try {
      isLocked = channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      throw refused(directory); // another class loader's store has it
    } finally {
      if (!isLocked) {
        channel.close();
      }
    }
    if (!isLocked) {
      throw refused(directory);
    }
    return channel;
  }

  private static StoreException refused(Path directory) {
    return new StoreException(
        "a directory is one open store's only, and another has it: directory=" + directory, null);
  }

  @Override
  public void close() {
    if (!channel.isOpen()) {
      return; // it may be another's by now
    }
    try {
      channel.close();
    } catch (IOException e) {
      throw new StoreException("the lock of the store cannot be given back", e);
    } finally {
      HELD.remove(directory);
    }
  }
}
