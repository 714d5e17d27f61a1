package dev.carillon.tools;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The command line application. */
@Command(
    name = "carillon",
    description = "An event system for the JVM.",
    mixinStandardHelpOptions = true,
    subcommands = DemoCommand.class,
    versionProvider = Main.Version.class)
public final class Main implements Callable<Integer> {
  private Main() {}

  /** Runs the command in {@code args} and ends the JVM with its exit code. */
  public static void main(String[] args) {
    System.exit(run(args));
  }

  static int run(String... args) {
    return new CommandLine(new Main()).execute(args);
  }

  /** Without a command there is nothing to do but to tell the commands. */
  @Override
  public Integer call() {
    CommandLine.usage(this, System.err);
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
