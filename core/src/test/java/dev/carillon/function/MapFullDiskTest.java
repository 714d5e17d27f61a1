package dev.carillon.function;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.ChildJvm;
import dev.carillon.build.Patience;
import dev.carillon.store.Stores;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A map whose file may not grow any more says so, and has what it had. */
class MapFullDiskTest {
  @TempDir private Path directory;

  @Test
  void put_whenTheFileMayNotGrow_changesNothing_andTheMapGoesOn() throws Exception {
    Path file = directory.resolve("map");
    var command = new ArrayList<>(List.of("sh", "-c", "ulimit -f 400; exec \"$@\"", "sh"));
    command.addAll(
        ChildJvm.command(List.of("-XX:-UsePerfData"), MapFullDiskProgram.class, file.toString()));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    List<String> printed =
        new String(process.getInputStream().readAllBytes(), UTF_8).lines().toList();
    assertThat(process.waitFor(Patience.LONG)).isTrue();
    assertThat(process.exitValue()).isZero();
    assertThat(printed).hasSize(4);
    assertThat(printed.subList(0, 3))
        .containsExactly("a change cannot be written: file=" + file, "true", "true");
    try (var map = SharedMaps.inFile(file, String.class, String.class, Stores.basicCodec())) {
      assertThat(map.revision()).isEqualTo(Long.parseLong(printed.getLast()) + 1);
      assertThat(map.entries()).hasSize((int) map.revision()).containsKey("small");
    }
  }
}
