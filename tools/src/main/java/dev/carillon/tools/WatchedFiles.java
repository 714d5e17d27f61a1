package dev.carillon.tools;

import dev.carillon.source.FileChange;
import dev.carillon.source.FileWatch;
import dev.carillon.source.Positions;
import dev.carillon.source.SourceKind;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Which files a watch looks at, and what it knows of them before.
 *
 * @param root the directory, absolute and without symbolic links
 * @param only the name of the one file in it that is meant; null if it is the directory
 * @param isRecursive whether directories below it are meant as well
 * @param globs patterns of which a file must match one, if there are any
 * @param ignored patterns of which neither a file nor a directory must match one
 * @param reportsExisting whether the files count as created that are there already
 * @param position an absolute path, where is kept what was handled; null to begin anew each time
 */
record WatchedFiles(
    Path root,
    @Nullable String only,
    boolean isRecursive,
    List<String> globs,
    List<String> ignored,
    boolean reportsExisting,
    @Nullable Path position) {

  /** What hardly anybody means: the files of version control, of editors and of file managers. */
  static final List<String> IGNORED =
      List.of(
          ".git",
          ".hg",
          ".svn",
          ".jj",
          "node_modules",
          "__pycache__",
          ".DS_Store",
          "*~",
          ".#*",
          "#*#",
          ".*.sw?",
          ".*.sw?x",
          "4913",
          ".goutputstream-*");

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}");
  private static final Pattern SPECIAL = Pattern.compile("[\\\\*?\\[\\]{}]");

  WatchedFiles {
    globs = List.copyOf(globs);
    ignored = List.copyOf(ignored);
    globs.forEach(glob -> requireGlob("--glob", glob));
    ignored.forEach(glob -> requireGlob("--ignore", glob));
    if (position != null) {
      String name = nameOf(position);
      Usage.require(
          NAME.matcher(name).matches(),
          "--position must name a file by at most 100 letters, digits, '-', '_' and '.', no '.'"
              + " first: FILE="
              + name);
    }
  }

  private static void requireGlob(String option, String glob) {
    try {
      FileSystems.getDefault().getPathMatcher("glob:" + glob);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "%s must be a pattern such as *.txt or in/**/*.csv, %s: GLOB=%s"
              .formatted(option, e.getDescription(), glob),
          e);
    }
  }

  private static String nameOf(Path file) {
    return Objects.requireNonNull(file.getFileName(), "a file has a name").toString();
  }

  /** {@return a source of the changes of these files} */
  SourceKind<FileChange> kind(Duration settledFor, boolean isOnce) {
    FileWatch watch = FileWatch.of(root).settledFor(settledFor);
    if (isRecursive && only == null) {
      watch = watch.recursive();
    }
    if (only != null) {
      watch = watch.matching(SPECIAL.matcher(only).replaceAll("\\\\$0"));
    }
    for (String glob : globs) {
      watch = watch.matching(glob);
    }
    for (String glob : ignored) {
      watch = watch.ignoring(glob);
    }
    if (reportsExisting) {
      watch = watch.reportingExisting();
    }
    if (position != null) {
      watch = watch.ignoring(nameOf(position) + ".position*").remembering(position);
    }
    return isOnce && knowsBefore() ? watch.once() : watch;
  }

  /** {@return whether there is something to handle before anything changes} */
  boolean knowsBefore() {
    return reportsExisting || position != null;
  }

  /**
   * {@return where the source keeps its position; null for nowhere}
   *
   * @throws java.io.UncheckedIOException if there can be no such place
   */
  @Nullable Positions positions() {
    return position == null
        ? null
        : Positions.inDirectory(
            Objects.requireNonNull(position.getParent(), "its directory"), false);
  }

  /** {@return the name of the source} */
  String name() {
    return position == null ? "files" : nameOf(position);
  }
}
