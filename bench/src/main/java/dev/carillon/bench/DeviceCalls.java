package dev.carillon.bench;

import dev.carillon.cuda.CudaBuffer;
import dev.carillon.cuda.CudaCompletion;
import dev.carillon.cuda.CudaDevice;
import dev.carillon.cuda.CudaGraph;
import dev.carillon.cuda.CudaProvider;
import dev.carillon.cuda.CudaStream;
import dev.carillon.device.Device;
import dev.carillon.device.DeviceEvent;
import dev.carillon.device.DeviceStream;
import dev.carillon.device.Devices;
import dev.carillon.event.Event;
import dev.carillon.event.EventSystem;
import dev.carillon.opencl.OpenClProvider;
import dev.carillon.spi.DeviceDriver;
import dev.carillon.spi.DeviceFunctions;
import dev.carillon.spi.DeviceGate;
import dev.carillon.spi.DeviceKind;
import dev.carillon.spi.DeviceProvider;
import dev.carillon.spi.DeviceUnavailableException;
import dev.carillon.spi.DriverStatus;
import dev.carillon.spi.StreamOptions;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Measures calls to a driver in a JVM of its own, in the same order and number as cuda_events.c and
 * opencl_events.c do: as users make them, and as the functions of the table alone. Prints what
 * those programs print, with {@link #EVENTS_OF_USERS} or {@link #FUNCTIONS} before it; or {@link
 * #MISSING} and what is missing.
 */
final class DeviceCalls {
  static final String EVENTS_OF_USERS = "carillon";
  static final String FUNCTIONS = "functions";
  static final String MISSING = "missing";

  static final String RECORD = "record";
  static final String RECORD_QUERY = "record + query";
  static final String WAIT = "stream wait";
  static final String GRAPH = "graph of 20 fills";
  static final String POLLED = "to waiter, by polling";
  static final String TOLD = "to waiter, by host function";
  static final String CALLED = "to waiter, by callback";

  private static final int EVENTS = 256;
  private static final int GRAPH_NODES = 20;
  private static final int GRAPHS = 32;
  private static final int SAMPLES = 100_000;
  private static final double MILLI = 1e6;

  /** A driver that can be measured. */
  enum Driver {
    CUDA,
    OPENCL;

    private DeviceProvider provider() {
      return this == CUDA ? new CudaProvider() : new OpenClProvider();
    }

    private DeviceKind kind() {
      return this == CUDA ? DeviceKind.CUDA : DeviceKind.OPENCL;
    }
  }

  private final Driver driver;
  private final int warmups;
  private final int iterations;
  private final double millis;
  private final double[] samples = new double[SAMPLES];
  private int count;

  private DeviceCalls(Driver driver, int warmups, int iterations, double millis) {
    this.driver = driver;
    this.warmups = warmups;
    this.iterations = iterations;
    this.millis = millis;
  }

  /** Some operations. */
  private interface Operation {
    /** {@return the nanoseconds that they took} */
    long run() throws InterruptedException;
  }

  /**
   * Measures; the arguments are a {@link Driver} and those of a {@link Plan}: warm-ups, iterations,
   * milliseconds.
   */
  public static void main(String[] args) throws InterruptedException {
    var calls =
        new DeviceCalls(
            Driver.valueOf(args[0]),
            Integer.parseInt(args[1]),
            Integer.parseInt(args[2]),
            Double.parseDouble(args[3]));
    DeviceDriver<?, ?> opened;
    try {
      opened = calls.driver.provider().open();
    } catch (DeviceUnavailableException e) {
      System.out.println(MISSING + "\t" + e.getMessage());
      return;
    }
    // It stays open: a context that is retained once more after its end is looked after more
    // closely.
    try (DeviceDriver<?, ?> driver = opened) {
      calls.functions(driver);
      calls.events();
      if (calls.driver == Driver.CUDA) {
        calls.told();
      }
    }
  }

  private void measure(String subject, String name, int operations, Operation operation)
      throws InterruptedException {
    for (int i = 0; i < warmups + iterations; i++) {
      long until = System.nanoTime() + (long) (millis * MILLI);
      double nanos = 0;
      long done = 0;
      count = 0;
      while (System.nanoTime() - until < 0) {
        nanos += operation.run();
        done += operations;
      }
      if (i >= warmups) {
        Arrays.sort(samples, 0, count);
        String numbers =
            count > 0
                ? samples[count / 2] + "\t" + samples[(int) (count * 0.99)]
                : String.valueOf(nanos / done);
        System.out.println(subject + "\t" + name + "\t" + numbers);
      }
    }
  }

  /** One that is timed by itself. */
  private long sample(long nanos) {
    if (count < SAMPLES) {
      samples[count++] = nanos;
    }
    return nanos;
  }

  // The functions of the table.

  private <S, E> void functions(DeviceDriver<S, E> opened) throws InterruptedException {
    DeviceFunctions<S, E> table = opened.functions();
    S stream = opened.openStream(0, StreamOptions.DEFAULT);
    S other = opened.openStream(0, StreamOptions.DEFAULT);
    var wait = table.waits().get(driver.kind());
    var events = IntStream.range(0, EVENTS).mapToObj(i -> table.create().create(0, false)).toList();
    var reset = table.reset();
    Consumer<E> again = reset == null ? _ -> {} : reset::reset; // releases what it was
    measure(
        FUNCTIONS,
        RECORD,
        EVENTS,
        () -> {
          DeviceGate closed = hold(table, stream);
          long start = System.nanoTime();
          for (E event : events) {
            again.accept(event);
            table.record().record(event, stream);
          }
          long took = System.nanoTime() - start;
          closed.open(true);
          await(table, events.getLast());
          return took;
        });
    measure(
        FUNCTIONS,
        RECORD_QUERY,
        EVENTS,
        () -> {
          DeviceGate closed = hold(table, stream);
          long start = System.nanoTime();
          for (E event : events) {
            again.accept(event);
            table.record().record(event, stream);
            table.query().query(event);
          }
          long took = System.nanoTime() - start;
          closed.open(true);
          await(table, events.getLast());
          return took;
        });
    E last = table.create().create(0, false);
    measure(
        FUNCTIONS,
        WAIT,
        EVENTS,
        () -> {
          DeviceGate closed = hold(table, stream);
          for (E event : events) {
            again.accept(event);
            table.record().record(event, stream);
          }
          long start = System.nanoTime();
          for (E event : events) {
            wait.wait(other, event);
          }
          long took = System.nanoTime() - start;
          again.accept(last);
          table.record().record(last, other);
          closed.open(true);
          await(table, last);
          return took;
        });
    opened.closeStream(stream);
    opened.closeStream(other);
  }

  /**
   * {@return what lets a stream go on that is held while calls are measured} A device that is a
   * processor would work beside them, and would have to be woken by those who call more slowly.
   * CUDA's is not held: its streams do not disturb who calls.
   */
  private <S, E> DeviceGate hold(DeviceFunctions<S, E> table, S stream) {
    var gate = table.gate();
    return isHeld() && gate != null ? gate.gate(stream) : _ -> {};
  }

  private boolean isHeld() {
    return driver == Driver.OPENCL;
  }

  private static <S, E> void await(DeviceFunctions<S, E> table, E event) {
    DriverStatus status = table.query().query(event);
    while (status == DriverStatus.PENDING) {
      Thread.onSpinWait();
      status = table.query().query(event);
    }
    if (status == DriverStatus.FAILED) {
      throw new BenchmarkException("a device failed while it was measured");
    }
  }

  // As users have it.

  private void events() throws InterruptedException {
    try (EventSystem system = EventSystem.create();
        Devices devices = Devices.open(system)) {
      Device gpu = devices.device(driver.kind(), 0);
      DeviceStream stream = gpu.newStream();
      DeviceStream other = gpu.newStream();
      var events = IntStream.range(0, EVENTS).mapToObj(i -> gpu.newEvent()).toList();
      measure(
          EVENTS_OF_USERS,
          RECORD,
          EVENTS,
          () -> {
            Event gate = hold(system, stream);
            long start = System.nanoTime();
            for (DeviceEvent event : events) {
              event.reset();
              stream.record(event);
            }
            long took = System.nanoTime() - start;
            gate.trigger();
            events.getLast().finish();
            return took;
          });
      measure(
          EVENTS_OF_USERS,
          RECORD_QUERY,
          EVENTS,
          () -> {
            Event gate = hold(system, stream);
            long start = System.nanoTime();
            for (DeviceEvent event : events) {
              event.reset();
              stream.record(event);
              var _ = event.query();
            }
            long took = System.nanoTime() - start;
            gate.trigger();
            events.getLast().finish();
            return took;
          });
      measure(
          EVENTS_OF_USERS,
          WAIT,
          EVENTS,
          () -> {
            Event gate = hold(system, stream);
            for (DeviceEvent event : events) {
              event.reset();
              stream.record(event);
            }
            long start = System.nanoTime();
            for (DeviceEvent event : events) {
              var _ = other.waitFor(event);
            }
            long took = System.nanoTime() - start;
            gate.trigger();
            other.finish();
            return took;
          });
      if (driver == Driver.CUDA) {
        graphs(gpu, stream);
      }
      waiter(driver == Driver.CUDA ? POLLED : CALLED, stream);
    }
  }

  private Event hold(EventSystem system, DeviceStream stream) {
    Event gate = system.newEvent();
    if (isHeld()) {
      stream.waitFor(gate);
    }
    return gate;
  }

  private void graphs(Device gpu, DeviceStream stream) throws InterruptedException {
    CudaStream here = stream.as(CudaStream.class);
    try (CudaBuffer buffer = gpu.as(CudaDevice.class).allocate(4096);
        CudaGraph graph =
            here.capture(s -> {
              for (int i = 0; i < GRAPH_NODES; i++) {
                s.fill(buffer, (byte) i);
              }
            })) {
      measure(
          EVENTS_OF_USERS,
          GRAPH,
          GRAPHS,
          () -> {
            long start = System.nanoTime();
            for (int i = 0; i < GRAPHS; i++) {
              here.launch(graph);
            }
            long took = System.nanoTime() - start;
            stream.finish();
            return took;
          });
    }
  }

  /**
   * From recording an event on an idle stream until a parked thread runs that its callback woke.
   */
  private void waiter(String name, DeviceStream stream) throws InterruptedException {
    Thread waiter = Thread.currentThread();
    var finished = new AtomicReference<DeviceEvent>();
    measure(
        EVENTS_OF_USERS,
        name,
        1,
        () -> {
          long start = System.nanoTime();
          DeviceEvent event = stream.record();
          event.setCallback(status -> {
            finished.setRelease(event);
            LockSupport.unpark(waiter);
          });
          while (finished.getAcquire() != event) {
            LockSupport.park(this);
          }
          return sample(System.nanoTime() - start);
        });
  }

  private void told() throws InterruptedException {
    CudaProvider provider =
        CudaProvider.create(c -> c.withCompletion(CudaCompletion.HOST_FUNCTION));
    try (EventSystem system = EventSystem.create();
        Devices devices = Devices.open(system, c -> c.withProvider(provider));
        DeviceStream stream = devices.device(DeviceKind.CUDA, 0).newStream()) {
      waiter(TOLD, stream);
    }
  }
}
