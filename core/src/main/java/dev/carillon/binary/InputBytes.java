package dev.carillon.binary;

import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * Reads numbers; behind the end, the array's own check throws, which {@link Failure} translates.
 */
abstract class InputBytes {
  private static final VarHandle INTS = OutputBytes.view(int[].class);
  private static final VarHandle LONGS = OutputBytes.view(long[].class);

  final byte[] bytes;
  int at;

  InputBytes(byte[] bytes) {
    this.bytes = bytes;
  }

  byte getByte() {
    return bytes[at++];
  }

  boolean getBoolean() {
    byte value = bytes[at++];
    if (value != 0 && value != 1) {
      throw new Failure("a boolean must be 0 or 1: byte=" + value);
    }
    return value == 1;
  }

  short getShort() {
    int value = getInt();
    if (value != (short) value) {
      throw new Failure("a short must be -32768 to 32767: value=" + value);
    }
    return (short) value;
  }

  char getChar() {
    int value = var();
    if (value != (char) value) {
      throw new Failure("a character must be 0 to 65535: value=" + value);
    }
    return (char) value;
  }

  float getFloat() {
    return Float.intBitsToFloat(getFixedInt());
  }

  double getDouble() {
    return Double.longBitsToDouble(getFixedLong());
  }

  int getFixedInt() {
    int value = (int) INTS.get(bytes, at);
    at += Integer.BYTES;
    return value;
  }

  long getFixedLong() {
    long value = (long) LONGS.get(bytes, at);
    at += Long.BYTES;
    return value;
  }

  int getInt() {
    int value = var();
    return (value >>> 1) ^ -(value & 1);
  }

  long getLong() {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      byte next = bytes[at++];
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        if (shift == 63 && next > 1) {
          break;
        }
        return (value >>> 1) ^ -(value & 1);
      }
    }
    throw new Failure("a long must have 64 bits at most: more than 64");
  }

  /** {@return a number as {@code putVar} writes it} */
  int var() {
    byte next = bytes[at++];
    if (next >= 0) {
      return next;
    }
    int value = next & 0x7f;
    for (int shift = 7; shift < Integer.SIZE; shift += 7) {
      next = bytes[at++];
      value |= (next & 0x7f) << shift;
      if (next >= 0) {
        if (shift == 28 && next > 0xf) {
          break;
        }
        return value;
      }
    }
    throw new Failure("an int must have 32 bits at most: more than 32");
  }

  byte[] getBytes(int count) {
    byte[] copy = Arrays.copyOfRange(bytes, at, at + count);
    at += count;
    return copy;
  }

  /** {@return where the next bytes lie in {@link #buffer}} */
  int claim(int count) {
    int from = at;
    at += count;
    return from;
  }

  /** {@return how far it is} */
  int position() {
    return at;
  }

  byte[] buffer() {
    return bytes;
  }

  void skipBytes(int count) {
    checkBytes(count);
    at += count;
  }

  final void checkBytes(int length) {
    if (length > bytes.length - at) {
      throw new Failure(
          "there must be all bytes of a text: bytes=%d, left=%d"
              .formatted(length, bytes.length - at));
    }
  }
}
