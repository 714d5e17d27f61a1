package dev.carillon.store;

import dev.carillon.spi.Page;
import dev.carillon.spi.ReadQuery;
import dev.carillon.spi.StoredMessage;
import dev.carillon.store.RecordReader.Found;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** One read, through as many segments as it takes. */
final class SegmentReading {
  private static final int MOST_AT_FIRST = 1 << 10;
  private static final int GUESS = 1 << 9; // bytes of a record, for the size of the chunk
  private static final int LEAST_CHUNK = 1 << 11;

  private final ReadQuery query;
  private final Names.Cache names;
  private final List<StoredMessage> found;
  private final long second;
  private byte[] chunk;
  private long next;

  SegmentReading(ReadQuery query, Names.Cache names) {
    this.query = query;
    this.names = names;
    this.next = query.from();
    var since = query.since();
    this.second = since == null ? Long.MIN_VALUE : since.getEpochSecond();
    this.found = new ArrayList<>(Math.min(query.limit(), MOST_AT_FIRST));
    this.chunk =
        new byte[Math.clamp((long) query.limit() * GUESS, LEAST_CHUNK, RecordReader.CHUNK)];
  }

  /**
   * Reads on: {@return whether that is all; if not, a segment was dropped meanwhile}
   *
   * @param segments of the stream
   * @param first the least sequence that is kept
   */
  boolean read(Segment[] segments, long first) {
    next = Math.max(next, first);
    int i = segments.length - 1;
    while (i > 0 && segments[i].base() > next) {
      i--;
    }
    while (i < segments.length && found.size() < query.limit()) {
      Segment segment = segments[i];
      if (!segment.retain()) {
        return false;
      }
      try {
        boolean isLast = i == segments.length - 1;
        if (isLast || segment.newest() >= second) {
          segment.load();
          if (!readSegment(segment)) {
            return true;
          }
        } else {
          next = Math.max(next, segments[i + 1].base()); // all of it is too old
        }
      } finally {
        segment.release();
      }
      i++;
      if (i < segments.length
          && found.size() < query.limit()
          && next < segments[i].base()
          && endsBefore(missing(segment, segments[i].base()))) {
        return true;
      }
    }
    return true;
  }

  /** Ends the page before damage, or throws if that is what the page would begin with. */
  private boolean endsBefore(CorruptSegmentException damage) {
    if (found.isEmpty()) {
      throw damage;
    }
    return true;
  }

  private CorruptSegmentException missing(Segment segment, long following) {
    return new CorruptSegmentException(
        "messages %d to %d cannot be read; read on from %d"
            .formatted(next, following - 1, following),
        segment.file(),
        segment.end());
  }

  /** {@return whether to read on} */
  private boolean readSegment(Segment segment) {
    int end = segment.end();
    var place = segment.index().find(next, second, segment.base(), SegmentDescriptor.LENGTH);
    var reader = new RecordReader(segment.bytes(), place.position(), end, chunk);
    long sequence = place.sequence();
    while (reader.position() < end && found.size() < query.limit()) {
      int at = reader.position();
      if (reader.next(sequence) != Found.RECORD) {
        return !endsBefore(damage(segment, sequence, at));
      }
      if (sequence >= next) {
        take(segment, reader, at);
        next = sequence + 1;
      }
      sequence++;
    }
    chunk = reader.chunk();
    return true;
  }

  private void take(Segment segment, RecordReader reader, int at) {
    var since = query.since();
    if (since != null && reader.isBefore(since)) {
      return;
    }
    Names name = reader.names(names);
    if (name == null) {
      throw damage(segment, reader.sequence(), at);
    }
    if (query.topics().test(name.topic)) {
      StoredMessage message = reader.message(name);
      if (message == null) {
        throw damage(segment, reader.sequence(), at);
      }
      found.add(message);
    }
  }

  private static CorruptSegmentException damage(Segment segment, long sequence, int at) {
    return new CorruptSegmentException(
        "message %d cannot be read".formatted(sequence), segment.file(), at);
  }

  Page page() {
    return new Page(Collections.unmodifiableList(found), next);
  }
}
