package dev.carillon.opencl;

import dev.carillon.build.Patience;
import dev.carillon.spi.DeviceFunctions;
import dev.carillon.spi.DeviceUnavailableException;
import dev.carillon.spi.DriverStatus;
import dev.carillon.spi.StreamOptions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/**
 * The driver of this machine, opened for one test, with shorter words for what tests do with it.
 */
final class OpenClHere implements AutoCloseable {
  /** Adds a number to what is in a buffer, after a while that depends on the other. */
  static final String SOURCE =
      """
      kernel void add(global int *to, int what) {
        to[get_global_id(0)] += what;
      }
      kernel void slow(global int *to, int rounds) {
        int x = to[get_global_id(0)];
        for (int i = 0; i < rounds; i++) {
          x = x * 1664525 + 1013904223;
        }
        to[get_global_id(0)] = x;
      }
      """;

  final ClDriver driver;
  final DeviceFunctions<CommandQueue, MarkerEvent> functions;
  final ClDevice device;
  private final List<CommandQueue> streams = new ArrayList<>();

  private OpenClHere(ClDriver driver) {
    this.driver = driver;
    functions = driver.functions();
    device = driver.device(0);
  }

  /**
   * {@return the driver; the test fails if there is none, or is aborted where that was asked for}
   */
  static OpenClHere open() {
    try {
      return new OpenClHere((ClDriver) new OpenClProvider().open());
    } catch (DeviceUnavailableException e) {
      if (Boolean.getBoolean("carillon.opencl.skip")) {
        return Assumptions.abort(e.getMessage());
      }
      throw e;
    }
  }

  CommandQueue ordered() {
    return stream(StreamOptions.DEFAULT);
  }

  CommandQueue unordered() {
    return stream(StreamOptions.DEFAULT.withoutOrder());
  }

  CommandQueue stream(StreamOptions options) {
    CommandQueue stream = driver.openStream(0, options);
    streams.add(stream);
    return stream;
  }

  MarkerEvent record(CommandQueue stream) {
    MarkerEvent event = functions.create().create(0, false);
    functions.record().record(event, stream);
    return event;
  }

  DriverStatus query(MarkerEvent event) {
    return functions.query().query(event);
  }

  /** Waits until an event has finished, and gives it up. */
  DriverStatus finish(MarkerEvent event) throws Exception {
    DriverStatus status = await(event);
    event.reset();
    return status;
  }

  DriverStatus await(MarkerEvent event) throws Exception {
    for (int i = 0; i < 1000; i++) {
      if (query(event) != DriverStatus.PENDING) {
        return query(event);
      }
      Thread.onSpinWait();
    }
    Patience.until("the event has finished", () -> query(event) != DriverStatus.PENDING);
    return query(event);
  }

  /** Waits until all that was given to a stream has finished. */
  DriverStatus finish(CommandQueue stream) throws Exception {
    return finish(record(stream));
  }

  @Override
  public void close() {
    streams.forEach(driver::closeStream);
    driver.close();
  }
}
