package dev.carillon.codec;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;

/** Bytes that are written, up to a limit. */
final class BoundedBytes extends OutputStream {
  private final int limit;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);

  BoundedBytes(int limit) {
    this.limit = limit;
  }

  @Override
  public void write(int b) {
    checkRoom(1);
    bytes.write(b);
  }

  @Override
  public void write(byte[] source, int offset, int length) {
    checkRoom(length);
    bytes.write(source, offset, length);
  }

  byte[] toByteArray() {
    return bytes.toByteArray();
  }

  private void checkRoom(int length) {
    if (length > limit - bytes.size()) {
      throw tooLong(limit);
    }
  }

  static CodecException tooLong(int limit) {
    return new CodecException("an event or batch must be at most maxBytes long: maxBytes=" + limit);
  }
}
