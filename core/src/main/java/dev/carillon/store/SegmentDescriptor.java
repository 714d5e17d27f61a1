package dev.carillon.store;

/**
 * The head of a segment file, 64 bytes, little-endian. Records follow; see {@link
 * RecordDescriptor}.
 *
 * <pre>
 *   0               4               8              12              16
 *  +---------------+---------------+---------------+---------------+
 *  |  magic                        |  version      |  0            |
 *  +---------------+---------------+---------------+---------------+
 *  |  base: sequence of the first  |  CRC32C of    |  0            |
 *  |  record                       |  bytes 0-23   |               |
 *  +---------------+---------------+---------------+---------------+
 *  |  first: least sequence of the |  first, all bits inverted     |
 *  |  stream that is kept          |                               |
 *  +---------------+---------------+---------------+---------------+
 *  |  newest: greatest epoch       |  newest, all bits inverted    |
 *  |  second, once it is full      |                               |
 *  +---------------+---------------+---------------+---------------+
 * </pre>
 */
final class SegmentDescriptor {
  static final long MAGIC = 0x4e4f_4c4c_4952_4143L; // "CARILLON"
  static final int VERSION = 1;

  static final int MAGIC_OFFSET = 0;
  static final int VERSION_OFFSET = MAGIC_OFFSET + Long.BYTES;
  static final int BASE_OFFSET = VERSION_OFFSET + 2 * Integer.BYTES;
  static final int CRC_OFFSET = BASE_OFFSET + Long.BYTES;
  static final int FIRST_OFFSET = CRC_OFFSET + 2 * Integer.BYTES;
  static final int NEWEST_OFFSET = FIRST_OFFSET + 2 * Long.BYTES;
  static final int LENGTH = NEWEST_OFFSET + 2 * Long.BYTES;

  private SegmentDescriptor() {}
}
