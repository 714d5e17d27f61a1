package dev.carillon.flow;

import dev.carillon.spi.Codec;
import dev.carillon.spi.CodingException;
import dev.carillon.spi.MessageStream;
import dev.carillon.spi.Page;
import dev.carillon.spi.ReadQuery;
import dev.carillon.spi.StoredMessage;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads what there is of a run's journal. */
final class RunReading {
  /*
   * Records before the first beginning are of the past: a store that has lost power may have
   * forgotten that it was to forget them. If there are records and no beginning, this is none of
   * our streams, or its beginning is lost.
   */
  private final MessageStream stream;
  private RunChanges all = new RunChanges();
  private RunRecord.@Nullable Origin origin;
  private boolean isOver;
  private long beginBytes;
  private long sinceBegin;

  private RunReading(MessageStream stream) {
    this.stream = stream;
  }

  /**
   * {@return what is there}
   *
   * @throws JournalException if that is no journal of a run
   */
  static RunReading of(MessageStream stream) {
    var reading = new RunReading(stream);
    ReadQuery query = ReadQuery.from(stream.firstSequence());
    Page page = stream.read(query);
    while (!page.messages().isEmpty()) {
      for (StoredMessage message : page.messages()) {
        reading.add(message);
      }
      query = query.next(page.next());
      page = stream.read(query);
    }
    if (reading.origin == null && stream.lastSequence() >= stream.firstSequence()) {
      throw new JournalException(
          "a run's journal has a beginning: stream=%s, sequences=%d to %d"
              .formatted(stream.name(), stream.firstSequence(), stream.lastSequence()),
          null);
    }
    if (reading.isOver) {
      reading.all = new RunChanges();
    }
    return reading;
  }

  private void add(StoredMessage message) {
    if (!message.type().equals(RunRecord.TYPE)) {
      throw broken(
          message, "its messages are %s: type=%s".formatted(RunRecord.TYPE, message.type()));
    }
    RunRecord record;
    try {
      record = RunRecord.read(message.payload());
    } catch (IllegalArgumentException e) {
      throw broken(message, e.getMessage());
    }
    if (record.origin() != null) {
      origin = record.origin();
      all = record.changes();
      isOver = false;
      beginBytes = message.payload().length;
      sinceBegin = 0;
    } else {
      all.add(record.changes());
      isOver = record.kind() == RunRecordDescriptor.END;
      sinceBegin += message.payload().length;
    }
  }

  private JournalException broken(StoredMessage message, @Nullable String rule) {
    return new JournalException(
        "a run's journal cannot be read: %s, stream=%s, sequence=%d"
            .formatted(rule, stream.name(), message.sequence()),
        null);
  }

  /** {@return what the run is that has not ended; null if there is none} */
  RunRecord.@Nullable Origin unfinished() {
    return isOver ? null : origin;
  }

  /** Checks that a run goes on as what it was begun as. */
  void checkIsOf(RunRecord.Origin begun, RunRecord.Origin asked) {
    check("run", begun.run(), asked.run());
    check("cycle", begun.cycle(), asked.cycle());
    check("plan", begun.plan(), asked.plan());
    check("codec", begun.format(), asked.format());
  }

  private void check(String what, String begun, String asked) {
    if (!begun.equals(asked)) {
      throw new JournalException(
          ("a run goes on with the %s that it was begun with; use another name, or delete the stream:"
                  + " begun with=%s, now=%s, stream=%s")
              .formatted(what, begun, asked, stream.name()),
          null);
    }
  }

  /** {@return what the run was started with} */
  Object input(RunRecord.Origin begun, Codec codec) {
    return decoded("the input", begun.input(), Object.class, codec);
  }

  /** {@return what the keys hold} */
  Map<String, Object> keys(
      Codec codec, Function<? super String, ? extends @Nullable Class<?>> types) {
    var keys = new HashMap<String, Object>();
    all.keys.forEach((name, bytes) -> {
      Class<?> type = types.apply(name);
      if (type == null) {
        throw new JournalException(
            "a run's journal has keys of its cycle: stream=%s, key=%s"
                .formatted(stream.name(), name),
            null);
      }
      keys.put(name, decoded("key " + name, bytes, type, codec));
    });
    return Map.copyOf(keys);
  }

  private <T> T decoded(String what, byte[] bytes, Class<T> type, Codec codec) {
    try {
      return codec.decode(bytes, type);
    } catch (CodingException e) {
      throw new JournalException(
          "what a run's journal has must be readable by its codec: stream=%s, what=%s, codec=%s"
              .formatted(stream.name(), what, codec.format()),
          e);
    }
  }

  /** {@return what was committed} */
  RunChanges all() {
    return all;
  }

  /** {@return the bytes of the last beginning} */
  long beginBytes() {
    return beginBytes;
  }

  /** {@return the bytes of the records behind it} */
  long sinceBegin() {
    return sinceBegin;
  }
}
