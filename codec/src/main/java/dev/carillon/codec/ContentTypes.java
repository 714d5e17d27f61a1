package dev.carillon.codec;

import java.util.Locale;
import java.util.regex.Pattern;

/** Media types of data. */
final class ContentTypes {
  static final String PROTOBUF = "application/protobuf";
  private static final Pattern MEDIA_TYPE =
      Pattern.compile("[A-Za-z0-9!#$&^_.+-]++/[A-Za-z0-9!#$&^_.+-]++\\s*+(?:;.*+)?");
  private static final Pattern CHARSET =
      Pattern.compile(";\\s*charset\\s*=\\s*\"?(utf-?8|us-ascii)\"?\\s*(?:;|$)");

  private ContentTypes() {}

  /** {@return what is written for a class; empty if nothing is} */
  static String usual(Class<?> type) {
    if (type == byte[].class || type == NoData.class) {
      return "";
    }
    if (Protobuf.isMessage(type)) {
      return PROTOBUF;
    }
    return type == String.class ? "text/plain; charset=utf-8" : "application/json";
  }

  /** Fails unless a text is a media type. */
  static void check(String contentType) {
    if (!isMediaType(contentType)) {
      throw new CodecException(
          "datacontenttype must be a media type: datacontenttype=" + Texts.show(contentType));
    }
  }

  /** {@return whether data of a class may be written with a media type} */
  static boolean fits(String contentType, Class<?> type) {
    boolean takesAny = type == byte[].class || type == NoData.class || type == String.class;
    if (Protobuf.isMessage(type)) {
      return isMediaType(contentType) && isProtobuf(contentType);
    }
    return isMediaType(contentType) && (takesAny || isJson(contentType));
  }

  private static boolean isMediaType(String text) {
    return MEDIA_TYPE.matcher(text).matches();
  }

  /** {@return whether data of a media type is JSON: its subtype is json or ends with +json} */
  static boolean isJson(String contentType) {
    String type = media(contentType);
    return type.endsWith("/json") || type.endsWith("+json");
  }

  /** {@return whether data of a media type is a message of protobuf, by the names in use} */
  static boolean isProtobuf(String contentType) {
    return switch (media(contentType)) {
      case PROTOBUF, "application/x-protobuf", "application/vnd.google.protobuf" -> true;
      default -> false;
    };
  }

  /** {@return whether bytes of a media type are text in UTF-8} */
  static boolean isUtf8Text(String contentType) {
    String lower = contentType.toLowerCase(Locale.ROOT);
    boolean saysNothing = !lower.contains("charset");
    return media(contentType).startsWith("text/") && (saysNothing || CHARSET.matcher(lower).find());
  }

  private static String media(String contentType) {
    int end = contentType.indexOf(';');
    return (end < 0 ? contentType : contentType.substring(0, end)).strip().toLowerCase(Locale.ROOT);
  }
}
