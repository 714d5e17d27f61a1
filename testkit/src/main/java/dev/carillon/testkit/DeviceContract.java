package dev.carillon.testkit;

import dev.carillon.device.Device;
import dev.carillon.device.DeviceStream;
import dev.carillon.device.DevicesConfig;
import dev.carillon.event.Event;
import dev.carillon.spi.DeviceKind;
import dev.carillon.testkit.RemoteEventsContract.Check;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * What every {@link dev.carillon.spi.DeviceProvider} has to keep, seen through the {@link
 * dev.carillon.device.Devices} on it, as checks that any test framework can run. They use the first
 * device of the kind, all others of it for waits, and the CPU.
 *
 * {@snippet :
 * @TestFactory
 * Stream<DynamicTest> contract() {
 *   return new MyContract().checks().stream()
 *       .map(check -> dynamicTest(check.name(), check::run));
 * }
 * }
 */
public abstract class DeviceContract {

  /** For subclasses. */
  protected DeviceContract() {}

  /** A number in memory of a device, which its streams write and the host reads. */
  public interface Cell extends AutoCloseable {
    /**
     * Gives a stream, which keeps its order, something that writes the number.
     *
     * @param stream of the cell's device
     * @param value the number
     * @throws InterruptedException if the thread is interrupted
     */
    void set(DeviceStream stream, int value) throws InterruptedException;

    /** {@return the number as the host sees it now; 0 before anything has written it} */
    int value();

    /** Gives the memory up. The streams that write it have been closed before. */
    @Override
    void close();
  }

  /** {@return the kind of the devices} */
  protected abstract DeviceKind kind();

  /**
   * {@return settings with the provider: a new one, or one that can be opened again}
   *
   * @param config the settings, which look for no providers
   */
  protected abstract DevicesConfig configure(DevicesConfig config);

  /**
   * {@return a new cell}
   *
   * @param device one of the kind
   */
  protected abstract Cell newCell(Device device);

  /** {@return whether code of the host finishes recorded events, as on a CPU} */
  protected boolean isFinishedByHost() {
    return false;
  }

  /** {@return whether its streams wait by gates for what their driver does not know} */
  protected boolean hasGates() {
    return true;
  }

  /** {@return whether its timed events know when they succeeded} */
  protected boolean isTimed() {
    return true;
  }

  /** {@return whether events of the driver are reset and used again, or thrown away} */
  protected boolean isReusing() {
    return true;
  }

  /** {@return whether work is done when it is given, whatever is before it, as fake drivers do} */
  protected boolean isDoneAtOnce() {
    return false;
  }

  /**
   * Keeps what a stream is given from now on from finishing. Kinds without gates do it otherwise,
   * such as by work that takes until then.
   *
   * @param stream one of the kind
   * @param until triggered when it may go on
   */
  protected void hold(DeviceStream stream, Event until) {
    stream.waitFor(until);
  }

  /**
   * {@return whether a stream was given work that fails, from which it can recover}
   *
   * @param stream one of the kind
   * @throws InterruptedException if the thread is interrupted
   */
  protected boolean giveFailingWork(DeviceStream stream) throws InterruptedException {
    return false;
  }

  /** {@return how long it may take until something has finished} */
  protected Duration patience() {
    return Duration.ofSeconds(30);
  }

  /** {@return all checks; each opens devices of its own} */
  public final List<Check> checks() {
    return Stream.of(
            DeviceStateChecks.all().stream(),
            DeviceTellingChecks.all().stream(),
            DeviceWaitChecks.all().stream(),
            DeviceEndChecks.all().stream(),
            DeviceLoadChecks.all().stream())
        .flatMap(all -> all)
        .map(check -> new Check(check.name(), () -> run(check)))
        .toList();
  }

  private void run(DeviceTrial.OnDevices check) throws Exception {
    try (var trial = new DeviceTrial(this)) {
      check.body().run(trial);
    }
  }
}
