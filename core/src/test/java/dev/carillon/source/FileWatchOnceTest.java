package dev.carillon.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A watch that looks once, and ends. */
@Covers("C14")
final class FileWatchOnceTest {
  @TempDir private Path place;

  @Test
  void once_withWhatIsThere_tellsItAndEnds() throws Exception {
    Path directory = Files.createDirectories(place.resolve("in/sub"));
    Files.writeString(directory.resolve("a"), "1");
    Files.writeString(directory.resolve("b"), "2");
    List<String> told = run(FileWatch.of(place.resolve("in")).recursive().reportingExisting());
    assertThat(told).containsExactlyInAnyOrder("CREATED a", "CREATED b");
  }

  @Test
  void once_withoutAnythingToTell_ends() throws Exception {
    Files.writeString(place.resolve("a"), "1");
    assertThat(run(FileWatch.of(place))).isEmpty();
  }

  @Test
  void once_remembering_tellsWhatIsNewSince() throws Exception {
    Path directory = Files.createDirectory(place.resolve("in"));
    FileWatch watch =
        FileWatch.of(directory).reportingExisting().remembering(place.resolve("files"));
    Files.writeString(directory.resolve("a"), "1");
    Files.writeString(directory.resolve("b"), "2");
    assertThat(run(watch)).containsExactlyInAnyOrder("CREATED a", "CREATED b");
    assertThat(run(watch)).isEmpty();
    Files.writeString(directory.resolve("a"), "longer");
    Files.delete(directory.resolve("b"));
    assertThat(run(watch)).containsExactlyInAnyOrder("MODIFIED a", "DELETED b");
  }

  private List<String> run(FileWatch watch) throws Exception {
    var told = new CopyOnWriteArrayList<String>();
    Outlet<FileChange> outlet =
        Outlet.handler(
            item -> told.add(item.payload().kind() + " " + item.payload().path().getFileName()));
    try (var source =
        Source.open(
            watch.settledFor(Duration.ofMillis(50)).once(),
            outlet,
            s -> s.withPositions(Positions.inDirectory(place.resolve("positions"), false)))) {
      source.start();
      Patience.until("it has ended", () -> source.state() == SourceState.ENDED);
    }
    return told;
  }
}
