package dev.carillon.source;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The frames of one connection that are to be written next. For one thread at a time. */
final class Unsent {
  private Outbox.@Nullable Frame first;
  private Outbox.@Nullable Frame last;
  private int offset; // what is written of the first

  /** Adds frames behind those that are there. */
  void append(Outbox.@Nullable Frame frames) {
    if (frames == null) {
      return;
    }
    if (last == null) {
      first = frames;
    } else {
      last.next = frames;
    }
    Outbox.Frame end = frames;
    while (end.next != null) {
      end = end.next;
    }
    last = end;
  }

  boolean isEmpty() {
    return first == null;
  }

  /** {@return how many bytes there are, or so many if there are more} */
  int bytes(int most) {
    int bytes = -offset;
    for (Outbox.Frame f = first; f != null && bytes < most; f = f.next) {
      bytes += f.bytes.length;
    }
    return Math.min(bytes, most);
  }

  /** Copies as much as there is room for. */
  void fill(ByteBuffer out) {
    int from = offset;
    for (Outbox.Frame f = first; f != null && out.hasRemaining(); f = f.next) {
      int count = Math.min(out.remaining(), f.bytes.length - from);
      out.put(f.bytes, from, count);
      from = 0;
    }
  }

  /** Lets go of as many bytes, which are written. */
  void advance(int written) {
    int left = written;
    while (first != null) {
      int rest = first.bytes.length - offset;
      if (left < rest) {
        offset += left;
        return;
      }
      left -= rest;
      offset = 0;
      first = first.next;
    }
    last = null;
  }

  /** Lets go of all: {@return how many bytes that were} */
  long clear() {
    long bytes = -offset;
    for (Outbox.Frame f = first; f != null; f = f.next) {
      bytes += f.bytes.length;
    }
    first = null;
    last = null;
    offset = 0;
    return bytes;
  }
}
