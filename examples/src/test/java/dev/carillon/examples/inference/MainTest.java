package dev.carillon.examples.inference;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.ChildJvm;
import dev.carillon.build.Patience;
import dev.carillon.examples.Outcome;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The example as it is run from the command line. */
final class MainTest {
  @Test
  void example_withoutAName_tellsWhichThereAre() throws Exception {
    Outcome outcome = Outcome.of();
    assertThat(outcome.exit()).isZero();
    assertThat(outcome.out()).contains("census", "inference");
  }

  @Test
  void example_ofAnUnknownName_endsWith2AndNamesIt() throws Exception {
    Outcome outcome = Outcome.of("inferense");
    assertThat(outcome.exit()).isEqualTo(2);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err()).contains("name=inferense", "census, inference");
  }

  @Test
  void inference_badOption_endsWith2AndNamesIt() throws Exception {
    Outcome outcome = Outcome.of("inference", "--seconds", "soon");
    assertThat(outcome.exit()).isEqualTo(2);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err()).contains("--seconds=soon", "--help");
    assertThat(Outcome.of("inference", "--help").out())
        .contains("--rate", "--serve", "--no-device");
  }

  @Test
  void inference_underALittleLoad_reportsAndEnds() throws Exception {
    Outcome outcome = Outcome.of("inference", "--seconds", "1", "--rate", "50");
    assertThat(outcome.exit()).isZero();
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out())
        .contains(
            "digits:  28 x 28 pixels, generated", "early:   ", "50 requests a second for 1.0 s")
        .containsPattern("of 2000 others it tells 9\\d\\.\\d % rightly")
        .containsPattern("HIGH +\\d+ +\\d+ +\\d+\\.\\d% +\\d+ +\\d+ +0 ")
        .containsPattern("LOW +\\d+ +\\d+ +\\d+\\.\\d% +\\d+ +\\d+ +0 ")
        .containsPattern("\\d+ batches, \\d+\\.\\d images on average: ")
        .doesNotContain("failure", "not sent");
  }

  @Test
  void inference_onAPortThatIsTaken_endsWith1AndNamesIt() throws Exception {
    try (var log = new CapturedLog("dev.carillon.source");
        var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      Outcome outcome = Outcome.of("inference", "--port", Integer.toString(port));
      assertThat(outcome.exit()).isEqualTo(1);
      assertThat(outcome.err()).contains(":" + port);
      assertThat(log.messages()).isNotEmpty();
    }
  }

  /** What it prints for people is asked by a program that is not ours. */
  @Test
  void inference_serving_answersThePrintedCommandUntilItIsTold() throws Exception {
    Process serving =
        new ProcessBuilder(
                ChildJvm.command(
                    dev.carillon.examples.Main.class, "inference", "--serve", "--port", "0"))
            .redirectErrorStream(true)
            .start();
    var lines = new ArrayList<String>();
    try (var out = new BufferedReader(new InputStreamReader(serving.getInputStream(), UTF_8))) {
      String command = "";
      for (String line; command.isEmpty() && (line = out.readLine()) != null; lines.add(line)) {
        command = line.startsWith("  curl ") ? line.strip() : "";
      }
      assertThat(command).as("%s", lines).isNotEmpty();
      String asking = command; // on a busy machine it may be late, and is asked again
      Patience.until("a digit comes", () -> shell(asking).startsWith("{\"digit\":\""));
      serving.toHandle().destroy();
      assertThat(serving.waitFor(Patience.LONG)).isTrue();
      assertThat(out.readAllAsString()).isEmpty();
      var file = Pattern.compile("@(\\S+)").matcher(command);
      assertThat(file.find()).isTrue();
      assertThat(Path.of(file.group(1))).doesNotExist();
    } finally {
      serving.destroyForcibly();
    }
  }

  private static String shell(String command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(List.of("sh", "-c", command + " --silent --show-error"))
            .redirectErrorStream(true)
            .start();
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(Patience.LONG)).isTrue();
    return out;
  }
}
