package dev.carillon.flow;

import dev.carillon.event.CarillonException;
import dev.carillon.spi.AppendListener;
import dev.carillon.spi.AppendResult;
import dev.carillon.spi.CodingException;
import dev.carillon.spi.MessageStream;
import dev.carillon.spi.NewMessage;
import dev.carillon.spi.Retention;
import dev.carillon.spi.StoreException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The journal of one run: which iterations it has committed, and what its keys hold.
 *
 * <p>Safe for use by any thread. {@link #commit} and {@link #end} never wait: they write what they
 * are told or leave it to who is writing, and the answer comes later. Memory consistency effects:
 * actions before a commit happen-before what is run when it is durable.
 */
final class RunJournal implements AutoCloseable {
  /*
   * At most one append is under way. What is committed meanwhile is gathered in `pending`, and
   * written as one record by whoever finds the append acknowledged: the store's thread, or the
   * appending thread itself if the store tells at once. So records are in the order of the commits,
   * a stream has always room for them and append does not wait, and commits that come faster than
   * the store proves them become fewer. What is gathered is bounded: a commit of a unit replaces
   * the one before, and whoever waits to be told begins nothing new.
   *
   * From time to time a beginning is written again, with all that was committed so far, in place of
   * a commit; once that is durable all before it is forgotten. So the journal stays within some
   * multiple of what the keys hold, and whoever reads it begins at any beginning that there is.
   *
   * Whoever has set `isWriting` owns `all`, `sinceBegin` and `written`, and hands them on with it.
   */
  private static final System.Logger LOG = System.getLogger("dev.carillon.flow");
  private static final long SLACK = 64 << 10; // bytes of the past that are not worth forgetting

  private final Journal journal;
  private final MessageStream stream;
  private final RunRecord.Origin origin;
  private final Map<Integer, Long> resumed;
  private final Object input;
  private final Map<String, Object> keys;
  private final RunStatus status;
  private final long id = UUID.randomUUID().getMostSignificantBits();

  // owned by who has set isWriting
  private final RunChanges all;
  private long sinceBegin; // bytes; before the first one more than any bound
  private long beginBytes;
  private long written; // records

  // guarded by lock
  private final Object lock = new Object();
  private RunChanges pending = new RunChanges();
  private List<Runnable> told = new ArrayList<>();
  private Consumer<? super Throwable> whenFailed = _ -> {};
  private @Nullable RunStatus endsWith;
  private boolean isWriting;
  private boolean isBegun;
  private boolean isOver; // its end is durable
  private boolean isClosed;
  private @Nullable Throwable failure;

  /** What one append has. */
  private record Batch(
      List<NewMessage> messages, boolean begins, boolean ends, List<Runnable> told) {}

  private RunJournal(
      Journal journal,
      MessageStream stream,
      RunReading found,
      RunRecord.Origin asked,
      Object newInput,
      Function<? super String, ? extends @Nullable Class<?>> keyTypes) {
    this.journal = journal;
    this.stream = stream;
    RunRecord.Origin begun = found.unfinished();
    isBegun = begun != null;
    all = found.all();
    sinceBegin = isBegun ? found.sinceBegin() : Long.MAX_VALUE;
    beginBytes = isBegun ? found.beginBytes() : 0;
    resumed = Map.copyOf(all.iterations);
    status = all.status;
    if (begun == null) {
      origin = asked;
      input = newInput;
      keys = Map.of();
    } else {
      found.checkIsOf(begun, asked);
      origin = begun;
      input = found.input(begun, journal.codec());
      keys = found.keys(journal.codec(), keyTypes);
    }
  }

  /**
   * Opens the journal of a run: a new one, or one that has no end. Nothing is written yet.
   *
   * @param journal where it is
   * @param runName the run
   * @param cycleName the cycle's name
   * @param planFingerprint tells plans apart
   * @param input what the run is started with, if it is a new one
   * @param keyTypes tells the type of a key; null if the cycle has none of that name
   * @throws JournalException if what is there is of another cycle, plan or codec, or is no journal
   * @throws IllegalStateException if the journal is open
   * @throws StoreException if the store cannot open or read it
   * @throws CodingException if the input cannot be written
   */
  static RunJournal open(
      Journal journal,
      String runName,
      String cycleName,
      String planFingerprint,
      Object input,
      Function<? super String, ? extends @Nullable Class<?>> keyTypes) {
    var asked =
        new RunRecord.Origin(
            runName,
            cycleName,
            planFingerprint,
            journal.codec().format(),
            journal.codec().encode(input));
    MessageStream stream = journal.store().open(RunStreams.streamOf(runName), Retention.FOREVER);
    boolean isOpen = false;
    try {
      RunReading found = RunReading.of(stream);
      var opened = new RunJournal(journal, stream, found, asked, input, keyTypes);
      isOpen = true;
      return opened;
    } finally {
      if (!isOpen) {
        stream.close();
      }
    }
  }

  // ── what was there ──

  /** {@return the iteration of a unit that was committed last; 0 if none was} */
  long resumedFrom(int unit) {
    return resumed.getOrDefault(unit, 0L);
  }

  /** {@return what the run was started with first} */
  Object input() {
    return input;
  }

  /** {@return what the keys held that were written before} */
  Map<String, Object> keys() {
    return keys;
  }

  /** {@return the greatest severity of the iterations that were committed before} */
  RunStatus status() {
    return status;
  }

  // ── writing ──

  /**
   * Writes down what the run is started with, unless it goes on. To be called once, before all
   * else. Nothing happens if the journal is closed.
   *
   * @param whenDurable as for {@link #commit}; run at once if the run goes on
   * @param failed told once, on any thread and under no lock, if something cannot be written;
   *     nothing is taken any more then, and who waits to be told is not
   */
  void begin(Runnable whenDurable, Consumer<? super Throwable> failed) {
    boolean goesOn;
    synchronized (lock) {
      if (isClosed) {
        return;
      }
      whenFailed = failed;
      goesOn = isBegun;
      if (!goesOn) {
        told.add(whenDurable);
      }
    }
    if (goesOn) {
      whenDurable.run();
    } else {
      writeUnlessWriting();
    }
  }

  /**
   * Commits an iteration of a unit.
   *
   * @param unit which
   * @param iteration rising for each unit
   * @param ended how it ended
   * @param runKeys what the keys hold that last for the run; those that are missing are unchanged
   * @param whenDurable run when the journal's durability is proved, by the thread that proves it or
   *     this one, under no lock: it has to be quick
   * @throws IllegalStateException if the run has ended or the journal is closed
   * @throws CodingException if a value cannot be written; nothing is committed then
   */
  void commit(
      int unit, long iteration, RunStatus ended, Map<String, ?> runKeys, Runnable whenDurable) {
    var changes = new RunChanges();
    changes.status = ended;
    changes.iterations.put(unit, iteration);
    runKeys.forEach((name, value) -> changes.keys.put(name, journal.codec().encode(value)));
    synchronized (lock) {
      requireOpen();
      if (failure == null) {
        pending.add(changes);
        told.add(whenDurable);
      }
    }
    writeUnlessWriting();
  }

  /**
   * Writes down that the run has ended. Who opens the journal next begins a new one.
   *
   * @param ended how
   * @param whenDurable as for {@link #commit}; it may close the journal
   * @throws IllegalStateException if the run has ended already or the journal is closed
   */
  void end(RunStatus ended, Runnable whenDurable) {
    synchronized (lock) {
      requireOpen();
      endsWith = ended;
      told.add(whenDurable);
    }
    writeUnlessWriting();
  }

  private void requireOpen() {
    if (isClosed || isOver || endsWith != null) {
      throw new IllegalStateException(
          "nothing is committed after the end: run=%s, closed=%s"
              .formatted(origin.run(), isClosed));
    }
  }

  private void writeUnlessWriting() {
    synchronized (lock) {
      if (isWriting) {
        return;
      }
      isWriting = true;
    }
    writeAll();
  }

  /** Writes until nothing is left to write, or an acknowledgement will go on. */
  private void writeAll() {
    boolean goesOn = true;
    while (goesOn) {
      try {
        Batch batch = next();
        goesOn = batch != null && isTold(batch);
      } catch (RuntimeException | Error e) { // after which nothing is next
        fail(e);
      }
    }
  }

  /**
   * {@return what is to be written now; null if nothing is, and then nobody is writing any more}
   */
  private @Nullable Batch next() {
    RunChanges changes;
    List<Runnable> listeners;
    RunStatus ends;
    synchronized (lock) {
      ends = endsWith;
      if (failure != null || isOver || (isBegun && pending.isEmpty() && ends == null)) {
        isWriting = false;
        lock.notifyAll();
        return null;
      }
      changes = pending;
      listeners = told;
      pending = new RunChanges();
      told = new ArrayList<>();
      isBegun = true;
    }
    changes.leaveOutKeysOf(all);
    all.add(changes);
    boolean begins = sinceBegin > SLACK + 2 * beginBytes;
    var messages = new ArrayList<NewMessage>();
    if (begins) {
      messages.add(message(RunRecord.begin(origin, all)));
      beginBytes = messages.getFirst().payload().length;
      sinceBegin = 0;
    } else if (!changes.isEmpty()) {
      messages.add(message(RunRecord.commit(changes)));
      sinceBegin += messages.getFirst().payload().length;
    }
    if (ends != null) {
      messages.add(message(RunRecord.end(ends)));
    }
    return new Batch(messages, begins, ends != null, listeners);
  }

  private NewMessage message(RunRecord record) {
    written++;
    return record.message(stream.name(), new UUID(id, written), written);
  }

  /** Appends: {@return whether all is told already} Otherwise who tells goes on. */
  private boolean isTold(Batch batch) {
    var isSecond = new AtomicBoolean(); // of append's return and the listener's call
    AppendListener listener =
        (first, _, failed) -> {
          settle(batch, first, failed);
          if (isSecond.getAndSet(true)) {
            writeAll();
          }
        };
    try {
      AppendResult result = stream.append(batch.messages(), journal.durability(), listener);
      if (result != AppendResult.ACCEPTED) {
        throw new JournalException(
            "a stream takes a run's commits: stream=%s, answer=%s".formatted(stream.name(), result),
            null);
      }
      return isSecond.getAndSet(true);
    } catch (InterruptedException e) { // by a store that waits although nothing is under way
      Thread.currentThread().interrupt();
      fail(e);
      return true;
    }
  }

  private void settle(Batch batch, long first, @Nullable StoreException failed) {
    if (failed != null) {
      fail(failed);
      return;
    }
    if (batch.begins()) {
      forgetBefore(first);
    }
    if (batch.ends()) {
      synchronized (lock) {
        isOver = true;
      }
    }
    try {
      batch.told().forEach(Runnable::run);
    } catch (RuntimeException | Error e) {
      fail(e);
    }
  }

  private void forgetBefore(long sequence) {
    try {
      stream.truncateBefore(sequence);
    } catch (StoreException e) {
      LOG.log(Level.WARNING, "a run's journal grows, as it cannot be cut: " + stream.name(), e);
    }
  }

  private void fail(Throwable why) {
    boolean isFirst;
    Consumer<? super Throwable> listener;
    synchronized (lock) {
      isFirst = failure == null;
      listener = whenFailed;
      failure = isFirst ? why : failure;
      pending = new RunChanges();
      told = new ArrayList<>();
    }
    if (isFirst) {
      listener.accept(why);
    }
  }

  // ── the end ──

  /**
   * Waits until what was committed is durable, and gives the stream back; if the run has ended, the
   * stream is removed. Not to be called by what is run when a commit is durable. Idempotent.
   */
  @Override
  public void close() {
    boolean isFinished;
    synchronized (lock) {
      isClosed = true;
      boolean isInterrupted = false;
      while (isWriting && !isOver && failure == null) { // who was told of it may be who writes
        try {
          lock.wait();
        } catch (InterruptedException e) {
          isInterrupted = true;
        }
      }
      if (isInterrupted) {
        Thread.currentThread().interrupt();
      }
      isFinished = isOver;
    }
    stream.close();
    if (isFinished) {
      remove();
    }
  }

  private void remove() {
    try {
      journal.store().delete(stream.name());
    } catch (IllegalStateException e) { // the run's name is in use again
      LOG.log(Level.DEBUG, "a run's journal goes on with another run: " + stream.name(), e);
    } catch (CarillonException e) {
      LOG.log(Level.WARNING, "the journal of a run that has ended stays: " + stream.name(), e);
    }
  }
}
