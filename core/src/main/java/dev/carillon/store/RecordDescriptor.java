package dev.carillon.store;

/**
 * One message in a segment file, little-endian, at a multiple of 8. A length of 0 says that nothing
 * follows.
 *
 * <pre>
 *   0               4               8              12              16
 *  +---------------+---------------+---------------+---------------+
 *  |  length       |  CRC32C of    |  sequence                     |
 *  |               |  what follows |                               |
 *  +---------------+---------------+---------------+---------------+
 *  |  time: epoch second           |  nanosecond   |  forced: offset up to
 *  |                               |               |  which this file was
 *  +---------------+---------------+---------------+---------------+
 *  |  id, upper half               |  id, lower half               |
 *  +---------------+---------------+---------------+---------------+
 *  |  publisher sequence           |  hash of the  |  topic |  type|
 *  |                               |  names        |  length|  len.|
 *  +---------------+---------------+---------------+---------------+
 *  |  pub.  | head-|  payload      |  topic, type, publisher: UTF-8
 *  |  length| ers  |  length       |  ...
 *  +---------------+---------------+
 *   headers: per header 2 bytes of key length, 4 of value length, key, value in UTF-8
 *   payload
 *   zeros up to the next multiple of 8, not counted in the length
 * </pre>
 */
final class RecordDescriptor {
  static final int LENGTH_OFFSET = 0;
  static final int CRC_OFFSET = LENGTH_OFFSET + Integer.BYTES;
  static final int SEQUENCE_OFFSET = CRC_OFFSET + Integer.BYTES;
  static final int SECOND_OFFSET = SEQUENCE_OFFSET + Long.BYTES;
  static final int NANO_OFFSET = SECOND_OFFSET + Long.BYTES;
  static final int FORCED_OFFSET = NANO_OFFSET + Integer.BYTES;
  static final int ID_UPPER_OFFSET = FORCED_OFFSET + Integer.BYTES;
  static final int ID_LOWER_OFFSET = ID_UPPER_OFFSET + Long.BYTES;
  static final int PUBLISHER_SEQUENCE_OFFSET = ID_LOWER_OFFSET + Long.BYTES;
  static final int NAMES_HASH_OFFSET = PUBLISHER_SEQUENCE_OFFSET + Long.BYTES;
  static final int TOPIC_LENGTH_OFFSET = NAMES_HASH_OFFSET + Integer.BYTES;
  static final int TYPE_LENGTH_OFFSET = TOPIC_LENGTH_OFFSET + Short.BYTES;
  static final int PUBLISHER_LENGTH_OFFSET = TYPE_LENGTH_OFFSET + Short.BYTES;
  static final int HEADERS_OFFSET = PUBLISHER_LENGTH_OFFSET + Short.BYTES;
  static final int PAYLOAD_LENGTH_OFFSET = HEADERS_OFFSET + Short.BYTES;
  static final int NAMES_OFFSET = PAYLOAD_LENGTH_OFFSET + Integer.BYTES;

  static final int LEAST_LENGTH = NAMES_OFFSET;
  static final int ALIGNMENT = 8;
  static final int HEADER_LENGTHS = Short.BYTES + Integer.BYTES;

  private RecordDescriptor() {}

  /** {@return the bytes that a record takes up in the file} */
  static int aligned(int length) {
    return (length + ALIGNMENT - 1) & -ALIGNMENT;
  }
}
