package dev.carillon.source;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The file in which a watch remembers: a header, and a record for each telling, of which the last
 * one about a file counts. All numbers are little-endian.
 *
 * <pre>
 *   0               8              16
 *  +---------------+
 *  |   CRLFWTC1    |                                                     header
 *  +-------+-------+---------------+
 *  |length | CRC32C|   sequence    |
 *  +-------+-------+---------------+
 *  |     size      |   modified    |                                     record
 *  +---------------+-+-------------+---
 *  |      key      |f|  path, UTF-8  …
 *  +---------------+-+-----------------
 * </pre>
 *
 * The length and the checksum are of what follows them. The flags are 1: is there; 2: is new; 4: is
 * unsure. The sequence is 2⁶³−1 if it must be told again. The time is in nanoseconds since 1970.
 *
 * <p>A record that was not written to its end, as it is the last one, is cut off; whatever else is
 * not as it should be is an error.
 */
final class FileMemoryLog implements AutoCloseable {
  private static final long MAGIC = 0x31435457_464C5243L; // "CRLFWTC1"
  private static final int HEADER = Long.BYTES;
  private static final int PREFIX = 2 * Integer.BYTES; // of a record, before what is checked
  private static final int FIXED = 4 * Long.BYTES + 1; // of what is checked, before the path
  private static final int LONGEST = FIXED + (1 << 16);
  private static final int THERE = 1;
  private static final int NEW = 2;
  private static final int UNSURE = 4;
  private static final int BUFFER = 1 << 18;

  private final Path file;
  private final MemoryLock locked;
  private final boolean isNew;
  private @Nullable FileChannel channel; // null until it is made
  private long records;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER).order(ByteOrder.LITTLE_ENDIAN);

  private FileMemoryLog(Path file, MemoryLock locked) throws IOException {
    this.file = file;
    this.locked = locked;
    this.isNew = !Files.exists(file);
    if (!isNew) {
      channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }
  }

  /** Opens it for one user at a time. */
  static FileMemoryLog open(Path file) throws IOException {
    Path parent = file.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    MemoryLock locked = MemoryLock.of(file, part(file, ".lock"));
    try {
      return new FileMemoryLog(file, locked);
    } catch (IOException | RuntimeException e) {
      locked.close();
      throw e;
    }
  }

  private static Path part(Path file, String suffix) {
    return file.resolveSibling(file.getFileName() + suffix);
  }

  /** {@return whether a path is the file or one beside it} */
  static boolean isPart(Path file, Path path) {
    return path.equals(file) || path.equals(part(file, ".lock")) || path.equals(part(file, ".new"));
  }

  boolean isNew() {
    return isNew;
  }

  /** {@return how many records the file has} */
  long records() {
    return records;
  }

  // ── reading ──

  /** Reads all records, and cuts off the last one if it is not whole. */
  void read(BiConsumer<String, FileMemory.Told> reader) throws IOException {
    FileChannel from = channel;
    if (from == null) {
      return;
    }
    buffer.clear().limit(0);
    long size = from.size();
    if (size < HEADER || fill(from, HEADER).getLong() != MAGIC) {
      throw damaged(0, "its header");
    }
    long at = HEADER;
    while (at < size) {
      int length = record(from, at, size - at, reader);
      if (length < 0) {
        from.truncate(at);
        break;
      }
      at += PREFIX + length;
      records++;
    }
    from.position(at);
  }

  /** Reads a record: {@return its length, -1 if it is the last one and not whole} */
  private int record(
      FileChannel from, long at, long left, BiConsumer<String, FileMemory.Told> reader)
      throws IOException {
    if (left < PREFIX) {
      return -1;
    }
    ByteBuffer prefix = fill(from, PREFIX);
    int length = prefix.getInt();
    int sum = prefix.getInt();
    if (length == 0 && sum == 0 && isAllZero(from, left - PREFIX)) {
      return -1; // a file system may have made room that was never written
    }
    if (length <= FIXED || length > LONGEST) {
      throw damaged(at, "the length of a record is " + length);
    }
    if (length > left - PREFIX) {
      return -1;
    }
    ByteBuffer bytes = fill(from, length);
    if (sum != sum(bytes.slice(bytes.position(), length))) {
      if (length == left - PREFIX) {
        return -1;
      }
      throw damaged(at, "the checksum of a record");
    }
    long sequence = bytes.getLong();
    var state = new FileState(bytes.getLong(), bytes.getLong(), bytes.getLong());
    int flags = bytes.get();
    var path = new byte[length - FIXED];
    bytes.get(path);
    reader.accept(
        new String(path, StandardCharsets.UTF_8),
        new FileMemory.Told(
            state, sequence, (flags & THERE) != 0, (flags & NEW) != 0, (flags & UNSURE) != 0));
    return length;
  }

  private boolean isAllZero(FileChannel from, long count) throws IOException {
    for (long i = 0; i < count; i++) {
      if (fill(from, 1).get() != 0) {
        return false;
      }
    }
    return true;
  }

  /** {@return the buffer with as many bytes in it at least} */
  private ByteBuffer fill(FileChannel from, int bytes) throws IOException {
    if (buffer.remaining() < bytes) {
      buffer.compact();
      while (buffer.position() < bytes) {
        if (from.read(buffer) < 0) {
          throw new EOFException("the file became shorter as it was read: file=" + file);
        }
      }
      buffer.flip();
    }
    return buffer;
  }

  private IOException damaged(long at, String what) {
    return new FileSystemException(
        file.toString(),
        null,
        "what a watch remembers is damaged: offset=%d, %s".formatted(at, what));
  }

  // ── writing ──

  /** Adds a record. */
  void append(String path, FileMemory.Told told) throws IOException {
    FileChannel to = channel;
    if (to == null) {
      throw new IllegalStateException("nothing was written yet: file=" + file);
    }
    buffer.clear();
    put(path, told);
    write(to);
  }

  /** Writes all anew, and puts that in the place of the old file when it is on the disk. */
  void rewrite(Map<String, FileMemory.Told> all) throws IOException {
    Path fresh = part(file, ".new");
    FileChannel to =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    try {
      buffer.clear().putLong(MAGIC);
      records = 0;
      for (Map.Entry<String, FileMemory.Told> each : all.entrySet()) {
        if (buffer.remaining() < PREFIX + LONGEST) {
          write(to);
          buffer.clear();
        }
        put(each.getKey(), each.getValue());
      }
      write(to);
      to.force(true);
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException | RuntimeException e) {
      to.close();
      throw e;
    }
    FileChannel old = channel;
    channel = to;
    if (old != null) {
      old.close();
    }
  }

  private void put(String path, FileMemory.Told told) {
    int start = buffer.position();
    buffer.position(start + PREFIX);
    FileState state = told.state();
    buffer.putLong(told.sequence());
    buffer.putLong(state.size()).putLong(state.modified()).putLong(state.key());
    int flags =
        (told.isThere() ? THERE : 0) | (told.isNew() ? NEW : 0) | (told.isUnsure() ? UNSURE : 0);
    buffer.put((byte) flags).put(path.getBytes(StandardCharsets.UTF_8));
    int length = buffer.position() - start - PREFIX;
    buffer.putInt(start, length);
    buffer.putInt(start + Integer.BYTES, sum(buffer.slice(start + PREFIX, length)));
    records++;
  }

  private static int sum(ByteBuffer bytes) {
    var crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  private void write(FileChannel to) throws IOException {
    buffer.flip();
    while (buffer.hasRemaining()) {
      to.write(buffer);
    }
  }

  @Override
  public void close() throws IOException {
    try (locked) {
      if (channel != null) {
        channel.close();
      }
    }
  }
}
