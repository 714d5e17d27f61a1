package dev.carillon.examples.pipeline;

import dev.carillon.device.Device;
import dev.carillon.device.DeviceSupport;
import dev.carillon.device.Devices;
import dev.carillon.event.EventSystem;
import dev.carillon.examples.SeededExample;
import java.io.PrintStream;
import java.util.List;

/** Multiplies matrices on every device that is here, and prints when what ran. */
public final class Main {
  private static final String HELP =
      """
      makes pairs of matrices on the CPU, multiplies them on each device that is here, one device
      after the other, and checks the products on the CPU against plain Java; prints when what ran
      """;

  private static final int N = 256;
  private static final int MATRICES = 8;
  private static final int WIDTH = 72;
  private static final String[] STAGES = {"make", "multiply", "check"};

  private Main() {}

  /**
   * Runs it.
   *
   * @param arguments see {@code --help}
   * @return the exit code
   * @throws Exception if it fails
   */
  public static int run(String... arguments) throws Exception {
    return SeededExample.run("device-pipeline", HELP, Main::multiply, arguments);
  }

  private static void multiply(PrintStream out, long seed) throws Exception {
    try (EventSystem events = EventSystem.create();
        Devices devices = Devices.open(events)) {
      for (DeviceSupport kind : devices.support()) {
        if (kind.missing() != null) {
          out.printf("no device of kind %s: %s%n%n", kind.kind(), kind.missing());
        }
      }
      for (Device device : devices.devices()) {
        if (!Multiplier.isAbleTo(device.kind())) {
          out.printf("%s: this example has no kernel for its kind%n%n", device);
          continue;
        }
        new Pipeline(events, devices.cpu(), device, N, seed).run(1); // what is done first is slow
        Pipeline.Outcome outcome =
            new Pipeline(events, devices.cpu(), device, N, seed).run(MATRICES);
        print(out, device, outcome);
        if (outcome.error() > 1) {
          throw new IllegalStateException("a product is wrong on " + device);
        }
      }
    }
  }

  private static void print(PrintStream out, Device device, Pipeline.Outcome outcome) {
    out.printf(
        "%s: %d products of %d x %d in %.1f ms%n", device, MATRICES, N, N, outcome.nanos() / 1e6);
    out.printf(
        "  the worst is off by %.3f of the tolerance, %.2g%n",
        outcome.error(), Matrix.tolerance(N));
    out.printf(
        "  its stream waits for the CPU: %s; the CPU's for it: %s%n",
        outcome.toDevice(), outcome.fromDevice());
    for (int stage = 0; stage < STAGES.length; stage++) {
      out.printf("  %-8s |%s|%n", STAGES[stage], line(outcome.spans(), stage, outcome.nanos()));
    }
    out.println();
  }

  /** {@return a line of time, with the number of each matrix where its stage ran} */
  static String line(List<Pipeline.Span> spans, int stage, long nanos) {
    var line = new StringBuilder(".".repeat(WIDTH));
    for (Pipeline.Span span : spans) {
      if (span.stage() == stage) {
        int from = place(span.from(), nanos);
        int to = Math.max(from, place(span.to(), nanos) - 1);
        for (int i = from; i <= to; i++) {
          line.setCharAt(i, (char) ('0' + span.matrix() % 10));
        }
      }
    }
    return line.toString();
  }

  private static int place(long at, long nanos) {
    return Math.clamp(at * WIDTH / Math.max(1, nanos), 0, WIDTH - 1);
  }
}
