package dev.carillon.tools;

import dev.carillon.Carillon;
import dev.carillon.bus.Bus;
import dev.carillon.event.CarillonException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
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
      "Exit codes: 0 done, 1 failed, 2 wrong use, 3 done with --break,",
      "            4 done with --hang, 130 interrupted"
    })
final class DemoCommand implements Callable<Integer> {
  static final int FAILED = 1;

  private final BooleanSupplier watched;
  private final Map<String, String> environment;
  private final @Nullable Bus bus;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help message and exit.")
  @SuppressWarnings("UnusedVariable") // picocli sees to it
  private boolean help;

  @Option(names = "--json", description = "Print one JSON object instead of a report.")
  private boolean json;

  @ArgGroup private @Nullable FaultOption faultOption;

  /** Used by picocli. */
  DemoCommand() {
    this(Terminal::isWatched, System.getenv());
  }

  DemoCommand(BooleanSupplier watched, Map<String, String> environment) {
    this(watched, environment, null);
  }

  /**
   * @param watched tells whether a person is there
   * @param environment says what their terminal can do
   * @param bus where it publishes, and which it does not close; null for one of its own
   */
  DemoCommand(BooleanSupplier watched, Map<String, String> environment, @Nullable Bus bus) {
    this.watched = watched;
    this.environment = environment;
    this.bus = bus;
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
    if (bus != null) {
      return run(bus, terminal, fault);
    }
    try (var carillon = Carillon.open(c -> c.named("demo"))) {
      return run(carillon.bus(), terminal, fault);
    }
  }

  private int run(Bus openBus, Terminal terminal, Fault fault) throws IOException {
    try (var demo = new Demo(openBus, terminal, json, fault)) {
      return demo.run();
    }
  }
}
