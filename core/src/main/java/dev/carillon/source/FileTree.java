package dev.carillon.source;

import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The directories that are watched, by their paths below the first one, which is "". */
final class FileTree {
  /** The character behind a slash: the paths below a directory end before its path with this. */
  static final String AFTER_SLASH = "0";

  private final Path root;
  private final WatchService service;
  private final TreeMap<String, Watched> directories = new TreeMap<>();
  private final Map<WatchKey, String> byWatch = new HashMap<>();

  /** A directory: which one it is, and its watch; null if the system has none for it. */
  record Watched(long key, @Nullable WatchKey watch) {

    boolean isValid() {
      return watch == null || watch.isValid();
    }
  }

  FileTree(Path root, WatchService service) {
    this.root = root;
    this.service = service;
  }

  Path path(String below) {
    return below.isEmpty() ? root : root.resolve(below);
  }

  static String child(String directory, String name) {
    return directory.isEmpty() ? name : directory + "/" + name;
  }

  static String parent(String below) {
    int slash = below.lastIndexOf('/');
    return slash < 0 ? "" : below.substring(0, slash);
  }

  int size() {
    return directories.size();
  }

  @Nullable Watched find(String directory) {
    return directories.get(directory);
  }

  /** {@return where a watched directory is; null if it is not watched any more} */
  @Nullable String find(WatchKey watch) {
    return byWatch.get(watch);
  }

  /**
   * Watches a directory.
   *
   * @return where the same directory was before, if it was moved, and is not any more
   * @throws IOException if the system does not watch it
   */
  @Nullable String watch(String directory, long key) throws IOException {
    WatchKey watch =
        path(directory)
            .register(
                service,
                StandardWatchEventKinds.ENTRY_CREATE,
                StandardWatchEventKinds.ENTRY_MODIFY,
                StandardWatchEventKinds.ENTRY_DELETE);
    // a directory that is watched already has the same watch wherever it was moved
    String before = byWatch.put(watch, directory);
    put(directory, new Watched(key, watch));
    if (before == null || before.equals(directory)) {
      return null;
    }
    directories.remove(before);
    return before;
  }

  /** Notes a directory that the system does not watch. */
  void note(String directory, long key) {
    put(directory, new Watched(key, null));
  }

  private void put(String directory, Watched fresh) {
    Watched old = directories.put(directory, fresh);
    if (old != null && old.watch() != null && !old.watch().equals(fresh.watch())) {
      letGo(old.watch());
    }
  }

  private void letGo(WatchKey watch) {
    byWatch.remove(watch);
    watch.cancel();
  }

  /** Lets go of a directory and of all below it. */
  void drop(String directory) {
    var dropped = new ArrayList<String>(below(directory).keySet());
    dropped.add(directory);
    for (String each : dropped) {
      Watched old = directories.remove(each);
      if (old != null && old.watch() != null) {
        letGo(old.watch());
      }
    }
  }

  private NavigableMap<String, Watched> below(String directory) {
    return directories.subMap(directory + "/", true, directory + AFTER_SLASH, false);
  }

  /** {@return the names of the directories in a directory} */
  List<String> namesIn(String directory) {
    int start = directory.isEmpty() ? 0 : directory.length() + 1;
    NavigableMap<String, Watched> below =
        directory.isEmpty() ? directories.tailMap("", false) : below(directory);
    var names = new ArrayList<String>();
    for (String each = below.isEmpty() ? null : below.firstKey(); each != null; ) {
      int slash = each.indexOf('/', start);
      String head = slash < 0 ? each : each.substring(0, slash);
      names.add(head.substring(start));
      each = below.ceilingKey(head + AFTER_SLASH);
    }
    return names;
  }
}
