package dev.carillon.source;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Cuts the bytes of one connection into frames. For one thread at a time. */
abstract sealed class Deframer {
  /*
   * A frame that lies whole in what was read is copied once, into its own array. One that does not
   * is collected in an array that grows with what really came: a length that somebody claims costs
   * nothing until its bytes are there. Between two frames there is no array.
   */
  private static final byte[] NOTHING = new byte[0];
  private static final int LEAST = 64;

  final int max;
  private byte[] begun = NOTHING;
  private int length; // of what begun has

  private Deframer(int max) {
    this.max = max;
  }

  /**
   * {@return the next frame; null if there is no whole one, and all of the input was taken}
   *
   * @param in big-endian
   */
  abstract byte @Nullable [] next(ByteBuffer in) throws BadInputException;

  /** {@return whether a frame has begun and is not whole} */
  boolean hasBegun() {
    return length > 0;
  }

  /** {@return how much memory a frame that has begun takes} */
  int held() {
    return begun.length;
  }

  /** {@return how many bytes were collected} */
  int collected() {
    return length;
  }

  /** Collects bytes of a frame that will have so many at most. */
  void collect(ByteBuffer in, int count, int most) {
    int needed = length + count;
    if (needed > begun.length) {
      int doubled = (int) Math.min(most, Math.max(LEAST, 2L * begun.length));
      byte[] larger = new byte[Math.max(needed, doubled)];
      System.arraycopy(begun, 0, larger, 0, length);
      begun = larger;
    }
    in.get(begun, length, count);
    length = needed;
  }

  /** {@return the first of the bytes that were collected}, and begins anew. */
  byte[] collected(int count) {
    byte[] frame = begun;
    if (count != begun.length) {
      frame = new byte[count];
      System.arraycopy(begun, 0, frame, 0, count);
    }
    begun = NOTHING;
    length = 0;
    return frame;
  }

  byte lastCollected() {
    return begun[length - 1];
  }

  BadInputException tooLarge(String has) {
    return new BadInputException(
        "max-frame", "a frame of %s bytes, at most %d".formatted(has, max));
  }

  private static byte[] take(ByteBuffer in, int count) {
    byte[] bytes = new byte[count];
    in.get(bytes);
    return bytes;
  }

  /** What was read, as it is. */
  static final class Raw extends Deframer {
    Raw(int max) {
      super(max);
    }

    @Override
    byte @Nullable [] next(ByteBuffer in) {
      int count = Math.min(max, in.remaining());
      return count == 0 ? null : take(in, count);
    }
  }

  /** Four bytes with the length, then so many bytes. */
  static final class LengthPrefixed extends Deframer {
    private int prefix; // of the frame that has begun
    private int prefixBytes; // that came, of 4

    LengthPrefixed(int max) {
      super(max);
    }

    @Override
    boolean hasBegun() {
      return prefixBytes > 0;
    }

    @Override
    byte @Nullable [] next(ByteBuffer in) throws BadInputException {
      if (prefixBytes == 0 && in.remaining() >= Integer.BYTES) {
        int size = checked(in.getInt(in.position()));
        if (in.remaining() - Integer.BYTES >= size) {
          in.position(in.position() + Integer.BYTES);
          return take(in, size);
        }
      }
      while (prefixBytes < Integer.BYTES) {
        if (!in.hasRemaining()) {
          return null;
        }
        prefix = (prefix << Byte.SIZE) | (in.get() & 0xff);
        prefixBytes++;
      }
      int size = checked(prefix);
      collect(in, Math.min(in.remaining(), size - collected()), size);
      if (collected() < size) {
        return null;
      }
      prefix = 0;
      prefixBytes = 0;
      return collected(size);
    }

    private int checked(int size) throws BadInputException {
      if (size < 0 || size > max) {
        throw tooLarge(Integer.toUnsignedString(size));
      }
      return size;
    }
  }

  /** Bytes up to a line feed. */
  static final class Lines extends Deframer {
    private static final long FEEDS = 0x0a0a0a0a0a0a0a0aL;
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGHS = 0x8080808080808080L;

    Lines(int max) {
      super(max);
    }

    @Override
    byte @Nullable [] next(ByteBuffer in) throws BadInputException {
      int start = in.position();
      int end = feed(in);
      int count = end - start;
      int total = collected() + count;
      if (end == in.limit()) {
        if (total > max + 1) { // one more may be a carriage return
          throw tooLarge("more than " + max);
        }
        collect(in, count, max + 1);
        return null;
      }
      byte[] line;
      if (collected() == 0) {
        int size = count > 0 && in.get(end - 1) == '\r' ? count - 1 : count;
        line = take(in, check(size));
      } else {
        if (count > 0) {
          check(total - 1);
          collect(in, count, max + 1);
        }
        line = collected(check(lastCollected() == '\r' ? total - 1 : total));
      }
      in.position(end + 1);
      return line;
    }

    private int check(int size) throws BadInputException {
      if (size > max) {
        throw tooLarge(Integer.toString(size));
      }
      return size;
    }

    /** {@return where the next line feed is, or the limit}; looks at eight bytes at a time. */
    private static int feed(ByteBuffer in) {
      int i = in.position();
      int limit = in.limit();
      for (; i + Long.BYTES <= limit; i += Long.BYTES) {
        long feedsAreZero = in.getLong(i) ^ FEEDS;
        if (((feedsAreZero - ONES) & ~feedsAreZero & HIGHS) != 0) {
          break;
        }
      }
      while (i < limit && in.get(i) != '\n') {
        i++;
      }
      return i;
    }
  }
}
