package dev.carillon.examples.pipeline;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.carillon.cuda.CudaBuffer;
import dev.carillon.cuda.CudaDevice;
import dev.carillon.cuda.CudaFunction;
import dev.carillon.cuda.CudaHostBuffer;
import dev.carillon.cuda.CudaModule;
import dev.carillon.cuda.CudaStream;
import dev.carillon.cuda.LaunchShape;
import dev.carillon.device.Device;
import dev.carillon.device.DeviceStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** Multiplies by a kernel of CUDA. */
final class CudaMultiplier implements Multiplier {
  private static final int SIDE = 16; // of a block of threads

  /** What one multiplication uses. */
  private record Slot(
      CudaBuffer a,
      CudaBuffer b,
      CudaBuffer product,
      CudaHostBuffer hostA,
      CudaHostBuffer hostB,
      CudaHostBuffer hostProduct) {}

  private final int n;
  private final CudaModule module;
  private final CudaFunction kernel;
  private final Slot[] slots;

  CudaMultiplier(Device device, int n, int count) throws IOException {
    this.n = n;
    CudaDevice memory = device.as(CudaDevice.class);
    module = memory.load(ptx());
    kernel = module.function("multiply");
    slots = new Slot[count];
    long bytes = 4L * n * n;
    for (int i = 0; i < count; i++) {
      slots[i] =
          new Slot(
              memory.allocate(bytes),
              memory.allocate(bytes),
              memory.allocate(bytes),
              memory.allocateHost(bytes),
              memory.allocateHost(bytes),
              memory.allocateHost(bytes));
    }
  }

  private static String ptx() throws IOException {
    try (InputStream file = CudaMultiplier.class.getResourceAsStream("multiply.ptx")) {
      return new String(
          Objects.requireNonNull(file, "multiply.ptx").readAllBytes(), StandardCharsets.US_ASCII);
    }
  }

  @Override
  public void set(int slot, float[] a, float[] b) {
    MemorySegment.copy(a, 0, slots[slot].hostA.segment(), JAVA_FLOAT, 0, n * n);
    MemorySegment.copy(b, 0, slots[slot].hostB.segment(), JAVA_FLOAT, 0, n * n);
  }

  @Override
  public void give(DeviceStream stream, int slot) {
    CudaStream work = stream.as(CudaStream.class);
    Slot used = slots[slot];
    int blocks = (n + SIDE - 1) / SIDE;
    work.copy(used.hostA, used.a);
    work.copy(used.hostB, used.b);
    work.launch(
        kernel,
        new LaunchShape(blocks, blocks, 1, SIDE, SIDE, 1, 0),
        used.a,
        used.b,
        used.product,
        n);
    work.copy(used.product, used.hostProduct);
  }

  @Override
  public void product(int slot, float[] target) {
    MemorySegment.copy(slots[slot].hostProduct.segment(), JAVA_FLOAT, 0, target, 0, n * n);
  }

  @Override
  public void close() {
    for (Slot slot : slots) {
      slot.a.close();
      slot.b.close();
      slot.product.close();
      slot.hostA.close();
      slot.hostB.close();
      slot.hostProduct.close();
    }
    module.close();
  }
}
