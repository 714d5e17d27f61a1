package dev.carillon.source;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Sees to it that what a watch remembers is one source's only; ends with the process. */
final class MemoryLock implements AutoCloseable {
  /*
   * On POSIX systems, closing any channel of a file gives back all locks that the process has on
   * it. So who is refused here must never have opened the lock file: what this process holds is
   * looked at first. The store and shared maps do the same.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet(); // real paths of lock files

  private final Path real;
  private final FileChannel channel;

  private MemoryLock(Path real, FileChannel channel) {
    this.real = real;
    this.channel = channel;
  }

  /**
   * {@return the lock of a file}
   *
   * @param file what is locked
   * @param lock a file for that, in a directory that is there
   */
  static MemoryLock of(Path file, Path lock) throws IOException {
    Path directory = lock.toAbsolutePath().getParent();
    Path real = directory == null ? lock : directory.toRealPath().resolve(lock.getFileName());
    if (!HELD.add(real)) {
      throw refused(file);
    }
    boolean isHeld = false;
    try {
      var held = new MemoryLock(real, channel(file, lock));
      isHeld = true;
      return held;
    } finally {
      if (!isHeld) {
        HELD.remove(real);
      }
    }
  }

  private static FileChannel channel(Path file, Path lock) throws IOException {
    FileChannel channel =
        FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean isLocked = false;
    try {
      isLocked = channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      throw refused(file); // another class loader's source has it
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

  private static AccessDeniedException refused(Path file) {
    return new AccessDeniedException(
        file.toString(), null, "another source remembers in this file");
  }

  @Override
  public void close() throws IOException {
    if (!channel.isOpen()) {
      return; // it may be another's by now
    }
    try {
      channel.close();
    } finally {
      HELD.remove(real);
    }
  }
}
