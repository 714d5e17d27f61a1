package dev.carillon.source;

import java.nio.file.Path;
import java.time.Duration;

/** Watches a directory, and prints what it is told, until it is killed. */
final class FileKillProgram {
  private FileKillProgram() {}

  /** Watches the directory that is the second argument; the first is for what it remembers. */
  public static void main(String[] args) throws InterruptedException {
    Path state = Path.of(args[0]);
    Path directory = Path.of(args[1]);
    var watch =
        FileWatch.of(directory)
            .recursive()
            .settledFor(Duration.ofMillis(Long.parseLong(args[2])))
            .remembering(state.resolve("memory"));
    Source.open(
            watch,
            Outlet.<FileChange>handler(item ->
                Killing.print(
                    item.payload().kind()
                        + " "
                        + item.payload().path()
                        + " "
                        + item.payload().size()
                        + " "
                        + item.payload().modified())),
            s ->
                s.named("files")
                    .withPositions(Positions.inDirectory(state, false))
                    .saveEvery(Duration.ZERO))
        .start()
        .awaitReady(Duration.ofMinutes(1));
    Killing.print("READY");
    Thread.currentThread().join();
  }
}
