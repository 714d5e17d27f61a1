package dev.carillon.examples.pipeline;

import dev.carillon.device.CpuStream;
import dev.carillon.device.DeviceStream;

/** Multiplies in plain Java. */
final class CpuMultiplier implements Multiplier {
  private final int n;
  private final float[][] a;
  private final float[][] b;
  private final float[][] products;

  CpuMultiplier(int n, int slots) {
    this.n = n;
    this.a = new float[slots][n * n];
    this.b = new float[slots][n * n];
    this.products = new float[slots][n * n];
  }

  @Override
  public void set(int slot, float[] left, float[] right) {
    System.arraycopy(left, 0, a[slot], 0, n * n);
    System.arraycopy(right, 0, b[slot], 0, n * n);
  }

  @Override
  public void give(DeviceStream stream, int slot) throws InterruptedException {
    stream.as(CpuStream.class).run(() -> Matrix.multiply(a[slot], b[slot], products[slot], n));
  }

  @Override
  public void product(int slot, float[] target) {
    System.arraycopy(products[slot], 0, target, 0, n * n);
  }

  @Override
  public void close() {}
}
