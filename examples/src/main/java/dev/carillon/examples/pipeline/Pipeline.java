package dev.carillon.examples.pipeline;

import dev.carillon.device.CpuStream;
import dev.carillon.device.Device;
import dev.carillon.device.DeviceEvent;
import dev.carillon.device.DeviceEventStatus;
import dev.carillon.device.DeviceStream;
import dev.carillon.device.WaitPath;
import dev.carillon.event.Event;
import dev.carillon.event.EventSystem;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Three stages for a number of matrices: make two, multiply them on a device, check the product.
 */
final class Pipeline {
  private static final int SLOTS = 3; // how many are under way

  /** A stage of a matrix: from when to when, in nanoseconds since the pipeline began. */
  record Span(int matrix, int stage, long from, long to) {}

  /**
   * What came of it.
   *
   * @param error how far the worst product is from the true one, as a part of the tolerance
   * @param spans when each stage ran
   * @param nanos how long all took
   * @param toDevice how the device's stream waits for the CPU's events
   * @param fromDevice how the CPU's stream waits for the device's events
   */
  record Outcome(
      double error, List<Span> spans, long nanos, WaitPath toDevice, WaitPath fromDevice) {}

  private final EventSystem events;
  private final Device cpu;
  private final Device device;
  private final int n;
  private final SplittableRandom random;

  Pipeline(EventSystem events, Device cpu, Device device, int n, long seed) {
    this.events = events;
    this.cpu = cpu;
    this.device = device;
    this.n = n;
    this.random = new SplittableRandom(seed);
  }

  /** Times of a matrix, each written by the thread that comes to it. */
  private static final class Times {
    volatile long made;
    volatile long multiplied;
    volatile long checkBegun;
    volatile long checked;
    volatile long makeBegun;
  }

  Outcome run(int matrices) throws Exception {
    float[][] a = new float[SLOTS][n * n];
    float[][] b = new float[SLOTS][n * n];
    float[] product = new float[n * n]; // of the last stage
    double[] worst = {0}; // likewise
    var times = new ArrayList<Times>();
    var multiplied = new ArrayList<DeviceEvent>();
    var checked = new ArrayList<DeviceEvent>();
    WaitPath toDevice = WaitPath.NONE;
    WaitPath fromDevice = WaitPath.NONE;
    try (DeviceStream make = cpu.newStream(o -> o.withName("make"));
        DeviceStream multiply = device.newStream(o -> o.withName("multiply"));
        DeviceStream check = cpu.newStream(o -> o.withName("check"));
        Multiplier stage = Multiplier.on(device, n, SLOTS)) {
      Event start = events.newEvent("start");
      make.waitFor(start); // so that all is given before anything runs
      long zero = System.nanoTime();
      for (int i = 0; i < matrices; i++) {
        int slot = i % SLOTS;
        Times time = new Times();
        times.add(time);
        if (i >= SLOTS) { // who had the slot before must be done with it
          make.waitFor(checked.get(i - SLOTS));
        }
        make.as(CpuStream.class)
            .run(() -> {
              time.makeBegun = System.nanoTime();
              Matrix.fill(a[slot], random);
              Matrix.fill(b[slot], random);
              stage.set(slot, a[slot], b[slot]);
              time.made = System.nanoTime();
            });
        DeviceEvent made = make.record();
        toDevice = worse(toDevice, multiply.waitFor(made));
        stage.give(multiply, slot);
        DeviceEvent done = device.newEvent("multiplied " + i);
        multiply.record(done);
        done.setCallback(_ -> time.multiplied = System.nanoTime());
        multiplied.add(done);
        fromDevice = worse(fromDevice, check.waitFor(done));
        check
            .as(CpuStream.class)
            .run(() -> {
              time.checkBegun = System.nanoTime();
              stage.product(slot, product);
              worst[0] = Math.max(worst[0], Matrix.error(a[slot], b[slot], product, n));
              time.checked = System.nanoTime();
            });
        checked.add(check.record());
      }
      start.trigger();
      for (DeviceEvent event : checked) {
        event.await();
      }
      long nanos = System.nanoTime() - zero;
      for (DeviceEvent event : multiplied) {
        if (event.finish() != DeviceEventStatus.SUCCESS) {
          throw new IllegalStateException(event.errorMessage());
        }
      }
      return new Outcome(worst[0], spans(times, zero), nanos, toDevice, fromDevice);
    }
  }

  private static WaitPath worse(WaitPath one, WaitPath other) {
    return one.compareTo(other) >= 0 ? one : other;
  }

  /** A device begins with a matrix when it is made, and the one before is multiplied. */
  private static List<Span> spans(List<Times> times, long zero) {
    List<Span> spans = new ArrayList<>();
    long before = zero;
    for (int i = 0; i < times.size(); i++) {
      Times time = times.get(i);
      spans.add(new Span(i, 0, time.makeBegun - zero, time.made - zero));
      long ended = Math.min(time.multiplied, time.checkBegun);
      spans.add(new Span(i, 1, Math.max(time.made, before) - zero, ended - zero));
      before = ended;
      spans.add(new Span(i, 2, time.checkBegun - zero, time.checked - zero));
    }
    return spans;
  }
}
