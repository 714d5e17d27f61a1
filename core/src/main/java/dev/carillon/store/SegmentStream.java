package dev.carillon.store;

import dev.carillon.spi.AppendListener;
import dev.carillon.spi.AppendResult;
import dev.carillon.spi.Durability;
import dev.carillon.spi.MessageStream;
import dev.carillon.spi.NewMessage;
import dev.carillon.spi.Page;
import dev.carillon.spi.ReadQuery;
import dev.carillon.spi.Retention;
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
   */
  private final SegmentStore store;
  private final SegmentConfig config;
  private final String name;
  private final Retention retention;
  private final Path directory;
  private final SegmentList segments;
  private final Names.Cache names = new Names.Cache();
  private final Watchers watchers = new Watchers();
  private final ReentrantLock forcing = new ReentrantLock(); // before lock

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition room = lock.newCondition();

  // written under lock; read by anybody
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
  private long inFlight;
  private long appended;
  private long refused;
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
    segments = new SegmentList(directory, retention, config, opened);
    last = segments.active().next() - 1;
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
      if (segments.isFull(messages.size(), bound)) {
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
      if (segments.isFull(1, bound)) {
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

  private void write(List<NewMessage> messages) {
    requireWhole();
    Instant now = config.clock().now();
    segments.dropOld(now);
    try {
      Segment to = segments.next();
      writer.clear();
      long sequence = last;
      for (NewMessage message : messages) {
        int taken = writer.add(message, sequence + 1, now, to.forced());
        if (!to.fits(writer.size())) {
          writer.takeBack(taken);
          flush(to);
          to = segments.roll(taken);
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
      throw breakOff("the store lost the file it writes: file=" + segments.active().file(), e);
    }
    segments.dropSurplus();
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

  private StoreException breakOff(String why, Throwable cause) {
    var failed = new StoreException(why, cause);
    broken = failed;
    return failed;
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
      segments.truncateBefore(sequence);
    } finally {
      lock.unlock();
    }
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
      Segment[] all = segments.all();
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
        segments.dropOld(config.clock().now());
      } finally {
        lock.unlock();
      }
    }
    var reading = new SegmentReading(query, names);
    while (true) {
      requireOpen();
      Segment[] all = segments.all(); // before first, which may then be beyond some of them
      if (reading.read(all, segments.first())) {
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
    return segments.first();
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
          name,
          segments.first(),
          last,
          segments.bytes(),
          appended,
          refused,
          segments.dropped(),
          inFlight,
          forces.sum());
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
        segments.active().pause();
        for (Segment segment : segments.all()) {
          segment.release();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public String toString() {
    return "MessageStream[%s, %d to %d, in %s]".formatted(name, segments.first(), last, directory);
  }
}
