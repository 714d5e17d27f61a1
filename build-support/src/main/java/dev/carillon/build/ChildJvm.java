package dev.carillon.build;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A program in a JVM of its own, which is of the same JDK and has the same class path. */
public final class ChildJvm {
  /** Has a JVM that runs for seconds only start faster. */
  public static final List<String> SHORT = List.of("-Xshare:auto", "-XX:TieredStopAtLevel=1");

  private ChildJvm() {}

  /**
   * {@return the command of a JVM that is killed or ends soon}
   *
   * @param program has the {@code main} to run
   * @param args what it is given
   */
  public static List<String> command(Class<?> program, String... args) {
    return command(SHORT, program, args);
  }

  /**
   * {@return the command of a JVM}
   *
   * @param options of the JVM
   * @param program has the {@code main} to run
   * @param args what it is given
   */
  public static List<String> command(List<String> options, Class<?> program, String... args) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
    command.addAll(List.of(args));
    return command;
  }
}
