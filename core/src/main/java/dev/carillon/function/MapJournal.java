package dev.carillon.function;

import static dev.carillon.function.MapJournalDescriptor.CLOSED;
import static dev.carillon.function.MapJournalDescriptor.HEADER;
import static dev.carillon.function.MapJournalDescriptor.KEY_OFFSET;

import dev.carillon.spi.MapRecord;
import dev.carillon.spi.MapStoreException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The file of a shared map, to which changes are appended. */
final class MapJournal implements AutoCloseable {
  /*
   * Whoever appends is the only one (the map's lock) and writes a record by one call. Forcing goes
   * on outside of that lock: who needs its record on the disk takes `forcing`, and finds that done
   * if somebody forced meanwhile; else it forces all that was written until then.
   *
   * The file is written anew, beside itself, when more than half of it is of the past; the new one
   * takes the old one's name when it is on the disk, by a move, which is atomic.
   *
   * After a write that failed, what it left is cut off. If that fails, or forcing does, nobody
   * knows what is on the disk: the journal is broken and takes nothing more. So it is if the new
   * name cannot be forced; what was not forced in the old file then never counts as forced.
   *
   * It takes no more than can be read when it is opened again, with room for the last record.
   *
   * The file is no interruptible channel: an interrupt must not close it.
   */
  private static final int SLACK = 64 << 10; // of the past, which is not worth writing anew

  private static final int AGAIN = 8 << 20; // more, until writing anew that failed is tried again

  private static final int LARGEST = Integer.MAX_VALUE - 64; // is read as one array

  private final Path file;
  private final MapLock locked;
  private final long largest;
  private final ReentrantLock forcing = new ReentrantLock();

  // written under the map's lock; the file is also replaced under `forcing`
  private volatile RandomAccessFile open;
  private volatile long end;
  private volatile long written; // counts records
  private volatile @Nullable Exception broken;

  // only accessed under the map's lock
  private long retryAt; // end of the file at which writing it anew is tried again

  // written under forcing
  private volatile long forced; // counts records
  private volatile long forcedEnd;

  /** What is in a file when it is opened. */
  record Opened(MapJournal journal, MapRecovery.Outcome found) {}

  /**
   * An entry to be written.
   *
   * @param record the change by which it came
   * @param expires when it expires, in milliseconds since 1970; 0 for never
   */
  record Entry(MapRecord record, long expires) {}

  private MapJournal(Path file, MapLock locked, RandomAccessFile open, long end, long largest) {
    this.file = file;
    this.locked = locked;
    this.largest = largest;
    this.open = open;
    this.end = end;
    this.forcedEnd = end;
  }

  // ── opening ──

  static Opened open(Path file) throws IOException {
    return open(file, LARGEST);
  }

  /** Opens a file that may have so many bytes. */
  static Opened open(Path path, int largest) throws IOException {
    Path file = MapFiles.real(path);
    MapLock locked = MapLock.of(file);
    boolean isOpen = false;
    try {
      Files.deleteIfExists(MapFiles.part(file, ".new"));
      if (!Files.exists(file)) {
        MapFiles.prepared(file, 0, List.of()).close();
        MapFiles.move(file);
        MapFiles.forceDirectory(file);
      }
      if (Files.size(file) > largest) {
        throw new MapStoreException(
            "the file of a shared map has at most %d bytes: file=%s, bytes=%d"
                .formatted(largest, file, Files.size(file)),
            null);
      }
      byte[] bytes = Files.readAllBytes(file);
      MapRecovery.Outcome found = new MapRecovery(file, bytes).scan();
      var journal =
          new MapJournal(
              file, locked, MapFiles.cut(file, bytes.length, found.end()), found.end(), largest);
      isOpen = true;
      return new Opened(journal, found);
    } finally {
      if (!isOpen) {
        locked.close();
      }
    }
  }

  // ── appending ──

  /**
   * Appends a change: {@return its number, to force it by} The map's lock is held.
   *
   * @throws MapStoreException if it cannot be written, or the file would get too large; then
   *     nothing of it is there
   */
  long append(MapRecord record, long expires) {
    if (isFull(record)) {
      throw new MapStoreException(
          "the file of a shared map has at most %d bytes, and cannot be written anew now:"
                  .formatted(largest)
              + " file=%s, bytes=%d, more=%d".formatted(file, end, size(record)),
          null);
    }
    return append(record, MapRecordForm.kind(record), expires);
  }

  /** {@return whether there is no room for a change, and the record that closes the file} */
  boolean isFull(MapRecord record) {
    return end + size(record) + KEY_OFFSET > largest && broken == null;
  }

  private long append(MapRecord record, int kind, long expires) {
    checkWhole();
    byte[] bytes = MapRecordForm.bytes(record, kind, expires, end, forcedEnd);
    try {
      open.write(bytes);
    } catch (IOException e) {
      undo(e);
      throw new MapStoreException("a change cannot be written: file=" + file, e);
    }
    long after = end + bytes.length;
    end = after;
    long number = written + 1;
    written = number;
    return number;
  }

  private void undo(IOException why) {
    try {
      open.setLength(end);
      open.seek(end);
    } catch (IOException e) {
      why.addSuppressed(e);
      broken = why;
    }
  }

  /** Takes nothing more, as what is in the file is not what its writer has. */
  void breakOff(String why) {
    broken = new IOException(why);
  }

  /** {@return whether nothing is taken any more} */
  boolean isBroken() {
    return broken != null;
  }

  private void checkWhole() {
    Exception why = broken;
    if (why != null) {
      throw new MapStoreException(
          "nothing is written after a failure that may have left half a change; open the map again:"
              + " file="
              + file,
          why);
    }
  }

  /** Waits until a record is on the disk; the map's lock is not held. */
  void force(long number) {
    forcing.lock();
    try {
      if (forced < number) {
        checkWhole();
        long records = written;
        long bytes = end;
        open.getFD().sync();
        forced = records;
        forcedEnd = bytes;
      }
    } catch (IOException e) {
      broken = e;
      throw new MapStoreException("a change cannot be forced to the disk: file=" + file, e);
    } finally {
      forcing.unlock();
    }
  }

  /** {@return the bytes that an entry takes up in the file} */
  static long size(MapRecord entry) {
    return KEY_OFFSET + entry.size();
  }

  /** {@return whether so much of the file is of the past that it is worth writing anew} */
  boolean isWorthCompacting(long live) {
    return end - HEADER > 2 * live + SLACK && end >= retryAt && broken == null;
  }

  /**
   * Writes the file anew, with what is there, in the order of revisions; the map's lock is held.
   */
  void compact(long revision, List<Entry> entries) {
    forcing.lock();
    try {
      RandomAccessFile fresh = MapFiles.prepared(file, revision, entries);
      try {
        MapFiles.move(file);
      } catch (IOException e) {
        MapFiles.drop(file, fresh);
        throw e;
      }
      RandomAccessFile old = open;
      open = fresh;
      end = fresh.getFilePointer();
      forceNewName();
      old.close();
    } catch (IOException e) {
      retryAt = Math.min(2 * end, end + AGAIN);
      CodedMap.LOG.log(
          Level.WARNING, "the file of a shared map cannot be written anew, and grows: " + file, e);
    } finally {
      forcing.unlock();
    }
  }

  /** Until the name is on the disk, what is in the file may be in one that a crash forgets. */
  private void forceNewName() {
    try {
      MapFiles.forceDirectory(file);
      forced = written;
      forcedEnd = end;
    } catch (IOException e) {
      broken = e;
    }
  }

  // ── closing ──

  /** Says that the file was closed, forces it, and gives it back; the map's lock is held. */
  void close(MapRecord last) {
    try {
      if (broken == null) {
        force(written);
        force(append(last, CLOSED, 0));
      }
    } finally {
      close();
    }
  }

  @Override
  public void close() {
    forcing.lock();
    try {
      broken = broken == null ? new IOException("the map was closed") : broken;
      try (locked) {
        open.close();
      }
    } catch (IOException e) {
      throw new MapStoreException("the file of a shared map cannot be closed: file=" + file, e);
    } finally {
      forcing.unlock();
    }
  }
}
