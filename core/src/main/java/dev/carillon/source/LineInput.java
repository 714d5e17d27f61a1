package dev.carillon.source;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A stream of lines that is being read, by one source at a time. */
final class LineInput {
  private static @Nullable LineInput standard; // guarded by the class

  private final ByteSupply bytes;
  private final String name;
  private final AtomicBoolean isTaken = new AtomicBoolean();

  // used by who has taken it
  private final LineSplitter lines;
  private final Kept<String> kept = new Kept<>();
  private boolean isOver;

  LineInput(InputStream in, String name, long startOffset) {
    this.bytes = new ByteSupply(in, name);
    this.name = name;
    this.lines = new LineSplitter(startOffset);
  }

  /** {@return standard input, which there is once in a JVM} */
  static synchronized LineInput standard() {
    LineInput input = standard;
    if (input == null) {
      input = new LineInput(System.in, "stdin", 0);
      standard = input;
    }
    return input;
  }

  /** Puts lines in, and those that were not taken care of again before. */
  void runKeeping(Intake<String> intake, LineRules rules, Function<String, Item<String>> item)
      throws IOException, InterruptedException {
    if (!isTaken.compareAndSet(false, true)) {
      throw new IllegalStateException(
          "a stream can be read by one source at a time: stream=" + name);
    }
    try {
      intake.ready();
      var turn = new Turn<>(intake);
      kept.putLeft(intake, turn, item);
      for (String line = next(intake, rules); line != null; line = next(intake, rules)) {
        kept.put(intake, turn, line, item);
      }
    } finally {
      bytes.release();
      isTaken.set(false);
    }
  }

  /** Puts lines in, each with the offset behind it as its position. */
  void runFrom(Intake<String> intake, LineRules rules, Function<String, Item<String>> item)
      throws IOException, InterruptedException {
    try {
      intake.ready();
      for (String line = next(intake, rules); line != null; line = next(intake, rules)) {
        intake.emit(item.apply(line).withPosition(Long.toString(lines.offset())));
      }
    } finally {
      bytes.release();
    }
  }

  private byte @Nullable [] more(Intake<String> intake) throws IOException, InterruptedException {
    try {
      return bytes.next();
    } catch (IOException e) {
      if (intake.isStopping()) { // which closes the stream
        throw (InterruptedException) new InterruptedException("stopped").initCause(e);
      }
      throw e;
    }
  }

  private @Nullable String next(Intake<String> intake, LineRules rules)
      throws IOException, InterruptedException {
    while (!isOver) {
      String line = lines.next(rules, intake);
      if (line != null) {
        return line;
      }
      byte[] more = more(intake);
      if (more != null) {
        lines.add(more);
        continue;
      }
      if (lines.toDrop() > 0) {
        throw new EOFException(
            "the stream ends before the position: position=%d, missing=%d bytes"
                .formatted(lines.offset() + lines.toDrop(), lines.toDrop()));
      }
      isOver = true;
      return lines.last(rules, intake);
    }
    return null;
  }
}
