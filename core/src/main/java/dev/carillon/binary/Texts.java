package dev.carillon.binary;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The three forms of texts, for those that are long or have characters beyond U+00FF. */
final class Texts {
  private Texts() {}

  static void put(Output out, String text) {
    if (isLatin(text)) {
      out.putTextBytes(WireFormat.LATIN_1, text.getBytes(StandardCharsets.ISO_8859_1));
      return;
    }
    byte[] utf8 = utf8(text);
    if (utf8 != null) {
      out.putTextBytes(WireFormat.UTF_8, utf8);
    } else {
      out.putTextBytes(WireFormat.UTF_16, utf16(text));
    }
  }

  private static boolean isLatin(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 0xff) {
        return false;
      }
    }
    return true;
  }

  /** {@return the text in UTF-8, or null if it has half of a surrogate pair} */
  private static byte @Nullable [] utf8(String text) {
    try {
      ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      byte[] bytes = new byte[encoded.remaining()];
      encoded.get(bytes);
      return bytes;
    } catch (CharacterCodingException halfAPair) {
      return null;
    }
  }

  private static byte[] utf16(String text) {
    byte[] bytes = new byte[Math.multiplyExact(text.length(), Character.BYTES)];
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      bytes[2 * i] = (byte) c;
      bytes[2 * i + 1] = (byte) (c >> 8);
    }
    return bytes;
  }

  /** {@return the text that these bytes are, in form 1 or 2} */
  static String read(int form, byte[] bytes, int from, int length) {
    return form == WireFormat.UTF_8
        ? readUtf8(bytes, from, length)
        : readUtf16(bytes, from, length);
  }

  private static String readUtf8(byte[] bytes, int from, int length) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, from, length))
          .toString();
    } catch (CharacterCodingException e) {
      throw new Failure("a text in UTF-8 must be well-formed: bytes=" + length, e);
    }
  }

  private static String readUtf16(byte[] bytes, int from, int length) {
    if (length % Character.BYTES != 0) {
      throw new Failure("a text in UTF-16 must have an even number of bytes: bytes=" + length);
    }
    char[] chars = new char[length / Character.BYTES];
    for (int i = 0; i < chars.length; i++) {
      int at = from + 2 * i;
      chars[i] = (char) ((bytes[at] & 0xff) | bytes[at + 1] << 8);
    }
    return new String(chars);
  }
}
