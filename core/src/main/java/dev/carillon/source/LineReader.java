package dev.carillon.source;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads lines of one open file, from a place on. */
final class LineReader implements Closeable {
  /*
   * bytes: | known | the line so far | to be read |
   *        before  start      looked  end
   *
   * The last bytes before the line are kept, so that the place behind each line can be summed, and
   * the file be compared with what was read of it before more is. The array grows up to the longest
   * line that is taken; of a longer one the rest is passed over as it is read.
   */
  private static final int CHUNK = 1 << 16;

  private final Path path;
  private final FileChannel channel;
  private final long key;
  private final int maxLine;
  private byte[] bytes = new byte[CHUNK];
  private long base; // offset of bytes[0]
  private int start;
  private int looked; // no end of line before
  private int end;
  private boolean isTooLong; // what is being read is the rest of a line that is passed over

  private LineReader(Path path, FileChannel channel, long key, int maxLine) {
    this.path = path;
    this.channel = channel;
    this.key = key;
    this.maxLine = maxLine;
  }

  /** Opens a file; what is no file fails, and does not block as a pipe would. */
  static LineReader open(Path path, int maxLine) throws IOException {
    while (true) {
      BasicFileAttributes before = Files.readAttributes(path, BasicFileAttributes.class);
      if (!before.isRegularFile()) {
        throw new FileSystemException(path.toString(), null, "not a regular file");
      }
      FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
      try {
        // an open file does not tell which one it is; its name does, if that has not changed
        BasicFileAttributes after = Files.readAttributes(path, BasicFileAttributes.class);
        long key = FileState.key(after.fileKey());
        if (key == FileState.key(before.fileKey())) {
          return new LineReader(path, channel, key, maxLine);
        }
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
      channel.close();
    }
  }

  Path path() {
    return path;
  }

  long key() {
    return key;
  }

  // ── places ──

  /** Goes to a place: {@return whether the file is the one that was read there} */
  boolean seek(LinePlace place) throws IOException {
    if (channel.size() < place.offset()) {
      return false;
    }
    seek(place.offset());
    return start == place.known() && LinePlace.sum(bytes, 0, start) == place.sum();
  }

  /** Goes to an offset. */
  void seek(long offset) throws IOException {
    int known = (int) Math.min(LinePlace.KNOWN, offset);
    base = offset - known;
    end = readAt(base, bytes, known);
    start = end;
    looked = end;
    isTooLong = false;
  }

  /** Goes behind the last end of a line, or to the end if the line there is too long. */
  void seekEnd() throws IOException {
    long size = channel.size();
    var block = new byte[CHUNK];
    for (long to = size; to > 0 && size - to <= maxLine; ) {
      int length = (int) Math.min(CHUNK, to);
      readAt(to - length, block, length);
      for (int i = length - 1; i >= 0; i--) {
        if (block[i] == '\n') {
          seek(to - length + i + 1);
          return;
        }
      }
      to -= length;
    }
    seek(size <= maxLine ? 0 : size);
    isTooLong = size > maxLine;
  }

  /** {@return the place before the line that is read next} */
  LinePlace place() {
    int known = Math.min(LinePlace.KNOWN, start);
    return new LinePlace(key, offset(), known, LinePlace.sum(bytes, start - known, known));
  }

  /** {@return where the line begins that is read next} */
  long offset() {
    return base + start;
  }

  /** {@return up to where the file was read} */
  long readTo() {
    return base + end;
  }

  /** {@return whether the file still has what was read of it, as far as its length and end tell} */
  boolean isSame() throws IOException {
    if (channel.size() == readTo()) {
      return true;
    }
    int known = Math.min(LinePlace.KNOWN, end);
    var again = new byte[known];
    return channel.size() >= readTo()
        && readAt(readTo() - known, again, known) == known
        && Arrays.equals(again, 0, known, bytes, end - known, end);
  }

  // ── lines ──

  /**
   * A line, without its end.
   *
   * @param start where it begins among the bytes
   * @param length how many bytes it has, or more than the most if it was passed over
   * @param offset where it begins in the file
   */
  record Line(int start, int length, long offset) {}

  /** {@return the bytes of a line, until the next one is read} */
  ByteBuffer bytes(Line line) {
    return ByteBuffer.wrap(bytes, line.start(), line.length());
  }

  /** {@return the next line of what was read; null if there is no whole one} */
  @Nullable Line next() {
    for (int i = looked; i < end; i++) {
      if (bytes[i] == '\n') {
        return line(i, i + 1);
      }
    }
    looked = end;
    return null;
  }

  /** {@return what is behind the last end of a line, as a line; null if nothing is} */
  @Nullable Line rest() {
    return start == end && !isTooLong ? null : line(end, end);
  }

  private Line line(int lineEnd, int next) {
    long offset = offset();
    int length = lineEnd - start;
    if (length > 0 && next > lineEnd && bytes[lineEnd - 1] == '\r') {
      length--;
    }
    var line = new Line(start, isTooLong ? Integer.MAX_VALUE : length, offset);
    start = next;
    looked = next;
    isTooLong = false;
    return line;
  }

  /** Reads on: {@return how many bytes; 0 at the end of the file} */
  int read() throws IOException {
    makeRoom();
    int count =
        Math.max(0, channel.read(ByteBuffer.wrap(bytes, end, bytes.length - end), readTo()));
    end += count;
    return count;
  }

  private void makeRoom() {
    if (isTooLong || end - start > maxLine + 1) { // a \r may be the end's
      isTooLong = true;
      start = end;
      looked = end;
    }
    int kept = Math.max(0, start - LinePlace.KNOWN);
    if (end == bytes.length && kept > 0) {
      System.arraycopy(bytes, kept, bytes, 0, end - kept);
      base += kept;
      start -= kept;
      looked -= kept;
      end -= kept;
    }
    if (end == bytes.length) {
      long most = LinePlace.KNOWN + (long) maxLine + CHUNK;
      bytes = Arrays.copyOf(bytes, (int) Math.min(2L * bytes.length, most));
    }
  }

  private int readAt(long offset, byte[] to, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(to, 0, length);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, offset + buffer.position()) < 0) {
        break;
      }
    }
    return buffer.position();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
