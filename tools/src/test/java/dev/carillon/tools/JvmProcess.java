package dev.carillon.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.ChildJvm;
import dev.carillon.build.Patience;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The application in a JVM of its own. */
final class JvmProcess {
  private JvmProcess() {}

  static Process carillon(String... args) throws Exception {
    return builder(args).start();
  }

  /** {@return the application, with more in its environment} */
  static Process carillon(Map<String, String> environment, String... args) throws Exception {
    ProcessBuilder builder = builder(args);
    builder.environment().putAll(environment);
    return builder.start();
  }

  /** {@return the application, whose errors nobody has to read while it runs} */
  static Process carillon(Path errors, String... args) throws Exception {
    return builder(args).redirectError(errors.toFile()).start();
  }

  private static ProcessBuilder builder(String... args) throws Exception {
    var command = new ArrayList<String>();
    // a background job of a shell ignores the signal, and so would the JVM that inherits that
    List<String> restored = List.of("env", "--default-signal=INT");
    if (canRun(restored)) {
      command.addAll(restored);
    }
    command.addAll(ChildJvm.command(List.of(), Main.class, args));
    return new ProcessBuilder(command);
  }

  private static boolean canRun(List<String> prefix) throws Exception {
    var command = new ArrayList<>(prefix);
    command.add("true");
    try {
      return new ProcessBuilder(command).start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  static void interrupt(Process process) throws Exception {
    var kill = new ProcessBuilder("kill", "-INT", String.valueOf(process.pid())).start();
    assertThat(kill.waitFor()).isZero();
  }

  static void requireExit(Process process, int exitCode) throws Exception {
    assertThat(process.waitFor(Patience.LONG)).isTrue();
    assertThat(process.exitValue()).isEqualTo(exitCode);
  }
}
