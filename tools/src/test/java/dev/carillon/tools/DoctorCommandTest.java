package dev.carillon.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.device.DeviceSupport;
import dev.carillon.spi.DeviceInfo;
import dev.carillon.spi.DeviceKind;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What {@code carillon doctor} prints. */
final class DoctorCommandTest {
  private static final List<DeviceSupport> FOUND =
      List.of(
          new DeviceSupport(
              DeviceKind.CUDA,
              "CUDA 13.0",
              List.of(
                  new DeviceInfo(
                      DeviceKind.CUDA, 0, "H200", 139L << 30, Map.of("multiprocessors", "132"))),
              null),
          new DeviceSupport(
              DeviceKind.OPENCL, "", List.of(), "no library: looked for libOpenCL.so.1"));

  private static CommandRun doctor(String... args) {
    return CommandRun.of(new CommandLine(new DoctorCommand(() -> FOUND)), args);
  }

  @Test
  void doctor_ofWhatIsThereAndWhatIsNot_tellsBoth() {
    CommandRun run = doctor();
    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .contains("java      ", Runtime.version().toString())
        .contains("cuda      CUDA 13.0\n")
        .contains("cuda:0  H200, 142,336 MiB\n")
        .contains("multiprocessors: 132")
        .contains("opencl    not available\n")
        .contains("looked for libOpenCL.so.1");
  }

  @Test
  void doctor_inJson_isAnObjectALine() {
    List<String> lines = doctor("--json").out().lines().toList();
    assertThat(lines).hasSize(3);
    assertThat(lines.get(1))
        .isEqualTo(
            "{\"kind\":\"cuda\",\"driver\":\"CUDA 13.0\",\"device\":\"cuda:0\",\"name\":\"H200\","
                + "\"memory\":149250113536,\"properties\":{\"multiprocessors\":\"132\"}}");
    assertThat(lines.get(2))
        .isEqualTo("{\"kind\":\"opencl\",\"missing\":\"no library: looked for libOpenCL.so.1\"}");
  }

  @Test
  void doctor_ofThisMachine_findsItsProcessors() {
    CommandRun run = CommandRun.of(Main.commandLine(), "doctor");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("cpu:0  ").contains("opencl").contains("cuda");
  }
}
