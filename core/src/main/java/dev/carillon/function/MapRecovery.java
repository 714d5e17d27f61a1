package dev.carillon.function;

import static dev.carillon.function.MapJournalDescriptor.BASE_OFFSET;
import static dev.carillon.function.MapJournalDescriptor.BODY_CHECK_OFFSET;
import static dev.carillon.function.MapJournalDescriptor.CHECK_OFFSET;
import static dev.carillon.function.MapJournalDescriptor.CLOSED;
import static dev.carillon.function.MapJournalDescriptor.DELETED;
import static dev.carillon.function.MapJournalDescriptor.EXPIRES_OFFSET;
import static dev.carillon.function.MapJournalDescriptor.FORCED_OFFSET;
import static dev.carillon.function.MapJournalDescriptor.HEADER;
import static dev.carillon.function.MapJournalDescriptor.HEADER_CHECK_OFFSET;
import static dev.carillon.function.MapJournalDescriptor.KEY_LENGTH_OFFSET;
import static dev.carillon.function.MapJournalDescriptor.KEY_OFFSET;
import static dev.carillon.function.MapJournalDescriptor.KIND_OFFSET;
import static dev.carillon.function.MapJournalDescriptor.LEAST_BODY;
import static dev.carillon.function.MapJournalDescriptor.MAGIC;
import static dev.carillon.function.MapJournalDescriptor.NANO_OFFSET;
import static dev.carillon.function.MapJournalDescriptor.PREFIX;
import static dev.carillon.function.MapJournalDescriptor.PUT;
import static dev.carillon.function.MapJournalDescriptor.REVISION_OFFSET;
import static dev.carillon.function.MapJournalDescriptor.SECOND_OFFSET;

import dev.carillon.spi.MapRecord;
import dev.carillon.spi.MapRecord.Kind;
import dev.carillon.spi.MapStoreException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads the file of a shared map, and finds out how far it is whole. */
final class MapRecovery {
  /*
   * Records are read up to the first that is not as it was written. A crash leaves such a place at
   * the end: the process died while it wrote, or the machine lost what was not forced. What lies
   * there was never acknowledged as durable, and is cut off with a warning.
   *
   * Damage to what had been forced looks the same from the front. But each record says up to where
   * the file had been forced when it was written; so if behind the bad place there is a whole record
   * that says that this place had been forced, something was lost that must not be. Then nothing is
   * cut off, and the map does not open. A file that was closed ends in such a record. Behind the
   * last record of a file that was not closed, or that lost its end later, nothing says so: damage
   * there cannot be told from a torn end, and is cut off as well.
   *
   * A record is bound to its place by its check, so that a file of a map that is a value of another
   * is not taken for its records.
   */
  private final Path file;
  private final byte[] bytes;
  private final ByteBuffer buffer;
  private final Map<Bytes, MapJournal.Entry> entries = new LinkedHashMap<>();
  private long base;
  private long last;

  /**
   * What is in a file.
   *
   * @param entries what is there, each with the time when it expires
   * @param revision the last change
   * @param end where the next record is to be written
   */
  record Outcome(Collection<MapJournal.Entry> entries, long revision, int end) {}

  MapRecovery(Path file, byte[] bytes) {
    this.file = file;
    this.bytes = bytes;
    this.buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  Outcome scan() {
    if (bytes.length < HEADER
        || buffer.getLong(0) != MAGIC
        || buffer.getInt(HEADER_CHECK_OFFSET)
            != MapRecordForm.check(bytes, 0, BASE_OFFSET + Long.BYTES)) {
      throw damaged(0, "its header is none of a shared map");
    }
    base = buffer.getLong(BASE_OFFSET);
    int at = HEADER;
    while (at < bytes.length && isWhole(at)) {
      apply(at);
      at += PREFIX + buffer.getInt(at);
    }
    for (int behind = at + 1; behind < bytes.length; behind++) {
      if (isWhole(behind) && buffer.getLong(behind + FORCED_OFFSET) > at) {
        throw damaged(at, "a record that was on the disk is not as it was written");
      }
    }
    return new Outcome(entries.values(), Math.max(base, last), at);
  }

  private boolean isWhole(int at) {
    if (bytes.length - at < PREFIX + LEAST_BODY) {
      return false;
    }
    int length = buffer.getInt(at);
    return length >= LEAST_BODY
        && length <= bytes.length - at - PREFIX
        && buffer.getInt(at + CHECK_OFFSET) == MapRecordForm.check(at, bytes, at)
        && buffer.getInt(at + BODY_CHECK_OFFSET) == MapRecordForm.check(bytes, at + PREFIX, length);
  }

  private void apply(int at) {
    int kind = bytes[at + KIND_OFFSET];
    long revision = buffer.getLong(at + REVISION_OFFSET);
    int keyLength = Short.toUnsignedInt(buffer.getShort(at + KEY_LENGTH_OFFSET));
    int end = at + PREFIX + buffer.getInt(at);
    int value = at + KEY_OFFSET + keyLength;
    if (value > end || kind < PUT || kind > CLOSED) {
      throw damaged(at, "a record of kind %d has a key of %d bytes".formatted(kind, keyLength));
    }
    if (kind == CLOSED) {
      checkRevision(at, revision, revision == Math.max(base, last));
      return;
    }
    boolean follows = revision <= base ? revision > last : revision == Math.max(base, last) + 1;
    checkRevision(at, revision, follows);
    last = revision;
    var record =
        new MapRecord(
            kind(kind),
            Arrays.copyOfRange(bytes, at + KEY_OFFSET, value),
            Arrays.copyOfRange(bytes, value, end),
            revision,
            Instant.ofEpochSecond(
                buffer.getLong(at + SECOND_OFFSET), buffer.getInt(at + NANO_OFFSET)));
    var key = new Bytes(record.key());
    entries.remove(key); // so that entries stay in the order of their revisions
    if (record.kind() == Kind.PUT) {
      entries.put(key, new MapJournal.Entry(record, buffer.getLong(at + EXPIRES_OFFSET)));
    }
  }

  private static Kind kind(int kind) {
    return switch (kind) {
      case PUT -> Kind.PUT;
      case DELETED -> Kind.DELETED;
      default -> Kind.EXPIRED;
    };
  }

  private void checkRevision(int at, long revision, boolean follows) {
    if (!follows) {
      throw damaged(at, "revision %d cannot follow %d".formatted(revision, Math.max(base, last)));
    }
  }

  private MapStoreException damaged(int at, String what) {
    return new MapStoreException(
        "the file of a shared map is damaged, and nothing of it was changed: file=%s, offset=%d: %s"
            .formatted(file, at, what),
        null);
  }
}
