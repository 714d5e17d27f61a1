package dev.carillon.device;

import dev.carillon.spi.DeviceDriver;
import dev.carillon.spi.DeviceKind;
import dev.carillon.spi.DeviceProvider;

/** Provides the processors that run this program, as one device. */
final class CpuProvider implements DeviceProvider {
  private final int threads;

  CpuProvider(int threads) {
    this.threads = threads;
  }

  @Override
  public DeviceKind kind() {
    return DeviceKind.CPU;
  }

  @Override
  public DeviceDriver<?, ?> open() {
    return new CpuDriver(threads);
  }
}
