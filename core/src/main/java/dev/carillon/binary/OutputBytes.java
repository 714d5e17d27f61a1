package dev.carillon.binary;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Writes numbers into a buffer that grows up to a bound. */
abstract class OutputBytes {
  static final int FIRST_BYTES = 512;
  private static final int LONGEST_VAR_INT = 5;
  private static final int LONGEST_VAR_LONG = 10;
  private static final VarHandle INTS = view(int[].class);
  private static final VarHandle LONGS = view(long[].class);

  byte[] bytes = new byte[FIRST_BYTES];
  int at;
  private final int maxBytes;

  OutputBytes(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  static VarHandle view(Class<?> arrayType) {
    return MethodHandles.byteArrayViewVarHandle(arrayType, ByteOrder.LITTLE_ENDIAN);
  }

  void putByte(int value) {
    reserve(1);
    bytes[at++] = (byte) value;
  }

  void putBoolean(boolean value) {
    putByte(value ? 1 : 0);
  }

  void putFloat(float value) {
    putFixedInt(Float.floatToRawIntBits(value));
  }

  void putDouble(double value) {
    putFixedLong(Double.doubleToRawLongBits(value));
  }

  void putFixedInt(int value) {
    reserve(Integer.BYTES);
    INTS.set(bytes, at, value);
    at += Integer.BYTES;
  }

  void putFixedLong(long value) {
    reserve(Long.BYTES);
    LONGS.set(bytes, at, value);
    at += Long.BYTES;
  }

  void putInt(int value) {
    putVar((value << 1) ^ (value >> 31));
  }

  void putLong(long value) {
    long rest = (value << 1) ^ (value >> 63);
    reserve(LONGEST_VAR_LONG);
    byte[] into = bytes;
    int to = at;
    while ((rest & ~0x7fL) != 0) {
      into[to++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    into[to++] = (byte) rest;
    at = to;
  }

  /** Writes a number that is not negative in few bytes if it is small; any other in five. */
  void putVar(int value) {
    reserve(LONGEST_VAR_INT);
    int rest = value;
    byte[] into = bytes;
    int to = at;
    while ((rest & ~0x7f) != 0) {
      into[to++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    into[to++] = (byte) rest;
    at = to;
  }

  void putBytes(byte[] source) {
    checkBytes((long) at + source.length);
    reserve(source.length);
    System.arraycopy(source, 0, bytes, at, source.length);
    at += source.length;
  }

  /** {@return where to put that many bytes} The buffer is {@link #buffer} from now on. */
  int claim(long count) {
    checkBytes(at + count); // before the buffer grows
    reserve((int) count);
    int from = at;
    at += (int) count;
    return from;
  }

  /** {@return how far it is} */
  int position() {
    return at;
  }

  byte[] buffer() {
    return bytes;
  }

  final void reserve(int count) {
    if (bytes.length - at < count) {
      grow(count);
    }
  }

  private void grow(int count) {
    checkBytes(at);
    // What is reserved may be more than is needed, so the bound is checked on what was written.
    long least = (long) at + count;
    long wanted = Math.max(least, bytes.length * 2L);
    bytes = Arrays.copyOf(bytes, (int) Math.min(wanted, Integer.MAX_VALUE - 8));
  }

  final void checkBytes(long count) {
    if (count > maxBytes) {
      throw new Failure(
          "a value must not have more bytes than maxBytes=%d: bytes=%d or more"
              .formatted(maxBytes, count));
    }
  }
}
