package dev.carillon.flow;

import static dev.carillon.flow.RunRecordDescriptor.BEGIN;
import static dev.carillon.flow.RunRecordDescriptor.COMMIT;
import static dev.carillon.flow.RunRecordDescriptor.END;
import static dev.carillon.flow.RunRecordDescriptor.FIELDS_OFFSET;
import static dev.carillon.flow.RunRecordDescriptor.HEADER;
import static dev.carillon.flow.RunRecordDescriptor.ITERATION_OFFSET;
import static dev.carillon.flow.RunRecordDescriptor.KIND_OFFSET;
import static dev.carillon.flow.RunRecordDescriptor.ORIGIN_FIELDS;
import static dev.carillon.flow.RunRecordDescriptor.STATUS_OFFSET;
import static dev.carillon.flow.RunRecordDescriptor.UNITS_OFFSET;
import static dev.carillon.flow.RunRecordDescriptor.UNIT_LENGTH;
import static dev.carillon.flow.RunRecordDescriptor.VERSION;
import static dev.carillon.flow.RunRecordDescriptor.VERSION_OFFSET;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.carillon.spi.NewMessage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One record of a run's journal.
 *
 * @param kind one of those of {@link RunRecordDescriptor}
 * @param origin what the run is, of a beginning; otherwise null
 * @param changes of a beginning all that was committed before it, of a commit what it says, of an
 *     end the status only
 */
record RunRecord(byte kind, @Nullable Origin origin, RunChanges changes) {
  /** The type of the messages of a journal. */
  static final String TYPE = "carillon-run/1";

  /**
   * What a run is and was started with.
   *
   * @param run its name
   * @param cycle the cycle's name
   * @param plan the fingerprint of the cycle's plan
   * @param format the codec's format
   * @param input what it was started with, as the codec writes it
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Origin(String run, String cycle, String plan, String format, byte[] input) {}

  static RunRecord begin(Origin origin, RunChanges all) {
    return new RunRecord(BEGIN, origin, all);
  }

  static RunRecord commit(RunChanges changes) {
    return new RunRecord(COMMIT, null, changes);
  }

  static RunRecord end(RunStatus status) {
    var changes = new RunChanges();
    changes.status = status;
    return new RunRecord(END, null, changes);
  }

  // ── writing ──

  NewMessage message(String stream, UUID id, long number) {
    return NewMessage.of(stream, id, stream, number, TYPE, bytes());
  }

  byte[] bytes() {
    List<byte[]> fields = fields();
    int size = HEADER + UNIT_LENGTH * changes.iterations.size();
    for (byte[] field : fields) {
      size = Math.addExact(size, Integer.BYTES + field.length);
    }
    ByteBuffer to = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    to.put(VERSION_OFFSET, VERSION);
    to.put(KIND_OFFSET, kind);
    to.put(STATUS_OFFSET, code(changes.status));
    to.putInt(UNITS_OFFSET, changes.iterations.size());
    to.putInt(FIELDS_OFFSET, fields.size());
    to.position(HEADER);
    changes.iterations.forEach((unit, iteration) -> to.putInt(unit).putLong(iteration));
    fields.forEach(field -> to.putInt(field.length).put(field));
    return to.array();
  }

  private List<byte[]> fields() {
    var fields = new ArrayList<byte[]>();
    if (origin != null) {
      fields.add(origin.run().getBytes(UTF_8));
      fields.add(origin.cycle().getBytes(UTF_8));
      fields.add(origin.plan().getBytes(UTF_8));
      fields.add(origin.format().getBytes(UTF_8));
      fields.add(origin.input());
    }
    changes.keys.forEach((name, value) -> {
      fields.add(name.getBytes(UTF_8));
      fields.add(value);
    });
    return fields;
  }

  // ── reading ──

  /**
   * {@return the record in some bytes}
   *
   * @throws IllegalArgumentException if they are none, saying by which rule
   */
  static RunRecord read(byte[] bytes) {
    ByteBuffer from = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    check(
        bytes.length >= HEADER, "a record has at least " + HEADER + " bytes: bytes", bytes.length);
    byte version = from.get(VERSION_OFFSET);
    check(version == VERSION, "a record is of version " + VERSION + ": version", version);
    byte kind = from.get(KIND_OFFSET);
    check(kind >= BEGIN && kind <= END, "a kind is 1 to 3: kind", kind);
    var changes = new RunChanges();
    changes.status = status(from.get(STATUS_OFFSET));
    readUnits(from, changes);
    List<byte[]> fields = readFields(from);
    Origin origin = null;
    if (kind == BEGIN) {
      int count = fields.size();
      check(count >= ORIGIN_FIELDS, "a beginning has at least 5 fields: fields", count);
      origin = origin(fields);
      fields = fields.subList(ORIGIN_FIELDS, count);
    }
    check(fields.size() % 2 == 0, "keys and values are pairs: fields", fields.size());
    for (int i = 0; i < fields.size(); i += 2) {
      changes.keys.put(text(fields.get(i)), fields.get(i + 1));
    }
    return new RunRecord(kind, origin, changes);
  }

  private static void check(boolean holds, String rule, long value) {
    if (!holds) {
      throw new IllegalArgumentException(rule + "=" + value);
    }
  }

  private static byte code(RunStatus status) {
    return switch (status) {
      case OK -> 0;
      case DEGRADED -> 1;
      case ERROR -> 2;
      case CANCELLED -> 3;
    };
  }

  private static RunStatus status(byte code) {
    return switch (code) {
      case 0 -> RunStatus.OK;
      case 1 -> RunStatus.DEGRADED;
      case 2 -> RunStatus.ERROR;
      case 3 -> RunStatus.CANCELLED;
      default -> throw new IllegalArgumentException("a status is 0 to 3: status=" + code);
    };
  }

  private static void readUnits(ByteBuffer from, RunChanges changes) {
    int units = from.getInt(UNITS_OFFSET);
    int room = (from.capacity() - HEADER) / UNIT_LENGTH;
    check(units >= 0 && units <= room, "there is room for " + room + " units: units", units);
    for (int i = 0; i < units; i++) {
      int at = HEADER + i * UNIT_LENGTH;
      int unit = from.getInt(at);
      long iteration = from.getLong(at + ITERATION_OFFSET);
      check(unit >= 0, "a unit is 0 or more: unit", unit);
      check(iteration > 0, "an iteration is 1 or more: iteration", iteration);
      changes.iterations.put(unit, iteration);
    }
    from.position(HEADER + units * UNIT_LENGTH);
  }

  private static List<byte[]> readFields(ByteBuffer from) {
    int count = from.getInt(FIELDS_OFFSET);
    int room = from.remaining() / Integer.BYTES;
    check(count >= 0 && count <= room, "there is room for " + room + " fields: fields", count);
    var fields = new ArrayList<byte[]>();
    for (int i = 0; i < count; i++) {
      int left = from.remaining() - Integer.BYTES;
      check(left >= 0, "a field has a length: offset", from.position());
      int length = from.getInt();
      check(length >= 0 && length <= left, "a field ends with its record: length", length);
      byte[] field = new byte[length];
      from.get(field);
      fields.add(field);
    }
    check(!from.hasRemaining(), "nothing is behind a record: bytes", from.remaining());
    return fields;
  }

  private static Origin origin(List<byte[]> fields) {
    return new Origin(
        text(fields.get(0)),
        text(fields.get(1)),
        text(fields.get(2)),
        text(fields.get(3)),
        fields.get(4));
  }

  private static String text(byte[] bytes) {
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("a text is in UTF-8: bytes=" + bytes.length, e);
    }
  }
}
