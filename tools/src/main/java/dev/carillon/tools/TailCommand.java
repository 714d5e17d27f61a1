package dev.carillon.tools;

import dev.carillon.CarillonConfig;
import dev.carillon.bus.Bus;
import dev.carillon.bus.TopicPattern;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs another command, and prints what is published on its bus meanwhile. */
@Command(
    name = "tail",
    customSynopsis = "carillon tail [-h] [--json] [--limit=N] PATTERN -- COMMAND [OPTION...]",
    description = {
      "Runs a command and prints the messages on its bus as they pass, one a line:"
          + " time, topic, and the fields of the payload."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  carillon tail 'census.*' -- demo",
      "  carillon tail 'census.class.>' -- demo | grep java.util.concurrent",
      "  carillon tail --json census.class.measured -- demo | jq .payload.depth",
      "  carillon tail --limit 5 census.class.poisoned -- demo --break java.lang.Enum",
      "  carillon tail '$bus.>' -- demo",
      "",
      "In PATTERN, * is any one token, and > at the end any one or more; put it in",
      "quotes, since the shell knows both. The command demo publishes on:",
      "  census.started   census.class.measured",
      "  census.progress  census.class.poisoned",
      "  census.finished",
      "  census.failed",
      "",
      "The messages go to the standard output, and all that COMMAND prints to the",
      "standard error. No message is lost: whoever reads slowly slows COMMAND down.",
      "After --limit, and when nobody reads any more, COMMAND goes on unwatched.",
      "",
      "Exit codes: that of COMMAND; 2 wrong use"
    })
final class TailCommand implements Callable<Integer> {
  private static final String WATCHABLE = DemoCommand.NAME;
  private static final Duration AS_LONG_AS_IT_TAKES = Duration.ofDays(365); // to print the rest

  private final DateTimeFormatter times;
  private final Map<String, String> environment;
  private final Path store;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help message and exit.")
  @SuppressWarnings("UnusedVariable") // picocli sees to it
  private boolean help;

  @Option(names = "--json", description = "Print one JSON object a line.")
  private boolean json;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Print N messages and no more.",
      defaultValue = "" + Long.MAX_VALUE)
  private long limit;

  @Parameters(index = "0", paramLabel = "PATTERN", description = "Which topics, e.g. 'census.>'.")
  private String pattern = "";

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "COMMAND",
      description = "What to run, with its own options: demo.")
  private List<String> command = List.of();

  /** Used by picocli. */
  TailCommand() {
    this(ZoneId.systemDefault(), System.getenv(), StatePlace.history());
  }

  TailCommand(ZoneId zone, Map<String, String> environment, Path store) {
    this.times = DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(zone);
    this.environment = environment;
    this.store = store;
  }

  @Override
  public Integer call() {
    CommandLine commandLine = Objects.requireNonNull(spec).commandLine();
    PrintWriter err = commandLine.getErr();
    TopicPattern topics;
    try {
      topics = TopicPattern.of(pattern);
      Usage.require(limit >= 1, "--limit must be at least 1: N=" + limit);
      Usage.require(
          command.getFirst().equals(WATCHABLE),
          "COMMAND must be one that has a bus, which is demo: COMMAND=" + command.getFirst());
    } catch (IllegalArgumentException e) {
      err.println("carillon tail: " + e.getMessage());
      return ExitCode.USAGE;
    }
    return run(topics, commandLine.getOut(), err);
  }

  private int run(TopicPattern topics, PrintWriter out, PrintWriter err) {
    var opened = new AtomicReference<@Nullable Tail>();
    int exitCode =
        runWatched(bus -> opened.set(new Tail(bus, topics, out, this::format, limit)), err);
    if (exitCode != Demo.INTERRUPTED) { // then nothing is printed any more
      Tail tail = opened.get();
      err.println("carillon tail: " + (tail == null ? "0 messages" : tail.summary()));
    }
    return exitCode;
  }

  /** Closing waits until the last message is printed. */
  private static CarillonConfig patient(CarillonConfig defaults) {
    return defaults.named(WATCHABLE).scheduler(s -> s.withGrace(AS_LONG_AS_IT_TAKES));
  }

  /** All that it prints goes to {@code err}, without a status line, which would be in the way. */
  private int runWatched(Consumer<Bus> watcher, PrintWriter err) {
    var demo = new DemoCommand(() -> false, environment, store, TailCommand::patient, watcher);
    return new CommandLine(demo)
        .setCommandName("carillon " + WATCHABLE)
        .setOut(err)
        .setErr(err)
        .execute(command.subList(1, command.size()).toArray(String[]::new));
  }

  private String format(MessageLine line) {
    return json ? line.json() : line.text(times);
  }
}
