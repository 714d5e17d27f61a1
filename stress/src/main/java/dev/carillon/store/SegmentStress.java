package dev.carillon.store;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.carillon.spi.NewMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.UUID;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** Who looks at the end of a segment first finds what lies before it. */
public final class SegmentStress {
  private SegmentStress() {}

  /** What a stream does with its last segment. A file is too much to have one for each try. */
  private static final class Appending {
    private static final int CAPACITY = 1 << 22;
    private static final NewMessage MESSAGE =
        NewMessage.of("a", new UUID(1, 2), "bus#0", 1, "t", new byte[] {1, 2, 3});

    private final Path directory;
    private final RecordWriter writer = new RecordWriter(new Names.Cache());
    private final int batch;
    private final int record; // bytes of one

    private volatile Segment newest;

    Appending(int batch) {
      this.batch = batch;
      try {
        directory = Files.createTempDirectory("carillon-stress");
        directory.toFile().deleteOnExit();
        newest = segment(1);
        record = writer.add(MESSAGE, 1, Instant.EPOCH, 0);
        write(newest);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** {@return a segment whose file is gone when it is not used any more} */
    private Segment segment(long base) throws IOException {
      Segment made = Segment.create(directory, base, CAPACITY, false, 1);
      made.retain();
      made.remove();
      return made;
    }

    private void write(Segment to) throws IOException {
      writer.clear();
      for (int i = 0; i < batch; i++) {
        writer.add(MESSAGE, to.next() + i, Instant.EPOCH, 0);
      }
      to.write(writer.bytes(), writer.size());
    }

    synchronized void append() {
      try {
        Segment to = newest;
        if (to.fits(batch * record)) {
          write(to);
        } else {
          Segment next = segment(to.next());
          write(next); // so that there is a record wherever a reader comes
          newest = next;
          to.pause();
          to.release();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** {@return the newest segment, to be released} */
    Segment retained() {
      Segment found = newest;
      while (!found.retain()) {
        found = newest;
      }
      return found;
    }

    /** {@return the sequence of the record before an end} */
    long last(Segment segment, int end) {
      return segment.base() + (end - SegmentDescriptor.LENGTH) / record - 1;
    }

    /** {@return 1 if there is a record with so many behind it before the end, and it is whole} */
    int isWhole(Segment segment, int end, int behind) {
      int at = end - (behind + 1) * record;
      var reader = new RecordReader(segment.bytes(), at, end, new byte[record]);
      return reader.next(last(segment, end) - behind) == RecordReader.Found.RECORD ? 1 : 0;
    }
  }

  @JCStressTest
  @Description("A record is copied to the mapping while the last one before the end is read.")
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "The record is whole, and counted.")
  @Outcome(
      id = "0, .*",
      expect = FORBIDDEN,
      desc = "The end was moved before its record was there.")
  @Outcome(expect = FORBIDDEN, desc = "The next sequence is behind: it is stored before the end.")
  @State
  public static class WriteRead {
    private static final Appending APPENDING = new Appending(1);

    @Actor
    public void write() {
      APPENDING.append();
    }

    @Actor
    public void read(II_Result r) {
      Segment segment = APPENDING.retained();
      int end = segment.end();
      r.r1 = APPENDING.isWhole(segment, end, 0);
      r.r2 = segment.next() > APPENDING.last(segment, end) ? 1 : 0;
      segment.release();
    }
  }

  @JCStressTest
  @Description("Many records are written past the mapping, by which the last of them are read.")
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "The first and the last of a batch are whole.")
  @Outcome(id = "1, 0", expect = FORBIDDEN, desc = "The end was moved before all were written.")
  @Outcome(expect = FORBIDDEN, desc = "The mapping does not show what was written to the file.")
  @State
  public static class WriteManyRead {
    private static final int BATCH = 256; // more than Segment copies to the mapping
    private static final Appending APPENDING = new Appending(BATCH);

    @Actor
    public void write() {
      APPENDING.append();
    }

    @Actor
    public void read(II_Result r) {
      Segment segment = APPENDING.retained();
      int end = segment.end();
      r.r1 = APPENDING.isWhole(segment, end, BATCH - 1);
      r.r2 = APPENDING.isWhole(segment, end, 0);
      segment.release();
    }
  }

  @JCStressTest
  @Description("The last record before the end is looked for by the index while more are added.")
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "Reading on from the place found leads to it.")
  @Outcome(id = "0", expect = FORBIDDEN, desc = "The place is no record's, or another's.")
  @Outcome(
      id = "-1",
      expect = FORBIDDEN,
      desc =
          "The place is more than a step and a record before it: an entry before the end is lost.")
  @Outcome(expect = FORBIDDEN, desc = "There is nothing else to be found.")
  @State
  public static class WriteFindRead {
    private static final int STEP = 1 << 12; // between entries of the index, and up to a record
    private static final Appending APPENDING = new Appending(1);

    @Actor
    public void write() {
      APPENDING.append();
    }

    @Actor
    public void read(I_Result r) {
      Segment segment = APPENDING.retained();
      int end = segment.end();
      long last = APPENDING.last(segment, end);
      var place =
          segment.index().find(last, Long.MIN_VALUE, segment.base(), SegmentDescriptor.LENGTH);
      var reader = new RecordReader(segment.bytes(), place.position(), end, new byte[STEP]);
      long sequence = place.sequence();
      while (sequence <= last && reader.next(sequence) == RecordReader.Found.RECORD) {
        sequence++;
      }
      boolean isNear = end - place.position() <= STEP + 2 * APPENDING.record;
      r.r1 = sequence != last + 1 ? 0 : isNear ? 1 : -1;
      segment.release();
    }
  }
}
