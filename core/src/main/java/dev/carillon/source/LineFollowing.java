package dev.carillon.source;

import dev.carillon.time.Timer;
import dev.carillon.time.Timers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** One run of a source of lines. */
final class LineFollowing {
  /*
   * The file that is being read stays open, so a rotation takes nothing away: the old file is read
   * on until something was written to a new one under the name, or another was rotated after it, then
   * once more to its end, and then is finished. Next is the oldest of those files that were rotated
   * since, so that none is passed over if several rotations happened between two looks, or while
   * nothing ran; and after them the one under the name. That one is opened before the others are
   * looked for: if it is rotated in this moment, it is read all the same. It must still have the name
   * when the others are known, or what was found may have come after it.
   *
   * A file is known by its key; and as a key is used again for another file, by the checksum of what
   * is before the place, too. That finds a copy as well, and a file that was cut off and has grown
   * beyond the place since.
   */
  static final Duration SHORTEST = Duration.ofMillis(5);

  private static final int TRIES = 100; // should somebody rename files all the time
  private static final int FINISHED = 64; // files that are not read again, should they be touched
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  private final LineFile lines;
  private final Intake<String> intake;
  private final RotatedFiles rotated;
  private final Timers timers; // of the source's clock, while it runs
  private final CharsetDecoder decoder;
  private final Set<Long> finished = new LinkedHashSet<>(); // keys of files
  private long since; // when what is read now, or was read last, was known to be modified

  private @Nullable LineReader reader; // null while there is no file
  private Origin origin;

  LineFollowing(LineFile lines, Intake<String> intake) {
    this.lines = lines;
    this.intake = intake;
    this.rotated = new RotatedFiles(lines);
    this.decoder = lines.charset().newDecoder(); // which reports what is malformed
    this.origin = intake.origin();
    this.timers = SharedTimers.acquire(intake.clock()); // released when it has run
  }

  /** Where a source begins that has no position yet: kept from one run to the next. */
  private static final class Start {
    boolean isKnown;
    @Nullable LinePlace place; // null for the beginning of the first file that there is
    long since; // when it began
  }

  void run() throws IOException, InterruptedException {
    try {
      begin(intake.kept(Start.class, Start::new));
      follow();
    } catch (ClosedByInterruptException e) {
      var stopped = new InterruptedException("interrupted while it read");
      stopped.initCause(e);
      throw stopped;
    } finally {
      SharedTimers.release(intake.clock());
      if (reader != null) {
        reader.close();
      }
    }
  }

  // ── the beginning ──

  private void begin(Start start) throws IOException {
    Optional<String> position = intake.position();
    LinePlace place =
        position.isPresent()
            ? LinePlace.parse(intake.config().name(), position.get())
            : start.place;
    if (place != null) {
      resume(place);
      return;
    }
    if (start.isKnown) { // there was no file, so all that came since is to be read
      since = start.since;
      return;
    }
    since = FileState.now();
    LineReader first = open();
    try {
      if (first != null) {
        if (lines.isFromEnd()) {
          first.seekEnd();
        }
        start.place = first.place();
        use(first);
      }
    } finally {
      closeUnused(first);
    }
    start.since = since;
    start.isKnown = true;
  }

  private void resume(LinePlace place) throws IOException {
    LineReader named = open();
    try {
      resume(place, named);
    } finally {
      closeUnused(named);
    }
  }

  private void resume(LinePlace place, @Nullable LineReader named) throws IOException {
    if (named != null && named.key() == place.key() && named.seek(place)) {
      use(named);
      return;
    }
    LineReader old = rotated.find(place);
    if (old != null) {
      use(old);
      return;
    }
    boolean isCut = named != null && named.key() == place.key();
    intake.refuse(
        isCut ? "truncated" : "rotated-away",
        "%s: what was read up to %s is not there, and is not continued"
            .formatted(lines.file(), place.position()));
    since = FileState.now();
    if (named != null) {
      named.seek(0);
      use(named);
    }
  }

  /** {@return a reader of the file under the name; null if there is none} */
  private @Nullable LineReader open() throws IOException {
    try {
      return LineReader.open(lines.file(), lines.maxLine());
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private void closeUnused(@Nullable LineReader opened) throws IOException {
    if (opened != null && !opened.equals(reader)) {
      opened.close();
    }
  }

  private void use(LineReader next) throws IOException {
    LineReader last = reader;
    reader = next; // which closes it at the end, whatever happens
    if (last != null) {
      last.close();
    }
    origin = intake.origin().withResource(next.path().toUri().toString());
    try {
      var attributes = Files.readAttributes(next.path(), BasicFileAttributes.class);
      if (FileState.key(attributes.fileKey()) == next.key()) {
        since = FileState.of(attributes).modified();
      }
    } catch (NoSuchFileException e) {
      since = Math.max(since, 0); // it has just been renamed: the time of the one before stands
    }
    intake.ready();
  }

  // ── following ──

  private void follow() throws IOException, InterruptedException {
    Duration wait = SHORTEST;
    while (true) {
      LineReader now = reader;
      boolean isMore = now == null ? advance() : drain(now) || (isOver(now) && advance());
      if (isMore) {
        wait = SHORTEST;
        continue;
      }
      if (lines.isOnce()) {
        end(now);
        return;
      }
      await(wait);
      wait = wait.multipliedBy(2).compareTo(lines.poll()) < 0 ? wait.multipliedBy(2) : lines.poll();
    }
  }

  private void await(Duration time) throws InterruptedException {
    var over = new CountDownLatch(1);
    Timer timer = timers.schedule(time, over::countDown);
    try {
      over.await();
    } finally {
      timer.cancel();
    }
  }

  private void end(@Nullable LineReader last) throws IOException, InterruptedException {
    if (last == null) {
      throw new NoSuchFileException(lines.file().toString());
    }
    emitRest(last);
  }

  /** Reads a file to its end: {@return whether there was anything} */
  private boolean drain(LineReader from) throws IOException, InterruptedException {
    if (!from.isSame()) {
      cutOff(from);
      return true;
    }
    boolean any = false;
    while (true) {
      for (LineReader.Line line = from.next(); line != null; line = from.next()) {
        emit(from, line);
      }
      if (from.read() == 0) {
        return any;
      }
      any = true;
    }
  }

  /** A file has lost what was read of it. */
  private void cutOff(LineReader from) throws IOException {
    LineReader copy = rotated.find(from.place());
    if (copy != null) {
      use(copy);
      return;
    }
    intake.refuse(
        "truncated",
        "%s: it is not as it was read up to %d, and is read from its start"
            .formatted(from.path(), from.readTo()));
    from.seek(0);
  }

  /** {@return whether a file that was read to its end is finished} */
  private boolean isOver(LineReader from) throws IOException, InterruptedException {
    FileState named = named();
    if (named != null && named.key() == from.key()) {
      since = named.modified();
      return false;
    }
    boolean isNewInUse = named != null && named.size() > 0;
    if (!isNewInUse && !rotated.isFollowed(from.key(), finished)) {
      return false; // its writers may still be at the old one
    }
    if (drain(from) || !from.equals(reader)) {
      return false; // something came until the new one was seen, and more may
    }
    emitRest(from);
    finished.add(from.key());
    if (finished.size() > FINISHED) {
      finished.remove(finished.iterator().next());
    }
    return true;
  }

  /** Goes on to the next file: {@return whether there is one} */
  private boolean advance() throws IOException {
    for (int i = 0; i < TRIES; i++) {
      LineReader named = open();
      LineReader between = null;
      try {
        Set<Long> known = new HashSet<>(finished);
        if (named != null) {
          known.add(named.key());
        }
        between = rotated.next(since, known);
        if (between == null) {
          return goOn(named);
        }
        FileState now = named();
        if (named == null || (now != null && named.key() == now.key())) {
          use(between);
          return true;
        } // else it may be a younger one, as that under the name was rotated meanwhile
      } finally {
        closeUnused(named);
        closeUnused(between);
      }
    }
    throw new IOException("the files are renamed all the time: " + lines.file());
  }

  private boolean goOn(@Nullable LineReader named) throws IOException {
    if (named != null) {
      use(named);
    } else if (reader != null) {
      reader.close();
      reader = null;
    }
    return named != null;
  }

  /** {@return the file that has the name now; null if there is none} */
  private @Nullable FileState named() throws IOException {
    try {
      return FileState.of(Files.readAttributes(lines.file(), BasicFileAttributes.class));
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  // ── lines ──

  private void emitRest(LineReader from) throws InterruptedException {
    LineReader.Line rest = from.rest();
    if (rest != null) {
      emit(from, rest);
    }
  }

  private void emit(LineReader from, LineReader.Line line) throws InterruptedException {
    if (line.length() > lines.maxLine()) {
      intake.refuse(
          "max-line",
          "a line of %s that ends at %d: max-line=%d"
              .formatted(from.path(), from.offset(), lines.maxLine()));
      return;
    }
    String text = decode(from, line);
    if (text != null) {
      intake.emit(
          new Item<>(
              text,
              origin,
              Map.of(LineFile.OFFSET, Long.toString(line.offset())),
              null,
              from.place().position()));
    }
  }

  private @Nullable String decode(LineReader from, LineReader.Line line) {
    ByteBuffer bytes = from.bytes(line);
    if (line.offset() == 0 && isMarked(bytes)) {
      bytes.position(bytes.position() + BYTE_ORDER_MARK.length);
    }
    try {
      return decoder.decode(bytes.duplicate()).toString();
    } catch (CharacterCodingException e) {
      intake.refuse(
          "malformed",
          "a line of %s at %d is not %s: %s"
              .formatted(from.path(), line.offset(), lines.charset(), e));
      return lines.replacesMalformed() ? lines.charset().decode(bytes).toString() : null;
    }
  }

  private boolean isMarked(ByteBuffer bytes) {
    return lines.charset().equals(StandardCharsets.UTF_8)
        && bytes.remaining() >= BYTE_ORDER_MARK.length
        && bytes
            .slice(bytes.position(), BYTE_ORDER_MARK.length)
            .equals(ByteBuffer.wrap(BYTE_ORDER_MARK));
  }
}
