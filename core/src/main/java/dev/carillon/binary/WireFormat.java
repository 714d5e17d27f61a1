package dev.carillon.binary;

/**
 * The bytes of a value, version 1.
 *
 * <pre>
 *   0       1       2       3
 *  +-------+-------+-------+----- ...
 *  | 0xCA  | 0x11  |version| value, to the end
 *  +-------+-------+-------+----- ...
 *
 *  value:    one byte that says the kind, and what that kind has
 *  +-+-------------+
 *  |1| length      |   a text of up to 127 characters, none above U+00FF, a byte each
 *  +-+-------------+
 *  |0|1 1| type    |   a value of a type of this message, number 0 to 31
 *  +-+---+---------+
 *  |0| kind        |   anything else, 0 to 95, see the constants
 *  +-+-------------+
 *
 *  varint:   seven bits a byte, the lowest first; the top bit says that more follow
 *  int, long, short:  varint of the zigzag, (v &lt;&lt; 1) ^ (v &gt;&gt; 31 or 63)
 *  float, double, and elements of arrays:  fixed, little-endian
 *
 *  text:     varint (bytes &lt;&lt; 2 | form), and the bytes
 *            form 0: a byte per character, none above U+00FF
 *                 1: UTF-8
 *                 2: two bytes per character, little-endian, for texts with half surrogate pairs
 *                 3: null, with 0 bytes
 *
 *  type:     varint 0 if it is met first, and its definition; else its number plus 1. Types are
 *            numbered as they are met.
 *  +----------+------+------+
 *  | varint   | kind | text |   kind: 'e' enum, 'v' written as another value, 'a' abstract
 *  | length   |      | name |
 *  +----------+------+------+--------+-----------------------
 *  | varint   | kind | text | varint | per component:
 *  | length   |      | name | count  | text name, byte kind    kind: 'r' record, 's' shared record, 'o' object
 *  +----------+------+------+--------+-----------------------
 *            kinds of components: Z B S C I J F D as in Java's descriptors, T text, A any value;
 *            a value has its components in this order: text as text, any value as value
 * </pre>
 *
 * <p>Collections, maps, arrays, registered objects and shared records are numbered as they are met,
 * except inside elements of sets and keys of maps; {@link #REFERENCE} stands for one that was met
 * before.
 */
final class WireFormat {
  static final String NAME = "carillon/1";
  static final int MAGIC_OFFSET = 0;
  static final int VERSION_OFFSET = MAGIC_OFFSET + Short.BYTES;
  static final int VALUE_OFFSET = VERSION_OFFSET + Byte.BYTES;
  static final byte MAGIC_FIRST = (byte) 0xCA;
  static final byte MAGIC_SECOND = 0x11;
  static final byte VERSION = 1;

  // Values that have a kind of their own.
  static final int NULL = 0;
  static final int FALSE = 1;
  static final int TRUE = 2;
  static final int BYTE = 3;
  static final int SHORT = 4;
  static final int CHAR = 5;
  static final int INT = 6;
  static final int LONG = 7;
  static final int FLOAT = 8;
  static final int DOUBLE = 9;
  static final int TEXT = 10;
  static final int REFERENCE = 11; // varint: number of the object
  static final int NAMED = 12; // type, and what its kind has

  // Collections: varint count, for sorted ones a byte for the order, values.
  static final int LIST = 16;
  static final int ARRAY_LIST = 17;
  static final int LINKED_LIST = 18;
  static final int COPY_ON_WRITE_LIST = 19;
  static final int ARRAY_DEQUE = 20;
  static final int SET = 21;
  static final int HASH_SET = 22;
  static final int LINKED_SET = 23;
  static final int SORTED_SET = 24;
  static final int TREE_SET = 25;
  static final int ENUM_SET = 26; // type, varint count, text per constant

  // Maps: varint count, for sorted ones a byte for the order, key and value in turn.
  static final int MAP = 27;
  static final int HASH_MAP = 28;
  static final int LINKED_MAP = 29;
  static final int CONCURRENT_MAP = 30;
  static final int SORTED_MAP = 31;
  static final int TREE_MAP = 32;
  static final int ENUM_MAP = 33; // type, varint count, text and value in turn

  // Arrays: varint count, elements.
  static final int BOOLEANS = 36;
  static final int BYTES = 37;
  static final int SHORTS = 38;
  static final int CHARS = 39;
  static final int INTS = 40;
  static final int LONGS = 41;
  static final int FLOATS = 42;
  static final int DOUBLES = 43;
  static final int ARRAY = 44; // byte dimensions, byte element (0 and type, or see Kinds), count

  static final int OPTIONAL = 48;
  static final int OPTIONAL_INT = 50;
  static final int OPTIONAL_LONG = 51;
  static final int OPTIONAL_DOUBLE = 52;
  static final int UUID = 53;
  static final int BIG_INTEGER = 54;
  static final int BIG_DECIMAL = 55;
  static final int URI = 56;
  static final int BYTE_BUFFER = 57;
  static final int BIT_SET = 58;

  static final int INSTANT = 64;
  static final int DURATION = 65;
  static final int LOCAL_DATE = 66;
  static final int LOCAL_TIME = 67;
  static final int LOCAL_DATE_TIME = 68;
  static final int OFFSET_TIME = 69;
  static final int OFFSET_DATE_TIME = 70;
  static final int ZONED_DATE_TIME = 71;
  static final int ZONE_OFFSET = 72;
  static final int ZONE = 73;
  static final int PERIOD = 74;
  static final int YEAR = 75;
  static final int YEAR_MONTH = 76;
  static final int MONTH_DAY = 77;
  static final int MONTH = 78;
  static final int DAY_OF_WEEK = 79;

  static final int NAMED_SHORT = 0x60; // plus the number of the type, up to 31
  static final int MOST_SHORT_TYPES = 32;
  static final int TEXT_SHORT = 0x80; // plus the length, up to 127
  static final int MOST_SHORT_TEXT = 127;
  static final int KINDS = NAMED_SHORT;

  static final int FORM_BITS = 2;
  static final int LATIN_1 = 0;
  static final int UTF_8 = 1;
  static final int UTF_16 = 2;
  static final int NO_TEXT = 3;

  static final byte NATURAL_ORDER = 0;
  static final byte REVERSE_ORDER = 1;
  static final byte ORDER_WITHOUT_CASE = 2;

  static final byte RECORD = 'r';
  static final byte SHARED_RECORD = 's';
  static final byte OBJECT = 'o';
  static final byte ENUM = 'e';
  static final byte VIA = 'v';
  static final byte ABSTRACT = 'a';

  private WireFormat() {}

  /** {@return whether types of that kind consist of components} */
  static boolean hasParts(byte kind) {
    return kind == RECORD || kind == SHARED_RECORD || kind == OBJECT;
  }

  /** {@return whether values of types of that kind are numbered} */
  static boolean isTracked(byte kind) {
    return kind == SHARED_RECORD || kind == OBJECT;
  }
}
