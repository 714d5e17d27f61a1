package dev.carillon.function;

import static dev.carillon.function.MapJournalDescriptor.BASE_OFFSET;
import static dev.carillon.function.MapJournalDescriptor.BODY_CHECK_OFFSET;
import static dev.carillon.function.MapJournalDescriptor.CHECK_OFFSET;
import static dev.carillon.function.MapJournalDescriptor.DELETED;
import static dev.carillon.function.MapJournalDescriptor.EXPIRED;
import static dev.carillon.function.MapJournalDescriptor.EXPIRES_OFFSET;
import static dev.carillon.function.MapJournalDescriptor.FORCED_OFFSET;
import static dev.carillon.function.MapJournalDescriptor.HEADER;
import static dev.carillon.function.MapJournalDescriptor.HEADER_CHECK_OFFSET;
import static dev.carillon.function.MapJournalDescriptor.KEY_LENGTH_OFFSET;
import static dev.carillon.function.MapJournalDescriptor.KEY_OFFSET;
import static dev.carillon.function.MapJournalDescriptor.KIND_OFFSET;
import static dev.carillon.function.MapJournalDescriptor.MAGIC;
import static dev.carillon.function.MapJournalDescriptor.NANO_OFFSET;
import static dev.carillon.function.MapJournalDescriptor.PREFIX;
import static dev.carillon.function.MapJournalDescriptor.PUT;
import static dev.carillon.function.MapJournalDescriptor.REVISION_OFFSET;
import static dev.carillon.function.MapJournalDescriptor.SECOND_OFFSET;

import dev.carillon.spi.MapRecord;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.zip.CRC32C;

/** Writes what {@link MapJournalDescriptor} describes. */
final class MapRecordForm {
  private MapRecordForm() {}

  /** {@return the header of a file whose entries have revisions up to one} */
  static byte[] header(long revision) {
    var bytes = new byte[HEADER];
    ByteBuffer header =
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(MAGIC).putLong(revision);
    header.putInt(HEADER_CHECK_OFFSET, check(bytes, 0, BASE_OFFSET + Long.BYTES));
    return bytes;
  }

  /**
   * {@return a change as it is written}
   *
   * @param kind the number of its kind
   * @param expires when the entry expires, in milliseconds since 1970; 0 for never
   * @param at where it is written
   * @param forcedEnd up to where the file is known to be on the disk
   */
  static byte[] bytes(MapRecord record, int kind, long expires, long at, long forcedEnd) {
    byte[] key = record.key();
    byte[] value = record.value();
    var bytes = new byte[KEY_OFFSET + key.length + value.length];
    ByteBuffer to = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    to.put(KIND_OFFSET, (byte) kind);
    to.putShort(KEY_LENGTH_OFFSET, (short) key.length);
    to.putLong(EXPIRES_OFFSET, expires);
    to.putLong(REVISION_OFFSET, record.revision());
    Instant time = record.time();
    to.putLong(SECOND_OFFSET, time.getEpochSecond());
    to.putInt(NANO_OFFSET, time.getNano());
    to.putLong(FORCED_OFFSET, forcedEnd);
    to.put(KEY_OFFSET, key).put(KEY_OFFSET + key.length, value);
    to.putInt(0, bytes.length - PREFIX);
    to.putInt(BODY_CHECK_OFFSET, check(bytes, PREFIX, bytes.length - PREFIX));
    to.putInt(CHECK_OFFSET, check(at, bytes, 0));
    return bytes;
  }

  /** {@return the checksum of some bytes} */
  static int check(byte[] bytes, int from, int length) {
    var crc = new CRC32C();
    crc.update(bytes, from, length);
    return (int) crc.getValue();
  }

  /** {@return the check of the beginning of a record, which binds it to its place in the file} */
  static int check(long offset, byte[] bytes, int from) {
    var crc = new CRC32C();
    for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
      crc.update((int) (offset >>> shift));
    }
    crc.update(bytes, from, CHECK_OFFSET);
    return (int) crc.getValue();
  }

  /** {@return the number of a change's kind} */
  static int kind(MapRecord record) {
    return switch (record.kind()) {
      case PUT -> PUT;
      case DELETED -> DELETED;
      case EXPIRED -> EXPIRED;
    };
  }
}
