package dev.carillon.cuda;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.carillon.build.Patience;
import dev.carillon.device.Device;
import dev.carillon.device.DeviceStream;
import dev.carillon.device.DevicesConfig;
import dev.carillon.event.Event;
import dev.carillon.spi.DeviceKind;
import dev.carillon.testkit.DeviceContract;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;

/** The contract of devices, for CUDA on a GPU, or on the fake driver. */
final class CudaContract extends DeviceContract {
  private static final long FOR_EVER = Integer.MAX_VALUE;

  private final CudaProvider provider;
  private final @Nullable FakeCuda fake;
  private final boolean hasGates;

  /**
   * The contract.
   *
   * @param provider whose it is
   * @param fake the driver; null if it is a real one
   * @param hasGates whether it has gates
   */
  CudaContract(CudaProvider provider, @Nullable FakeCuda fake, boolean hasGates) {
    this.provider = provider;
    this.fake = fake;
    this.hasGates = hasGates;
  }

  Stream<DynamicTest> tests() {
    return checks().stream().map(check -> dynamicTest(check.name(), check::run));
  }

  @Override
  protected DeviceKind kind() {
    return DeviceKind.CUDA;
  }

  @Override
  protected DevicesConfig configure(DevicesConfig config) {
    return config.withProvider(provider);
  }

  @Override
  protected boolean hasGates() {
    return hasGates;
  }

  @Override
  protected boolean isDoneAtOnce() {
    return fake != null;
  }

  @Override
  protected void hold(DeviceStream stream, Event until) {
    if (hasGates || fake == null) {
      super.hold(stream, until);
      return;
    }
    fake.with("pending", FOR_EVER);
    until.whenComplete(_ -> fake.with("pending", 0));
  }

  @Override
  protected Duration patience() {
    return Patience.LONG;
  }

  @Override
  protected Cell newCell(Device device) {
    CudaDevice gpu = device.as(CudaDevice.class);
    CudaBuffer buffer = gpu.allocate(Integer.BYTES);
    CudaHostBuffer host = gpu.allocateHost(Integer.BYTES);
    host.segment().set(ValueLayout.JAVA_INT, 0, 0);
    return new Cell() {
      @Override
      public void set(DeviceStream stream, int value) {
        CudaStream work = stream.as(CudaStream.class);
        work.fill(buffer, 0, 1, value);
        work.copy(buffer, host);
      }

      @Override
      public int value() {
        return host.segment().get(ValueLayout.JAVA_INT, 0);
      }

      @Override
      public void close() {
        host.close();
        buffer.close();
      }
    };
  }
}
