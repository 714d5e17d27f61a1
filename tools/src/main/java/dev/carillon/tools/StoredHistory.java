package dev.carillon.tools;

import dev.carillon.bus.TopicPattern;
import dev.carillon.spi.MessageStore;
import dev.carillon.spi.MessageStream;
import dev.carillon.spi.Page;
import dev.carillon.spi.ReadQuery;
import dev.carillon.spi.Retention;
import dev.carillon.spi.StoredMessage;
import dev.carillon.store.SegmentConfig;
import dev.carillon.store.Stores;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which messages of a store in files are read.
 *
 * @param pattern of their topics; null for all
 * @param since the earliest time; null for any
 * @param limit the most, of which the newest are taken
 */
record StoredHistory(@Nullable TopicPattern pattern, @Nullable Instant since, int limit) {
  /*
   * Threads that publish at once may append in another order than that of their times. Messages of
   * one stream stay in its order, whatever the limit: each counts as of the latest time so far.
   */
  private static final String LOCK = "lock";
  private static final String SEGMENTS = "*.seg";

  /** A message, and the time by which it stands among those of other streams. */
  private record Dated(Instant time, StoredMessage message) {}

  /**
   * {@return whether there is a store in a directory} Opening one would make it, and every
   * directory in it a stream, whatever it was before.
   */
  static boolean exists(Path directory) throws IOException {
    return Files.isRegularFile(directory.resolve(LOCK)) && !streams(directory).isEmpty();
  }

  private static List<String> streams(Path directory) throws IOException {
    var names = new ArrayList<String>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, Files::isDirectory)) {
      for (Path entry : entries) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(entry, SEGMENTS)) {
          if (files.iterator().hasNext()) {
            names.add(entry.getFileName().toString());
          }
        }
      }
    }
    return names;
  }

  /**
   * {@return the newest messages of all streams, the oldest first}
   *
   * @param directory of the store
   */
  List<StoredMessage> read(Path directory) throws IOException {
    var found = new ArrayList<Dated>();
    List<String> names = streams(directory);
    try (MessageStore store =
        Stores.segments(directory, c -> c.withSync(SegmentConfig.Sync.NONE))) {
      for (String name : names) {
        try (MessageStream stream = store.open(name, Retention.FOREVER)) {
          addDated(newest(stream), found);
        }
      }
    }
    found.sort(Comparator.comparing(Dated::time));
    return found.subList(Math.max(0, found.size() - limit), found.size()).stream()
        .map(Dated::message)
        .toList();
  }

  private static void addDated(Iterable<StoredMessage> messages, List<Dated> to) {
    Instant latest = Instant.MIN;
    for (StoredMessage message : messages) {
      latest = message.time().isAfter(latest) ? message.time() : latest;
      to.add(new Dated(latest, message));
    }
  }

  private Deque<StoredMessage> newest(MessageStream stream) {
    boolean isAnyWanted = pattern == null && since == null;
    long from = isAnyWanted ? Math.max(1, stream.lastSequence() - limit + 1) : 1;
    ReadQuery query = ReadQuery.from(from).topics(this::accepts);
    query = since == null ? query : query.since(since);
    var newest = new ArrayDeque<StoredMessage>();
    Page page;
    do {
      page = stream.read(query);
      for (StoredMessage message : page.messages()) {
        if (newest.size() == limit) {
          newest.removeFirst();
        }
        newest.addLast(message);
      }
      query = query.next(page.next());
    } while (page.messages().size() == query.limit());
    return newest;
  }

  /** Stores take any name, and no pattern matches what is none of a topic. */
  private boolean accepts(String topic) {
    if (pattern == null) {
      return true;
    }
    try {
      return pattern.matches(topic);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
