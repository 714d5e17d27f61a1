package dev.carillon.function;

/**
 * The file of a shared map: a header, and a record for each change, one after another. All numbers
 * are little-endian; checksums are CRC32C.
 *
 * <pre>
 *   0               8              16      20      24
 *  +---------------+---------------+-------+-------+
 *  |   CRLMAP01    | base revision | check |   0   |                       header
 *  +---------------+---------------+-------+-------+
 *
 *   0       4       8      12
 *  +-------+-------+-------+
 *  |length | check | check |   length of the body; check of the body; check of the
 *  |       |of body|       |   record's offset in the file and of the two before
 *  +-------+-------+-------+
 *
 *   0   1   2       4       8              16
 *  +---+---+-------+-------+---------------+
 *  |kind 0 |key    |   0   | expires: epoch|   kind: 1 put, 2 deleted, 3 expired,
 *  |   |   |length |       | ms; 0 never   |   4 closed
 *  +---+---+-------+-------+---------------+
 *  |   revision            | time: second  |                               body
 *  +---------------+-------+-------+-------+
 *  |   forced              | nano  |   0   |   forced: offset up to which the file was
 *  +-----------------------+-------+-------+   known to be on the disk before
 *  |  key …  |  value …
 *  +---------+----------------
 * </pre>
 *
 * In a file that was written anew, the entries that were there come first, with their own
 * revisions, in their order, none above the base revision; later records count on from it. "Closed"
 * has the last revision once more, and stands at the end of a file that was closed.
 */
final class MapJournalDescriptor {
  static final long MAGIC = 0x31305041_4D4C5243L; // "CRLMAP01"
  static final int BASE_OFFSET = Long.BYTES;
  static final int HEADER_CHECK_OFFSET = BASE_OFFSET + Long.BYTES;
  static final int HEADER = HEADER_CHECK_OFFSET + 2 * Integer.BYTES;

  static final int BODY_CHECK_OFFSET = Integer.BYTES;
  static final int CHECK_OFFSET = BODY_CHECK_OFFSET + Integer.BYTES;
  static final int KIND_OFFSET = CHECK_OFFSET + Integer.BYTES;
  static final int KEY_LENGTH_OFFSET = KIND_OFFSET + Short.BYTES;
  static final int EXPIRES_OFFSET = KIND_OFFSET + Long.BYTES;
  static final int REVISION_OFFSET = EXPIRES_OFFSET + Long.BYTES;
  static final int SECOND_OFFSET = REVISION_OFFSET + Long.BYTES;
  static final int FORCED_OFFSET = SECOND_OFFSET + Long.BYTES;
  static final int NANO_OFFSET = FORCED_OFFSET + Long.BYTES;
  static final int KEY_OFFSET = NANO_OFFSET + 2 * Integer.BYTES;

  static final int PREFIX = KIND_OFFSET; // what comes before the body
  static final int LEAST_BODY = KEY_OFFSET - PREFIX;

  static final int PUT = 1;
  static final int DELETED = 2;
  static final int EXPIRED = 3;
  static final int CLOSED = 4;

  private MapJournalDescriptor() {}
}
