package dev.carillon.examples.pipeline;

import dev.carillon.device.Device;
import dev.carillon.device.DeviceStream;
import dev.carillon.spi.DeviceKind;
import java.util.List;

/** The device stage: multiplies two matrices in a stream of its device. */
interface Multiplier extends AutoCloseable {

  /** {@return whether there is one for a kind} */
  static boolean isAbleTo(DeviceKind kind) {
    return List.of(DeviceKind.CPU, DeviceKind.CUDA, DeviceKind.OPENCL).contains(kind);
  }

  /** {@return what multiplies on a device of such a kind} */
  static Multiplier on(Device device, int n, int slots) throws Exception {
    DeviceKind kind = device.kind();
    if (kind.equals(DeviceKind.CUDA)) {
      return new CudaMultiplier(device, n, slots);
    }
    if (kind.equals(DeviceKind.OPENCL)) {
      return new OpenClMultiplier(device, n, slots);
    }
    return new CpuMultiplier(n, slots);
  }

  /** Has the stream multiply the matrices of a slot. Does not wait for it. */
  void give(DeviceStream stream, int slot) throws InterruptedException;

  /** Sets what a slot multiplies. Called by the stage before. */
  void set(int slot, float[] a, float[] b);

  /** Copies the product of a slot. Called by the stage behind. */
  void product(int slot, float[] target);

  @Override
  void close();
}
