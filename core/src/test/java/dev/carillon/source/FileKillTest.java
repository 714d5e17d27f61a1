package dev.carillon.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A JVM that is killed as it watches files tells the next time what was not told. */
@Covers("C14")
class FileKillTest {
  @TempDir private Path temp;
  private final SplittableRandom random = new SplittableRandom(11);
  private int written;

  @Test
  void kill_twice_allFinalStatesAreToldAndHardlyAnyTwice() throws Exception {
    kill(2);
  }

  @Test
  @Tag("long")
  void kill_thirtyTimes_allFinalStatesAreToldAndHardlyAnyTwice() throws Exception {
    kill(30);
  }

  private void kill(int times) throws Exception {
    Path directory = Files.createDirectory(temp.resolve("watched"));
    List<String> told = new ArrayList<>();
    try (var program = program(directory)) { // knows that there was nothing
      program.await("READY");
      program.kill();
    }
    for (int i = 0; i < times; i++) {
      change(directory, 300);
      try (var program = program(directory)) {
        program.await("READY");
        change(directory, 300);
        program.await(random.nextInt(2, 200));
        told.addAll(program.kill());
      }
    }
    change(directory, 100);
    try (var program = program(directory)) {
      program.await("READY");
      Files.writeString(directory.resolve("end"), "");
      Map<Path, String> files = Changes.files(directory);
      Patience.until("all is told", () -> isFinal(files, told, program));
      told.addAll(program.kill());
    }
    told.removeIf("READY"::equals);
    Set<String> different = new HashSet<>(told);
    assertThat(told.size() - different.size()).as("told twice").isLessThanOrEqualTo(times);
  }

  private static boolean isFinal(Map<Path, String> files, List<String> before, Killing program)
      throws IOException {
    List<String> all = new ArrayList<>(before);
    all.addAll(program.readMore());
    Map<Path, String> last = new TreeMap<>();
    for (String line : all) {
      String[] parts = line.split(" ", -1);
      if (parts[0].equals("DELETED")) {
        last.remove(Path.of(parts[1]));
      } else if (parts.length == 4) {
        last.put(Path.of(parts[1]), parts[2] + " " + parts[3]);
      }
    }
    return last.equals(files);
  }

  private void change(Path directory, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      Path file = directory.resolve("d" + random.nextInt(5)).resolve("f" + random.nextInt(100));
      if (random.nextInt(4) == 0) {
        Files.deleteIfExists(file);
      } else {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "x".repeat(++written));
      }
    }
  }

  private Killing program(Path directory) throws IOException {
    return new Killing(FileKillProgram.class, temp.toString(), directory.toString(), "50");
  }
}
