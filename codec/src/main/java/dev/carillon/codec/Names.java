package dev.carillon.codec;

import java.util.List;
import java.util.Set;

/** Names of attributes, and of the headers that stand for what a message has no place for. */
final class Names {
  static final String SPECVERSION = "specversion";
  static final String ID = "id";
  static final String SOURCE = "source";
  static final String TYPE = "type";
  static final String SUBJECT = "subject";
  static final String TIME = "time";
  static final String DATACONTENTTYPE = "datacontenttype";
  static final String DATASCHEMA = "dataschema";

  /** What the first of them is. */
  static final String VERSION = "1.0";

  /** The attributes of CloudEvents itself. */
  static final List<String> CONTEXT =
      List.of(SPECVERSION, ID, SOURCE, TYPE, SUBJECT, TIME, DATACONTENTTYPE, DATASCHEMA);

  /** Documented extensions of CloudEvents. */
  static final String CORRELATION_ID = "correlationid";

  static final String CAUSATION_ID = "causationid";
  static final String SEQUENCE = "sequence";

  /** Our own extensions; the texts of all but the hops are percent-encoded. */
  static final String CORRELATION = "carilloncorrelation";

  static final String PUBLISHER = "carillonpublisher";
  static final String HOPS = "carillonhops";
  static final String HEADERS = "carillonheaders";

  /** What the data of an event is called in JSON. */
  static final String DATA = "data";

  static final String DATA_BASE64 = "data_base64";

  private static final Set<String> RESERVED =
      Set.of(
          SPECVERSION,
          ID,
          SOURCE,
          TYPE,
          SUBJECT,
          TIME,
          DATACONTENTTYPE,
          DATASCHEMA,
          CORRELATION_ID,
          CAUSATION_ID,
          SEQUENCE,
          CORRELATION,
          PUBLISHER,
          HOPS,
          HEADERS,
          DATA);

  private static final int MOST_CHARS = 20;

  private Names() {}

  /** {@return the header that keeps what an attribute was, where a message has another value} */
  static String original(String attribute) {
    return "cloudevents-" + attribute; // a '-' is in no attribute's name
  }

  /** {@return whether a name can be an attribute's} */
  static boolean isAttribute(String name) {
    return !name.isEmpty()
        && name.chars().allMatch(c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'));
  }

  /** Fails unless a name can be an attribute's. */
  static void checkAttribute(String name) {
    if (!isAttribute(name)) {
      throw new CodecException(
          "an attribute's name must be of a-z and 0-9: attribute=" + Texts.show(name));
    }
  }

  /** {@return whether a header may be written as an extension of its name} */
  static boolean isExtension(String name) {
    return isAttribute(name) && name.length() <= MOST_CHARS && !RESERVED.contains(name);
  }
}
