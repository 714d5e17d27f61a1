package dev.carillon.examples.pipeline;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.carillon.device.Device;
import dev.carillon.device.DeviceStream;
import dev.carillon.opencl.OpenClBuffer;
import dev.carillon.opencl.OpenClDevice;
import dev.carillon.opencl.OpenClKernel;
import dev.carillon.opencl.OpenClProgram;
import dev.carillon.opencl.OpenClRange;
import dev.carillon.opencl.OpenClStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Multiplies by a kernel of OpenCL. */
final class OpenClMultiplier implements Multiplier {
  private static final String SOURCE =
      """
      kernel void multiply(
          global const float *a, global const float *b, global float *c, const int n) {
        int column = get_global_id(0);
        int row = get_global_id(1);
        float sum = 0;
        for (int k = 0; k < n; k++) {
          sum += a[row * n + k] * b[k * n + column];
        }
        c[row * n + column] = sum;
      }
      """;

  /** What one multiplication uses. */
  private record Slot(
      OpenClBuffer a,
      OpenClBuffer b,
      OpenClBuffer product,
      MemorySegment hostA,
      MemorySegment hostB,
      MemorySegment hostProduct) {}

  private final int n;
  private final Arena arena = Arena.ofShared();
  private final OpenClProgram program;
  private final OpenClKernel kernel;
  private final Slot[] slots;

  OpenClMultiplier(Device device, int n, int count) {
    this.n = n;
    OpenClDevice memory = device.as(OpenClDevice.class);
    program = memory.build(SOURCE);
    kernel = program.newKernel("multiply");
    slots = new Slot[count];
    long size = (long) n * n;
    for (int i = 0; i < count; i++) {
      slots[i] =
          new Slot(
              memory.newBuffer(4 * size),
              memory.newBuffer(4 * size),
              memory.newBuffer(4 * size),
              arena.allocate(JAVA_FLOAT, size),
              arena.allocate(JAVA_FLOAT, size),
              arena.allocate(JAVA_FLOAT, size));
    }
  }

  @Override
  public void set(int slot, float[] a, float[] b) {
    MemorySegment.copy(a, 0, slots[slot].hostA, JAVA_FLOAT, 0, n * n);
    MemorySegment.copy(b, 0, slots[slot].hostB, JAVA_FLOAT, 0, n * n);
  }

  @Override
  public void give(DeviceStream stream, int slot) {
    OpenClStream commands = stream.as(OpenClStream.class);
    Slot used = slots[slot];
    commands.write(used.a, 0, used.hostA);
    commands.write(used.b, 0, used.hostB);
    commands.launch(kernel, OpenClRange.of(n, n), used.a, used.b, used.product, n);
    commands.read(used.product, 0, used.hostProduct);
  }

  @Override
  public void product(int slot, float[] target) {
    MemorySegment.copy(slots[slot].hostProduct, JAVA_FLOAT, 0, target, 0, n * n);
  }

  @Override
  public void close() {
    for (Slot slot : slots) {
      slot.a.close();
      slot.b.close();
      slot.product.close();
    }
    kernel.close();
    program.close();
    arena.close();
  }
}
