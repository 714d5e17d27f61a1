package dev.carillon.examples.polling;

import dev.carillon.Carillon;
import dev.carillon.bus.Bus;
import dev.carillon.examples.SeededExample;
import dev.carillon.flow.Done;
import dev.carillon.flow.Run;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Polls feeds until all that is written to them was published, and prints how that went. */
public final class Main {
  private static final String HELP =
      """
      polls four files that grow, each in a branch with iterations of its own, on a disk that is
      slow for one and fails now and then for all; publishes what is new on a bus, in order
      """;

  private Main() {}

  /**
   * Runs it.
   *
   * @param arguments see {@code --help}
   * @return the exit code
   * @throws Exception if it fails
   */
  public static int run(String... arguments) throws Exception {
    return SeededExample.run("polling", HELP, Main::poll, arguments);
  }

  private static void poll(PrintStream out, long seed) throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("carillon-polling");
    List<Feed> feeds =
        List.of(
            new Feed("prices", directory, Duration.ofMillis(5), seed),
            new Feed("orders", directory, Duration.ofMillis(5), seed),
            new Feed("stock", directory, Duration.ofMillis(5), seed),
            new Feed("archive", directory, Duration.ofMillis(150), seed));
    Map<Feed, List<String>> heard = new LinkedHashMap<>();
    try (var carillon = Carillon.open(c -> c.named("polling"))) {
      Bus bus = carillon.bus();
      for (Feed feed : feeds) {
        var lines = new CopyOnWriteArrayList<String>();
        heard.put(feed, lines);
        bus.onPayload(feed.topic(), lines::add);
      }
      Run<Done> writing = carillon.flow().start(Polling.write(feeds));
      Run<Done> polling = carillon.flow().start(Polling.poll(feeds, bus));
      polling.await(Duration.ofMillis(500));
      out.printf("%s%n", polling.explain());
      writing.await();
      out.printf("%s, %d failures%n%n", polling.await(), polling.failureCount());
    } finally {
      delete(directory);
    }
    out.printf("%-8s %6s %6s  %s%n", "", "polls", "lines", "in order");
    heard.forEach((feed, lines) ->
        out.printf(
            "%-8s %6d %6d  %s%n", feed.name(), feed.polls(), lines.size(), isInOrder(feed, lines)));
  }

  private static boolean isInOrder(Feed feed, List<String> lines) {
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).equals(feed.name() + " " + i)) {
        return false;
      }
    }
    return true;
  }

  private static void delete(Path directory) throws IOException {
    try (var files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
