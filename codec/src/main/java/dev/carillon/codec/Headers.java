package dev.carillon.codec;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Headers that cannot be extensions, in one text that can: {@code name=value&name=value}. */
final class Headers {
  /** What need not be encoded: it has no meaning here, and texts stay readable. */
  private static final String KEEP = "!$'()*+,/:;?@";

  private Headers() {}

  static String write(Map<String, String> headers) {
    return headers.entrySet().stream()
        .map(h -> Texts.encode(h.getKey(), KEEP) + "=" + Texts.encode(h.getValue(), KEEP))
        .collect(Collectors.joining("&"));
  }

  static Map<String, String> read(String text) {
    var headers = new LinkedHashMap<String, String>();
    for (String pair : text.split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals < 0 || pair.indexOf('=', equals + 1) >= 0) {
        throw new CodecException(
            "%s must be of the form name=value&name=value, percent-encoded: %s"
                .formatted(Names.HEADERS, Texts.show(text)));
      }
      String name = Texts.decode(pair.substring(0, equals));
      if (headers.put(name, Texts.decode(pair.substring(equals + 1))) != null) {
        throw new CodecException("a header must be given once: header=" + Texts.show(name));
      }
    }
    return headers;
  }
}
