package dev.carillon.store;

import static dev.carillon.store.RecordDescriptor.CRC_OFFSET;
import static dev.carillon.store.RecordDescriptor.FORCED_OFFSET;
import static dev.carillon.store.RecordDescriptor.HEADERS_OFFSET;
import static dev.carillon.store.RecordDescriptor.HEADER_LENGTHS;
import static dev.carillon.store.RecordDescriptor.ID_LOWER_OFFSET;
import static dev.carillon.store.RecordDescriptor.ID_UPPER_OFFSET;
import static dev.carillon.store.RecordDescriptor.LEAST_LENGTH;
import static dev.carillon.store.RecordDescriptor.NAMES_HASH_OFFSET;
import static dev.carillon.store.RecordDescriptor.NAMES_OFFSET;
import static dev.carillon.store.RecordDescriptor.NANO_OFFSET;
import static dev.carillon.store.RecordDescriptor.PAYLOAD_LENGTH_OFFSET;
import static dev.carillon.store.RecordDescriptor.PUBLISHER_LENGTH_OFFSET;
import static dev.carillon.store.RecordDescriptor.PUBLISHER_SEQUENCE_OFFSET;
import static dev.carillon.store.RecordDescriptor.SECOND_OFFSET;
import static dev.carillon.store.RecordDescriptor.SEQUENCE_OFFSET;
import static dev.carillon.store.RecordDescriptor.TOPIC_LENGTH_OFFSET;
import static dev.carillon.store.RecordDescriptor.TYPE_LENGTH_OFFSET;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.carillon.spi.StoredMessage;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Goes along the records of a file and checks each. Used by one thread.
 *
 * <p>The file is copied in chunks to an array on the heap, since a checksum of mapped memory costs
 * two atomic operations each.
 */
final class RecordReader {
  /** What is found at a place. */
  enum Found {
    /** A record that is as it was written. */
    RECORD,
    /** Nothing: the place was never written. */
    NOTHING,
    /** Something that is no record. */
    DAMAGE
  }

  /** The bytes that are copied at once, unless a record is larger. */
  static final int CHUNK = 1 << 16;

  private final MemorySegment file;
  private final int end;
  private final CRC32C crc = new CRC32C();
  private byte[] chunk;
  private int from; // of the chunk in the file
  private int filled;
  private int position; // of the next record
  private int record; // of the current record in the chunk
  private int length;

  /** Begins at {@code position} with what lies before {@code end}. */
  RecordReader(MemorySegment file, int position, int end, byte[] chunk) {
    this.file = file;
    this.position = position;
    this.end = end;
    this.chunk = chunk;
    this.from = position;
  }

  /** {@return where the next record is, or would be} */
  int position() {
    return position;
  }

  /** {@return the array that was given, or a larger one that replaced it} */
  byte[] chunk() {
    return chunk;
  }

  /** Goes to the next record, which must have the sequence given if that is not 0. */
  Found next(long expected) {
    if (!fill(LEAST_LENGTH)) {
      return isZero() ? Found.NOTHING : Found.DAMAGE;
    }
    int announced = LittleEndian.getInt(chunk, position - from);
    if (announced == 0) {
      return Found.NOTHING;
    }
    if (announced < LEAST_LENGTH || announced > end - position || !fill(announced)) {
      return Found.DAMAGE;
    }
    int at = position - from;
    crc.reset();
    crc.update(chunk, at + SEQUENCE_OFFSET, announced - SEQUENCE_OFFSET);
    if ((int) crc.getValue() != LittleEndian.getInt(chunk, at + CRC_OFFSET)
        || (expected != 0 && LittleEndian.getLong(chunk, at + SEQUENCE_OFFSET) != expected)) {
      return Found.DAMAGE;
    }
    record = at;
    length = announced;
    position += RecordDescriptor.aligned(announced);
    return Found.RECORD;
  }

  /** Looks at another place. */
  void moveTo(int place) {
    position = place;
  }

  /** Sees to it that so many bytes from the position on are in the chunk, if there are as many. */
  private boolean fill(int needed) {
    if (needed > end - position) {
      return false;
    }
    if (position < from || position + needed > from + filled) {
      if (needed > chunk.length) {
        chunk = new byte[needed];
      }
      from = position;
      filled = Math.min(chunk.length, end - position);
      MemorySegment.copy(file, ValueLayout.JAVA_BYTE, from, chunk, 0, filled);
    }
    return true;
  }

  private boolean isZero() {
    for (int at = position; at < end; at++) {
      if (file.get(ValueLayout.JAVA_BYTE, at) != 0) {
        return false;
      }
    }
    return true;
  }

  // ── the current record ──

  long sequence() {
    return LittleEndian.getLong(chunk, record + SEQUENCE_OFFSET);
  }

  long second() {
    return LittleEndian.getLong(chunk, record + SECOND_OFFSET);
  }

  int forced() {
    return LittleEndian.getInt(chunk, record + FORCED_OFFSET);
  }

  boolean isBefore(Instant time) {
    long second = second();
    return second == time.getEpochSecond()
        ? LittleEndian.getInt(chunk, record + NANO_OFFSET) < time.getNano()
        : second < time.getEpochSecond();
  }

  /** {@return the current record's names, or null if their lengths do not fit} */
  @Nullable Names names(Names.Cache cache) {
    int topic = LittleEndian.getUnsignedShort(chunk, record + TOPIC_LENGTH_OFFSET);
    int type = LittleEndian.getUnsignedShort(chunk, record + TYPE_LENGTH_OFFSET);
    int publisher = LittleEndian.getUnsignedShort(chunk, record + PUBLISHER_LENGTH_OFFSET);
    if (NAMES_OFFSET + topic + type + publisher > length) {
      return null;
    }
    int hash = LittleEndian.getInt(chunk, record + NAMES_HASH_OFFSET);
    return cache.of(hash, chunk, record + NAMES_OFFSET, topic, type, publisher);
  }

  /** {@return the current record as a message, or null if its lengths do not fit} */
  @Nullable StoredMessage message(Names names) {
    int at = record + NAMES_OFFSET + names.bytes.length;
    int payloadLength = LittleEndian.getInt(chunk, record + PAYLOAD_LENGTH_OFFSET);
    int payloadAt = record + length - payloadLength;
    if (payloadLength < 0 || payloadAt < at) {
      return null;
    }
    int count = LittleEndian.getUnsignedShort(chunk, record + HEADERS_OFFSET);
    Map<String, String> headers = count == 0 ? Map.of() : headers(count, at, payloadAt);
    if (headers == null) {
      return null;
    }
    byte[] payload = new byte[payloadLength];
    System.arraycopy(chunk, payloadAt, payload, 0, payloadLength);
    return new StoredMessage(
        sequence(),
        Instant.ofEpochSecond(second(), LittleEndian.getInt(chunk, record + NANO_OFFSET)),
        names.topic,
        new UUID(
            LittleEndian.getLong(chunk, record + ID_UPPER_OFFSET),
            LittleEndian.getLong(chunk, record + ID_LOWER_OFFSET)),
        names.publisher,
        LittleEndian.getLong(chunk, record + PUBLISHER_SEQUENCE_OFFSET),
        names.type,
        headers,
        payload);
  }

  private @Nullable Map<String, String> headers(int count, int from, int to) {
    var headers = new HashMap<String, String>();
    int at = from;
    for (int i = 0; i < count; i++) {
      if (at + HEADER_LENGTHS > to) {
        return null;
      }
      int key = LittleEndian.getUnsignedShort(chunk, at);
      int value = LittleEndian.getInt(chunk, at + Short.BYTES);
      at += HEADER_LENGTHS;
      if (value < 0 || value > to - at - key) {
        return null;
      }
      headers.put(new String(chunk, at, key, UTF_8), new String(chunk, at + key, value, UTF_8));
      at += key + value;
    }
    return Map.copyOf(headers);
  }
}
