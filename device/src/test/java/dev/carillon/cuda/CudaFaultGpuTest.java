package dev.carillon.cuda;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.Covers;
import dev.carillon.spi.DeviceException;
import dev.carillon.spi.DeviceKind;
import dev.carillon.spi.DriverStatus;
import dev.carillon.spi.StreamOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kernels that fault, on a GPU. */
@Tag(Gpu.TAG)
@Covers({"C7", "C11"})
final class CudaFaultGpuTest {
  private static final long LONG_SPIN = 200_000_000; // ticks

  @ParameterizedTest
  @ValueSource(strings = {"read_nowhere", "trap"})
  void kernel_thatFaults_failsWhatIsBehindIt_andTheDeviceWorksWhenRenewed(String kernel) {
    try (CudaDriver driver = Gpu.open()) {
      LocalCudaStream stream = driver.openStream(0, StreamOptions.DEFAULT);
      LocalCudaStream other = driver.openStream(0, StreamOptions.DEFAULT);
      CudaModule program = driver.device(0).load(Kernels.ptx());
      CudaFunction spin = program.function("spin");
      CudaFunction faulty = program.function(kernel);
      CudaBuffer buffer = driver.device(0).allocate(4);
      CudaEvent before = Gpu.recorded(driver, stream);
      assertThat(Gpu.finished(driver, before)).isEqualTo(DriverStatus.COMPLETE);

      // What spins has the fault come when all of this was given to the device. Both kernels were
      // looked up before, as loading one may wait for what runs.
      stream.launch(spin, LaunchShape.of(1, 1), LONG_SPIN);
      Object[] arguments = kernel.equals("trap") ? new Object[0] : new Object[] {buffer};
      stream.launch(faulty, LaunchShape.of(1, 1), arguments);
      CudaEvent behind = Gpu.recorded(driver, stream);
      driver.functions().waits().get(DeviceKind.CUDA).wait(other, behind);
      CudaEvent after = Gpu.recorded(driver, other);

      assertThat(Gpu.finished(driver, behind)).isEqualTo(DriverStatus.FAILED);
      assertThat(Gpu.finished(driver, after)).isEqualTo(DriverStatus.FAILED);
      assertThat(driver.functions().errorMessage().errorMessage(behind)).contains("CUDA_ERROR_");
      assertThat(driver.functions().errorMessage().errorMessage(after)).contains("CUDA_ERROR_");
      assertThatThrownBy(() -> driver.device(0).allocate(4)).isInstanceOf(DeviceException.class);
      buffer.close();
      program.close();
      driver.closeStream(other);

      driver.renew(0);
      assertThat(Gpu.query(driver, behind)).isEqualTo(DriverStatus.FAILED);
      driver.functions().release().release(behind);
      driver.closeStream(stream);
      works(driver);
    }
  }

  private static void works(CudaDriver driver) {
    LocalCudaStream stream = driver.openStream(0, StreamOptions.DEFAULT);
    try (CudaModule program = driver.device(0).load(Kernels.ptx());
        CudaHostBuffer out = driver.device(0).allocateHost(4);
        CudaBuffer counter = driver.device(0).allocate(4)) {
      stream.fill(counter, 0, 1, 41);
      stream.launch(program.function("increment"), LaunchShape.of(1, 1), counter);
      stream.copy(counter, out);
      Gpu.finish(driver, stream);
      assertThat(out.segment().get(JAVA_INT, 0)).isEqualTo(42);
    }
  }
}
