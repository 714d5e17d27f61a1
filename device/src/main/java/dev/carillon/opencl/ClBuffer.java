package dev.carillon.opencl;

/** A buffer of the driver. */
record ClBuffer(PlatformContext context, NativeHandle handle, long size) implements OpenClBuffer {

  void checkRange(long offset, long bytes) {
    if (offset < 0 || bytes < 1 || bytes > size - offset) {
      throw new IllegalArgumentException(
          "what is moved must be 1 byte or more and lie in the buffer: offset=%d bytes=%d size=%d"
              .formatted(offset, bytes, size));
    }
  }

  @Override
  public void close() {
    handle.close();
  }
}
