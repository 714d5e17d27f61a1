package dev.carillon.function;

import dev.carillon.spi.MapRecord;
import dev.carillon.spi.MapRecord.Kind;
import dev.carillon.spi.MapSink;
import dev.carillon.spi.MapSnapshot;
import dev.carillon.spi.MapStore;
import dev.carillon.spi.MapStoreException;
import dev.carillon.spi.MapWatch;
import dev.carillon.time.Clock;
import dev.carillon.time.Timer;
import dev.carillon.time.Timers;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** A map of bytes in this process, which may be kept in a file. */
final class MapTable implements MapStore {
  /*
   * Reading takes no lock: it looks into a concurrent map. A change takes the lock, and there is
   * checked, written to the journal, put into the map, noted in the history and given to the sinks,
   * in that order; so revisions, the file, the history and what sinks are told have one order.
   * Waiting for the disk goes on after the lock is given back, for many changes at once; others may
   * see a change before it is on the disk.
   *
   * An entry with a time to live has a timer that takes it out, but is gone for everybody when its
   * time has come: readers pass over it, and a writer that is faster than the timer takes it out.
   */
  private static final long FOR_EVER = MapTtl.FOR_EVER;

  private static final Duration EXPIRE_AGAIN = Duration.ofSeconds(1);

  private final String name;
  private final SharedMapConfig config;
  private final Clock clock;
  private final @Nullable MapJournal journal;
  private final ConcurrentMap<Bytes, Cell> cells = new ConcurrentHashMap<>();
  private final Object lock = new Object();

  private volatile boolean isClosed; // guarded by lock; read racily by get()

  // guarded by lock
  private long revision;
  private final MapChanges changes;
  private long bytes; // of all keys and values
  private long live; // bytes of all entries in the file
  private @Nullable Timers timers; // made for the first entry that expires

  /**
   * One entry.
   *
   * @param record the change by which it came
   * @param deadline when it expires, in the terms of the clock's nanos(), or FOR_EVER
   * @param expires the same in milliseconds since 1970, rounded up; 0 for never
   * @param timer takes it out
   */
  private record Cell(MapRecord record, long deadline, long expires, @Nullable Timer timer) {}

  MapTable(String name, SharedMapConfig config, @Nullable MapJournal journal) {
    this.name = name;
    this.config = config;
    this.clock = config.clock();
    this.journal = journal;
    this.changes = new MapChanges(config.history(), config.maxBytes() / 4);
  }

  /** {@return the map that is in a file} */
  static MapTable open(Path file, SharedMapConfig config) {
    Path fileName = file.getFileName();
    if (fileName == null) {
      throw new IllegalArgumentException("a file must have a name: file=" + file);
    }
    MapJournal.Opened opened;
    try {
      opened = MapJournal.open(file);
    } catch (IOException e) {
      throw new MapStoreException("the file of a shared map cannot be opened: file=" + file, e);
    }
    var table = new MapTable(fileName.toString(), config, opened.journal());
    boolean isGood = false;
    try {
      table.load(opened.found());
      isGood = true;
      return table;
    } finally {
      if (!isGood) {
        table.closeTimers();
        opened.journal().close();
      }
    }
  }

  private void load(MapRecovery.Outcome found) {
    synchronized (lock) {
      revision = found.revision();
      changes.forgetUpTo(revision);
      for (MapJournal.Entry each : found.entries()) {
        MapRecord record = each.record();
        var key = new Bytes(record.key());
        long deadline = FOR_EVER;
        if (each.expires() != 0) {
          Instant expires = Instant.ofEpochMilli(each.expires());
          deadline = MapTtl.deadline(clock, Duration.between(clock.now(), expires));
        }
        set(key, null, cell(key, record, deadline, each.expires()));
      }
      // only now, as taking one out may write the file anew, of all that is in the map
      for (MapJournal.Entry each : found.entries()) {
        live(new Bytes(each.record().key()));
      }
      checkRoom();
    }
  }

  private void checkRoom() {
    if (cells.size() > config.maxEntries() || bytes > config.maxBytes()) {
      throw new MapStoreException(
          "a file must fit the settings it is opened with: map=\"%s\", maxEntries=%d, maxBytes=%d"
              .formatted(name, config.maxEntries(), config.maxBytes()),
          null);
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long revision() {
    synchronized (lock) { // as an entry can be read a moment before its revision is counted
      checkOpen();
      return revision;
    }
  }

  private void checkOpen() {
    if (isClosed) {
      throw new MapStoreException("a closed map takes no calls: map=\"" + name + "\"", null);
    }
  }

  // ── reading ──

  @Override
  public Optional<MapRecord> get(byte[] key) {
    checkOpen();
    Cell cell = cells.get(new Bytes(key));
    return cell == null || isDue(cell) ? Optional.empty() : Optional.of(cell.record());
  }

  private boolean isDue(Cell cell) {
    return cell.deadline() != FOR_EVER && cell.deadline() - clock.nanos() <= 0;
  }

  @Override
  public MapSnapshot snapshot(byte @Nullable [] key) {
    synchronized (lock) {
      checkOpen();
      var entries = new ArrayList<MapRecord>();
      if (key == null) {
        cells.values().forEach(cell -> addUnlessDue(cell, entries));
      } else {
        addUnlessDue(cells.get(new Bytes(key)), entries);
      }
      return new MapSnapshot(entries, revision);
    }
  }

  private void addUnlessDue(@Nullable Cell cell, List<MapRecord> entries) {
    if (cell != null && !isDue(cell)) {
      entries.add(cell.record());
    }
  }

  /** {@return the entry of a key, unless its time has come; the lock is held} */
  private @Nullable Cell live(Bytes key) {
    Cell cell = cells.get(key);
    if (cell != null && isDue(cell)) {
      remove(key, cell, Kind.EXPIRED);
      return null;
    }
    return cell;
  }

  // ── changing ──

  @Override
  public OptionalLong put(byte[] key, byte[] value, @Nullable Duration ttl, long expected) {
    SharedMapConfig.checkTtl(ttl);
    checkSize("key", key.length, config.maxKeyBytes());
    checkSize("value", value.length, config.maxValueBytes());
    var wanted = new Bytes(key);
    Duration time = ttl == null ? config.ttl() : ttl;
    long given;
    long number;
    synchronized (lock) {
      checkOpen();
      Cell old = live(wanted);
      if (!isExpected(old, expected)) {
        return OptionalLong.empty();
      }
      takeOutDueIfFull(wanted, old, value);
      checkRoom(old, key, value);
      Instant now = clock.now();
      given = revision + 1;
      var record = new MapRecord(Kind.PUT, key, value, given, now);
      long deadline = time == null ? FOR_EVER : MapTtl.deadline(clock, time);
      long expires = time == null ? 0 : MapTtl.expires(now, time);
      number = put(wanted, old, cell(wanted, record, deadline, expires));
    }
    force(number);
    return OptionalLong.of(given);
  }

  private long put(Bytes key, @Nullable Cell old, Cell next) {
    boolean isPut = false;
    try {
      long number = change(key, old, next, next.record());
      isPut = true;
      return number;
    } finally {
      if (!isPut) {
        cancel(next);
      }
    }
  }

  @Override
  public OptionalLong delete(byte[] key, long expected) {
    var wanted = new Bytes(key);
    long given;
    long number;
    synchronized (lock) {
      checkOpen();
      Cell old = live(wanted);
      if (old == null || !isExpected(old, expected)) {
        return OptionalLong.empty();
      }
      number = remove(wanted, old, Kind.DELETED);
      given = revision;
    }
    force(number);
    return OptionalLong.of(given);
  }

  private static boolean isExpected(@Nullable Cell old, long expected) {
    long found = old == null ? ABSENT : old.record().revision();
    return expected == ANY || expected == found;
  }

  private void checkSize(String what, int length, int most) {
    if (length > most) {
      throw new MapStoreException(
          "an encoded %s has at most %d bytes: map=\"%s\", bytes=%d"
              .formatted(what, most, name, length),
          null);
    }
  }

  /** Makes room by what the timers have not taken out yet, of other keys; the lock is held. */
  private void takeOutDueIfFull(Bytes key, @Nullable Cell old, byte[] value) {
    boolean isFull = lacksEntries(old) || bytesAfter(old, key.array, value) > config.maxBytes();
    if (isFull && timers != null) {
      cells.forEach((each, cell) -> {
        if (isDue(cell) && !each.equals(key)) {
          remove(each, cell, Kind.EXPIRED);
        }
      });
    }
  }

  private boolean lacksEntries(@Nullable Cell old) {
    return old == null && cells.size() >= config.maxEntries();
  }

  private long bytesAfter(@Nullable Cell old, byte[] key, byte[] value) {
    return bytes + key.length + value.length - (old == null ? 0 : old.record().size());
  }

  private void checkRoom(@Nullable Cell old, byte[] key, byte[] value) {
    if (lacksEntries(old)) {
      throw new MapStoreException(
          "a map has at most %d entries: map=\"%s\"".formatted(config.maxEntries(), name), null);
    }
    long after = bytesAfter(old, key, value);
    if (after > config.maxBytes()) {
      throw new MapStoreException(
          "keys and values have at most %d bytes together: map=\"%s\", bytes=%d"
              .formatted(config.maxBytes(), name, after),
          null);
    }
  }

  /** Takes an entry out: {@return the number of the record in the file} The lock is held. */
  private long remove(Bytes key, Cell old, Kind kind) {
    var record = new MapRecord(kind, key.array, new byte[0], revision + 1, clock.now());
    return change(key, old, null, record);
  }

  /** {@return a new entry, whose timer runs} The timer comes first, as it may not start. */
  private Cell cell(Bytes key, MapRecord record, long deadline, long expires) {
    Timer timer =
        deadline == FOR_EVER
            ? null
            : timers().scheduleAt(deadline, () -> expire(key, Level.WARNING));
    return new Cell(record, deadline, expires, timer);
  }

  private static void cancel(Cell cell) {
    Timer timer = cell.timer();
    if (timer != null) {
      timer.cancel();
    }
  }

  /** Makes a change: {@return the number of its record in the file} The lock is held. */
  private long change(Bytes key, @Nullable Cell old, @Nullable Cell next, MapRecord record) {
    long number = 0;
    if (journal != null) {
      if (journal.isFull(record)) {
        compact(journal);
      }
      number = journal.append(record, next == null ? 0 : next.expires());
    }
    boolean isMade = false;
    try {
      set(key, old, next);
      revision = record.revision();
      isMade = true;
    } finally {
      if (!isMade && journal != null) {
        journal.breakOff("a change is in the file, and not in the map");
      }
    }
    changes.add(record);
    if (journal != null && journal.isWorthCompacting(live)) {
      compact(journal);
    }
    return number;
  }

  /** Puts an entry in another's place, either of which may be none; the lock is held. */
  private void set(Bytes key, @Nullable Cell old, @Nullable Cell next) {
    if (next == null) {
      cells.remove(key);
    } else {
      cells.put(key, next);
      bytes += next.record().size();
      live += MapJournal.size(next.record());
    }
    if (old != null) {
      bytes -= old.record().size();
      live -= MapJournal.size(old.record());
      cancel(old);
    }
  }

  private void compact(MapJournal file) {
    file.compact(
        revision,
        cells.values().stream()
            .sorted(Comparator.comparingLong(cell -> cell.record().revision()))
            .map(cell -> new MapJournal.Entry(cell.record(), cell.expires()))
            .toList());
  }

  private void force(long number) {
    if (journal != null && config.isForced()) {
      journal.force(number);
    }
  }

  // ── time to live ──

  private Timers timers() {
    Timers made = timers;
    if (made == null) {
      made = Timers.on(clock, "carillon-map-" + name + "-timers");
      timers = made;
    }
    return made;
  }

  /** Takes an entry out whose time has come; what cannot be written now is tried again. */
  private void expire(Bytes key, Level level) {
    synchronized (lock) {
      if (isClosed) {
        return;
      }
      try {
        live(key);
      } catch (RuntimeException e) {
        CodedMap.LOG.log(level, "an entry that expired cannot be taken out of " + this, e);
        if (journal == null || !journal.isBroken()) {
          timers().schedule(EXPIRE_AGAIN, () -> expire(key, Level.DEBUG)); // one warning says it
        }
      }
    }
  }

  private void closeTimers() {
    Timers ending;
    synchronized (lock) {
      isClosed = true; // so that no timer is made any more
      ending = timers;
      timers = null;
    }
    if (ending != null) {
      ending.close();
    }
  }

  // ── watching ──

  @Override
  public MapWatch watch(long after, byte @Nullable [] key, MapSink sink) {
    if (after < NOW) {
      throw new IllegalArgumentException("a revision must not be negative: after=" + after);
    }
    var place = new MapChanges.Place(key == null ? null : new Bytes(key), sink);
    synchronized (lock) {
      checkOpen();
      changes.place(place);
      if (after != NOW) {
        changes.replay(after, place);
      }
    }
    return () -> {
      synchronized (lock) {
        changes.remove(place);
      }
    };
  }

  // ── closing ──

  @Override
  public void close() {
    try {
      synchronized (lock) {
        if (isClosed) {
          return;
        }
        isClosed = true;
        changes.close();
        if (journal != null) {
          journal.close(
              new MapRecord(Kind.DELETED, new byte[0], new byte[0], revision, clock.now()));
        }
      }
    } finally {
      closeTimers();
      CodedMap.LOG.log(Level.DEBUG, "closed shared map {0}", name);
    }
  }

  @Override
  public String toString() {
    return "map store \"" + name + "\"";
  }
}
