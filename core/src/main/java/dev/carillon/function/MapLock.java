package dev.carillon.function;

import dev.carillon.spi.MapStoreException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Sees to it that a file is one open map's only; ends with the process. */
final class MapLock implements AutoCloseable {
  /*
   * On POSIX systems, closing any channel of a file gives back all locks that the process has on
   * it. So who is refused here must never have opened the lock file: what this process holds is
   * looked at first. The store and the memory of a watch do the same.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final FileChannel channel;

  private MapLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * {@return the lock of a file}
   *
   * @param file its real path
   */
  static MapLock of(Path file) throws IOException {
    if (!HELD.add(file)) {
      throw refused(file);
    }
    boolean isHeld = false;
    try {
      var lock = new MapLock(file, channel(file));
      isHeld = true;
      return lock;
    } finally {
      if (!isHeld) {
        HELD.remove(file);
      }
    }
  }

  private static FileChannel channel(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(
            MapFiles.part(file, ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean isLocked = false;
    try {
      isLocked = channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      throw refused(file); // another class loader's map has it
    } finally {
      if (!isLocked) {
        channel.close();
      }
    }
    if (!isLocked) {
      throw refused(file);
    }
    return channel;
  }

  private static MapStoreException refused(Path file) {
    return new MapStoreException(
        "a file is one open map's only, and another has it: file=" + file, null);
  }

  @Override
  public void close() throws IOException {
    if (!channel.isOpen()) {
      return; // it may be another's by now
    }
    try {
      channel.close();
    } finally {
      HELD.remove(file);
    }
  }
}
