package dev.carillon.source;

import dev.carillon.build.Patience;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A watch on files, and what it has told. */
final class Changes implements AutoCloseable {
  final Source<FileChange> source;
  private final List<Item<FileChange>> items = new CopyOnWriteArrayList<>();
  private final Path directory;

  Changes(Path directory, FileWatch watch) {
    this(directory, watch, s -> s);
  }

  Changes(Path directory, FileWatch watch, UnaryOperator<SourceConfig> configure) {
    this.directory = directory;
    this.source =
        Source.open(
            watch,
            Outlet.handler(items::add),
            s -> configure.apply(s.named("files").withRestart(Failing.SOON)));
  }

  Changes start() throws InterruptedException {
    source.start();
    if (!source.awaitReady(Patience.LONG)) {
      throw new AssertionError("not ready: " + source.explain());
    }
    return this;
  }

  /** {@return all that was told: kinds and paths below the directory} */
  List<String> told() {
    return items.stream().map(item -> text(item.payload())).toList();
  }

  List<Item<FileChange>> items() {
    return items;
  }

  private String text(FileChange change) {
    return change.kind() + " " + directory.relativize(change.path()).toString().replace('\\', '/');
  }

  /** {@return what was told last of each file that was not told as deleted: its size and time} */
  Map<Path, String> last() {
    Map<Path, String> last = new TreeMap<>();
    for (Item<FileChange> item : items) {
      FileChange change = item.payload();
      if (change.kind() == FileChange.Kind.DELETED) {
        last.remove(change.path());
      } else {
        last.put(change.path(), change.size() + " " + change.modified());
      }
    }
    return last;
  }

  /** {@return the files that are in the directory and below: their sizes and times} */
  static Map<Path, String> files(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(Files::isRegularFile)
          .collect(Collectors.toMap(p -> p, Changes::state, (a, b) -> a, TreeMap::new));
    }
  }

  private static String state(Path path) {
    try {
      return Files.size(path) + " " + Files.getLastModifiedTime(path).toInstant();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until all that was told last is how it is now, when nothing changes any more. */
  void awaitFinal() throws Exception {
    Map<Path, String> files = files(directory);
    Patience.until("the final state is told", () -> last().equals(files));
  }

  /** Waits until these were told, in any order and perhaps with others. */
  void await(String... wanted) throws Exception {
    Set<String> all = Set.of(wanted);
    try {
      Patience.until("told: " + all, () -> new HashSet<>(told()).containsAll(all));
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + ", but only " + told(), e);
    }
  }

  @Override
  public void close() {
    source.close();
  }
}
