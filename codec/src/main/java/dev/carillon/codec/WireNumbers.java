package dev.carillon.codec;

/**
 * Tags of the protobuf format of CloudEvents, the file {@code cloudevents.proto} of its
 * specification, and of the two well-known types that it uses: a field's number times 8, and the
 * type on the wire, 0 for numbers and 2 for what has a length.
 *
 * {@snippet lang=proto :
 * message CloudEvent {
 *   string id = 1;
 *   string source = 2;
 *   string spec_version = 3;
 *   string type = 4;
 *   map<string, CloudEventAttributeValue> attributes = 5;
 *   oneof data { bytes binary_data = 6; string text_data = 7; google.protobuf.Any proto_data = 8; }
 * }
 * message CloudEventAttributeValue {
 *   oneof attr {
 *     bool ce_boolean = 1;
 *     int32 ce_integer = 2;
 *     string ce_string = 3;
 *     bytes ce_bytes = 4;
 *     string ce_uri = 5;
 *     string ce_uri_ref = 6;
 *     google.protobuf.Timestamp ce_timestamp = 7;
 *   }
 * }
 * message CloudEventBatch { repeated CloudEvent events = 1; }
 * }
 */
final class WireNumbers {
  static final int ID = 1 << 3 | 2;
  static final int SOURCE = 2 << 3 | 2;
  static final int SPEC_VERSION = 3 << 3 | 2;
  static final int TYPE = 4 << 3 | 2;
  static final int ATTRIBUTES = 5 << 3 | 2;
  static final int BINARY_DATA = 6 << 3 | 2;
  static final int TEXT_DATA = 7 << 3 | 2;
  static final int PROTO_DATA = 8 << 3 | 2;

  /** Of an entry of a map. */
  static final int KEY = 1 << 3 | 2;

  static final int VALUE = 2 << 3 | 2;

  static final int CE_BOOLEAN = 1 << 3;
  static final int CE_INTEGER = 2 << 3;
  static final int CE_STRING = 3 << 3 | 2;
  static final int CE_BYTES = 4 << 3 | 2;
  static final int CE_URI = 5 << 3 | 2;
  static final int CE_URI_REF = 6 << 3 | 2;
  static final int CE_TIMESTAMP = 7 << 3 | 2;

  /** Of a batch. */
  static final int EVENTS = 1 << 3 | 2;

  /** Of a {@code google.protobuf.Any}. */
  static final int TYPE_URL = 1 << 3 | 2;

  static final int ANY_VALUE = 2 << 3 | 2;

  /** Of a {@code google.protobuf.Timestamp}. */
  static final int SECONDS = 1 << 3;

  static final int NANOS = 2 << 3;

  /** What stands before the full name of a message's type. */
  static final String TYPE_PREFIX = "type.googleapis.com/";

  private WireNumbers() {}
}
