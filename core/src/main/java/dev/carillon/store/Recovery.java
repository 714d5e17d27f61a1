package dev.carillon.store;

import dev.carillon.store.RecordReader.Found;
import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;

/** Finds out how far the last file of a stream is whole. */
final class Recovery {
  /*
   * Records are read up to the first that is not as it was written. A crash leaves such a place at
   * the end of what was written: the process died while it copied a record, or the machine lost
   * pages that were not forced. What lies there, and behind, was never proved to be durable; it is
   * cut off and said.
   *
   * Damage to what had been forced looks the same from the front. But each record says up to where
   * its file had been forced when it was written; so if behind the bad place there is a whole record
   * that says that the bad place had been forced, messages were lost that had been acknowledged.
   * Nothing is cut off then, and the stream does not open.
   */
  private static final System.Logger LOG = System.getLogger("dev.carillon.store");
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private Recovery() {}

  /**
   * How far a file is whole.
   *
   * @param end where the next record is to be written
   * @param next its sequence
   */
  record Outcome(int end, long next) {}

  /** {@return how far a file is whole} */
  static Outcome scan(Path file, MemorySegment bytes, long base, SparseIndex index) {
    int size = (int) bytes.byteSize();
    var reader =
        new RecordReader(bytes, SegmentDescriptor.LENGTH, size, new byte[RecordReader.CHUNK]);
    long sequence = base;
    int at = reader.position();
    while (at < size && reader.next(sequence) == Found.RECORD) {
      index.add(sequence, at, reader.second());
      sequence++;
      at = reader.position();
    }
    at = Math.min(at, size);
    int written = lastWritten(bytes, at, size);
    if (written > at) {
      int proof = proofOfForce(bytes, at, written);
      if (proof > 0) {
        throw new CorruptSegmentException(
            "a file of the store is damaged in what had been forced: lost=%d, whole again at=%d"
                .formatted(sequence, proof),
            file,
            at);
      }
      LOG.log(
          Level.WARNING,
          "cutting off what was being written when the store stopped: file=%s, offset=%d, bytes=%d"
              .formatted(file, at, written - at));
    }
    return new Outcome(at, sequence);
  }

  /** {@return the place behind the last byte that is not zero} */
  private static int lastWritten(MemorySegment bytes, int from, int size) {
    byte[] chunk = new byte[RecordReader.CHUNK];
    byte[] zeros = new byte[RecordReader.CHUNK];
    int last = from;
    for (int at = from; at < size; at += chunk.length) {
      int length = Math.min(chunk.length, size - at);
      MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at, chunk, 0, length);
      if (!Arrays.equals(chunk, 0, length, zeros, 0, length)) {
        int i = length - 1;
        while (chunk[i] == 0) {
          i--;
        }
        last = at + i + 1;
      }
    }
    return last;
  }

  /** {@return where a whole record says that {@code bad} had been forced; 0 for nowhere} */
  private static int proofOfForce(MemorySegment bytes, int bad, int written) {
    int size = (int) bytes.byteSize();
    var reader = new RecordReader(bytes, bad, size, new byte[RecordReader.CHUNK]);
    for (int at = bad + RecordDescriptor.ALIGNMENT;
        at < written && at <= size - RecordDescriptor.LEAST_LENGTH;
        at += RecordDescriptor.ALIGNMENT) {
      int length = bytes.get(INT, at + RecordDescriptor.LENGTH_OFFSET);
      int forced = bytes.get(INT, at + RecordDescriptor.FORCED_OFFSET);
      if (length >= RecordDescriptor.LEAST_LENGTH
          && length <= size - at
          && forced > bad
          && forced <= at) {
        reader.moveTo(at);
        if (reader.next(0) == Found.RECORD) {
          return at;
        }
      }
    }
    return 0;
  }
}
