package dev.carillon.bus;

import dev.carillon.spi.MessageStream;
import dev.carillon.spi.Page;
import dev.carillon.spi.ReadQuery;
import dev.carillon.spi.StoreException;
import java.util.List;

/** Reads a stream page by page, and passes over what is damaged. Safe for use by any thread. */
final class StreamReader {
  /*
   * A read that would begin with damage throws, and does not say in a form that all stores share
   * where it ends. Reads from further on succeed from some place on; that is looked for in steps
   * that double, and then by halves. If there is none up to the end, but the end itself can be read
   * from, all the rest is damaged; if not even that, the stream is not readable at all.
   */
  private final MessageStream stream;
  private final StoredForm form;

  StreamReader(MessageStream stream, StoredForm form) {
    this.stream = stream;
    this.form = form;
  }

  /**
   * {@return what is there; of a page without messages {@link Page#next} may still be further on}
   *
   * @throws StoreException if the stream cannot be read
   */
  Page read(ReadQuery query) {
    try {
      return stream.read(query);
    } catch (StoreException damage) {
      long from = Math.max(query.from(), stream.firstSequence());
      long next = firstReadable(from, damage);
      form.unreadable(
          next - from,
          "damage in stream \"%s\"".formatted(stream.name()),
          "what stream \"%s\" holds from %d to %d cannot be read"
              .formatted(stream.name(), from, next - 1),
          damage);
      return new Page(List.of(), next);
    }
  }

  private long firstReadable(long from, StoreException damage) {
    long end = stream.lastSequence() + 1;
    long bad = from;
    long good = from;
    for (long step = 1; good == bad || !isReadable(good); step *= 2) {
      if (good >= end) {
        throw damage;
      }
      bad = good;
      good = Math.min(end, good + step);
    }
    while (good - bad > 1) {
      long middle = bad + (good - bad) / 2;
      if (isReadable(middle)) {
        good = middle;
      } else {
        bad = middle;
      }
    }
    return good;
  }

  private boolean isReadable(long from) {
    try {
      stream.read(ReadQuery.from(from).limit(1));
      return true;
    } catch (StoreException e) { // as told by the first one, which is logged or thrown
      return false;
    }
  }
}
