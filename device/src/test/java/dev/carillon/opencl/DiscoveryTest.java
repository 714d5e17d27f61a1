package dev.carillon.opencl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.ChildJvm;
import dev.carillon.build.Patience;
import dev.carillon.spi.DeviceException;
import dev.carillon.spi.DeviceInfo;
import dev.carillon.spi.DeviceKind;
import dev.carillon.spi.DeviceProvider;
import dev.carillon.spi.DeviceUnavailableException;
import dev.carillon.spi.StreamOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Finding the driver, and what is said where there is none. */
final class DiscoveryTest {
  @Test
  void provider_isFoundByServiceLoader() {
    assertThat(ServiceLoader.load(DeviceProvider.class))
        .anySatisfy(provider -> {
          assertThat(provider).isInstanceOf(OpenClProvider.class);
          assertThat(provider.kind()).isEqualTo(DeviceKind.OPENCL);
        });
  }

  @Test
  void open_withDriver_tellsOfEachDevice() {
    try (OpenClHere here = OpenClHere.open()) {
      List<DeviceInfo> devices = here.driver.devices();
      assertThat(devices).isNotEmpty();
      for (int i = 0; i < devices.size(); i++) {
        DeviceInfo info = devices.get(i);
        assertThat(info.id()).isEqualTo("opencl:" + i);
        assertThat(info.name()).isNotBlank();
        assertThat(info.memory()).isPositive();
        assertThat(info.properties())
            .containsKeys("platform", "platform version", "driver", "compute units", "type");
        assertThat(here.driver.device(i).info()).isEqualTo(info);
      }
      assertThat(here.driver.version()).contains("OpenCL ");
    }
  }

  @Test
  void open_withoutTheLibrary_saysWhatWasLookedForAndHowToGetIt() {
    var provider = new OpenClProvider(List.of("libNoSuchOpenCL.so.1", "NoSuchOpenCL.dll"));
    assertThatThrownBy(provider::open)
        .isInstanceOf(DeviceUnavailableException.class)
        .hasMessageContaining("libNoSuchOpenCL.so.1")
        .hasMessageContaining("NoSuchOpenCL.dll")
        .hasMessageContaining("apt-get install pocl-opencl-icd");
  }

  @Test
  void open_libraryWithoutTheFunctions_saysThatItMustBeNewer() {
    var provider = new OpenClProvider(List.of(System.mapLibraryName("z") + ".1", "libc.so.6"));
    assertThatThrownBy(provider::open)
        .isInstanceOf(DeviceUnavailableException.class)
        .hasMessageContaining("OpenCL must be 1.2 or newer: library=lib");
  }

  @Test
  void open_withoutLeaveToCallDrivers_saysHowToGiveIt() throws Exception {
    assertThat(look("--illegal-native-access=deny", Map.of()))
        .startsWith("unavailable: ")
        .contains("--enable-native-access");
  }

  @Test
  void open_withoutADriver_saysWhereItLooked(@TempDir Path empty) throws Exception {
    OpenClHere.open().close(); // without the library there is another message
    assertThat(
            look("--enable-native-access=ALL-UNNAMED", Map.of("OCL_ICD_VENDORS", empty.toString())))
        .startsWith("unavailable: there is no device of OpenCL")
        .contains("found none", "/etc/OpenCL/vendors", "apt-get install pocl-opencl-icd");
  }

  /** {@return what another JVM says of OpenCL} */
  private static String look(String option, Map<String, String> environment) throws Exception {
    var builder = new ProcessBuilder(ChildJvm.command(List.of(option), Look.class));
    builder.redirectErrorStream(true).environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(Patience.LONG)).isTrue();
    return output;
  }

  /** Looks for OpenCL in a JVM of its own. */
  static final class Look {
    private Look() {}

    public static void main(String[] args) {
      try (var driver = new OpenClProvider().open()) {
        System.out.println(driver.version());
      } catch (DeviceUnavailableException e) {
        System.out.println("unavailable: " + e.getMessage());
      }
    }
  }

  @Test
  void driver_inUse_leavesTheJvmItsSignals() throws Exception {
    try (OpenClHere here = OpenClHere.open();
        OpenClProgram program = here.device.build(OpenClHere.SOURCE);
        OpenClKernel add = program.newKernel("add");
        OpenClBuffer buffer = here.device.newBuffer(4)) {
      CommandQueue stream = here.ordered();
      stream.launch(add, OpenClRange.of(1), buffer, 1);
      here.finish(stream);
      // A division by zero is a signal, which PoCL would take.
      int zero = Math.min(0, here.driver.devices().size());
      assertThatThrownBy(() -> assertThat(1 / zero).isZero())
          .isInstanceOf(ArithmeticException.class);
    }
  }

  @Test
  void open_twice_givesDriversThatAreIndependent() throws Exception {
    try (OpenClHere other = OpenClHere.open()) {
      OpenClHere.open().close();
      assertThat(other.finish(other.ordered())).isNotNull();
    }
  }

  @Test
  void device_indexOutOfRange_saysHowManyThereAre() {
    try (OpenClHere here = OpenClHere.open()) {
      assertThatThrownBy(() -> here.driver.device(here.driver.devices().size()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("the index of a device must be less than");
    }
  }

  @Test
  void driver_afterClose_throws() {
    OpenClHere here = OpenClHere.open();
    here.close();
    here.driver.close();
    assertThatThrownBy(here.driver::devices)
        .isInstanceOf(DeviceException.class)
        .hasMessageContaining("after it was closed");
    assertThatThrownBy(() -> here.driver.openStream(0, StreamOptions.DEFAULT))
        .isInstanceOf(DeviceException.class);
    assertThatThrownBy(() -> here.device.newBuffer(4)).isInstanceOf(DeviceException.class);
    assertThatThrownBy(() -> here.device.build(OpenClHere.SOURCE))
        .isInstanceOf(DeviceException.class);
  }
}
