package dev.carillon.source;

import dev.carillon.build.ChildJvm;
import dev.carillon.build.Patience;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import jdk.jfr.FlightRecorder;

/** Programs with a source, which tests run in JVMs of their own and hear by what they print. */
final class ChildProgram {
  private ChildProgram() {}

  /** Starts such a program, with no signal ignored, as {@code nohup} around the tests has it. */
  static Process start(String... args) throws IOException {
    return start(List.of("env", "--default-signal"), args);
  }

  /** Starts such a program by way of another. */
  static Process start(List<String> by, String... args) throws IOException {
    var command = new ArrayList<>(by);
    command.addAll(ChildJvm.command(ChildProgram.class, args));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  /** Runs one: {@code stdin}, {@code slow-stdin} or {@code signals NAME… [then-default]}. */
  public static void main(String[] args) throws Exception {
    switch (args[0]) {
      case "stdin" -> stdin();
      case "slow-stdin" -> slowStdin();
      case "signals" -> signals(List.of(args).subList(1, args.length));
      default -> throw new IllegalArgumentException("no such program: " + args[0]);
    }
  }

  private static synchronized void print(String line) {
    System.out.println(line);
  }

  /** Prints each line; stops and starts at the line {@code restart}. */
  private static void stdin() throws Exception {
    var restart = new CountDownLatch(1);
    try (var source =
        Source.open(
            LineStream.standardInput(),
            Outlet.<String>handler(item -> {
              print(item.payload());
              if (item.payload().equals("restart")) {
                restart.countDown();
              }
            }))) {
      source.start();
      Patience.await(restart);
      source.stop();
      print("stopped");
      source.start();
      Patience.until("the end", () -> source.state() == SourceState.ENDED);
      print("ended " + source.stats().taken() + ", recording: " + FlightRecorder.isInitialized());
    }
  }

  /** Handles one line, and the rest when that is let go by a signal. */
  private static void slowStdin() throws Exception {
    var free = new CountDownLatch(1);
    try (var signals = Source.open(OsSignals.of("HUP"), Outlet.handler(_ -> free.countDown()));
        var source =
            Source.open(LineStream.standardInput(), Outlet.<String>handler(_ -> free.await()))) {
      signals.start().awaitReady(Patience.LONG);
      source.start();
      Patience.until("a full window", () -> source.stats().underWay() == 1024);
      print("full");
      Patience.until("the end", () -> source.state() == SourceState.ENDED);
      print("lines " + source.stats().settled());
    }
  }

  /** Prints each signal. */
  private static void signals(List<String> names) throws Exception {
    boolean passOn = names.contains("then-default");
    var kind =
        OsSignals.of(names.stream().filter(n -> !n.equals("then-default")).toArray(String[]::new));
    Runtime.getRuntime().addShutdownHook(new Thread(() -> print("hook")));
    try (var source =
        Source.open(
            passOn ? kind.thenDefault() : kind,
            Outlet.<OsSignal>handler(item -> print(item.payload().name())))) {
      source.start();
      Patience.until(
          "it is ready or cannot be",
          () -> source.state() == SourceState.CONNECTED || source.state() == SourceState.FAILING);
      print(source.failure().map(Throwable::getMessage).orElse("ready"));
      System.in.read(); // the end of the test
      print("ends");
    }
  }
}
