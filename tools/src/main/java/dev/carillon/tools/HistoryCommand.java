package dev.carillon.tools;

import dev.carillon.bus.TopicPattern;
import dev.carillon.spi.StoreException;
import dev.carillon.spi.StoredMessage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints what a store of messages has kept. */
@Command(
    name = "history",
    description = {
      "Prints the newest messages that a store in files keeps, the oldest of them first, one a"
          + " line: date, time, topic, and the fields of the payload."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  carillon history --topic 'census.*'",
      "  carillon history --since 10m --limit 1000 --json | jq .payload",
      "  carillon history --store /var/lib/shop/messages",
      "",
      "The store is that of --store, or else history in $CARILLON_HOME, or else in",
      "$XDG_STATE_HOME/carillon, or else in ~/.local/state/carillon; there the command",
      "demo keeps the messages of its last run. While a program has a store open,",
      "nobody else can read it.",
      "",
      "Exit codes: 0 printed, even if nothing matches, 1 no store, or it cannot be",
      "            read, 2 wrong use"
    })
final class HistoryCommand implements Callable<Integer> {
  static final int FAILED = 1;

  private static final int MOST = 1_000_000;

  private final InstantSource now;
  private final DateTimeFormatter times;
  private final Path defaultStore;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help message and exit.")
  @SuppressWarnings("UnusedVariable") // picocli sees to it
  private boolean help;

  @Option(
      names = "--topic",
      paramLabel = "PATTERN",
      description = "Only of these topics: 'census.>'.")
  private @Nullable String topic;

  @Option(
      names = "--since",
      paramLabel = "SINCE",
      description = "Only from a time on: 2026-01-31T12:00:00Z, or 30s, 10m, 2h, 7d ago.")
  private @Nullable String since;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "How many at most (default: ${DEFAULT-VALUE}).",
      defaultValue = "100")
  private int limit;

  @Option(names = "--json", description = "Print one JSON object a line.")
  private boolean json;

  @Option(names = "--store", paramLabel = "DIR", description = "The directory of the store.")
  private @Nullable Path store;

  /** Used by picocli. */
  HistoryCommand() {
    this(InstantSource.system(), ZoneId.systemDefault(), StatePlace.history());
  }

  HistoryCommand(InstantSource now, ZoneId zone, Path defaultStore) {
    this.now = now;
    this.times = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS", Locale.ROOT).withZone(zone);
    this.defaultStore = defaultStore;
  }

  @Override
  public Integer call() {
    CommandLine commandLine = Objects.requireNonNull(spec).commandLine();
    PrintWriter err = commandLine.getErr();
    StoredHistory wanted;
    try {
      wanted = wanted();
    } catch (IllegalArgumentException e) {
      err.println("carillon history: " + e.getMessage());
      return ExitCode.USAGE;
    }
    try {
      return print(wanted, commandLine.getOut(), err);
    } catch (StoreException | IOException | UncheckedIOException e) {
      err.println("carillon history: " + e.getMessage());
      return FAILED;
    }
  }

  private StoredHistory wanted() {
    Usage.require(
        limit >= 1 && limit <= MOST, "--limit must be 1 to %d: N=%d".formatted(MOST, limit));
    return new StoredHistory(
        topic == null ? null : TopicPattern.of(topic),
        since == null ? null : SinceOption.parse(since, now.instant()),
        limit);
  }

  private int print(StoredHistory wanted, PrintWriter out, PrintWriter err) throws IOException {
    Path directory = store == null ? defaultStore : store;
    if (!StoredHistory.exists(directory)) {
      err.println(
          "carillon history: there must be a store of messages, %s: DIR=%s"
              .formatted(
                  store == null ? "such as ./carillon demo makes" : "see --help", directory));
      return FAILED;
    }
    for (StoredMessage message : wanted.read(directory)) {
      MessageLine line = MessageLine.of(message);
      out.println(json ? line.json() : line.text(times));
      if (out.checkError()) {
        return ExitCode.OK; // nobody reads any more
      }
    }
    return ExitCode.OK;
  }
}
