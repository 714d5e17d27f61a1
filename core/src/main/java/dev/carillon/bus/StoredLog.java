package dev.carillon.bus;

import dev.carillon.spi.AppendResult;
import dev.carillon.spi.MessageStore;
import dev.carillon.spi.MessageStream;
import dev.carillon.spi.NewMessage;
import dev.carillon.spi.Page;
import dev.carillon.spi.ReadQuery;
import dev.carillon.spi.Retention;
import dev.carillon.spi.StoreException;
import dev.carillon.spi.StoredMessage;
import dev.carillon.time.Clock;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** A log in a stream of the bus's store; its numbers are the stream's sequences. */
final class StoredLog implements HistoryLog {
  /*
   * No lock of ours is around an append: what a publisher has to know of its message's number it
   * gets from the stream's last one before the append and after, see StoredPlace.
   *
   * A store may keep more than it has to. What is beyond the limits is not shown.
   */
  private static final System.Logger LOG = System.getLogger("dev.carillon.bus");

  private final TopicPattern pattern;
  private final HistoryLimits limits;
  private final HistoryLimits.Durable durable;
  private final StoredForm form;
  private final Clock clock;
  private final MessageStream stream;
  private final StreamReader reader;
  private final LongAdder failures = new LongAdder();

  // written by who appends: only whether a failure is the first in a row hangs on it
  private volatile boolean isFailing;

  private StoredLog(
      TopicPattern pattern,
      HistoryLimits limits,
      HistoryLimits.Durable durable,
      StoredForm form,
      Clock clock,
      MessageStream stream) {
    this.pattern = pattern;
    this.limits = limits;
    this.durable = durable;
    this.form = form;
    this.clock = clock;
    this.stream = stream;
    this.reader = new StreamReader(stream, form);
  }

  /**
   * {@return the log of a pattern}
   *
   * @throws IllegalArgumentException if the store cannot prove what is asked for
   * @throws IllegalStateException if the stream is open already
   * @throws StoreException if the store cannot open it
   */
  static StoredLog open(
      TopicPattern pattern,
      HistoryLimits limits,
      HistoryLimits.Durable durable,
      MessageStore store,
      StoredForm form,
      Clock clock) {
    if (!store.strongest().proves(durable.durability())) {
      throw new IllegalArgumentException(
          ("a durable history must not ask for more than the store proves, change"
                  + " HistoryLimits.durable, or the store (SegmentConfig.withSync):"
                  + " pattern=\"%s\", asked=%s, strongest=%s")
              .formatted(pattern, durable.durability(), store.strongest()));
    }
    var retention =
        new Retention(limits.count(), limits.bytes(), limits.age(), Retention.WhenFull.DROP_OLDEST);
    MessageStream stream = store.open(durable.stream(), retention);
    return new StoredLog(pattern, limits, durable, form, clock, stream);
  }

  @Override
  public TopicPattern pattern() {
    return pattern;
  }

  // ── appending ──

  @Override
  public Place add(Message<?> message) {
    var place = new StoredPlace(this, stream.lastSequence());
    try {
      NewMessage written = form.write(message);
      AppendResult result = stream.append(List.of(written), durable.durability(), place);
      return switch (result) {
        case ACCEPTED -> place.accepted(stream.lastSequence());
        case FULL ->
            place.refused(failed(new StoreException("the store has too much in flight", null)));
        case CLOSED -> place.refused(failed(new StoreException("the stream is closed", null)));
      };
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return place.refused(failed(e));
    } catch (RuntimeException e) { // of the store, or of the codec
      return place.refused(failed(e));
    }
  }

  /** {@return what the store's answer means} */
  Outcome outcome(@Nullable StoreException failure) {
    if (failure != null) {
      return failed(failure);
    }
    isFailing = false;
    return new Outcome.Stored(durable.stream(), durable.durability());
  }

  private Outcome failed(Exception cause) {
    failures.increment();
    if (!isFailing) {
      isFailing = true;
      LOG.log(
          Level.WARNING,
          "a message on \"%s\" could not be kept in stream \"%s\"; until one is, further ones are only counted"
              .formatted(pattern, durable.stream()),
          cause);
    }
    return new Outcome.NotStored(durable.stream(), cause);
  }

  /** {@return how many messages could not be kept, or not be proved} */
  long failures() {
    return failures.sum();
  }

  // ── reading ──

  @Override
  public Slice after(long number, int most, TopicPattern wanted, @Nullable Instant since) {
    long shown = Math.max(number, stream.lastSequence() - limits.count());
    ReadQuery query = ReadQuery.from(shown + 1).limit(most);
    // from the beginning a store may look for the time; later, what it passed over would seem gone
    Page page = reader.read(number == 0 && since != null ? query.since(since) : query);
    List<StoredMessage> messages = page.messages();
    long last = Math.max(number, page.next() - 1);
    long kept = Math.max(shown, stream.firstSequence() - 1);
    long gone = messages.isEmpty() ? Math.min(last, kept) : messages.getFirst().sequence() - 1;
    Instant oldest = oldest(since);
    var entries = new ArrayList<Entry>(messages.size());
    for (StoredMessage stored : messages) {
      if (wanted.matchesValid(stored.topic()) && !stored.time().isBefore(oldest)) {
        Message<?> message = form.read(stored, durable.stream());
        if (message != null) {
          entries.add(new Entry(stored.sequence(), message));
        }
      }
    }
    return new Slice(entries, last, Math.max(0, gone - number));
  }

  private Instant oldest(@Nullable Instant since) {
    var age = limits.age();
    Instant kept = age == null ? Instant.MIN : clock.now().minus(age);
    return since == null || since.isBefore(kept) ? kept : since;
  }

  @Override
  public long last() {
    return stream.lastSequence();
  }

  @Override
  public void close() {
    stream.close();
  }

  @Override
  public String toString() {
    return "StoredLog[%s in %s]".formatted(pattern, durable.stream());
  }
}
