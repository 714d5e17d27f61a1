package dev.carillon.source;

import java.io.InputStream;
import java.net.URI;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Lines of text: a source that reads standard input, what another process prints, or any other
 * stream, as UTF-8, up to each line feed; a carriage return before that is left out. Immutable,
 * changed by its methods.
 *
 * {@snippet :
 * Source.open(LineStream.standardInput(), Outlet.handler(line -> run(line.payload())));
 * Source.open(LineStream.of(process.getInputStream()), Outlet.to(bus, printed));
 * Source.open(LineStream.opening(() -> Files.newInputStream(log)), Outlet.to(bus, lines));
 * }
 *
 * <p>Nothing is read while there is no room, so whoever writes has to wait; up to 64 KiB are read
 * ahead. A line that is too long is left out, and one that is not UTF-8 has its bad bytes replaced
 * or is left out; both are counted as refused. What stands behind the last line feed when the
 * stream ends is a line too. Then the source has ended.
 *
 * <p>A stream {@linkplain #of that is given} can be read once. A source that stops and starts again
 * in the same process goes on behind what was taken care of, and loses nothing; but what was read
 * dies with the process. A read that waits for bytes cannot be ended: the thread that does it, a
 * daemon, stays behind until there are some, which are kept for the next start. The stream is never
 * closed. A stream {@linkplain #opening that is opened} anew at each start has a position, the
 * number of bytes up to there, and is closed.
 */
public final class LineStream implements SourceKind<String> {
  /** Reads lines. */
  private interface Reading {
    void read(Intake<String> intake, LineRules rules, Function<String, Item<String>> item)
        throws Exception;
  }

  private final Reading reading;
  private final String kind;
  private final @Nullable String resource;
  private final LineRules rules;

  private LineStream(Reading reading, String kind, @Nullable String resource, LineRules rules) {
    this.reading = reading;
    this.kind = kind;
    this.resource = resource;
    this.rules = rules;
  }

  /** {@return the lines of standard input} One source can read it at a time. */
  public static LineStream standardInput() {
    return new LineStream(
        (intake, rules, item) -> LineInput.standard().runKeeping(intake, rules, item),
        "stdin",
        "stdin:",
        LineRules.DEFAULT);
  }

  /**
   * {@return the lines of a stream, which nobody else reads} One source can read it at a time.
   *
   * @param in not closed
   */
  public static LineStream of(InputStream in) {
    var input = new LineInput(Objects.requireNonNull(in, "in"), "stream", 0);
    return new LineStream(input::runKeeping, "lines", null, LineRules.DEFAULT);
  }

  /**
   * {@return the lines of a stream that is opened at each start, and gives the same bytes then as
   * far as it was read} Up to its position it is skipped.
   *
   * @param open opens it; closed when the source stops or it ends
   */
  public static LineStream opening(Callable<? extends InputStream> open) {
    Objects.requireNonNull(open, "open");
    return new LineStream(
        (intake, rules, item) -> readOpened(open, intake, rules, item),
        "lines",
        null,
        LineRules.DEFAULT);
  }

  private static void readOpened(
      Callable<? extends InputStream> open,
      Intake<String> intake,
      LineRules rules,
      Function<String, Item<String>> item)
      throws Exception {
    long offset = offset(intake);
    try (InputStream in = open.call()) {
      intake.onStop(in); // which ends the read, if it can be ended
      new LineInput(in, intake.config().name(), offset).runFrom(intake, rules, item);
    }
  }

  private static long offset(Intake<String> intake) {
    String position = intake.position().orElse("0");
    try {
      return Long.parseUnsignedLong(position);
    } catch (NumberFormatException e) {
      throw new IllegalStateException(
          "a position of lines must be a number of bytes: position=\"" + position + "\"", e);
    }
  }

  /**
   * {@return these lines, with another limit} 1 MiB unless set; as much memory may be used.
   *
   * @param bytes how long a line may be at most without its line feed, 1 to 268,435,456; a longer
   *     one is left out and counted as refused, {@code max-line}
   * @throws IllegalArgumentException if the number is outside its range
   */
  public LineStream maxLine(int bytes) {
    return with(r -> new LineRules(bytes, r.refusesMalformed()));
  }

  /**
   * {@return these lines, without those that are not UTF-8} Otherwise these come with U+FFFD in
   * place of what is bad. Either way they are counted as refused, {@code malformed}.
   */
  public LineStream refusingMalformed() {
    return with(r -> new LineRules(r.maxLine(), true));
  }

  private LineStream with(UnaryOperator<LineRules> change) {
    return new LineStream(reading, kind, resource, change.apply(rules));
  }

  /**
   * {@return these lines, with what is read from named in the headers}
   *
   * @param uri what is read
   */
  public LineStream resource(URI uri) {
    return new LineStream(reading, kind, uri.toString(), rules);
  }

  @Override
  public String kind() {
    return kind;
  }

  @Override
  public void run(Intake<String> intake) throws Exception {
    String named = resource;
    Origin origin = named == null ? intake.origin() : intake.origin().withResource(named);
    reading.read(intake, rules, line -> intake.item(line).from(origin));
  }
}
