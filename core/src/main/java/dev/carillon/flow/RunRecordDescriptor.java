package dev.carillon.flow;

/**
 * A record of a run's journal: the payload of a message. All numbers are little-endian, texts are
 * in UTF-8; the store keeps length and checksum.
 *
 * <pre>
 *   0   1   2   3   4       8      12
 *  +---+---+---+---+-------+-------+
 *  | 1 |kind st| 0 | units | fields|   version; kind: 1 begin, 2 commit, 3 end; status: 0 OK,
 *  +---+---+---+---+-------+-------+   1 degraded, 2 error, 3 cancelled; number of units and fields
 *
 *   0       4              12
 *  +-------+---------------+
 *  | unit  |   iteration   |           for each unit: the iteration that was committed last
 *  +-------+---------------+
 *
 *   0       4
 *  +-------+-----------+
 *  |length |  bytes …  |               for each field
 *  +-------+-----------+
 * </pre>
 *
 * The fields of a beginning are the run, the cycle, the fingerprint of its plan, the codec's format
 * and the input; then, as in a commit, keys with their values: those that were written since the
 * record before, or, in a beginning, all. An end has neither units nor fields. The status is the
 * greatest severity since the record before; in a beginning and an end, of the run.
 */
final class RunRecordDescriptor {
  static final byte VERSION = 1;

  static final byte BEGIN = 1;
  static final byte COMMIT = 2;
  static final byte END = 3;

  static final int VERSION_OFFSET = 0;
  static final int KIND_OFFSET = VERSION_OFFSET + Byte.BYTES;
  static final int STATUS_OFFSET = KIND_OFFSET + Byte.BYTES;
  static final int UNITS_OFFSET = STATUS_OFFSET + Short.BYTES;
  static final int FIELDS_OFFSET = UNITS_OFFSET + Integer.BYTES;
  static final int HEADER = FIELDS_OFFSET + Integer.BYTES;

  static final int ITERATION_OFFSET = Integer.BYTES;
  static final int UNIT_LENGTH = ITERATION_OFFSET + Long.BYTES;

  static final int ORIGIN_FIELDS = 5;

  private RunRecordDescriptor() {}
}
