package dev.carillon.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Patience;
import dev.carillon.bus.Bus;
import dev.carillon.bus.Topic;
import dev.carillon.schedule.Retry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where positions are kept. */
class PositionsTest {
  private static final Topic<String> TOPIC = Topic.of("test.items", String.class);

  private static final Topic<Integer> NUMBERS = Topic.of("test.numbers", Integer.class);

  @TempDir private Path temp;

  @Test
  void inMemory_savedPositions_areThoseOfEachSource() {
    Positions positions = Positions.inMemory();
    assertThat(positions.load("a")).isEmpty();
    positions.save("a", "1");
    positions.save("b", "2");
    positions.save("a", "3");
    assertThat(positions.load("a")).contains("3");
    assertThat(positions.load("b")).contains("2");
  }

  @Test
  void inDirectory_savedPositions_areReadByTheNextOne() throws IOException {
    for (boolean force : new boolean[] {false, true}) {
      Path directory = temp.resolve("made/" + force);
      Positions positions = Positions.inDirectory(directory, force);
      assertThat(positions.load("a")).isEmpty();
      positions.save("a", "a long one: ä€😀\n" + "x".repeat(65_000));
      positions.save("a", "1\n");
      positions.save("a.b", "2");
      assertThat(Positions.inDirectory(directory, force).load("a")).contains("1\n");
      assertThat(positions.load("a.b")).contains("2");
      try (Stream<Path> files = Files.list(directory)) {
        assertThat(files).as("nothing is left over").hasSize(2);
      }
    }
  }

  @Test
  void inDirectory_killedWhileItSaved_hasTheOldOne() throws IOException {
    Positions positions = Positions.inDirectory(temp, false);
    positions.save("a", "old");
    Files.writeString(temp.resolve("a.position.new"), "hal"); // as a kill may leave it
    assertThat(positions.load("a")).contains("old");
    positions.save("a", "new");
    assertThat(positions.load("a")).contains("new");
  }

  @Test
  void inDirectory_damagedFile_failsAndNamesIt() throws IOException {
    Positions positions = Positions.inDirectory(temp, false);
    Files.write(temp.resolve("a.position"), new byte[] {(byte) 0xFF, (byte) 0xFE});
    assertThatThrownBy(() -> positions.load("a"))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("a.position");
  }

  @Test
  void inDirectory_emptyFile_isNone() throws IOException {
    Files.writeString(temp.resolve("a.position"), ""); // as a loss of power may leave it
    assertThat(Positions.inDirectory(temp, false).load("a")).isEmpty();
  }

  @Test
  void inDirectory_cannotBeWritten_failsAndNamesIt() throws IOException {
    Path file = Files.writeString(temp.resolve("file"), "");
    assertThatThrownBy(() -> Positions.inDirectory(file, false))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("no directory for positions: " + file);
    Path directory = temp.resolve("gone");
    Positions positions = Positions.inDirectory(directory, false);
    Files.delete(directory);
    assertThatThrownBy(() -> positions.save("a", "1"))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("the position cannot be saved: file=" + directory);
  }

  @Test
  void inHistory_lastMessageOfTheSource_hasThePosition() throws Exception {
    try (Bus bus = Bus.open(c -> c.withHistory("test.>", h -> h))) {
      Positions positions = Positions.inHistory(bus, TOPIC);
      assertThat(positions.load("a")).isEmpty();
      publish(bus, "a", "1");
      publish(bus, "b", "2");
      publish(bus, "a", "3");
      bus.publishAndAwait(TOPIC, "of nobody", Duration.ofSeconds(20));
      assertThat(positions.load("a")).contains("3");
      assertThat(positions.load("b")).contains("2");
      positions.save("a", "9");
      assertThat(positions.load("a")).as("the history is the truth").contains("3");
    }
  }

  @Test
  void inHistory_itemsThatAreTriedAgain_areRefused() {
    try (Bus bus = Bus.open(c -> c.withHistory("test.>", h -> h))) {
      for (OnItemFailure policy :
          List.of(
              OnItemFailure.retry(Retry.DEFAULT), OnItemFailure.retry(Retry.DEFAULT).thenStop())) {
        assertThatThrownBy(() -> open(bus, policy))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageStartingWith(
                "a source with positions in a history must not try items again, which would"
                    + " publish them twice: source=\"numbers\", onItemFailure=");
      }
    }
  }

  @Test
  void inHistory_itemThatFailsAfterItWasKept_isNotPublishedAgain() throws Exception {
    List<Integer> heard = new CopyOnWriteArrayList<>();
    try (Bus bus = Bus.open(c -> c.withHistory("test.>", h -> h))) {
      bus.subscribe(
          NUMBERS,
          message -> {
            heard.add(message.payload());
            if (message.payload() == 2) {
              throw new IllegalStateException("as it should");
            }
          },
          s -> s.onError(e -> e.propagate()));
      try (var _ = new CapturedLog("dev.carillon.source");
          var source = open(bus, OnItemFailure.STOP)) {
        source.start();
        Patience.until("it has ended", () -> source.state() == SourceState.ENDED);
        assertThat(source.stats().starts()).as("it has stopped").isGreaterThan(1);
      }
    }
    assertThat(heard).containsExactly(1, 2, 3, 4);
  }

  private static Source<Integer> open(Bus bus, OnItemFailure policy) {
    return Source.open(
        Kinds.counter(4),
        Outlet.to(bus, NUMBERS),
        s ->
            s.named("numbers")
                .withWindow(1)
                .withRestart(Failing.SOON)
                .onItemFailure(policy)
                .withPositions(Positions.inHistory(bus, NUMBERS)));
  }

  private static void publish(Bus bus, String source, String position) throws InterruptedException {
    var item =
        new Item<>(
            "x", new Origin(source, "test", null, null, null), java.util.Map.of(), null, position);
    bus.publish(TOPIC, "x", _ -> Outlet.options(item)).event().await();
  }
}
