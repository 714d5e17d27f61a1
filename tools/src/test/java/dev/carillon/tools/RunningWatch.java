package dev.carillon.tools;

import dev.carillon.build.Patience;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** {@code carillon watch} on a thread of this JVM, until it is closed. */
final class RunningWatch implements AutoCloseable {
  private final StringWriter out = new StringWriter(); // which locks
  private final StringWriter err = new StringWriter();
  private final AtomicInteger exitCode = new AtomicInteger(-1);
  private final Thread thread;

  private RunningWatch(List<String> arguments) {
    thread =
        Thread.ofPlatform()
            .name("watch")
            .start(() ->
                exitCode.set(
                    Main.commandLine()
                        .setOut(new PrintWriter(out, true))
                        .setErr(new PrintWriter(err, true))
                        .execute(arguments.toArray(String[]::new))));
  }

  /** Starts it, and returns when it watches. */
  static RunningWatch start(String... options) throws Exception {
    var arguments = new ArrayList<>(List.of("watch"));
    arguments.addAll(List.of(options));
    if (arguments.stream().noneMatch(each -> each.startsWith("--debounce"))) {
      arguments.add(1, "--debounce=10ms");
    }
    var watch = new RunningWatch(arguments);
    Patience.until("it watches", () -> watch.err().contains("carillon watch: watching "));
    return watch;
  }

  String out() {
    return out.toString();
  }

  String err() {
    return err.toString();
  }

  /** {@return the exit code, when it has ended by itself} */
  int exitCode() throws InterruptedException {
    if (!thread.join(Patience.LONG)) {
      throw new AssertionError("it has not ended: " + err());
    }
    return exitCode.get();
  }

  /** Has it end as Ctrl-C would. */
  void interrupt() {
    thread.interrupt();
  }

  /** Ends it. */
  @Override
  public void close() {
    interrupt();
    try {
      exitCode();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
