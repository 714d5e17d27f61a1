package dev.carillon.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.spi.DeviceUnavailableException;
import dev.carillon.spi.DriverStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** What tests on a real GPU have in common. They have the tag "gpu", and run where one is. */
final class Gpu {
  static final String TAG = "gpu";
  private static final long LONGEST_NANOS = 30_000_000_000L;

  private Gpu() {}

  /** {@return the driver; the test is left out if there is none} */
  static CudaDriver open(CudaConfig config) {
    try {
      return (CudaDriver) new CudaProvider(config, CudaLibrary.names()).open();
    } catch (DeviceUnavailableException e) {
      return Assumptions.abort(e.getMessage());
    }
  }

  static CudaDriver open() {
    return open(CudaConfig.DEFAULT);
  }

  /** {@return a new event, recorded} */
  static CudaEvent recorded(CudaDriver driver, LocalCudaStream stream) {
    var table = driver.functions();
    CudaEvent event = table.create().create(stream.context().gpu().info().index(), false);
    table.record().record(event, stream);
    return event;
  }

  static DriverStatus query(CudaDriver driver, CudaEvent event) {
    return driver.functions().query().query(event);
  }

  /** {@return how an event that is to finish within half a minute has finished} */
  static DriverStatus finished(CudaDriver driver, CudaEvent event) {
    long end = System.nanoTime() + LONGEST_NANOS;
    DriverStatus status = query(driver, event);
    while (status == DriverStatus.PENDING && System.nanoTime() < end) {
      Thread.onSpinWait();
      status = query(driver, event);
    }
    return status;
  }

  /** Waits for all that a stream was given, which is to go well. */
  static void finish(CudaDriver driver, LocalCudaStream stream) {
    CudaEvent event = recorded(driver, stream);
    assertThat(finished(driver, event)).isEqualTo(DriverStatus.COMPLETE);
    driver.functions().release().release(event);
  }

  /** {@return how much of this process is in memory, in bytes} */
  static long resident() {
    try {
      String statm = Files.readString(Path.of("/proc/self/statm"));
      return Long.parseLong(statm.split(" ")[1]) * 4096;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
