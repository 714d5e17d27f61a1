package dev.carillon.opencl;

import dev.carillon.spi.DeviceGate;
import dev.carillon.spi.DriverStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Records events, has another stream wait for them and uses them again; tells how memory grows. */
final class RecycledEvents {
  private static final int WINDOW = 256;

  private RecycledEvents() {}

  public static void main(String[] args) throws Exception {
    int count = Integer.parseInt(args[0]);
    try (OpenClHere here = OpenClHere.open()) {
      CommandQueue producer = here.ordered();
      CommandQueue consumer = here.unordered();
      turn(here, producer, consumer, 40_000); // until pools and compiled code have their size
      long before = residentKilobytes();
      turn(here, producer, consumer, count);
      System.out.printf("recorded=%d grownKilobytes=%d%n", count, residentKilobytes() - before);
    }
  }

  private static void turn(OpenClHere here, CommandQueue producer, CommandQueue consumer, int count)
      throws Exception {
    List<MarkerEvent> events = new ArrayList<>();
    for (int i = 0; i < WINDOW; i++) {
      events.add(here.functions.create().create(0, false));
    }
    for (int done = 0; done < count; done += WINDOW) {
      // Closed, so that all are pending when they are waited for, and the driver wakes up once.
      DeviceGate gate = producer.gate();
      for (MarkerEvent event : events) {
        producer.record(event);
        if (!consumer.waitFor(event)) {
          throw new AssertionError("the two are of one context");
        }
      }
      gate.open(true);
      if (here.finish(consumer) != DriverStatus.COMPLETE) {
        throw new AssertionError("failed");
      }
      for (MarkerEvent event : events) {
        here.await(event);
        event.reset();
      }
    }
  }

  private static long residentKilobytes() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }
}
