package dev.carillon.tools;

import dev.carillon.schedule.Backoff;
import dev.carillon.schedule.Retry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What {@code carillon watch} is given. */
final class WatchOptions {
  private static final int MOST_JOBS = 1024;
  private static final int MOST_RETRIES = 1_000_000;
  private static final Duration LONGEST_BACKOFF = Duration.ofMinutes(1);
  private static final Duration LONGEST_DEBOUNCE = Duration.ofHours(1);

  @Option(names = "--run", paramLabel = "COMMAND", description = "What to run, for a shell.")
  private @Nullable String shellCommand;

  @Option(
      names = "--on",
      paramLabel = "EVENTS",
      split = ",",
      description =
          "For which changes: create, modify, delete (default: create,modify; all three"
              + " with --batch and --restart).")
  private List<String> events = List.of();

  @Option(
      names = "--glob",
      paramLabel = "GLOB",
      description =
          "Only files that match: their names, or with a slash in it their paths below"
              + " DIR. May be repeated.")
  private List<String> globs = List.of();

  @Option(
      names = "--ignore",
      paramLabel = "GLOB",
      description = "No files that match, and none in directories that do. May be repeated.")
  private List<String> ignored = List.of();

  @Option(names = "--no-default-ignores", description = "Ignore nothing else, see below.")
  private boolean withoutDefaultIgnores;

  @Option(names = "--no-recursive", description = "Not the directories below DIR.")
  private boolean isFlat;

  @Option(
      names = "--debounce",
      paramLabel = "TIME",
      description =
          "How long a file must be left alone first, or all of them with --batch and --restart"
              + " (default: ${DEFAULT-VALUE}).",
      defaultValue = "100ms")
  private String debounce = "";

  @Option(
      names = "--existing",
      description = "Run it first for the files that are there, as if they were created now.")
  private boolean existing;

  @Option(
      names = "--once",
      description =
          "End when all is handled that --existing or --position brings; without them,"
              + " after the first changes.")
  private boolean once;

  @Option(
      names = "--position",
      paramLabel = "FILE",
      description =
          "Keep in FILE, and beside it, what was handled, so that the next start continues"
              + " there: it begins with what has changed since.")
  private @Nullable Path position;

  @Option(
      names = "--batch",
      description = "One run for all that has changed, not one for each file.")
  private boolean batch;

  @Option(
      names = "--restart",
      description =
          "Start the command at once, and when something changes end it and start it again.")
  private boolean restart;

  @Option(
      names = "--jobs",
      paramLabel = "N",
      description = "How many commands at once (default: ${DEFAULT-VALUE}).",
      defaultValue = "1")
  private int jobs;

  @Option(
      names = "--retries",
      paramLabel = "N",
      description = "How often a command that fails is tried again (default: ${DEFAULT-VALUE}).",
      defaultValue = "0")
  private int retries;

  @Option(
      names = "--backoff",
      paramLabel = "TIME",
      description =
          "How long it waits for that, twice as long each time, up to 1m"
              + " (default: ${DEFAULT-VALUE}).",
      defaultValue = "1s")
  private String backoff = "";

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      description =
          "How long a command may take; then it has failed, and is ended with all that it"
              + " has started (default: for ever).")
  private @Nullable String timeout;

  @Option(
      names = "--grace",
      paramLabel = "TIME",
      description =
          "How long a command has to end from SIGTERM to SIGKILL (default: ${DEFAULT-VALUE}).",
      defaultValue = "5s")
  private String grace = "";

  @Option(
      names = "--fail-fast",
      description = "End when a command has failed, also when it was tried again.")
  private boolean failFast;

  @Option(
      names = "--json",
      description =
          "Print one JSON object a line for each run that has ended; what commands print"
              + " goes to the standard error.")
  private boolean json;

  @Option(
      names = "--label",
      description = "Begin each line that a command prints with the file it runs for.")
  private boolean label;

  @Option(names = "--clear", description = "Clear the terminal before each run.")
  private boolean clear;

  @Option(
      names = {"-q", "--quiet"},
      description = "Print nothing but what commands print.")
  private boolean quiet;

  @Parameters(index = "0", paramLabel = "DIR", description = "What to watch.")
  private Path directory = Path.of("");

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "COMMAND",
      description = "What to run, without a shell.")
  private List<String> command = List.of();

  /**
   * {@return what is asked for}
   *
   * @param watched tells whether a person is there
   * @throws IllegalArgumentException if that breaks a rule
   */
  WatchPlan plan(BooleanSupplier watched) {
    Usage.require(
        jobs >= 1 && jobs <= MOST_JOBS, "--jobs must be 1 to %d: N=%d".formatted(MOST_JOBS, jobs));
    Usage.require(
        retries >= 0 && retries <= MOST_RETRIES,
        "--retries must be 0 to %d: N=%d".formatted(MOST_RETRIES, retries));
    WatchPlan.Mode mode = mode();
    return new WatchPlan(
        files(),
        mode,
        command(mode),
        events(mode),
        time("--debounce", debounce, LONGEST_DEBOUNCE),
        jobs,
        retry(),
        timeout == null ? null : positive("--timeout", timeout),
        time("--grace", grace, LONGEST_DEBOUNCE),
        once,
        failFast,
        new WatchOutput(json, label, clear && watched.getAsBoolean(), quiet));
  }

  private WatchPlan.Mode mode() {
    Usage.require(!batch || !restart, "--batch and --restart must not be given together");
    Usage.require(!batch || jobs == 1, "--batch has one command at a time: --jobs=" + jobs);
    Usage.require(
        !restart
            || (!once
                && !existing
                && !failFast
                && position == null
                && timeout == null
                && jobs == 1
                && retries == 0),
        "--restart must not be given together with --once, --existing, --position, --jobs,"
            + " --retries, --timeout or --fail-fast");
    if (batch) {
      return WatchPlan.Mode.BATCH;
    }
    return restart ? WatchPlan.Mode.RESTART : WatchPlan.Mode.EACH;
  }

  private WatchedFiles files() {
    Path real;
    try {
      real = directory.toRealPath();
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "DIR must be a directory, or a file, that is there: DIR=" + directory, e);
    }
    boolean isDirectory = Files.isDirectory(real);
    Usage.require(
        isDirectory || Files.isRegularFile(real),
        "DIR must be a directory or a file: DIR=" + directory);
    var patterns = new ArrayList<>(ignored);
    if (!withoutDefaultIgnores && isDirectory) {
      patterns.addAll(WatchedFiles.IGNORED);
    }
    return new WatchedFiles(
        isDirectory ? real : Objects.requireNonNull(real.getParent(), "a file lies somewhere"),
        isDirectory ? null : String.valueOf(real.getFileName()),
        !isFlat,
        globs,
        patterns,
        existing,
        position == null ? null : position.toAbsolutePath());
  }

  private WatchedCommand command(WatchPlan.Mode mode) {
    Usage.require(
        (shellCommand == null) != command.isEmpty(),
        "there must be one command, either that of --run or the words after --: --run=%s, --=%s"
            .formatted(shellCommand, command));
    WatchedCommand given =
        shellCommand == null ? WatchedCommand.program(command) : WatchedCommand.shell(shellCommand);
    Usage.require(
        mode == WatchPlan.Mode.EACH || !given.hasPlaceholder(),
        "COMMAND must not name one file with --batch or --restart, as it runs for all of them:"
            + " COMMAND="
            + String.join(" ", given.words()));
    return given;
  }

  private Set<WatchEvent> events(WatchPlan.Mode mode) {
    if (!events.isEmpty()) {
      return WatchEvent.parse(events);
    }
    return mode == WatchPlan.Mode.EACH
        ? EnumSet.of(WatchEvent.CREATE, WatchEvent.MODIFY)
        : EnumSet.allOf(WatchEvent.class);
  }

  private Retry retry() {
    Duration first = time("--backoff", backoff, LONGEST_BACKOFF);
    return Retry.DEFAULT
        .withMaxAttempts(retries + 1)
        .withBackoff(Backoff.exponential(first, LONGEST_BACKOFF));
  }

  private static Duration positive(String option, String text) {
    Duration time = DurationOption.parse(option, text);
    Usage.require(time.isPositive(), option + " must be positive: TIME=" + text);
    return time;
  }

  private static Duration time(String option, String text, Duration most) {
    Duration time = DurationOption.parse(option, text);
    Usage.require(
        time.compareTo(most) <= 0,
        "%s must be at most %d s: TIME=%s".formatted(option, most.toSeconds(), text));
    return time;
  }
}
