package dev.carillon.source;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Files of a directory that are created, modified and deleted: immutable, changed by its methods.
 *
 * {@snippet :
 * var uploads =
 *     FileWatch.of(directory)
 *         .recursive()
 *         .matching("*.csv")
 *         .settledFor(Duration.ofSeconds(1))
 *         .remembering(Path.of("state/uploads.files"));
 * Source.open(
 *     uploads,
 *     Outlet.to(bus, topic),
 *     s -> s.named("uploads").withPositions(Positions.inDirectory(Path.of("state"), false)));
 * }
 *
 * <p><b>What is told.</b> Not each single change, but whatever differs from what was told before,
 * once it has not changed for the time of {@link #settledFor}. So after the last change of a file,
 * its final state is told. What has not changed in size, time or file since it was told is not told
 * again, except where the file system's clock cannot tell whether it has changed. A file that was
 * renamed is deleted and created. Symbolic links are not followed, the directory itself apart; only
 * regular files are told.
 *
 * <p><b>Overflow.</b> If changes come faster than they are handled, the system drops their notices;
 * then the directories are looked through, and compared with what was told. So nothing is lost, and
 * nothing piles up in memory.
 *
 * <p><b>Restarts.</b> A source that is started again in the same process tells what has changed
 * since. With {@link #remembering} the next process does so, too.
 *
 * <p><b>Limits.</b> 100,000 files, 10,000 directories; {@link #withLimits}. What is beyond them is
 * counted as {@code max-files} or {@code max-directories}, and looked at again when a tenth of the
 * files, or one directory, is free. Directories that cannot be read are counted as {@code
 * unreadable}, and looked at again every second; those that the system cannot watch are counted as
 * {@code watch}, names that cannot be written as text as {@code name}.
 *
 * <p><b>Failure.</b> If the directory is missing or replaced, the source fails, and is started
 * again by its policy. While it is missing, its files need not be told as deleted.
 *
 * <p>It needs a file system that tells of changes, as local ones do; on network file systems, which
 * tell of this machine's changes only, use {@link #rescanEvery} as well.
 */
public final class FileWatch implements SourceKind<FileChange> {
  private static final Duration DAY = Duration.ofDays(1);
  private static final int MOST = 100_000_000;

  private final Path directory;
  private final FileSelection selection;
  private final Duration quiet;
  private final boolean reportsExisting;
  private final boolean isOnce;
  private final @Nullable Path memory;
  private final @Nullable Duration rescan;
  private final int maxFiles;
  private final int maxDirectories;

  private FileWatch(Draft draft) {
    this.directory = draft.directory;
    this.selection = draft.selection;
    this.quiet = draft.quiet;
    this.reportsExisting = draft.reportsExisting;
    this.isOnce = draft.isOnce;
    this.memory = draft.memory;
    this.rescan = draft.rescan;
    this.maxFiles = draft.maxFiles;
    this.maxDirectories = draft.maxDirectories;
  }

  /**
   * {@return a watch on the files that lie in a directory}
   *
   * @param directory should exist; as long as it does not, the source fails and is started again
   */
  public static FileWatch of(Path directory) {
    return new FileWatch(new Draft(directory));
  }

  /** {@return this watch, on the directories below as well} */
  public FileWatch recursive() {
    var draft = new Draft(this);
    draft.selection = selection.recursive();
    return new FileWatch(draft);
  }

  /**
   * {@return this watch, on files only that match this pattern, or another one that was set so}
   *
   * @param glob as of {@link java.nio.file.FileSystem#getPathMatcher}: without a slash for the
   *     name, as {@code *.csv}, else for the path below the directory
   * @throws java.util.regex.PatternSyntaxException if it is not a glob
   */
  public FileWatch matching(String glob) {
    var draft = new Draft(this);
    draft.selection = selection.matching(glob);
    return new FileWatch(draft);
  }

  /**
   * {@return this watch, but not on files that match this pattern, and not on what lies in
   * directories that do}
   *
   * @param glob as of {@link #matching}
   * @throws java.util.regex.PatternSyntaxException if it is not a glob
   */
  public FileWatch ignoring(String glob) {
    var draft = new Draft(this);
    draft.selection = selection.ignoring(glob);
    return new FileWatch(draft);
  }

  /**
   * {@return this watch with another time for which a file must not change before it is told} 50 ms
   * by default. A file that changes more often than that is not told until it rests; with zero,
   * each state is told that is met, and a file that has just been written may be told once more.
   *
   * @param time zero to a day
   * @throws IllegalArgumentException if it is negative or more than a day
   */
  public FileWatch settledFor(Duration time) {
    Checks.notNegative("settledFor", time);
    checkDay("settledFor", time);
    var draft = new Draft(this);
    draft.quiet = time;
    return new FileWatch(draft);
  }

  /** {@return this watch, that tells of the files as created that are there at its first start} */
  public FileWatch reportingExisting() {
    var draft = new Draft(this);
    draft.reportsExisting = true;
    return new FileWatch(draft);
  }

  /**
   * {@return this watch, that looks once} It tells what is new at its start, and ends: what has
   * changed since a process before, see {@link #remembering}, or what is there, see {@link
   * #reportingExisting}. What changes meanwhile may be told or not; a file is waited for until it
   * rests.
   */
  public FileWatch once() {
    var draft = new Draft(this);
    draft.isOnce = true;
    return new FileWatch(draft);
  }

  /**
   * {@return this watch, that remembers in a file what was told, so that the next process tells
   * what has changed meanwhile} The source must have positions: they say up to where it was taken
   * care of. After a kill, what was under way or not yet saved is told again, and nothing is lost;
   * after a loss of power, some more may be told again.
   *
   * <p>Without its position, the source tells all again that it has told. Without this file, it
   * starts as on the first day. If the file is damaged, the source fails and says so; whoever
   * removes it may set {@link #reportingExisting} to have all files told. One source at a time can
   * use it.
   *
   * @param file made if it is missing, and replaced as a whole now and then; beside it are {@code
   *     .lock} and at times {@code .new}. It may lie in the directory, and is not told then
   */
  public FileWatch remembering(Path file) {
    var draft = new Draft(this);
    draft.memory = file.toAbsolutePath().normalize();
    return new FileWatch(draft);
  }

  /**
   * {@return this watch, that also looks through all directories from time to time} For file
   * systems that do not tell of changes, or not of all.
   *
   * @param time from one look to the next, at most a day
   * @throws IllegalArgumentException if it is not positive or more than a day
   */
  public FileWatch rescanEvery(Duration time) {
    Checks.positive("rescanEvery", time);
    checkDay("rescanEvery", time);
    var draft = new Draft(this);
    draft.rescan = time;
    return new FileWatch(draft);
  }

  /**
   * {@return this watch with other limits} A file takes about 200 bytes of heap, a directory a
   * watch of the system; Linux has {@code fs.inotify.max_user_watches} of them.
   *
   * @param files how many at most, 1 to 100,000,000
   * @param directories how many at most, 1 to 100,000,000
   * @throws IllegalArgumentException if one is outside its range
   */
  public FileWatch withLimits(int files, int directories) {
    Checks.range("files", files, 1, MOST);
    Checks.range("directories", directories, 1, MOST);
    var draft = new Draft(this);
    draft.maxFiles = files;
    draft.maxDirectories = directories;
    return new FileWatch(draft);
  }

  private static void checkDay(String what, Duration time) {
    if (time.compareTo(DAY) > 0) {
      throw new IllegalArgumentException(
          "%s must be at most a day: %s=%s".formatted(what, what, time));
    }
  }

  @Override
  public void check(SourceConfig config) {
    if (memory != null && config.positions() == null) {
      throw new IllegalArgumentException(
          "a watch that remembers needs positions, see SourceConfig.withPositions: source=\"%s\", file=%s"
              .formatted(config.name(), memory));
    }
  }

  @Override
  public void run(Intake<FileChange> intake) throws Exception {
    if (memory == null) {
      FileWatching.run(this, intake, intake.kept(FileMemory.class, FileMemory::new));
      return;
    }
    try (var log = FileMemoryLog.open(memory)) {
      FileWatching.run(this, intake, new FileMemory(log));
    }
  }

  @Override
  public String kind() {
    return "file-watch";
  }

  /** A look through a large tree would hold the carrier of a virtual thread for long. */
  @Override
  public boolean needsPlatformThread() {
    return true;
  }

  Path directory() {
    return directory;
  }

  FileSelection selection() {
    return selection;
  }

  long quietNanos() {
    return quiet.toNanos();
  }

  boolean reportsExisting() {
    return reportsExisting;
  }

  boolean isOnce() {
    return isOnce;
  }

  @Nullable Duration rescan() {
    return rescan;
  }

  int maxFiles() {
    return maxFiles;
  }

  int maxDirectories() {
    return maxDirectories;
  }

  /** {@return whether a path is one of the files in which this remembers} */
  boolean isMemory(Path path) {
    return memory != null && FileMemoryLog.isPart(memory, path.toAbsolutePath().normalize());
  }

  /** A watch that is being changed. */
  private static final class Draft {
    final Path directory;
    FileSelection selection;
    Duration quiet = Duration.ofMillis(50);
    boolean reportsExisting;
    boolean isOnce;
    @Nullable Path memory;
    @Nullable Duration rescan;
    int maxFiles = 100_000;
    int maxDirectories = 10_000;

    Draft(Path directory) {
      this.directory = Objects.requireNonNull(directory, "directory");
      this.selection = FileSelection.all(directory);
    }

    Draft(FileWatch from) {
      this.directory = from.directory;
      this.selection = from.selection;
      this.quiet = from.quiet;
      this.reportsExisting = from.reportsExisting;
      this.isOnce = from.isOnce;
      this.memory = from.memory;
      this.rescan = from.rescan;
      this.maxFiles = from.maxFiles;
      this.maxDirectories = from.maxDirectories;
    }
  }
}
