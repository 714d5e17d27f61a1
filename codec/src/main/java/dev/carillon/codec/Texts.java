package dev.carillon.codec;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** What may stand in an attribute, percent-encoding, and texts as error messages show them. */
final class Texts {
  private static final String HEX = "0123456789ABCDEF";
  private static final int MOST_SHOWN = 80;

  private Texts() {}

  /**
   * {@return whether a text can be a String of CloudEvents: no control characters, no
   * noncharacters, no half of a surrogate pair}
   */
  static boolean isAllowed(String text) {
    return text.codePoints().allMatch(Texts::isAllowed);
  }

  /** {@return the value of an attribute} Fails unless it can be a String of CloudEvents. */
  static String checkAttribute(String name, String value) {
    if (!isAllowed(value)) {
      throw new CodecException(
          "an attribute must have no control characters, noncharacters or halves of surrogate pairs: attribute=%s, value=%s"
              .formatted(show(name), show(value)));
    }
    return value;
  }

  private static boolean isAllowed(int c) {
    boolean isControl = c <= 0x1f || (c >= 0x7f && c <= 0x9f);
    boolean isNonCharacter = (c & 0xfffe) == 0xfffe || (c >= 0xfdd0 && c <= 0xfdef);
    boolean isHalf = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
    return !isControl && !isNonCharacter && !isHalf;
  }

  /** {@return a text in quotes, shortened, without control characters} */
  static String show(String text) {
    return show(text, MOST_SHOWN);
  }

  /** {@return a text in quotes, shortened to a length, without control characters} */
  static String show(String text, int most) {
    var shown = new StringBuilder("\"");
    int end = Math.min(text.length(), most);
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      if (isAllowed(c) || Character.isSurrogate(c)) {
        shown.append(c);
      } else {
        shown.append("\\u%04x".formatted((int) c));
      }
    }
    shown.append('"');
    return end == text.length() ? shown.toString() : shown + "… of " + text.length() + " chars";
  }

  /**
   * {@return a text in which only characters that are unreserved in URIs stand for themselves}
   *
   * @param keep further characters that stand for themselves
   */
  static String encode(String text, String keep) {
    var encoded = new StringBuilder();
    ByteBuffer bytes = utf8(text);
    while (bytes.hasRemaining()) {
      int b = bytes.get() & 0xff;
      if (isUnreserved(b) || keep.indexOf(b) >= 0) {
        encoded.append((char) b);
      } else {
        encoded.append('%').append(HEX.charAt(b >> 4)).append(HEX.charAt(b & 0xf));
      }
    }
    return encoded.toString();
  }

  /** {@return the bytes of a text} */
  static ByteBuffer utf8(String text) {
    try {
      return StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
    } catch (CharacterCodingException e) {
      throw new CodecException("a text must have no half of a surrogate pair: " + show(text), e);
    }
  }

  /** {@return what was encoded} */
  static String decode(String text) {
    var bytes = new ByteArrayOutputStream(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '%') {
        if (i + 2 >= text.length()
            || !HexFormat.isHexDigit(text.charAt(i + 1))
            || !HexFormat.isHexDigit(text.charAt(i + 2))) {
          throw new CodecException(
              "a '%' must be followed by two hexadecimal digits: " + show(text));
        }
        bytes.write(HexFormat.fromHexDigits(text, i + 1, i + 3));
        i += 2;
      } else if (c <= 0x7f) {
        bytes.write(c);
      } else {
        throw new CodecException("a percent-encoded text must be ASCII: " + show(text));
      }
    }
    return utf8(bytes.toByteArray(), "a percent-encoded text");
  }

  /** {@return the text that bytes are} */
  static String utf8(byte[] bytes, String what) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new CodecException(what + " must be UTF-8: bytes=" + bytes.length, e);
    }
  }

  private static boolean isUnreserved(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "-._~".indexOf(c) >= 0;
  }
}
