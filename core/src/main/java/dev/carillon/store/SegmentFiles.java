package dev.carillon.store;

import dev.carillon.spi.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The files of one stream, as they are found when it is opened. */
final class SegmentFiles {
  private SegmentFiles() {}

  /**
   * A stream's files.
   *
   * @param segments at least one, by base; the last one is to be written on
   * @param first the least sequence that is kept
   */
  record Opened(List<Segment> segments, long first) {}

  /** {@return the files in a directory, the first one made if there is none} */
  static Opened open(Path directory, int capacity, boolean isForced) throws IOException {
    Files.createDirectories(directory);
    List<Path> files = files(directory);
    var segments = new ArrayList<Segment>();
    try {
      long first = 1;
      for (int i = 0; i < files.size(); i++) {
        Path file = files.get(i);
        long base = base(file);
        boolean isLast = i == files.size() - 1;
        Segment.Head head = Segment.head(file, base);
        first = Math.max(first, head != null ? head.first() : segments.isEmpty() ? base : first);
        if (head == null && !isLast) {
          throw new CorruptSegmentException("the head of a file of the store is missing", file, 0);
        }
        segments.add(
            head == null
                ? Segment.create(
                    directory, base, capacity, isForced, first) // it had only just been made
                : isLast
                    ? Segment.last(file, base, capacity, isForced)
                    : Segment.full(file, base, head.newest()));
      }
      if (segments.isEmpty()) {
        segments.add(Segment.create(directory, 1, capacity, isForced, 1));
      }
      first = Math.max(first, segments.getFirst().base());
      return new Opened(segments, first);
    } catch (IOException | RuntimeException e) {
      segments.forEach(Segment::abandon);
      throw e;
    }
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.filter(file -> file.getFileName().toString().endsWith(Segment.SUFFIX))
          .sorted()
          .toList();
    }
  }

  private static long base(Path file) {
    String name = file.getFileName().toString();
    try {
      return Long.parseLong(name, 0, name.length() - Segment.SUFFIX.length(), 10);
    } catch (NumberFormatException e) {
      throw new StoreException(
          "a file of the store is named by the sequence of its first message: file=" + file, e);
    }
  }

  /** Removes a directory with all that is in it. */
  static void removeAll(Path directory) throws IOException {
    List<Path> content;
    try (Stream<Path> all = Files.list(directory)) {
      content = all.toList();
    }
    for (Path file : content) {
      Files.deleteIfExists(file);
    }
    Files.deleteIfExists(directory);
  }
}
