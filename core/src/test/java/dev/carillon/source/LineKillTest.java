package dev.carillon.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.bus.Bus;
import dev.carillon.bus.Message;
import dev.carillon.spi.MessageStore;
import dev.carillon.store.Stores;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A JVM that is killed as it follows a file has each line in its durable history once. */
@Covers("C14")
class LineKillTest {
  @TempDir private Path temp;

  @Test
  void kill_twice_historyHasEachLineOnceAndInOrder() throws Exception {
    kill(2, 20_000);
  }

  @Test
  @Tag("long")
  void kill_twentyTimes_historyHasEachLineOnceAndInOrder() throws Exception {
    kill(20, 400_000);
  }

  private void kill(int times, int count) throws Exception {
    Path file = temp.resolve("shop.log");
    List<String> lines = IntStream.range(0, count).mapToObj(i -> "line " + i).toList();
    int half = count / 2;
    Files.write(file, lines.subList(0, half));
    var random = new SplittableRandom(7);
    int share = half / (times + 1);
    for (int i = 0; i < times; i++) {
      try (var program = program(file)) {
        program.await(random.nextInt(1, share));
        program.kill();
      }
    }
    Files.move(file, temp.resolve("shop.log.1")); // with lines that were not read yet
    Files.write(file, lines.subList(half, count));
    try (var program = program(file)) {
      program.await(lines.getLast());
      program.kill();
    }
    try (MessageStore store = Stores.segments(temp.resolve("store"));
        Bus bus = LineKillProgram.open(store)) {
      List<String> kept =
          bus.history(q -> q).stream().map(Message::payload).map(String.class::cast).toList();
      assertThat(kept.equals(lines)).as("each once: lines=" + kept.size()).isTrue();
    }
  }

  private Killing program(Path file) throws Exception {
    return new Killing(LineKillProgram.class, temp.resolve("store").toString(), file.toString());
  }
}
