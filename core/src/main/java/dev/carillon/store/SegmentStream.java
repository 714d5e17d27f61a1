package dev.carillon.store;

import dev.carillon.spi.AppendListener;
import dev.carillon.spi.AppendResult;
import dev.carillon.spi.Durability;
import dev.carillon.spi.MessageStream;
import dev.carillon.spi.NewMessage;
import dev.carillon.spi.Page;
import dev.carillon.spi.ReadQuery;
import dev.carillon.spi.Retention;
import dev.carillon.spi.Retention.WhenFull;
import dev.carillon.spi.StoreException;
import dev.carillon.spi.StreamStats;
import dev.carillon.spi.TailWatch;
import dev.carillon.store.SegmentConfig.Sync;
import dev.carillon.store.SegmentConfig.WhenBusy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** A stream in files. */
final class SegmentStream implements MessageStream {
  /*
   * Appending copies records into the last segment under `lock` and moves `last`; so the order of
   * sequences is that of the lock. What is to be proved durable waits in `waiting`, in that order.
   *
   * Forcing is done under `forcing`, which is taken before `lock` and held while the system works,
   * so that `lock` is not: whoever holds `forcing` forces all that had been appended, and moves
   * `proved`. A thread that waits for its own append forces itself, if nobody does; if somebody
   * does, it waits for `forcing`, and mostly finds its append proved then, or proves it together
   * with all that came meanwhile. That saves two wake-ups of threads. Everything else is forced by
   * the store's Forcer, which alone tells listeners, so that they are told in order and under no
   * lock.
   *
   * After forcing failed nothing more can be proved, as the system may have thrown away what it
   * could not write: the stream is `broken` from then on.
   *
   * The list of segments is replaced, never changed. Readers use one as they find it; a segment
   * that was dropped since is found gone by `retain`, and they look again.
   */
  private static final int LEAST_ROLL_BYTES = 1 << 16;
  private static final int LEAST_ROLL_COUNT = 1 << 10;
  private static final int SHARE = 4; // a full segment holds such a part of the retention

  private final SegmentStore store;
  private final SegmentConfig config;
  private final String name;
  private final Retention retention;
  private final Path directory;
  private final int rollBytes;
  private final long rollCount;
  private final Names.Cache names = new Names.Cache();
  private final Watchers watchers = new Watchers();
  private final ReentrantLock forcing = new ReentrantLock(); // before lock

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition room = lock.newCondition();

  // written under lock; read by anybody
  private volatile Segment[] segments;
  private volatile long first;
  private volatile long last;
  private volatile boolean closed;
  private volatile @Nullable StoreException broken;

  // written under forcing; read by anybody
  private volatile long proved; // the last sequence that is known to be forced
  private final LongAdder forces = new LongAdder();

  // set by who appends, cleared by the Forcer
  private volatile boolean asked;

  // guarded by lock
  private final RecordWriter writer = new RecordWriter(names);
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private long fullBytes; // of all segments but the last
  private long truncatedBytes; // of the first segment, before the first record that is kept
  private long inFlight;
  private long appended;
  private long refused;
  private long dropped;
  private long lookedForAge = Long.MIN_VALUE; // in seconds
  private boolean telling;
  private boolean released;

  /** An append that is not acknowledged yet. */
  private record Waiting(long first, long last, long bytes, AppendListener listener) {}

  SegmentStream(
      SegmentStore store,
      String name,
      Retention retention,
      Path directory,
      SegmentConfig config,
      SegmentFiles.Opened opened) {
    this.store = store;
    this.name = name;
    this.retention = retention;
    this.directory = directory;
    this.config = config;
    this.rollBytes = rollBytes(retention, config);
    this.rollCount =
        retention.maxMessages() == Long.MAX_VALUE
            ? Long.MAX_VALUE
            : Math.max(LEAST_ROLL_COUNT, retention.maxMessages() / SHARE);
    segments = opened.segments().toArray(Segment[]::new);
    first = opened.first();
    last = active().next() - 1;
    proved = 0;
    for (int i = 0; i < segments.length - 1; i++) {
      fullBytes += segments[i].charged;
    }
    truncatedBytes = truncatedBytes();
  }

  static int rollBytes(Retention retention, SegmentConfig config) {
    return retention.maxBytes() == Long.MAX_VALUE
        ? config.segmentBytes()
        : Math.clamp(
            retention.maxBytes() / SHARE,
            Math.min(LEAST_ROLL_BYTES, config.segmentBytes()),
            config.segmentBytes());
  }

  private Segment active() {
    Segment[] all = segments;
    return all[all.length - 1];
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Retention retention() {
    return retention;
  }

  // ── appending ──

  @Override
  public AppendResult append(
      List<NewMessage> messages, Durability durability, AppendListener listener)
      throws InterruptedException {
    Objects.requireNonNull(listener, "listener");
    store.requireProvable(durability);
    long bound = bound(messages);
    boolean later = durability != Durability.MEMORY;
    long from;
    long to;
    lock.lock();
    try {
      if (later && !awaitRoom(bound, config.whenBusy() == WhenBusy.BLOCK)) {
        refused += messages.size();
        return AppendResult.FULL;
      }
      if (closed) {
        return AppendResult.CLOSED;
      }
      if (isFull(messages.size(), bound)) {
        refused += messages.size();
        return AppendResult.FULL;
      }
      from = last + 1;
      write(messages);
      to = last;
      if (later) {
        waiting.add(new Waiting(from, to, bound, listener));
        inFlight += bound;
      }
    } finally {
      lock.unlock();
    }
    watchers.tell(to);
    if (!later) {
      Acknowledgement.tell(listener, from, to, null);
    } else if (!asked) {
      asked = true;
      store.forcer().ask(this);
    }
    return AppendResult.ACCEPTED;
  }

  @Override
  public long append(NewMessage message, Durability durability) throws InterruptedException {
    store.requireProvable(durability);
    List<NewMessage> messages = List.of(message);
    long bound = bound(messages);
    boolean later = durability != Durability.MEMORY;
    Acknowledgement acknowledged = null;
    long sequence;
    lock.lock();
    try {
      if (later && config.sync() == Sync.GROUP) {
        awaitRoom(bound, true);
      }
      if (closed) {
        throw closedNow();
      }
      if (isFull(1, bound)) {
        refused++;
        throw new StoreException(
            "the stream keeps as much as it may, and its retention refuses more: stream=%s, %s"
                .formatted(name, retention),
            null);
      }
      write(messages);
      sequence = last;
      if (later && config.sync() == Sync.GROUP) {
        acknowledged = new Acknowledgement();
        waiting.add(new Waiting(sequence, sequence, bound, acknowledged));
        inFlight += bound;
      }
    } finally {
      lock.unlock();
    }
    watchers.tell(sequence);
    if (acknowledged != null) {
      if (!asked) {
        asked = true;
        store.forcer().ask(this);
      }
      return acknowledged.await();
    }
    if (later) {
      prove(sequence);
    }
    return sequence;
  }

  private long bound(List<NewMessage> messages) {
    if (messages.isEmpty()) {
      throw new IllegalArgumentException("an append has at least one message: messages=[]");
    }
    long sum = 0;
    for (NewMessage message : messages) {
      long bound = RecordWriter.bound(message);
      if (bound > config.segmentBytes() - SegmentDescriptor.LENGTH) {
        throw new IllegalArgumentException(
            "a message must fit a segment, see SegmentConfig.withSegmentBytes: segmentBytes=%d, %s"
                .formatted(config.segmentBytes(), message));
      }
      sum += bound;
    }
    return sum;
  }

  /** Waits for room among what is in flight: {@return whether there is some} */
  private boolean awaitRoom(long bytes, boolean block) throws InterruptedException {
    while (!closed && inFlight > 0 && inFlight + bytes > config.maxInFlight()) {
      if (!block) {
        return false;
      }
      room.await();
    }
    return true;
  }

  private boolean isFull(int count, long bytes) {
    return retention.whenFull() == WhenFull.REFUSE
        && (last - first + 1 + count > retention.maxMessages()
            || bytes() + bytes > retention.maxBytes());
  }

  private long bytes() {
    return fullBytes + active().size() - truncatedBytes;
  }

  private void write(List<NewMessage> messages) {
    requireWhole();
    Instant now = config.clock().now();
    dropOld(now);
    try {
      if (active().next() - active().base() >= rollCount) {
        roll(0);
      }
      Segment to = active();
      writer.clear();
      long sequence = last;
      for (NewMessage message : messages) {
        int taken = writer.add(message, sequence + 1, now, to.forced());
        if (!to.fits(writer.size())) {
          writer.takeBack(taken);
          flush(to);
          to = roll(taken);
          writer.clear();
          writer.add(message, sequence + 1, now, to.forced());
        }
        sequence++;
      }
      flush(to);
      appended += messages.size();
    } catch (IOException e) {
      throw new StoreException(
          "the store cannot write, what was acknowledged is safe: directory=" + directory, e);
    } catch (InternalError e) { // how the JVM reports that a mapped file lost its disk
      throw breakOff("the store lost the file it writes: file=" + active().file(), e);
    }
    dropSurplus();
  }

  private void requireWhole() {
    StoreException failed = broken;
    if (failed != null) {
      throw new StoreException("the stream stopped, " + failed.getMessage(), failed);
    }
  }

  private void flush(Segment to) throws IOException {
    if (writer.size() > 0) {
      to.write(writer.bytes(), writer.size());
      last = to.next() - 1;
    }
  }

  /** Begins a new segment, with room for a record at least. */
  private Segment roll(int record) throws IOException {
    Segment full = active();
    int capacity = Math.max(rollBytes, SegmentDescriptor.LENGTH + record);
    Segment fresh =
        Segment.create(directory, full.next(), capacity, config.sync() != Sync.NONE, first);
    full.fill();
    fullBytes += full.charged;
    Segment[] before = segments;
    var after = new Segment[before.length + 1];
    System.arraycopy(before, 0, after, 0, before.length);
    after[before.length] = fresh;
    segments = after;
    return fresh;
  }

  private StoreException breakOff(String why, Throwable cause) {
    var failed = new StoreException(why, cause);
    broken = failed;
    return failed;
  }

  // ── retention, under lock ──

  private void dropOld(Instant now) {
    var age = retention.maxAge();
    if (age == null || now.getEpochSecond() == lookedForAge) {
      return;
    }
    lookedForAge = now.getEpochSecond();
    long oldest = now.minus(age).getEpochSecond();
    Segment newest = active();
    if (newest.size() > 0 && newest.newest() < oldest) {
      try {
        roll(0);
      } catch (IOException e) {
        throw new StoreException("the store cannot write: directory=" + directory, e);
      }
    }
    while (segments.length > 1 && newestOf(segments[0]) < oldest) {
      drop(true);
    }
  }

  private static long newestOf(Segment full) {
    if (full.newest() == Long.MAX_VALUE) { // the process died as it became full
      full.load();
      return full.index().newest();
    }
    return full.newest();
  }

  private void dropSurplus() {
    while (retention.whenFull() == WhenFull.DROP_OLDEST
        && segments.length > 1
        && (last - segments[1].base() + 1 >= retention.maxMessages()
            || bytes() - segments[0].charged + truncatedBytes >= retention.maxBytes())) {
      drop(true);
    }
  }

  /** Removes the first segment, which is not the only one. */
  private void drop(boolean counted) {
    Segment[] before = segments;
    var after = new Segment[before.length - 1];
    System.arraycopy(before, 1, after, 0, after.length);
    segments = after;
    fullBytes -= before[0].charged;
    truncatedBytes = 0;
    if (after[0].base() > first) {
      if (counted) {
        dropped += after[0].base() - first;
      }
      first = after[0].base();
    }
    before[0].remove();
  }

  @Override
  public void truncateBefore(long sequence) {
    lock.lock();
    try {
      requireOpen();
      if (sequence > last + 1) {
        throw new IllegalArgumentException(
            "sequence must be at most one above the last: sequence=%d, last=%d"
                .formatted(sequence, last));
      }
      if (sequence <= first) {
        return;
      }
      first = sequence;
      active().putFirst(sequence);
      while (segments.length > 1 && segments[1].base() <= sequence) {
        drop(false);
      }
      truncatedBytes = truncatedBytes();
    } finally {
      lock.unlock();
    }
  }

  /** {@return the bytes of the first segment before the first record that is kept} */
  private long truncatedBytes() {
    Segment now = segments[0];
    if (first <= now.base()) {
      return 0;
    }
    return first > last ? now.size() : place(now, first) - SegmentDescriptor.LENGTH;
  }

  private int place(Segment segment, long sequence) {
    segment.load();
    var near =
        segment.index().find(sequence, Long.MIN_VALUE, segment.base(), SegmentDescriptor.LENGTH);
    var reader =
        new RecordReader(
            segment.bytes(), near.position(), segment.end(), new byte[RecordReader.CHUNK >> 3]);
    long at = near.sequence();
    while (at < sequence && reader.next(at) == RecordReader.Found.RECORD) {
      at++;
    }
    return reader.position();
  }

  // ── proving ──

  /** Forces, or waits until somebody has forced, up to a sequence. */
  private void prove(long sequence) throws InterruptedException {
    while (proved < sequence) {
      forcing.lockInterruptibly();
      try {
        if (proved < sequence) {
          force();
        }
      } finally {
        forcing.unlock();
      }
    }
  }

  /** Forces everything appended so far. To be called with {@code forcing}. */
  private void force() {
    requireWhole();
    var dirty = new ArrayList<Segment>();
    var ends = new ArrayList<Integer>();
    long to;
    lock.lock();
    try {
      Segment[] all = segments;
      to = last;
      int from = all.length - 1;
      while (from > 0 && all[from - 1].forced() < all[from - 1].end()) {
        from--;
      }
      for (int i = from; i < all.length; i++) {
        if (all[i].retain()) {
          dirty.add(all[i]);
          ends.add(all[i].end());
        }
      }
    } finally {
      lock.unlock();
    }
    try {
      for (int i = 0; i < dirty.size(); i++) {
        dirty.get(i).force(ends.get(i));
      }
      forces.increment();
      proved = to;
    } catch (IOException | RuntimeException | InternalError e) {
      throw breakOff(
          "the store cannot force its files, nothing more is proved: directory=" + directory, e);
    } finally {
      dirty.forEach(Segment::release);
    }
  }

  /** Forces what waits and tells its listeners. On the Forcer's thread. */
  void serve() {
    asked = false;
    StoreException failure = null;
    forcing.lock();
    try {
      if (isWaitedFor()) {
        force();
      }
    } catch (StoreException e) {
      failure = e;
    } finally {
      forcing.unlock();
    }
    Waiting next = takeProved(failure != null);
    while (next != null) {
      Acknowledgement.tell(
          next.listener(), next.first(), next.last(), next.last() > proved ? failure : null);
      next = takeProved(failure != null);
    }
  }

  private boolean isWaitedFor() {
    lock.lock();
    try {
      return !waiting.isEmpty() && waiting.getLast().last() > proved;
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Waiting takeProved(boolean all) {
    lock.lock();
    try {
      Waiting next = waiting.peek();
      telling = next != null && (all || next.last() <= proved);
      if (telling && next != null) {
        waiting.remove();
        inFlight -= next.bytes();
      }
      room.signalAll();
      return telling ? next : null;
    } finally {
      lock.unlock();
    }
  }

  // ── reading ──

  @Override
  public Page read(ReadQuery query) {
    if (retention.maxAge() != null) {
      lock.lock();
      try {
        requireOpen();
        dropOld(config.clock().now());
      } finally {
        lock.unlock();
      }
    }
    var reading = new SegmentReading(query, names);
    while (true) {
      requireOpen();
      Segment[] all = segments; // before first, which may then be beyond some of them
      if (reading.read(all, first)) {
        return reading.page();
      }
    }
  }

  private void requireOpen() {
    if (closed) {
      throw closedNow();
    }
  }

  private StoreException closedNow() {
    return new StoreException("the stream is closed: stream=" + name, null);
  }

  @Override
  public long firstSequence() {
    return first;
  }

  @Override
  public long lastSequence() {
    return last;
  }

  @Override
  public TailWatch watch(LongConsumer listener) {
    return watchers.add(listener);
  }

  @Override
  public StreamStats stats() {
    lock.lock();
    try {
      return new StreamStats(
          name, first, last, bytes(), appended, refused, dropped, inFlight, forces.sum());
    } finally {
      lock.unlock();
    }
  }

  // ── ends ──

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      room.signalAll();
    } finally {
      lock.unlock();
    }
    finish();
    release();
    watchers.clear();
    store.closed(this);
  }

  /** Proves and tells what was accepted. */
  private void finish() {
    if (config.sync() != Sync.NONE) {
      if (store.forcer().isHere()) {
        serve();
      }
      store.forcer().hurry();
      lock.lock();
      try {
        while (!waiting.isEmpty() || (telling && !store.forcer().isHere())) {
          room.awaitUninterruptibly();
        }
      } finally {
        lock.unlock();
        store.forcer().relax();
      }
      forcing.lock();
      try {
        force();
      } catch (StoreException e) {
        // who asked for a proof was told
      } finally {
        forcing.unlock();
      }
    }
  }

  private void release() {
    lock.lock();
    try {
      if (!released) {
        released = true;
        active().pause();
        for (Segment segment : segments) {
          segment.release();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public String toString() {
    return "MessageStream[%s, %d to %d, in %s]".formatted(name, first, last, directory);
  }
}
