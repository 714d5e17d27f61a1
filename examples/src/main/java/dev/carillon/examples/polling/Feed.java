package dev.carillon.examples.polling;

import dev.carillon.bus.Topic;
import dev.carillon.flow.Key;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** A file to which somebody appends lines, on a disk that fails now and then. */
final class Feed {
  static final int PIECE = 10;

  private static final int PAGE = 40;
  private static final int FAILING = 5; // 1 in so many polls

  private final String name;
  private final Path file;
  private final Duration latency;
  private final RandomGenerator random; // used by one poll after another
  private final Key<Integer> seen;
  private final Topic<String> topic;
  private final AtomicInteger polls = new AtomicInteger();
  private int written; // by who writes, one after another

  Feed(String name, Path directory, Duration latency, long seed) {
    this.name = name;
    this.file = directory.resolve(name + ".txt");
    this.latency = latency;
    this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed * 31 + name.hashCode());
    this.seen = Key.ofRun("seen-" + name, Integer.class, 0);
    this.topic = Topic.of("feed." + name, String.class);
  }

  String name() {
    return name;
  }

  /** {@return how many lines of it were published} */
  Key<Integer> seen() {
    return seen;
  }

  Topic<String> topic() {
    return topic;
  }

  /** {@return how often it was polled} */
  int polls() {
    return polls.get();
  }

  /** Appends a few lines: {@return how many there are} */
  int append() throws IOException {
    var text = new StringBuilder();
    for (int i = 0; i < PIECE; i++) {
      text.append(name).append(' ').append(written++).append('\n');
    }
    Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    return written;
  }

  /**
   * {@return the lines after the first few, a page at most}
   *
   * @param first how many
   * @throws IOException if the disk fails, now and then
   */
  List<String> poll(int first) throws IOException, InterruptedException {
    polls.incrementAndGet();
    Thread.sleep(latency); // such is the disk
    if (random.nextInt(FAILING) == 0) {
      throw new IOException("cannot read " + name);
    }
    try (var lines = Files.lines(file)) {
      return lines.skip(first).limit(PAGE).toList();
    }
  }
}
