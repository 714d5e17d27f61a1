package dev.carillon.source;

import dev.carillon.bus.Bus;
import dev.carillon.bus.Topic;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the positions of sources are kept, so that a source that starts again, in this process or
 * the next, continues where it was. Implementations must be safe for use by any thread; a source
 * never calls one twice at a time.
 */
public interface Positions {

  /**
   * {@return the position that was saved last, if one was}
   *
   * @param source name of the source
   */
  Optional<String> load(String source);

  /**
   * Saves a position: all items up to it have been taken care of.
   *
   * @param source name of the source
   * @param position where it continues
   */
  void save(String source, String position);

  /** {@return positions in memory, for sources that are stopped and started in one process} */
  static Positions inMemory() {
    return new MemoryPositions();
  }

  /**
   * {@return positions in files of a directory, one for each source, replaced as a whole} They
   * survive the death of the process, and the machine's if {@code force} is set. A source that is
   * killed repeats what it took care of since the last save; see {@link SourceConfig#saveEvery}.
   *
   * @param directory made if it is missing
   * @param force whether each save is forced to the disk
   * @throws java.io.UncheckedIOException if the directory cannot be made
   */
  static Positions inDirectory(Path directory, boolean force) {
    return new FilePositions(directory, force);
  }

  /**
   * {@return positions read from the history of the topic that the source publishes on} Each
   * message carries its position, so keeping a message and saving its position are one: with a
   * durable history nothing is lost and nothing repeated in it, however the process ends.
   *
   * <p>What is kept counts as taken care of, whatever its handlers do: under {@link
   * OnItemFailure#STOP} a source that starts again continues behind an item that failed after it
   * was kept, and with one that was not. A source that tries items again would publish them again,
   * so one with {@link OnItemFailure#retry} cannot be opened with these positions; a subscription
   * may try again by itself.
   *
   * @param bus where the source publishes, with a history for the topic
   * @param topic on which
   */
  static Positions inHistory(Bus bus, Topic<?> topic) {
    return new HistoryPositions(bus, topic);
  }
}
