package dev.carillon.tools;

import dev.carillon.CarillonConfig;
import dev.carillon.bus.Bus;
import dev.carillon.event.CarillonException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The demonstration: a census of the JDK, in which every class waits for its supertypes. */
@Command(
    name = "demo",
    description = {
      "Takes a census of the JDK it runs on: every class is one task, which has to wait for"
          + " those of its superclass and its interfaces."
    },
    footerHeading = "%nWith --json:%n",
    footer = {
      "  seconds, singleThreadSeconds  the best of three warm rounds each, in turns,",
      "                   on events and by plain loops on one thread",
      "  mostImplemented  the ten interfaces that most types name as their own",
      "  digest           SHA-256 of all lines \"name depth ancestors\", sorted by bytes",
      "  poisoned         with --break: how many classes have no result",
      "  pending          with --hang: how many classes have no result",
      "  explanation      with --hang: the tree of who waits for the class",
      "",
      "What a run publishes is kept until the next one begins, and printed by",
      "carillon history, whose --help says where.",
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong use, 3 done with --break,",
      "            4 done with --hang, 130 interrupted"
    })
final class DemoCommand implements Callable<Integer> {
  static final int FAILED = 1;

  /** Names what it opens. */
  static final String NAME = "demo";

  private final BooleanSupplier watched;
  private final Map<String, String> environment;
  private final Path store;
  private final UnaryOperator<CarillonConfig> configure;
  private final Consumer<Bus> watcher;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help message and exit.")
  @SuppressWarnings("UnusedVariable") // picocli sees to it
  private boolean help;

  @Option(names = "--json", description = "Print one JSON object instead of a report.")
  private boolean json;

  @Option(names = "--no-history", description = "Keep nothing for carillon history.")
  private boolean withoutHistory;

  @ArgGroup private @Nullable FaultOption faultOption;

  /** Used by picocli. */
  DemoCommand() {
    this(Terminal::isWatched, System.getenv(), StatePlace.history());
  }

  DemoCommand(BooleanSupplier watched, Map<String, String> environment, Path store) {
    this(watched, environment, store, c -> c.named(NAME), _ -> {});
  }

  /**
   * @param watched tells whether a person is there
   * @param environment says what their terminal can do
   * @param store where it keeps what it publishes
   * @param configure changes what it opens
   * @param watcher is given the bus before anything is published on it
   */
  DemoCommand(
      BooleanSupplier watched,
      Map<String, String> environment,
      Path store,
      UnaryOperator<CarillonConfig> configure,
      Consumer<Bus> watcher) {
    this.watched = watched;
    this.environment = environment;
    this.store = store;
    this.configure = configure;
    this.watcher = watcher;
  }

  /** The options of which there may be one. */
  static final class FaultOption {
    @Option(
        names = "--break",
        paramLabel = "CLASS",
        description =
            "Poison this class's event instead of measuring the class, and report what comes of it.")
    private @Nullable String broken;

    @Option(
        names = "--hang",
        paramLabel = "CLASS",
        description =
            "Never complete this class's event, and explain who waits for it when all else is done.")
    private @Nullable String hanging;

    Fault fault() {
      if (broken != null) {
        return new Fault(Fault.Kind.BREAK, broken);
      }
      return hanging != null ? new Fault(Fault.Kind.HANG, hanging) : Fault.NONE;
    }
  }

  @Override
  public Integer call() throws Exception {
    CommandLine commandLine = Objects.requireNonNull(spec).commandLine();
    PrintWriter out = commandLine.getOut();
    PrintWriter err = commandLine.getErr();
    return orFailed(err, () -> run(out, err));
  }

  /** {@return the exit code of {@code work}, or if it fails, once {@code err} was told, 1} */
  static int orFailed(PrintWriter err, Callable<Integer> work) throws Exception {
    try {
      return work.call();
    } catch (CensusException | CarillonException | IOException | UncheckedIOException e) {
      err.println("carillon demo: " + e.getMessage());
      return FAILED;
    }
  }

  private int run(PrintWriter out, PrintWriter err) throws IOException {
    boolean live = !json && watched.getAsBoolean();
    Fault fault = faultOption == null ? Fault.NONE : faultOption.fault();
    if (fault.kind() != Fault.Kind.NONE && !JdkImage.contains(fault.className())) {
      err.println(
          "carillon demo: CLASS must be the binary name of a class of this JDK, such as"
              + " java.util.Map$Entry: CLASS="
              + fault.className());
      return ExitCode.USAGE;
    }
    Terminal terminal = Terminal.of(out, live, environment);
    try (DemoBus opened = DemoBus.open(withoutHistory ? null : store, configure, err)) {
      Bus bus = opened.bus();
      watcher.accept(bus);
      try (var demo = new Demo(bus, opened.flow(), terminal, json, fault)) {
        int exitCode = demo.run();
        tellLosses(bus.stats().notStored(), exitCode, err);
        return exitCode;
      }
    }
  }

  private static void tellLosses(long lost, int exitCode, PrintWriter err) {
    if (lost > 0 && exitCode != Demo.INTERRUPTED) { // then nothing is printed any more
      err.println("carillon demo: not all messages were kept: lost=" + lost);
    }
  }
}
