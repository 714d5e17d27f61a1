package dev.carillon.cuda;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.carillon.build.Covers;
import dev.carillon.spi.DeviceException;
import dev.carillon.spi.StreamOptions;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Memory, kernels and graphs, on a GPU. */
@Tag(Gpu.TAG)
@Covers("C11")
final class CudaWorkGpuTest {
  private static final int COUNT = 1 << 16;
  private static final int SIDE = 200;
  private static final int TILE = 16;

  private CudaDriver driver;
  private CudaDevice device;
  private LocalCudaStream stream;
  private CudaModule program;

  @BeforeEach
  void open() {
    driver = Gpu.open();
    device = driver.device(0);
    stream = driver.openStream(0, StreamOptions.DEFAULT);
    program = device.load(Kernels.ptx());
  }

  @AfterEach
  void close() {
    if (driver != null) {
      driver.close();
    }
  }

  private CudaHostBuffer random(int floats, Random random) {
    CudaHostBuffer made = device.allocateHost((long) floats * Float.BYTES);
    for (int i = 0; i < floats; i++) {
      made.segment().setAtIndex(JAVA_FLOAT, i, random.nextFloat());
    }
    return made;
  }

  @Test
  void vectorAdd_givesTheSums() {
    var random = new Random(1);
    try (CudaHostBuffer a = random(COUNT, random);
        CudaHostBuffer b = random(COUNT, random);
        CudaHostBuffer sum = device.allocateHost(a.bytes());
        CudaBuffer onA = device.allocate(a.bytes());
        CudaBuffer onB = device.allocate(a.bytes());
        CudaBuffer onSum = device.allocate(a.bytes())) {
      stream.copy(a, onA);
      stream.copy(b, onB);
      stream.launch(
          program.function("vector_add"), LaunchShape.covering(COUNT, 256), onA, onB, onSum, COUNT);
      stream.copy(onSum, sum);
      Gpu.finish(driver, stream);
      for (int i = 0; i < COUNT; i++) {
        float expected =
            a.segment().getAtIndex(JAVA_FLOAT, i) + b.segment().getAtIndex(JAVA_FLOAT, i);
        assertThat(sum.segment().getAtIndex(JAVA_FLOAT, i)).isEqualTo(expected);
      }
    }
  }

  @Test
  void matrixMultiply_givesTheProduct() {
    var random = new Random(2);
    try (CudaHostBuffer a = random(SIDE * SIDE, random);
        CudaHostBuffer b = random(SIDE * SIDE, random);
        CudaHostBuffer product = device.allocateHost(a.bytes());
        CudaBuffer onA = device.allocate(a.bytes());
        CudaBuffer onB = device.allocate(a.bytes());
        CudaBuffer onProduct = device.allocate(a.bytes())) {
      stream.copy(a, onA);
      stream.copy(b, onB);
      int tiles = (SIDE + TILE - 1) / TILE;
      stream.launch(
          program.function("matrix_multiply"),
          LaunchShape.plane(tiles, tiles, TILE, TILE),
          onA,
          onB,
          onProduct,
          SIDE);
      stream.copy(onProduct, product);
      Gpu.finish(driver, stream);
      for (int row = 0; row < SIDE; row++) {
        for (int column = 0; column < SIDE; column++) {
          double expected = 0;
          for (int k = 0; k < SIDE; k++) {
            expected +=
                (double) a.segment().getAtIndex(JAVA_FLOAT, (long) row * SIDE + k)
                    * b.segment().getAtIndex(JAVA_FLOAT, (long) k * SIDE + column);
          }
          assertThat((double) product.segment().getAtIndex(JAVA_FLOAT, (long) row * SIDE + column))
              .isCloseTo(expected, within(1e-3 * expected + 1e-3));
        }
      }
    }
  }

  @Test
  void kernel_onMemoryOfTheHost_reachesIt() {
    try (CudaHostBuffer counter = device.allocateHost(4)) {
      stream.launch(program.function("increment"), LaunchShape.of(1, 32), counter);
      Gpu.finish(driver, stream);
      assertThat(counter.segment().get(JAVA_INT, 0)).isEqualTo(1);
    }
  }

  @Test
  void graph_replayed_doesAllOfItEachTime() {
    try (CudaHostBuffer out = device.allocateHost(4);
        CudaBuffer counter = device.allocate(4)) {
      stream.fill(counter, 0, 1, 0);
      CudaFunction increment = program.function("increment");
      try (CudaGraph graph =
          stream.capture(s -> {
            for (int i = 0; i < 20; i++) {
              s.launch(increment, LaunchShape.of(1, 1), counter);
            }
            s.copy(counter, out);
          })) {
        Gpu.finish(driver, stream);
        assertThat(out.segment().get(JAVA_INT, 0)).isZero(); // nothing of it was done
        for (int i = 0; i < 100; i++) {
          stream.launch(graph);
        }
      }
      Gpu.finish(driver, stream);
      assertThat(out.segment().get(JAVA_INT, 0)).isEqualTo(2000);
    }
  }

  @Test
  void memory_closedUnderAKernel_isFreedBehindIt() {
    long free = device.memory().free();
    CudaFunction spin = program.function("spin");
    for (int i = 0; i < 200; i++) {
      CudaBuffer buffer = device.allocate(64 << 20);
      stream.launch(spin, LaunchShape.of(1, 1), 100_000L);
      stream.fill(buffer, (byte) i);
      buffer.close();
      if (i % 50 == 49) {
        Gpu.finish(driver, stream);
      }
    }
    Gpu.finish(driver, stream);
    device.allocate(1).close();
    assertThat(free - device.memory().free()).isLessThan(8L << 30);
  }

  @Test
  void program_thatDoesNotCompile_saysWhatTheCompilerSays() {
    assertThatThrownBy(() -> device.load(Kernels.ptx().replace("add.f32", "add.f33")))
        .isInstanceOf(DeviceException.class)
        .hasMessageContainingAll("cuModuleLoadDataEx", "ptxas");
    assertThatThrownBy(() -> device.load("this is no program"))
        .isInstanceOf(DeviceException.class)
        .hasMessageContaining("CUDA_ERROR");
  }

  @Test
  void kernel_withTooFewArguments_isRefused() {
    CudaFunction add = program.function("vector_add");
    if (((LocalFunction) add).parameters() != null) { // from 12.4 on
      assertThatIllegalArgumentException()
          .isThrownBy(() -> stream.launch(add, LaunchShape.of(1, 1), 1L));
    }
  }

  @Test
  void copies_toTheLastDeviceAndBack_arrive() {
    int last = driver.devices().size() - 1; // the same one, where there is one
    try (CudaHostBuffer in = device.allocateHost(4096);
        CudaHostBuffer out = device.allocateHost(4096);
        CudaBuffer here = device.allocate(4096);
        CudaBuffer there = driver.device(last).allocate(4096);
        CudaBuffer back = device.allocate(4096)) {
      in.segment().set(JAVA_INT, 4092, 42);
      stream.copy(in, here);
      stream.copy(here, there);
      stream.copy(there, back);
      stream.copy(back, out);
      Gpu.finish(driver, stream);
      assertThat(out.segment().get(JAVA_INT, 4092)).isEqualTo(42);
    }
  }
}
