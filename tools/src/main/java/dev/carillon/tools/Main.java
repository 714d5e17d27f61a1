package dev.carillon.tools;

import java.io.PrintWriter;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command line application. */
@Command(
    name = "carillon",
    description = "An event system for the JVM.",
    mixinStandardHelpOptions = true,
    subcommands = {
      DemoCommand.class,
      TailCommand.class,
      HistoryCommand.class,
      WatchCommand.class,
      DoctorCommand.class
    },
    footer = {
      // the script carillon runs these, from other jars
      "  bench    Measures Carillon beside its rivals: see carillon bench --help.",
      "  example  Runs an example: carillon example tells which there are."
    },
    versionProvider = Main.Version.class)
public final class Main implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  private Main() {}

  /** Runs the command in {@code args} and ends the JVM with its exit code. */
  public static void main(String[] args) {
    System.exit(run(args));
  }

  static int run(String... args) {
    // on the streams themselves, which know whether they are still read
    return commandLine()
        .setOut(new PrintWriter(System.out, true, System.out.charset()))
        .setErr(new PrintWriter(System.err, true, System.err.charset()))
        .execute(args);
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main());
  }

  /** Without a command there is nothing to do but to tell the commands. */
  @Override
  public Integer call() {
    CommandLine commandLine = Objects.requireNonNull(spec).commandLine();
    commandLine.usage(commandLine.getErr());
    return CommandLine.ExitCode.USAGE;
  }

  /** What {@code --version} prints. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {
        "carillon " + Main.class.getPackage().getImplementationVersion(),
        System.getProperty("java.vm.name") + " " + Runtime.version()
      };
    }
  }
}
