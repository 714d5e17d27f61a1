package dev.carillon.bench;

import dev.carillon.spi.Durability;
import dev.carillon.spi.MessageStore;
import dev.carillon.spi.MessageStream;
import dev.carillon.spi.NewMessage;
import dev.carillon.spi.Page;
import dev.carillon.spi.ReadQuery;
import dev.carillon.spi.Retention;
import dev.carillon.store.SegmentConfig.Sync;
import dev.carillon.store.Stores;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * I: append messages with 200 bytes of payload to a file, one at a time and a thousand at a time,
 * with and without waiting until stable storage has them; and read a thousand. Each keeps a few
 * hundred megabytes at most: ours drops its oldest files, the bare file is written again from its
 * beginning, and all of them begin anew with each iteration.
 *
 * <p>What is kept differs. Ours and RocksDB check a sum when they read; ours keeps topic, id,
 * publisher, type and time with each message and gives all of them back; the bare file, RocksDB and
 * SQLite keep a number and the payload.
 */
@State(Scope.Thread)
public class Appends {
  private static final int PAYLOAD = 200;
  private static final long MOST_KEPT = 256 << 20;
  private static final String SYNC = "bench.sync";
  private static final String READING = "bench.reading";

  private static final int BATCH = 1000;
  private static final long KEPT_TO_READ = 100L * BATCH;
  private static final boolean FORCED = Boolean.getBoolean(SYNC);
  private static final boolean READS = Boolean.getBoolean(READING);

  static final Group UNSYNCED =
      Group.of(
          "I1",
          "append messages of 200 B, left to the operating system to write",
          Group.Unit.NS,
          "message",
          "carillon",
          List.of(session(false, "carillon", "file", "rocks", "sqlite")),
          List.of(
              Goal.time("≤ 600 ns, one by one", 600, "carillon", "", 1),
              Goal.time("≤ 120 ns, in 1 000s", 120, "carillon", "", BATCH)));

  static final Group SYNCED =
      Group.of(
          "I2",
          "append messages of 200 B, forced to stable storage",
          Group.Unit.NS,
          "message",
          "carillon",
          List.of(session(true, "carillon", "carillonLater", "file", "rocks", "sqlite")),
          List.of(
              Goal.time("≤ 170 µs, one by one", 170_000, "carillon", "", 1),
              Goal.time("≤ 350 ns, in 1 000s", 350, "carillon", "", BATCH)));

  static final Group READ =
      Group.of(
          "I3",
          "read 1 000 messages of 200 B, one after another",
          Group.Unit.NS,
          "message",
          "carillonRead",
          List.of(
              Session.of(Appends.class, "carillonRead", "fileRead", "rocksRead", "sqliteRead")
                  .withSizes(BATCH)
                  .withJvmArgs("-D" + READING + "=true")),
          List.of(Goal.time("≤ 45 ns", 45, "carillonRead", "", BATCH)));

  private static Session session(boolean sync, String... methods) {
    return Session.of(Appends.class, methods)
        .withSizes(1, BATCH)
        .withJvmArgs("-D" + SYNC + "=" + sync);
  }

  @Param({"1", "1000"})
  public int size;

  private static final byte[] CONTENT = new byte[PAYLOAD];
  private static final UUID ID = new UUID(1, 2);

  private long number; // of messages appended, or where the last read began

  private static Path directory() throws IOException {
    return Files.createTempDirectory("carillon-bench-I");
  }

  private static void remove(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** The place of the next read: {@return a number of messages that are before it} */
  private long nextPlace() {
    number = (number + size) % (KEPT_TO_READ - size);
    return number;
  }

  private static List<NewMessage> messages(int count, long from) {
    var messages = new ArrayList<NewMessage>(count);
    for (int i = 0; i < count; i++) {
      messages.add(message(from + i));
    }
    return messages;
  }

  private static NewMessage message(long sequence) {
    return NewMessage.of("orders.new", ID, "shop", sequence, "dev.carillon.Order", CONTENT);
  }

  // ── Carillon ──

  /** A stream in files. */
  @State(Scope.Thread)
  public static class Ours {
    private @Nullable Path directory;
    private @Nullable MessageStore store;
    private @Nullable MessageStream stream;

    /** Opens it, with something to read if that is measured. */
    @Setup(Level.Iteration)
    public void open() throws Exception {
      Path place = directory();
      MessageStore opened =
          Stores.segments(place, c -> c.withSync(FORCED || READS ? Sync.EVERY_APPEND : Sync.NONE));
      MessageStream made = opened.open("bench", Retention.FOREVER.bytes(MOST_KEPT));
      for (int i = 0; READS && i < KEPT_TO_READ; i += BATCH) {
        made.append(messages(BATCH, i), Durability.MEMORY, (_, _, _) -> {});
      }
      directory = place;
      store = opened;
      stream = made;
    }

    /** Closes and removes it. */
    @TearDown(Level.Iteration)
    public void close() throws IOException {
      Objects.requireNonNull(store).close();
      remove(Objects.requireNonNull(directory));
    }

    MessageStream stream() {
      return Objects.requireNonNull(stream);
    }
  }

  @Benchmark
  @Subject("Carillon")
  public long carillon(Ours ours) throws InterruptedException {
    Durability durability = FORCED ? Durability.FSYNCED : Durability.MEMORY;
    return size == 1
        ? ours.stream().append(message(++number), durability)
        : later(ours.stream(), durability);
  }

  @Benchmark
  @Subject("Carillon, a listener told")
  public long carillonLater(Ours ours) throws InterruptedException {
    return later(ours.stream(), Durability.FSYNCED);
  }

  private long later(MessageStream stream, Durability durability) throws InterruptedException {
    var done = new CountDownLatch(1);
    stream.append(
        messages(size, number),
        durability,
        (_, _, failure) -> {
          if (failure != null) {
            throw failure;
          }
          done.countDown();
        });
    done.await();
    number += size;
    return number;
  }

  @Benchmark
  @Subject("Carillon")
  public Page carillonRead(Ours ours) {
    Page page = ours.stream().read(ReadQuery.from(nextPlace() + 1).limit(size));
    if (page.messages().size() != size) {
      throw new IllegalStateException("read=" + page.messages().size());
    }
    return page;
  }

  // ── the bare file ──

  /** A file that has its size before anything is measured. */
  @State(Scope.Thread)
  public static class PresizedFile {
    private static final int RECORD = PAYLOAD + Integer.BYTES;
    private static final int FILE = 1 << 28;

    private @Nullable Path directory;
    private @Nullable FileChannel channel;
    private ByteBuffer buffer = ByteBuffer.allocate(0);

    /** Makes it. */
    @Setup(Level.Iteration)
    public void open(Appends work) throws IOException {
      Path place = directory();
      FileChannel opened =
          FileChannel.open(
              place.resolve("file"),
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      var zeros = ByteBuffer.allocateDirect(1 << 20);
      for (int at = 0; at < FILE; at += zeros.capacity()) {
        opened.write(zeros.clear(), at);
      }
      opened.force(true);
      buffer = ByteBuffer.allocateDirect(RECORD * work.size);
      directory = place;
      channel = opened;
    }

    /** Closes and removes it. */
    @TearDown(Level.Iteration)
    public void close() throws IOException {
      channel().close();
      remove(Objects.requireNonNull(directory));
    }

    FileChannel channel() {
      return Objects.requireNonNull(channel);
    }
  }

  @Benchmark
  @Subject("floor: presized file, FileChannel")
  public long file(PresizedFile file) throws IOException {
    ByteBuffer buffer = file.buffer.clear();
    for (int i = 0; i < size; i++) {
      buffer.putInt(PAYLOAD).put(CONTENT);
    }
    if (number + buffer.capacity() > PresizedFile.FILE) {
      number = 0;
    }
    number += file.channel().write(buffer.flip(), number);
    if (FORCED) {
      file.channel().force(false);
    }
    return number;
  }

  @Benchmark
  @Subject("floor: presized file, FileChannel")
  public List<byte[]> fileRead(PresizedFile file) throws IOException {
    ByteBuffer buffer = file.buffer.clear();
    file.channel().read(buffer, nextPlace() * PresizedFile.RECORD);
    buffer.flip();
    var read = new ArrayList<byte[]>(size);
    while (buffer.hasRemaining()) {
      buffer.getInt();
      byte[] payload = new byte[PAYLOAD];
      buffer.get(payload);
      read.add(payload);
    }
    return read;
  }

  // ── RocksDB ──

  /** A database whose keys are numbers. */
  @State(Scope.Thread)
  public static class Rocks {
    private @Nullable Path directory;
    private @Nullable RocksDB database;
    private @Nullable WriteOptions options;
    private final byte[] key = new byte[Long.BYTES];

    /** Opens it, with something to read if that is measured. */
    @Setup(Level.Iteration)
    public void open() throws Exception {
      RocksDB.loadLibrary();
      Path place = directory();
      var opened = RocksDB.open(place.toString());
      var writing = new WriteOptions().setSync(FORCED);
      for (int i = 0; READS && i < KEPT_TO_READ; i++) {
        opened.put(writing, key(i), CONTENT);
      }
      directory = place;
      database = opened;
      options = writing;
    }

    /** Closes and removes it. */
    @TearDown(Level.Iteration)
    public void close() throws IOException {
      options().close();
      database().close();
      remove(Objects.requireNonNull(directory));
    }

    byte[] key(long number) {
      ByteBuffer.wrap(key).putLong(number);
      return key;
    }

    RocksDB database() {
      return Objects.requireNonNull(database);
    }

    WriteOptions options() {
      return Objects.requireNonNull(options);
    }
  }

  @Benchmark
  @Subject("RocksDB")
  public long rocks(Rocks rocks) throws RocksDBException {
    if (size == 1) {
      rocks.database().put(rocks.options(), rocks.key(++number), CONTENT);
    } else {
      try (var batch = new WriteBatch()) {
        for (int i = 0; i < size; i++) {
          batch.put(rocks.key(++number), CONTENT);
        }
        rocks.database().write(rocks.options(), batch);
      }
    }
    return number;
  }

  @Benchmark
  @Subject("RocksDB")
  public List<byte[]> rocksRead(Rocks rocks) {
    var read = new ArrayList<byte[]>(size);
    try (RocksIterator iterator = rocks.database().newIterator()) {
      iterator.seek(rocks.key(nextPlace()));
      while (read.size() < size) {
        read.add(iterator.value());
        iterator.next();
      }
    }
    return read;
  }

  // ── SQLite ──

  /** A table with a write-ahead log. */
  @State(Scope.Thread)
  public static class Sqlite {
    private @Nullable Path directory;
    private @Nullable Connection connection;
    private @Nullable PreparedStatement insert;
    private @Nullable PreparedStatement select;

    /** Opens it, with something to read if that is measured. */
    @Setup(Level.Iteration)
    public void open(Appends work) throws Exception {
      Path place = directory();
      Connection opened = DriverManager.getConnection("jdbc:sqlite:" + place.resolve("table"));
      try (Statement statement = opened.createStatement()) {
        statement.execute("pragma journal_mode=wal");
        statement.execute("pragma synchronous=" + (FORCED ? "full" : "off"));
        statement.execute("create table message (number integer primary key, payload blob)");
      }
      opened.setAutoCommit(work.size == 1 && !READS);
      PreparedStatement adding = opened.prepareStatement("insert into message values (?, ?)");
      for (int i = 0; READS && i < KEPT_TO_READ; i++) {
        adding.setLong(1, i);
        adding.setBytes(2, CONTENT);
        adding.executeUpdate();
      }
      if (READS) {
        opened.commit();
      }
      select =
          opened.prepareStatement(
              "select payload from message where number >= ? order by number limit ?");
      directory = place;
      connection = opened;
      insert = adding;
    }

    /** Closes and removes it. */
    @TearDown(Level.Iteration)
    public void close() throws IOException, SQLException {
      Objects.requireNonNull(connection).close();
      remove(Objects.requireNonNull(directory));
    }
  }

  @Benchmark
  @Subject("SQLite")
  public long sqlite(Sqlite sqlite) throws SQLException {
    PreparedStatement insert = Objects.requireNonNull(sqlite.insert);
    for (int i = 0; i < size; i++) {
      insert.setLong(1, ++number);
      insert.setBytes(2, CONTENT);
      insert.executeUpdate();
    }
    if (size > 1) {
      Objects.requireNonNull(sqlite.connection).commit();
    }
    return number;
  }

  @Benchmark
  @Subject("SQLite")
  public List<byte[]> sqliteRead(Sqlite sqlite) throws SQLException {
    PreparedStatement select = Objects.requireNonNull(sqlite.select);
    select.setLong(1, nextPlace());
    select.setInt(2, size);
    var read = new ArrayList<byte[]>(size);
    try (ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        read.add(rows.getBytes(1));
      }
    }
    return read;
  }
}
