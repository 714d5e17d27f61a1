package dev.carillon.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A hundred thousand changes while a handler is slow: what is told in the end is how it is. */
@Covers("C14")
class FileFloodTest {
  private static final int CHANGES = 100_000;
  private static final int DIRECTORIES = 8;

  @TempDir private Path directory;

  @Test
  void changes_hundredThousandWhileTheHandlerWaits_loseNoFinalState() throws Exception {
    Map<Path, String> last = new ConcurrentHashMap<>();
    var entered = new CountDownLatch(1);
    var free = new CountDownLatch(1);
    try (var source =
        Source.open(
            FileWatch.of(directory).recursive().settledFor(Duration.ZERO),
            Outlet.<FileChange>handler(item -> {
              entered.countDown();
              free.await();
              note(last, item.payload());
            }),
            s -> s.withWindow(4))) {
      source.start().awaitReady(Patience.LONG);
      change(CHANGES / 2);
      Patience.await(entered);
      long before = source.stats().taken();
      change(CHANGES / 2); // far more than what the system keeps for us
      assertThat(source.stats().taken() - before).as("no more than the window").isLessThan(5);
      free.countDown();
      Map<Path, String> files = Changes.files(directory);
      Patience.until("the final state is told", () -> last.equals(files));
      assertThat(source.stats().taken()).as("changes collapsed").isLessThan(CHANGES);
    }
  }

  private static void note(Map<Path, String> last, FileChange change) {
    if (change.kind() == FileChange.Kind.DELETED) {
      last.remove(change.path());
    } else {
      last.put(change.path(), change.size() + " " + change.modified());
    }
  }

  private void change(int count) throws IOException {
    var random = new SplittableRandom(count);
    for (int i = 0; i < DIRECTORIES; i++) {
      Files.createDirectories(directory.resolve("d" + i));
    }
    for (int i = 0; i < count; i++) {
      Path file = directory.resolve("d" + i % DIRECTORIES).resolve("f" + random.nextInt(200));
      if (random.nextInt(4) == 0) {
        Files.deleteIfExists(file);
      } else {
        Files.write(file, new byte[] {'x'}, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      }
    }
  }
}
