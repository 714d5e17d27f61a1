package dev.carillon.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.ChildJvm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Group M runs, from Java and from C, on the fake driver; its figures mean nothing there. */
@Timeout(120)
final class DeviceEventsTest {
  private static final Path FAKE =
      Path.of("../device/src/test/resources/dev/carillon/cuda/fake_cuda.c");

  @TempDir Path directory;

  @Test
  void measure_onTheFakeDriver_givesEachRowFromJavaAndFromC() throws Exception {
    Path library = directory.resolve("libfakecuda.so");
    run(
        List.of(
            "cc",
            "-shared",
            "-fPIC",
            "-Wl,-Bsymbolic",
            "-o",
            library.toString(),
            FAKE.toString(),
            "-ldl",
            "-lpthread"));
    var options = List.of("-Dcarillon.cuda.library=" + library, "-XX:TieredStopAtLevel=1");
    String said = run(ChildJvm.command(options, Moment.class, "M1"));
    for (String operation :
        List.of(
            DeviceCalls.RECORD,
            DeviceCalls.RECORD_QUERY,
            DeviceCalls.WAIT,
            DeviceCalls.GRAPH,
            DeviceCalls.POLLED,
            DeviceCalls.TOLD)) {
      assertThat(said.lines())
          .as(said)
          .anyMatch(line -> line.contains("Carillon, " + operation))
          .anyMatch(line -> line.contains("C, the same calls, " + operation));
    }
    assertThat(said).contains("goal: ").doesNotContain("note: ");
  }

  @Test
  void measure_withoutADriver_saysWhatIsMissing() throws Exception {
    String said =
        run(
            ChildJvm.command(
                List.of("-Dcarillon.cuda.library=libno-such.so", "-XX:TieredStopAtLevel=1"),
                Moment.class,
                "M1"));
    assertThat(said).contains("note: not measured: no driver of CUDA", "libno-such.so");
  }

  @Test
  void measure_onOpenCl_givesEachRowFromJavaAndFromC() throws Exception {
    String said = run(ChildJvm.command(List.of("-XX:TieredStopAtLevel=1"), Moment.class, "M2"));
    if (Boolean.getBoolean("carillon.opencl.skip") && said.contains("note: ")) {
      assertThat(said).contains("note: not measured: ", "OpenCL");
      return;
    }
    for (String operation :
        List.of(
            DeviceCalls.RECORD, DeviceCalls.RECORD_QUERY, DeviceCalls.WAIT, DeviceCalls.CALLED)) {
      assertThat(said.lines())
          .as(said)
          .anyMatch(line -> line.contains("Carillon, " + operation))
          .anyMatch(line -> line.contains("C, the same calls, " + operation));
    }
    assertThat(said).contains("goal: ").doesNotContain("note: ");
  }

  private static String run(List<String> command) throws IOException, InterruptedException {
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("FAKE_CUDA_QUIET", "1");
    // For all JVMs: a locale that writes numbers otherwise than programs read them.
    builder.environment().put("JAVA_TOOL_OPTIONS", "-Duser.language=de -Duser.country=DE");
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }

  /** Measures a group for a moment. */
  static final class Moment {
    private Moment() {}

    public static void main(String[] args) {
      var moment = new Plan("moment", 1, 0, 2, 5);
      Group group = args[0].equals("M1") ? DeviceEvents.OF_CUDA : DeviceEvents.OF_OPENCL;
      System.out.print(Result.of(group, moment, new Progress(System.out), 1).text());
    }
  }
}
