package dev.carillon.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.ChildJvm;
import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.spi.DeviceProvider;
import dev.carillon.spi.DeviceUnavailableException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

@Covers("C11")
final class CudaUnavailableTest {
  private static void fails(DeviceProvider provider, String... words) {
    assertThatThrownBy(provider::open)
        .isInstanceOf(DeviceUnavailableException.class)
        .hasMessageContainingAll(words)
        .hasMessageContaining("525 or newer");
  }

  @Test
  @Covers("C9")
  void providers_bySearch_haveThisOne() {
    assertThat(ServiceLoader.load(DeviceProvider.class).stream().map(ServiceLoader.Provider::type))
        .contains(CudaProvider.class);
  }

  @Test
  void open_withoutALibrary_namesAllThatWereTried() {
    fails(
        new CudaProvider(CudaConfig.DEFAULT, List.of("libno-such.so.1", "libno-such.so")),
        "no driver of CUDA",
        "libno-such.so.1",
        "libno-such.so",
        "loader");
  }

  @Test
  void open_withoutLeaveToCallDrivers_saysHowToGiveIt() throws Exception {
    var command = ChildJvm.command(List.of("--illegal-native-access=deny"), Look.class);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(Patience.LONG)).isTrue();
    assertThat(said.lines())
        .hasSize(2)
        .allSatisfy(line ->
            assertThat(line)
                .startsWith("unavailable: ")
                .contains("--enable-native-access=dev.carillon.drivers", "ALL-UNNAMED"));
  }

  /** Looks for CUDA twice, in a JVM of its own. */
  static final class Look {
    private Look() {}

    public static void main(String[] args) {
      for (int i = 0; i < 2; i++) {
        try (var driver = new CudaProvider().open()) {
          System.out.println(driver.version());
        } catch (DeviceUnavailableException e) {
          System.out.println("unavailable: " + e.getMessage());
        }
      }
    }
  }

  @Test
  void open_ofAnOldDriver_saysBothVersions() {
    fails(FakeCuda.fresh("OLD").provider(), "12.0 or newer", "version=11.8");
  }

  @Test
  void open_withoutAFunction_namesIt() {
    fails(FakeCuda.fresh("NO_EVENT_QUERY").provider(), "must have the function cuEventQuery");
  }

  @Test
  void open_whenInitializingFails_saysTheDriversText() {
    fails(
        FakeCuda.fresh().with("init", 100).provider(),
        "cuInit answered 100",
        "CUDA_ERROR_NO_DEVICE",
        "no CUDA-capable device is detected",
        "nvidia-smi");
  }

  @Test
  void open_whenTheErrorHasNoName_saysTheNumber() {
    fails(FakeCuda.fresh().with("init", 4711).provider(), "4711", "an error without a name");
  }

  @Test
  void open_withoutADevice_saysSo() {
    fails(FakeCuda.fresh().with("devices", 0).provider(), "it has no device");
  }

  @Test
  void open_withoutVersionedSymbols_takesTheExportedNames() {
    FakeCuda fake = FakeCuda.fresh("NO_GET_PROC");
    try (CudaDriver driver = fake.open()) {
      assertThat(driver.devices()).hasSize(1);
      assertThat(driver.version()).startsWith("CUDA driver 13.0");
      driver.device(0).allocate(16).close();
    }
    assertThat(fake.count("bad")).isZero();
  }

  @Test
  void property_whenSet_replacesTheUsualNames() {
    System.setProperty(CudaLibrary.LIBRARY_PROPERTY, "libmine.so");
    try {
      assertThat(CudaLibrary.names()).containsExactly("libmine.so");
    } finally {
      System.clearProperty(CudaLibrary.LIBRARY_PROPERTY);
    }
    assertThat(CudaLibrary.names()).isEqualTo(CudaLibrary.NAMES);
  }
}
