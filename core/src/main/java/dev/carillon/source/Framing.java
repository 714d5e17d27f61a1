package dev.carillon.source;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * How the bytes of a connection are cut into frames: immutable.
 *
 * @param form where one frame ends and the next begins
 * @param maxBytes how many bytes a frame has at most, without what marks its end or length; 1 to 64
 *     Mi
 */
public record Framing(Form form, int maxBytes) {
  private static final int MOST = 64 << 20;
  private static final int PREFIX = Integer.BYTES;

  /** Where frames begin and end. */
  public enum Form {
    /** At a line feed; a carriage return before it goes as well. Neither is part of the frame. */
    LINES,
    /** After as many bytes as the four before it say, highest first. */
    LENGTH_PREFIXED,
    /** Nowhere: a frame is what one read finds. */
    RAW
  }

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if the number is outside its range
   */
  public Framing {
    Objects.requireNonNull(form, "form");
    Checks.range("maxBytes", maxBytes, 1, MOST);
  }

  /**
   * {@return lines}
   *
   * @param maxBytes how many bytes a line has at most, without its end
   * @throws IllegalArgumentException if the number is outside its range
   */
  public static Framing lines(int maxBytes) {
    return new Framing(Form.LINES, maxBytes);
  }

  /**
   * {@return frames behind four bytes with their length, the highest byte first}
   *
   * @param maxBytes how many bytes a frame has at most, without those four
   * @throws IllegalArgumentException if the number is outside its range
   */
  public static Framing lengthPrefixed(int maxBytes) {
    return new Framing(Form.LENGTH_PREFIXED, maxBytes);
  }

  /**
   * {@return no frames: bytes in the pieces in which they are read, which says nothing about how
   * they were written}
   *
   * @param maxBytes how many bytes a piece has at most
   * @throws IllegalArgumentException if the number is outside its range
   */
  public static Framing raw(int maxBytes) {
    return new Framing(Form.RAW, maxBytes);
  }

  Deframer deframer() {
    return switch (form) {
      case LINES -> new Deframer.Lines(maxBytes);
      case LENGTH_PREFIXED -> new Deframer.LengthPrefixed(maxBytes);
      case RAW -> new Deframer.Raw(maxBytes);
    };
  }

  /** {@return how many bytes a frame takes on the wire} Fails if it cannot be one. */
  int encodedLength(byte[] data) {
    if (form == Form.LINES) {
      for (byte b : data) {
        if (b == '\n') {
          throw new IllegalArgumentException("a line must not have a line feed inside");
        }
      }
      return Math.addExact(data.length, 1);
    }
    return form == Form.RAW ? data.length : Math.addExact(data.length, PREFIX);
  }

  /** Writes a frame as it goes over the wire. */
  void encode(byte[] data, ByteBuffer out) {
    if (form == Form.LENGTH_PREFIXED) {
      out.putInt(data.length);
    }
    out.put(data);
    if (form == Form.LINES) {
      out.put((byte) '\n');
    }
  }
}
