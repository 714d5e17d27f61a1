package dev.carillon.source;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.time.Duration;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * The lines of a file that grows, as {@code tail -F} has them: immutable, changed by its methods.
 *
 * {@snippet :
 * var log = LineFile.of(Path.of("/var/log/shop.log")).fromEnd();
 * Source.open(log, Outlet.to(bus, lines), s -> s.withPositions(Positions.inHistory(bus, lines)));
 * }
 *
 * <p><b>Lines.</b> A line ends with {@code \n} or {@code \r\n}, which are not part of it. What has
 * no end yet waits for it; at the end of a file that was rotated, or of one that is read {@link
 * #once}, it is a line. The header {@value #OFFSET} says where the line begins. A line that is
 * longer than 1 MiB is passed over, and counted as {@code max-line}; one that is malformed is
 * passed over, and counted as {@code malformed}, or see {@link #replacingMalformed}.
 *
 * <p><b>Rotation.</b> If another file is found under the name, the old one is read to its end, and
 * so are those that came between, before the new one; so it is after a restart, as long as the old
 * ones are in the same directory under names of {@link #rotatedTo}. What was written to an old file
 * when the new one had begun is not seen. A file that is cut off is read from its beginning, and
 * counted as {@code truncated}; if it was copied before, the copy is read to its end first. A file
 * that is not found again is counted as {@code rotated-away}, as lines may be lost. If the one to
 * be read next must not be read, the source fails, as long as that is so. As long as there is no
 * file, the source waits for it.
 *
 * <p><b>Position.</b> Which file, the offset behind the line, and a checksum of what is before
 * that, by which a file is known again. With the positions of a durable history, each line is in it
 * once.
 *
 * <p>It looks for more every 5 ms, and ever more seldom, up to every 200 ms, while nothing comes:
 * on each file system, and without a watch of the system for each file. It holds 64 KiB, or as much
 * as the longest line that it takes.
 */
public final class LineFile implements SourceKind<String> {
  /** Header: the offset in the file at which a line begins. */
  public static final String OFFSET = "line-offset";

  private static final int MOST_BYTES = 1 << 30;
  private static final String ROTATED = "[.-][0-9][0-9T:._-]*";

  private final Path file;
  private final boolean isFromEnd;
  private final boolean isOnce;
  private final boolean replacesMalformed;
  private final int maxLine;
  private final Charset charset;
  private final Duration poll;
  private final PathMatcher rotated; // of names

  private LineFile(Draft draft) {
    this.file = draft.file;
    this.isFromEnd = draft.isFromEnd;
    this.isOnce = draft.isOnce;
    this.replacesMalformed = draft.replacesMalformed;
    this.maxLine = draft.maxLine;
    this.charset = draft.charset;
    this.poll = draft.poll;
    this.rotated = draft.rotated;
  }

  /**
   * {@return the lines of a file in UTF-8, from its start on}
   *
   * @param file need not be there yet; symbolic links are followed
   * @throws IllegalArgumentException if it has no name, as a root has none
   */
  public static LineFile of(Path file) {
    if (file.getFileName() == null) {
      throw new IllegalArgumentException("a file must have a name: file=" + file);
    }
    return new LineFile(new Draft(file));
  }

  /** {@return these lines, all of them if nothing was read before: the default} */
  public LineFile fromStart() {
    var draft = new Draft(this);
    draft.isFromEnd = false;
    return new LineFile(draft);
  }

  /**
   * {@return these lines, if nothing was read before only those that end after the first start}
   * Until the first of them was handled there is no position, so a process that starts again begins
   * at the end again.
   */
  public LineFile fromEnd() {
    var draft = new Draft(this);
    draft.isFromEnd = true;
    return new LineFile(draft);
  }

  /** {@return these lines up to the file's end, where the source ends; a missing file fails it} */
  public LineFile once() {
    var draft = new Draft(this);
    draft.isOnce = true;
    return new LineFile(draft);
  }

  /**
   * {@return these lines with another limit}
   *
   * @param bytes how long a line may be without its end, 1 to 1,073,741,824
   * @throws IllegalArgumentException if that is outside its range
   */
  public LineFile withMaxLine(int bytes) {
    Checks.range("max-line", bytes, 1, MOST_BYTES);
    var draft = new Draft(this);
    draft.maxLine = bytes;
    return new LineFile(draft);
  }

  /**
   * {@return these lines, with U+FFFD in place of what is malformed} Such lines are counted as
   * {@code malformed} all the same.
   */
  public LineFile replacingMalformed() {
    var draft = new Draft(this);
    draft.replacesMalformed = true;
    return new LineFile(draft);
  }

  /**
   * {@return these lines in another charset}
   *
   * @param newCharset one in which a line ends with the byte 10, so not UTF-16
   * @throws IllegalArgumentException if it does not
   */
  public LineFile withCharset(Charset newCharset) {
    byte[] end = "a\n".getBytes(newCharset);
    if (end.length != 2 || end[1] != '\n') {
      throw new IllegalArgumentException(
          "a line must end with the byte 10 in the charset: charset=" + newCharset);
    }
    var draft = new Draft(this);
    draft.charset = newCharset;
    return new LineFile(draft);
  }

  /**
   * {@return these lines, with other names of the files that they are rotated to} By default that
   * is the file's name with a number or a date behind it, as in {@code shop.log.1} and {@code
   * shop.log-20261121}. Files that were compressed cannot be read.
   *
   * @param glob as of {@link java.nio.file.FileSystem#getPathMatcher}, for names in the file's
   *     directory
   * @throws java.util.regex.PatternSyntaxException if it is not a glob
   */
  public LineFile rotatedTo(String glob) {
    var draft = new Draft(this);
    draft.rotated = file.getFileSystem().getPathMatcher("glob:" + glob);
    return new LineFile(draft);
  }

  /**
   * {@return these lines, looked for at other intervals}
   *
   * @param longest from one look to the next if nothing comes, 5 ms to an hour
   * @throws IllegalArgumentException if it is outside its range
   */
  public LineFile pollEvery(Duration longest) {
    Checks.range(
        "pollEvery in ms", longest.toMillis(), LineFollowing.SHORTEST.toMillis(), 3_600_000);
    var draft = new Draft(this);
    draft.poll = longest;
    return new LineFile(draft);
  }

  @Override
  public void run(Intake<String> intake) throws Exception {
    new LineFollowing(this, intake).run();
  }

  @Override
  public String kind() {
    return "line-file";
  }

  Path file() {
    return file;
  }

  boolean isFromEnd() {
    return isFromEnd;
  }

  boolean isOnce() {
    return isOnce;
  }

  boolean replacesMalformed() {
    return replacesMalformed;
  }

  int maxLine() {
    return maxLine;
  }

  Charset charset() {
    return charset;
  }

  Duration poll() {
    return poll;
  }

  PathMatcher rotated() {
    return rotated;
  }

  /** Lines that are being changed. */
  private static final class Draft {
    final Path file;
    boolean isFromEnd;
    boolean isOnce;
    boolean replacesMalformed;
    int maxLine = 1 << 20;
    Charset charset = StandardCharsets.UTF_8;
    Duration poll = Duration.ofMillis(200);
    PathMatcher rotated;

    Draft(Path file) {
      this.file = file;
      String name = Objects.requireNonNull(file.getFileName(), "name").toString();
      Pattern pattern = Pattern.compile(Pattern.quote(name) + ROTATED);
      this.rotated = path -> pattern.matcher(path.toString()).matches();
    }

    Draft(LineFile from) {
      this.file = from.file;
      this.isFromEnd = from.isFromEnd;
      this.isOnce = from.isOnce;
      this.replacesMalformed = from.replacesMalformed;
      this.maxLine = from.maxLine;
      this.charset = from.charset;
      this.poll = from.poll;
      this.rotated = from.rotated;
    }
  }
}
