package dev.carillon.store;

import static dev.carillon.store.RecordDescriptor.CRC_OFFSET;
import static dev.carillon.store.RecordDescriptor.FORCED_OFFSET;
import static dev.carillon.store.RecordDescriptor.HEADERS_OFFSET;
import static dev.carillon.store.RecordDescriptor.HEADER_LENGTHS;
import static dev.carillon.store.RecordDescriptor.ID_LOWER_OFFSET;
import static dev.carillon.store.RecordDescriptor.ID_UPPER_OFFSET;
import static dev.carillon.store.RecordDescriptor.LENGTH_OFFSET;
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

import dev.carillon.spi.NewMessage;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.CRC32C;

/** Messages as records, one after another in an array. Used by one thread at a time. */
final class RecordWriter {
  private static final int AT_LEAST = 1 << 12;
  private static final int KEPT = 1 << 20; // a larger array is not kept for the next batch
  private static final int MOST_BYTES_PER_CHAR = 3;
  private static final byte[] NONE = {};

  private final CRC32C crc = new CRC32C();
  private final Names.Cache names;
  private byte[] bytes = new byte[AT_LEAST];
  private int size;

  RecordWriter(Names.Cache names) {
    this.names = names;
  }

  /** {@return a number of bytes that the message's record does not exceed} */
  static long bound(NewMessage message) {
    long chars =
        (long) message.topic().length() + message.type().length() + message.publisher().length();
    long lengths = 0;
    if (!message.headers().isEmpty()) {
      for (Map.Entry<String, String> header : message.headers().entrySet()) {
        chars += header.getKey().length() + header.getValue().length();
        lengths += HEADER_LENGTHS;
      }
    }
    return NAMES_OFFSET
        + MOST_BYTES_PER_CHAR * chars
        + lengths
        + message.payload().length
        + RecordDescriptor.ALIGNMENT;
  }

  byte[] bytes() {
    return bytes;
  }

  /** {@return the bytes of all records, the last one's padding included} */
  int size() {
    return size;
  }

  void clear() {
    size = 0;
    if (bytes.length > KEPT) {
      bytes = new byte[AT_LEAST];
    }
  }

  /** Takes the last record away, which took up so many bytes. */
  void takeBack(int record) {
    size -= record;
  }

  /** Adds a record: {@return the bytes that it takes up} */
  int add(NewMessage message, long sequence, Instant now, int forced) {
    Names name = names.of(message.topic(), message.type(), message.publisher());
    byte[] headers = message.headers().isEmpty() ? NONE : encoded(message.headers());
    byte[] payload = message.payload();
    int length = NAMES_OFFSET + name.bytes.length + headers.length + payload.length;
    int taken = RecordDescriptor.aligned(length);
    if (size + taken > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(size + taken, 2 * bytes.length));
    }
    int at = size;
    byte[] to = bytes;
    LittleEndian.putLong(to, at + taken - Long.BYTES, 0); // the padding, as far as it is not data
    Instant time = message.time() == null ? now : message.time();
    LittleEndian.putInt(to, at + LENGTH_OFFSET, length);
    LittleEndian.putLong(to, at + SEQUENCE_OFFSET, sequence);
    LittleEndian.putLong(to, at + SECOND_OFFSET, time.getEpochSecond());
    LittleEndian.putInt(to, at + NANO_OFFSET, time.getNano());
    LittleEndian.putInt(to, at + FORCED_OFFSET, forced);
    LittleEndian.putLong(to, at + ID_UPPER_OFFSET, message.id().getMostSignificantBits());
    LittleEndian.putLong(to, at + ID_LOWER_OFFSET, message.id().getLeastSignificantBits());
    LittleEndian.putLong(to, at + PUBLISHER_SEQUENCE_OFFSET, message.publisherSequence());
    LittleEndian.putInt(to, at + NAMES_HASH_OFFSET, name.hash);
    LittleEndian.putShort(to, at + TOPIC_LENGTH_OFFSET, name.topicLength);
    LittleEndian.putShort(to, at + TYPE_LENGTH_OFFSET, name.typeLength);
    LittleEndian.putShort(to, at + PUBLISHER_LENGTH_OFFSET, name.publisherLength);
    LittleEndian.putShort(to, at + HEADERS_OFFSET, message.headers().size());
    LittleEndian.putInt(to, at + PAYLOAD_LENGTH_OFFSET, payload.length);
    int next = at + NAMES_OFFSET;
    System.arraycopy(name.bytes, 0, to, next, name.bytes.length);
    next += name.bytes.length;
    System.arraycopy(headers, 0, to, next, headers.length);
    System.arraycopy(payload, 0, to, next + headers.length, payload.length);
    crc.reset();
    crc.update(to, at + SEQUENCE_OFFSET, length - SEQUENCE_OFFSET);
    LittleEndian.putInt(to, at + CRC_OFFSET, (int) crc.getValue());
    size = at + taken;
    return taken;
  }

  private static byte[] encoded(Map<String, String> headers) {
    byte[] to = new byte[64];
    int at = 0;
    for (Map.Entry<String, String> header : headers.entrySet()) {
      byte[] key = header.getKey().getBytes(UTF_8);
      byte[] value = header.getValue().getBytes(UTF_8);
      int end = at + HEADER_LENGTHS + key.length + value.length;
      if (end > to.length) {
        to = Arrays.copyOf(to, Math.max(end, 2 * to.length));
      }
      LittleEndian.putShort(to, at, key.length);
      LittleEndian.putInt(to, at + Short.BYTES, value.length);
      System.arraycopy(key, 0, to, at + HEADER_LENGTHS, key.length);
      System.arraycopy(value, 0, to, at + HEADER_LENGTHS + key.length, value.length);
      at = end;
    }
    return Arrays.copyOf(to, at);
  }
}
