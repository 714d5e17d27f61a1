package dev.carillon.examples.inference;

import java.time.Duration;
import java.util.Iterator;
import java.util.List;

/**
 * What {@code ./carillon example inference} is told.
 *
 * @param seconds how long the load lasts in all
 * @param rate requests a second; 0 for half, and then one and a half, of what the model can do
 * @param port where to serve; 0 for any that is free
 * @param serveOnly whether to serve until it is stopped, without a load
 * @param device whether the model takes the time of a device
 */
record Options(int seconds, int rate, int port, boolean serveOnly, boolean device) {
  static final String HELP =
      """
      carillon example inference [option ...]
      Serves a small model over HTTP, and shows how it does under load.

        --seconds N   how long the load lasts, 1 to 3600; default 8
        --rate N      requests a second, 1 to 100000; default: first half of what the model
                      can do, then one and a half times as much
        --port N      where to serve, on 127.0.0.1; default: 8080 with --serve, else any free
        --serve       serve until Ctrl-C, without a load; prints how to ask
        --no-device   let the model take its own time, some microseconds, and not a device's;
                      then 1000 requests a second, unless --rate says otherwise
        --help        this text
      """;

  private static final int SERVE_PORT = 8080;

  Options {
    check("--seconds", seconds, 1, 3600);
    check("--rate", rate, 0, 100_000);
    check("--port", port, 0, 65_535);
  }

  private static void check(String option, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s must be %d to %d: %s=%d".formatted(option, least, most, option, value));
    }
  }

  /**
   * {@return what arguments say}
   *
   * @throws IllegalArgumentException if one of them is unknown, or its value out of its range
   */
  static Options parse(List<String> arguments) {
    int seconds = 8;
    int rate = 0;
    int port = -1;
    boolean serveOnly = false;
    boolean device = true;
    for (Iterator<String> rest = arguments.iterator(); rest.hasNext(); ) {
      String option = rest.next();
      switch (option) {
        case "--seconds" -> seconds = number(option, rest);
        case "--rate" -> {
          rate = number(option, rest);
          check(option, rate, 1, 100_000);
        }
        case "--port" -> {
          port = number(option, rest);
          check(option, port, 0, 65_535);
        }
        case "--serve" -> serveOnly = true;
        case "--no-device" -> device = false;
        default -> throw new IllegalArgumentException("unknown option: " + option);
      }
    }
    int where = port >= 0 ? port : serveOnly ? SERVE_PORT : 0;
    return new Options(seconds, rate, where, serveOnly, device);
  }

  private static int number(String option, Iterator<String> rest) {
    String value = rest.hasNext() ? rest.next() : "nothing";
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "%s must be followed by a number: %s=%s".formatted(option, option, value), e);
    }
  }

  /** {@return how long the load lasts in all} */
  Duration time() {
    return Duration.ofSeconds(seconds);
  }
}
