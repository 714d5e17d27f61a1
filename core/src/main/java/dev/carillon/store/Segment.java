package dev.carillon.store;

import dev.carillon.spi.StoreException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** One file of a stream: a head and records with sequences from its base on. */
final class Segment {
  /*
   * The file is mapped. Records are copied to the mapping behind `end` by whoever has the stream's
   * lock, and then `end` is moved, volatile; who reads looks at `end` first and at nothing behind
   * it. What was copied is the operating system's, and outlives this process.
   *
   * A write to a mapped page for which the disk has no room would end in a signal, so zeros are
   * written before by RandomAccessFile, a step at a time, which fails in an orderly way. It is
   * RandomAccessFile because an interrupt closes a FileChannel. Forcing goes by the mapping, for the
   * same reason. If the file is going to be forced, the zeros are at once, and in larger steps: then
   * the file system has given the blocks, and forcing records writes them and nothing else. Many
   * records at once are written without zeros before them, by RandomAccessFile as well, which costs
   * half as much as zeros and a copy; the mapping shows them, as it is of the same pages.
   *
   * A full segment has its file cut to its length. After the stream has been opened again it is
   * neither mapped nor indexed before somebody reads it. `uses` counts the stream and those that
   * read just now; the last one unmaps, so that the disk space of a removed file is free at once.
   */
  static final String SUFFIX = ".seg";

  private static final System.Logger LOG = System.getLogger("dev.carillon.store");
  private static final int STEP = 1 << 18;
  private static final int FORCED_STEP = 1 << 22;
  private static final int MANY = 1 << 14; // bytes of records that are not copied to the mapping
  private static final byte[] ZEROS = new byte[STEP];
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Path file;
  private final long base;
  private final boolean isForced; // or left to the operating system to write
  private final AtomicInteger uses = new AtomicInteger(1);

  // set once: at the beginning, or by the first reader under this monitor
  private volatile @Nullable Mapped mapped;

  // written under the stream's lock, or by the first reader under this monitor; read by anybody
  private volatile int end;
  private volatile long next; // the sequence behind the last record

  // set before the stream removes the file
  private volatile boolean removed;

  // written by who forces
  private volatile int forced;

  // guarded by the stream's lock
  private @Nullable RandomAccessFile writer; // null once it is full
  private int reserved; // zeros are written up to here
  private long newest; // second of the newest record, once it is full; MAX_VALUE if unknown
  long charged; // its part of the stream's bytes, once it is full

  /** The mapping, and what is known about the records in it. */
  private record Mapped(Arena arena, MemorySegment bytes, SparseIndex index) {}

  /** What the head of a file says. */
  record Head(long first, long newest) {}

  private Segment(Path file, long base, boolean isForced) {
    this.file = file;
    this.base = base;
    this.isForced = isForced;
  }

  // ── making and opening ──

  static Path file(Path directory, long base) {
    return directory.resolve("%020d%s".formatted(base, SUFFIX));
  }

  /** {@return a new segment, to be written} */
  static Segment create(Path directory, long base, int capacity, boolean isForced, long first)
      throws IOException {
    var segment = new Segment(file(directory, base), base, isForced);
    try {
      Interrupts.deferred(() -> segment.begin(capacity, first));
    } catch (IOException e) {
      segment.abandon();
      Files.deleteIfExists(segment.file);
      throw e;
    }
    return segment;
  }

  /** Gives back what it holds, as the stream does not come to be. */
  void abandon() {
    pause();
    release();
  }

  private void begin(int capacity, long first) throws IOException {
    RandomAccessFile before = writer; // of an attempt that an interrupt ended
    if (before != null) {
      before.close();
    }
    var opened = new RandomAccessFile(file.toFile(), "rw");
    writer = opened;
    opened.setLength(0);
    opened.setLength(capacity);
    reserved = 0;
    reserve(SegmentDescriptor.LENGTH, capacity);
    MemorySegment bytes = map(opened, capacity);
    byte[] head = new byte[SegmentDescriptor.LENGTH];
    LittleEndian.putLong(head, SegmentDescriptor.MAGIC_OFFSET, SegmentDescriptor.MAGIC);
    LittleEndian.putInt(head, SegmentDescriptor.VERSION_OFFSET, SegmentDescriptor.VERSION);
    LittleEndian.putLong(head, SegmentDescriptor.BASE_OFFSET, base);
    LittleEndian.putInt(head, SegmentDescriptor.CRC_OFFSET, crcOf(head));
    putChecked(head, SegmentDescriptor.FIRST_OFFSET, first);
    MemorySegment.copy(head, 0, bytes, ValueLayout.JAVA_BYTE, 0, head.length);
    end = SegmentDescriptor.LENGTH;
    next = base;
  }

  private MemorySegment map(RandomAccessFile opened, long size) throws IOException {
    Arena arena = Arena.ofShared();
    try {
      MemorySegment bytes = opened.getChannel().map(MapMode.READ_WRITE, 0, size, arena);
      mapped = new Mapped(arena, bytes, new SparseIndex());
      return bytes;
    } catch (IOException e) {
      arena.close();
      throw e;
    }
  }

  /** {@return a full segment, about which nothing is known but its head and size} */
  static Segment full(Path file, long base, long newest) throws IOException {
    var segment = new Segment(file, base, false);
    segment.end = Math.toIntExact(Files.size(file));
    segment.forced = segment.end;
    segment.newest = newest;
    segment.charged = segment.size();
    return segment;
  }

  /**
   * {@return the last segment of a stream, to be written on}
   *
   * @throws CorruptSegmentException if something is damaged that had been forced to stable storage
   */
  static Segment last(Path file, long base, int capacity, boolean isForced) throws IOException {
    var segment = new Segment(file, base, isForced);
    Interrupts.deferred(() -> segment.recover(capacity));
    return segment;
  }

  private void recover(int capacity) throws IOException {
    var opened = new RandomAccessFile(file.toFile(), "rw");
    try {
      int size = Math.toIntExact(opened.length());
      try (Arena arena = Arena.ofShared()) {
        MemorySegment bytes = opened.getChannel().map(MapMode.READ_ONLY, 0, size, arena);
        Recovery.Outcome outcome = Recovery.scan(file, bytes, base, new SparseIndex());
        end = outcome.end();
        next = outcome.next();
      }
      opened.setLength(end); // what lies behind must never be taken for a record again
      opened.setLength(Math.max(capacity, end));
      MemorySegment bytes = map(opened, Math.max(capacity, end));
      index(bytes, mapped().index());
      forced = SegmentDescriptor.LENGTH; // unknown; forcing once more costs little
      reserved = end;
      writer = opened;
    } catch (IOException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  private void index(MemorySegment bytes, SparseIndex index) {
    var reader =
        new RecordReader(bytes, SegmentDescriptor.LENGTH, end, new byte[RecordReader.CHUNK]);
    long sequence = base;
    int at = reader.position();
    while (at < end && reader.next(sequence) == RecordReader.Found.RECORD) {
      index.add(sequence, at, reader.second());
      sequence++;
      at = reader.position();
    }
    next = sequence;
    end = at;
  }

  /** Maps and indexes a full segment, if that has not been done. To be called while in use. */
  void load() {
    if (mapped == null) {
      synchronized (this) {
        if (mapped == null) {
          try {
            Interrupts.deferred(this::loadFull);
          } catch (IOException e) {
            throw new StoreException("a file of the store cannot be read: file=" + file, e);
          }
        }
      }
    }
  }

  private void loadFull() throws IOException {
    Arena arena = Arena.ofShared();
    try (var opened = new RandomAccessFile(file.toFile(), "rw")) {
      MemorySegment bytes = opened.getChannel().map(MapMode.READ_WRITE, 0, opened.length(), arena);
      head(file, base);
      var index = new SparseIndex();
      index(bytes, index);
      mapped = new Mapped(arena, bytes, index);
    } catch (IOException | RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  /**
   * {@return the head of a file; null if it was never written}
   *
   * @throws CorruptSegmentException if it is damaged
   */
  static @Nullable Head head(Path file, long base) throws IOException {
    byte[] head = new byte[SegmentDescriptor.LENGTH];
    int read;
    try (var opened = new RandomAccessFile(file.toFile(), "r")) {
      read = Math.max(0, opened.read(head));
    }
    if (read < SegmentDescriptor.LENGTH || isZero(head)) {
      return null;
    }
    if (LittleEndian.getInt(head, SegmentDescriptor.CRC_OFFSET) != crcOf(head)
        || LittleEndian.getLong(head, SegmentDescriptor.MAGIC_OFFSET) != SegmentDescriptor.MAGIC
        || LittleEndian.getLong(head, SegmentDescriptor.BASE_OFFSET) != base) {
      throw new CorruptSegmentException("the head of a file of the store is damaged", file, 0);
    }
    int version = LittleEndian.getInt(head, SegmentDescriptor.VERSION_OFFSET);
    if (version != SegmentDescriptor.VERSION) {
      throw new StoreException(
          "this version of Carillon reads files of version %d: version=%d, file=%s"
              .formatted(SegmentDescriptor.VERSION, version, file),
          null);
    }
    return new Head(
        checked(head, SegmentDescriptor.FIRST_OFFSET, base),
        checked(head, SegmentDescriptor.NEWEST_OFFSET, Long.MAX_VALUE));
  }

  private static boolean isZero(byte[] bytes) {
    for (byte b : bytes) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  private static int crcOf(byte[] head) {
    var crc = new CRC32C();
    crc.update(head, 0, SegmentDescriptor.CRC_OFFSET);
    return (int) crc.getValue();
  }

  private static void putChecked(byte[] head, int at, long value) {
    LittleEndian.putLong(head, at, value);
    LittleEndian.putLong(head, at + Long.BYTES, ~value);
  }

  private static long checked(byte[] head, int at, long otherwise) {
    long value = LittleEndian.getLong(head, at);
    return value == ~LittleEndian.getLong(head, at + Long.BYTES) ? value : otherwise;
  }

  // ── writing, under the stream's lock ──

  /** {@return whether so many bytes more fit} */
  boolean fits(int more) {
    return more <= mapped().bytes().byteSize() - end;
  }

  /** Copies records, of which the first has the next sequence, behind the others. */
  void write(byte[] records, int size) throws IOException {
    Mapped to = mapped();
    int at = end;
    if (size < MANY || isForced) {
      reserve(at + size, (int) to.bytes().byteSize());
    }
    if (size < MANY) {
      MemorySegment.copy(records, 0, to.bytes(), ValueLayout.JAVA_BYTE, at, size);
    } else {
      writeMany(records, size, at);
    }
    long sequence = next;
    int record = 0;
    while (record < size) {
      long second = LittleEndian.getLong(records, record + RecordDescriptor.SECOND_OFFSET);
      to.index().add(sequence++, at + record, second);
      record +=
          RecordDescriptor.aligned(
              LittleEndian.getInt(records, record + RecordDescriptor.LENGTH_OFFSET));
    }
    next = sequence;
    end = at + size;
  }

  private void writeMany(byte[] records, int size, int at) throws IOException {
    RandomAccessFile opened = writer();
    try {
      opened.seek(at);
      opened.write(records, 0, size);
      reserved = Math.max(reserved, at + size);
    } catch (IOException e) {
      long capacity = opened.length();
      opened.setLength(at); // what was written of them must never be taken for records
      opened.setLength(capacity);
      reserved = at;
      throw e;
    }
  }

  private void reserve(int to, int capacity) throws IOException {
    if (to > reserved) {
      RandomAccessFile opened = writer();
      long step = isForced ? FORCED_STEP : STEP;
      int target = (int) Math.min(capacity, (to + step - 1) / step * step);
      opened.seek(reserved);
      for (int at = reserved; at < target; at += STEP) {
        opened.write(ZEROS, 0, Math.min(STEP, target - at));
      }
      if (isForced) {
        opened.getFD().sync();
      }
      reserved = target;
    }
  }

  private RandomAccessFile writer() throws IOException {
    RandomAccessFile opened = writer;
    if (opened == null) {
      throw new IOException("a full segment is never written: file=" + file);
    }
    return opened;
  }

  /** Remembers the least sequence of the stream that is kept. */
  void putFirst(long first) {
    MemorySegment bytes = mapped().bytes();
    bytes.set(LONG, SegmentDescriptor.FIRST_OFFSET, first);
    bytes.set(LONG, SegmentDescriptor.FIRST_OFFSET + Long.BYTES, ~first);
  }

  /** Ends writing: nothing more comes. */
  void fill() {
    RandomAccessFile opened = writer;
    if (opened != null) {
      Mapped all = mapped();
      newest = all.index().newest();
      charged = size();
      all.bytes().set(LONG, SegmentDescriptor.NEWEST_OFFSET, newest);
      all.bytes().set(LONG, SegmentDescriptor.NEWEST_OFFSET + Long.BYTES, ~newest);
      stopWriting(opened);
    }
  }

  /** Ends writing for now: the stream closes. */
  void pause() {
    RandomAccessFile opened = writer;
    if (opened != null) {
      stopWriting(opened);
    }
  }

  private void stopWriting(RandomAccessFile opened) {
    writer = null;
    try (opened) {
      opened.setLength(end == 0 ? SegmentDescriptor.LENGTH : end);
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "a file keeps the room that it did not need: file=" + file, e);
    }
  }

  /** {@return the second of the newest record; greater than all if that is not known yet} */
  long newest() {
    return writer == null ? newest : mapped().index().newest();
  }

  // ── forcing ──

  int forced() {
    return forced;
  }

  /**
   * Forces what was written up to a place, and the head.
   *
   * @throws IOException if it may not be there after a loss of power
   */
  void force(int to) throws IOException {
    if (to <= forced) {
      return;
    }
    MemorySegment bytes = mapped().bytes();
    try {
      if (forced <= SegmentDescriptor.LENGTH) {
        bytes.asSlice(0, to).force();
        Interrupts.forceDirectory(Objects.requireNonNull(file.toAbsolutePath().getParent()));
      } else {
        bytes.asSlice(forced, to - forced).force();
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    if (!Files.exists(file) && !removed) {
      throw new IOException("the file is gone: file=" + file);
    }
    forced = to;
  }

  // ── reading, while in use ──

  MemorySegment bytes() {
    return mapped().bytes();
  }

  SparseIndex index() {
    return mapped().index();
  }

  private Mapped mapped() {
    Mapped found = mapped;
    if (found == null) {
      throw new IllegalStateException("a segment is loaded before it is used: file=" + file);
    }
    return found;
  }

  Path file() {
    return file;
  }

  long base() {
    return base;
  }

  int end() {
    return end;
  }

  /** {@return the bytes of its records} */
  long size() {
    return (long) end - SegmentDescriptor.LENGTH;
  }

  /** {@return the sequence of the next record; of a full one, known once it is loaded} */
  long next() {
    return next;
  }

  // ── ends ──

  /** {@return whether it can be used until {@link #release}; if not, it is gone} */
  boolean retain() {
    int now = uses.get();
    while (now > 0 && !uses.compareAndSet(now, now + 1)) {
      now = uses.get();
    }
    return now > 0;
  }

  /** Removes the file; whoever reads just now goes on. */
  void remove() {
    removed = true;
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "a file of the store cannot be removed: file=" + file, e);
    }
    release();
  }

  /** Ends a use. The last one unmaps the file. */
  void release() {
    if (uses.decrementAndGet() == 0) {
      Mapped last = mapped;
      if (last != null) {
        last.arena().close();
      }
    }
  }
}
