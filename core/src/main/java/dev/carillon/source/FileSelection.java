package dev.carillon.source;

import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;

/** Which files of a directory are meant: immutable. */
final class FileSelection {
  private final Path directory;
  private final boolean isRecursive;
  private final List<PathMatcher> matching;
  private final List<PathMatcher> ignoring;

  private FileSelection(
      Path directory, boolean isRecursive, List<PathMatcher> matching, List<PathMatcher> ignoring) {
    this.directory = directory;
    this.isRecursive = isRecursive;
    this.matching = matching;
    this.ignoring = ignoring;
  }

  static FileSelection all(Path directory) {
    return new FileSelection(directory, false, List.of(), List.of());
  }

  FileSelection recursive() {
    return new FileSelection(directory, true, matching, ignoring);
  }

  FileSelection matching(String glob) {
    return new FileSelection(directory, isRecursive, with(matching, glob), ignoring);
  }

  FileSelection ignoring(String glob) {
    return new FileSelection(directory, isRecursive, matching, with(ignoring, glob));
  }

  /** A pattern without a slash is one for names, wherever they are. */
  private List<PathMatcher> with(List<PathMatcher> known, String glob) {
    FileSystem system = directory.getFileSystem();
    PathMatcher matcher = system.getPathMatcher("glob:" + glob);
    boolean isForNames = glob.indexOf('/') < 0;
    var more = new ArrayList<>(known);
    more.add(isForNames ? path -> matcher.matches(path.getFileName()) : matcher);
    return List.copyOf(more);
  }

  boolean isRecursive() {
    return isRecursive;
  }

  /** {@return whether a directory is looked into that lies in one that is} */
  boolean enters(String below) {
    return isRecursive && (ignoring.isEmpty() || !isAny(ignoring, path(below)));
  }

  /** {@return whether a file is meant that lies in a directory that is looked into} */
  boolean takes(String below) {
    if (matching.isEmpty() && ignoring.isEmpty()) {
      return true;
    }
    Path path = path(below);
    return (matching.isEmpty() || isAny(matching, path)) && !isAny(ignoring, path);
  }

  /** {@return whether a file is meant} */
  boolean covers(String below) {
    for (int slash = below.indexOf('/'); slash >= 0; slash = below.indexOf('/', slash + 1)) {
      if (!enters(below.substring(0, slash))) {
        return false;
      }
    }
    return takes(below);
  }

  private Path path(String below) {
    return directory.getFileSystem().getPath(below);
  }

  private static boolean isAny(List<PathMatcher> matchers, Path path) {
    for (PathMatcher matcher : matchers) {
      if (matcher.matches(path)) {
        return true;
      }
    }
    return false;
  }
}
