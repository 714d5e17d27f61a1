package dev.carillon.source;

import java.io.IOException;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import jdk.jfr.Configuration;
import jdk.jfr.consumer.EventStream;
import jdk.jfr.consumer.RecordingStream;
import org.jspecify.annotations.Nullable;

/**
 * Events of the JDK's Flight Recorder: of this JVM as they happen, of another on this machine, or
 * of a recording in a file. Immutable, changed by its methods.
 *
 * {@snippet :
 * Source.open(
 *     JfrStream.here()
 *         .event("jdk.GarbageCollection")
 *         .event("jdk.FileRead", Duration.ofMillis(20))
 *         .periodic("jdk.CPULoad", Duration.ofSeconds(1))
 *         .event("carillon.SlowListener"),
 *     Outlet.to(bus, Topic.of("ops.jfr", JfrEvent.class)));
 * }
 *
 * <p>The Flight Recorder of this JVM is started when a source of its events is, and not before;
 * starting the first takes it some tenths of a second. Events come about a second after they
 * happened, in the order in which they ended.
 *
 * <p>Slow handlers leave events in the recorder's files on the disk, which are bounded, by default
 * by 10 minutes and 64 MiB: what is older or more is deleted unread. What the recorder itself
 * loses, as threads make events faster than it writes, it says, and that is counted as refused,
 * {@code data-loss}.
 *
 * <p>Of another JVM and of a file the position is the end of the last event, and the source goes on
 * behind it, as long as the files are there; an event that the recorder gave out after one that
 * ended later, as it does very rarely, may be passed over by that. Before the first event was taken
 * care of, a source of another JVM's that is started again in one process begins where it began. Of
 * this JVM there is no position: what happens while the source is not running is not recorded for
 * it. A handler that causes events of those that it is given keeps itself at work for ever.
 */
public final class JfrStream implements SourceKind<JfrEvent> {
  private static final Duration MAX_AGE = Duration.ofMinutes(10);
  private static final long MAX_BYTES = 64L << 20;

  /** How one kind of events is recorded. */
  record Setting(Duration threshold, @Nullable Duration period) {}

  /** What is changed by the methods. */
  private record Options(
      Map<String, Setting> events,
      @Nullable String configuration,
      boolean stackTraces,
      Duration maxAge,
      long maxBytes) {}

  private final @Nullable Path path; // null for this JVM
  private final boolean isFile;
  private final Options options;

  private JfrStream(@Nullable Path path, boolean isFile, Options options) {
    this.path = path;
    this.isFile = isFile;
    this.options = options;
  }

  private static JfrStream at(@Nullable Path path, boolean isFile) {
    return new JfrStream(path, isFile, new Options(Map.of(), null, false, MAX_AGE, MAX_BYTES));
  }

  /** {@return events of this JVM} Some must be named, or a {@link #configuration}. */
  public static JfrStream here() {
    return at(null, false);
  }

  /**
   * {@return events that another JVM on this machine records, from now on or from the position;
   * those that are named, or all}
   *
   * @param directory its repository: what {@code jcmd PID JFR.configure} calls the repository path
   */
  public static JfrStream repository(Path directory) {
    return at(Objects.requireNonNull(directory, "directory"), false);
  }

  /**
   * {@return events of a recording; those that are named, or all}
   *
   * @param recording a file, usually {@code .jfr}
   */
  public static JfrStream file(Path recording) {
    return at(Objects.requireNonNull(recording, "recording"), true);
  }

  /**
   * {@return these events and those of another type}
   *
   * @param name of the type, such as {@code jdk.GarbageCollection}; nobody checks that there is
   *     one, as types become known when their classes are loaded
   */
  public JfrStream event(String name) {
    return event(name, Duration.ZERO);
  }

  /**
   * {@return these events and those of another type that last long enough}
   *
   * @param name of the type
   * @param threshold how long at least
   * @throws IllegalArgumentException if the threshold is negative
   */
  public JfrStream event(String name, Duration threshold) {
    Checks.notNegative("threshold", threshold);
    return with(name, new Setting(threshold, null));
  }

  /**
   * {@return these events and those of a type that the recorder makes in intervals} Those of
   * another JVM, or of a file, come as they are there.
   *
   * @param name of the type, such as {@code jdk.CPULoad}
   * @param period from one to the next
   * @throws IllegalArgumentException if the period is not positive
   */
  public JfrStream periodic(String name, Duration period) {
    Checks.positive("period", period);
    return with(name, new Setting(Duration.ZERO, period));
  }

  private JfrStream with(String name, Setting setting) {
    if (name.isBlank()) {
      throw new IllegalArgumentException("an event type must have a name: name=\"" + name + "\"");
    }
    var more = new LinkedHashMap<>(options.events());
    more.put(name, setting);
    return with(
        new Options(
            Map.copyOf(more),
            options.configuration(),
            options.stackTraces(),
            options.maxAge(),
            options.maxBytes()));
  }

  private JfrStream with(Options changed) {
    return new JfrStream(path, isFile, changed);
  }

  /**
   * {@return these events, recorded with one of the JDK's configurations} Without a name of an
   * event, all events that it has come. Only for {@linkplain #here this JVM}.
   *
   * @param name such as {@code default} or {@code profile}
   */
  public JfrStream configuration(String name) {
    Objects.requireNonNull(name, "name");
    return with(
        new Options(
            options.events(), name, options.stackTraces(), options.maxAge(), options.maxBytes()));
  }

  /**
   * {@return these events, with stack traces of up to 64 frames} Only for {@linkplain #here this
   * JVM}.
   */
  public JfrStream withStackTraces() {
    return with(
        new Options(
            options.events(), options.configuration(), true, options.maxAge(), options.maxBytes()));
  }

  /**
   * {@return these events, with other bounds of what waits on the disk} Only for {@linkplain #here
   * this JVM}; the recorder holds them to within one of its files.
   *
   * @param age how old at most
   * @param bytes how much at most, at least 1
   * @throws IllegalArgumentException if a bound is not positive
   */
  public JfrStream keeping(Duration age, long bytes) {
    Checks.positive("age", age);
    Checks.range("bytes", bytes, 1, Long.MAX_VALUE);
    return with(
        new Options(options.events(), options.configuration(), options.stackTraces(), age, bytes));
  }

  @Override
  public String kind() {
    return "jfr";
  }

  @Override
  public void run(Intake<JfrEvent> intake) throws Exception {
    Path from = path;
    try (EventStream stream = from == null ? recording() : opened(from)) {
      var reader =
          new JfrReader(
              intake,
              from == null ? intake.origin() : intake.origin().withResource(uri(from)),
              from != null,
              stream::close);
      stream.setReuse(true); // the reader copies what it needs
      stream.setOrdered(true);
      if (from != null) {
        Instant began = intake.kept(Instant.class, Instant::now);
        reader.continueAt(stream, isFile ? null : began);
      }
      subscribe(stream, reader);
      intake.onStop(stream);
      stream.startAsync();
      intake.ready();
      stream.awaitTermination();
      reader.check();
    }
  }

  private static String uri(Path path) {
    return path.toUri().toString();
  }

  private void subscribe(EventStream stream, JfrReader reader) {
    stream.onError(reader::failed);
    stream.onEvent(JfrReader.DATA_LOSS, reader::lost);
    if (options.events().isEmpty()) {
      stream.onEvent(event -> reader.take(event, Duration.ZERO));
    }
    options
        .events()
        .forEach((name, setting) ->
            stream.onEvent(name, event -> reader.take(event, setting.threshold())));
  }

  private EventStream opened(Path from) throws IOException {
    return isFile ? EventStream.openFile(from) : EventStream.openRepository(from);
  }

  private RecordingStream recording() throws IOException, ParseException {
    String configuration = options.configuration();
    if (configuration == null && options.events().isEmpty()) {
      throw new IllegalStateException(
          "events of this JVM must be named, or a configuration: events=[]");
    }
    RecordingStream stream =
        configuration == null
            ? new RecordingStream()
            : new RecordingStream(Configuration.getConfiguration(configuration));
    stream.setMaxAge(options.maxAge());
    stream.setMaxSize(options.maxBytes());
    stream.enable(JfrReader.DATA_LOSS);
    options.events().forEach((name, setting) -> enable(stream, name, setting));
    return stream;
  }

  private void enable(RecordingStream stream, String name, Setting setting) {
    var settings = stream.enable(name);
    Duration period = setting.period();
    if (period != null) {
      settings.withPeriod(period);
    } else {
      settings.withThreshold(setting.threshold());
    }
    if (options.stackTraces()) {
      settings.withStackTrace();
    } else {
      settings.withoutStackTrace();
    }
  }
}
