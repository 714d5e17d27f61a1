package dev.carillon.tools;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.spi.Durability;
import dev.carillon.spi.MessageStore;
import dev.carillon.spi.MessageStream;
import dev.carillon.spi.NewMessage;
import dev.carillon.spi.Retention;
import dev.carillon.store.Stores;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What {@code carillon history} prints, and its exit codes. */
final class HistoryCommandTest {
  private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");

  @TempDir private Path place;

  /** One hour after the start. */
  private CommandLine commandLine() {
    Instant now = START.plusSeconds(3600);
    return new CommandLine(
        new HistoryCommand(InstantSource.fixed(now), ZoneOffset.UTC, place.resolve("history")));
  }

  private CommandRun history(String... args) {
    return CommandRun.of(commandLine(), args);
  }

  /** Keeps messages, one a second. */
  private static void keep(Path directory, String stream, String topic, int from, int count)
      throws Exception {
    try (MessageStore store = Stores.segments(directory);
        MessageStream opened = store.open(stream, Retention.FOREVER)) {
      for (int i = from; i < from + count; i++) {
        byte[] payload = ("{\"number\":" + i + "}").getBytes(UTF_8);
        Instant time = START.plusSeconds(i);
        var message =
            new NewMessage(topic, new UUID(0, i), "till#0", i, "Order", Map.of(), payload, time);
        opened.append(message, Durability.MEMORY);
      }
    }
  }

  private void keep(String stream, String topic, int from, int count) throws Exception {
    keep(place.resolve("history"), stream, topic, from, count);
  }

  private static List<String> numbers(CommandRun run) {
    return run.lines().stream().map(line -> line.replaceAll(".*number=", "")).toList();
  }

  @Test
  void history_ofSeveralStreams_isInTheOrderOfTime() throws Exception {
    keep("shop", "shop.orders", 1, 2);
    keep("census", "census.progress", 0, 1);
    keep("shop", "shop.returns", 3, 1);
    CommandRun run = history();
    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.lines())
        .containsExactly(
            "2026-01-31 12:00:00.000 census.progress number=0",
            "2026-01-31 12:00:01.000 shop.orders number=1",
            "2026-01-31 12:00:02.000 shop.orders number=2",
            "2026-01-31 12:00:03.000 shop.returns number=3");
  }

  @Test
  void limit_ofMany_printsTheNewest() throws Exception {
    keep("shop", "shop.orders", 1, 2500);
    assertThat(numbers(history("--limit=2"))).containsExactly("2499", "2500");
    assertThat(numbers(history("--limit=2", "--topic", "*.orders")))
        .containsExactly("2499", "2500");
    assertThat(numbers(history())).hasSize(100).startsWith("2401");
    assertThat(numbers(history("--limit", "1000000")))
        .isEqualTo(IntStream.rangeClosed(1, 2500).mapToObj(String::valueOf).toList());
  }

  @Test
  void topic_isAPattern() throws Exception {
    keep("shop", "shop.orders", 1, 2);
    keep("shop", "shop.returns", 3, 1);
    keep("shop", "no topic of a bus", 4, 1);
    assertThat(numbers(history("--topic", "shop.*"))).containsExactly("1", "2", "3");
    assertThat(numbers(history("--topic", "*.returns"))).containsExactly("3");
    assertThat(numbers(history())).hasSize(4);
    CommandRun none = history("--topic", "census.>");
    assertThat(none.exitCode()).isZero();
    assertThat(none.out()).isEmpty();
  }

  @Test
  void since_isAMomentOrATimeAgo() throws Exception {
    keep("shop", "shop.orders", 3480, 60);
    assertThat(numbers(history("--since", "2026-01-31T12:58:57Z")))
        .containsExactly("3537", "3538", "3539");
    assertThat(numbers(history("--since", "62s"))).containsExactly("3538", "3539");
    assertThat(numbers(history("--since", "1m"))).isEmpty();
    for (String all : List.of("2m", "1h", "300d")) {
      assertThat(numbers(history("--since", all))).hasSize(60);
    }
  }

  @Test
  void json_isOneObjectALine() throws Exception {
    keep("shop", "shop.orders", 1, 1);
    Map<String, Object> json = Json.object(history("--json").out());
    assertThat(json)
        .containsEntry("time", "2026-01-31T12:00:01Z")
        .containsEntry("topic", "shop.orders")
        .containsEntry("type", "Order")
        .containsEntry("publisher", "till#0")
        .containsEntry("sequence", 1.0)
        .containsEntry("payload", Map.of("number", 1.0));
  }

  @Test
  void store_canBeAnother() throws Exception {
    keep(place.resolve("other"), "shop", "shop.orders", 1, 1);
    String other = place.resolve("other").toString();
    assertThat(numbers(history("--store", other))).containsExactly("1");
  }

  @Test
  void store_thatIsNone_isNotMade() throws Exception {
    Path ordinary = Files.createDirectories(place.resolve("ordinary/folder")).getParent();
    for (String directory : List.of(place.resolve("missing").toString(), ordinary.toString())) {
      CommandRun run = history("--store", directory);
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.out()).isEmpty();
      assertThat(run.err()).contains("DIR=" + directory).hasLineCount(1);
    }
    CommandRun run = history();
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .contains("./carillon demo makes", "DIR=" + place.resolve("history"))
        .hasLineCount(1);
    try (Stream<Path> files = Files.walk(place)) {
      assertThat(files).containsExactlyInAnyOrder(place, ordinary, ordinary.resolve("folder"));
    }
  }

  @Test
  void store_withAnOrdinaryFolderInIt_leavesThatAlone() throws Exception {
    keep("shop", "shop.orders", 1, 1);
    Path folder = Files.createDirectory(place.resolve("history/notes"));
    assertThat(numbers(history())).containsExactly("1");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void store_inUse_isToldAndLeftAlone() throws Exception {
    keep("shop", "shop.orders", 1, 1);
    try (MessageStore used = Stores.segments(place.resolve("history"))) {
      CommandRun run = history();
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.out()).isEmpty();
      assertThat(run.err()).startsWith("carillon history: ").contains("another has it");
      assertThat(used.streams()).containsExactly("shop");
    }
  }

  @Test
  void badInput_isRefusedWithTheRule() {
    Map<String, String> rules =
        Map.of(
            "--topic=a..b", "a token must be",
            "--since=yesterday", "how long ago",
            "--since=10", "SINCE=10",
            "--since=2026-01-31", "SINCE=2026-01-31",
            "--limit=0", "1 to 1000000: N=0",
            "--limit=1000001", "N=1000001");
    rules.forEach((option, rule) -> {
      CommandRun run = history(option);
      assertThat(run.exitCode()).as(option).isEqualTo(2);
      assertThat(run.out()).isEmpty();
      assertThat(run.err()).startsWith("carillon history: ").contains(rule).hasLineCount(1);
    });
  }

  @Test
  void closedPipe_endsThePrintingQuietly() throws Exception {
    keep("shop", "shop.orders", 1, 2);
    var closed =
        new Writer() {
          @Override
          public void write(char[] chars, int offset, int length) throws IOException {
            throw new IOException("Broken pipe");
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    var err = new StringWriter();
    int exitCode =
        commandLine().setOut(new PrintWriter(closed)).setErr(new PrintWriter(err)).execute();
    assertThat(exitCode).isZero();
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void help_saysWhereTheStoreIs() {
    CommandRun run = CommandRun.carillon("history", "--help");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .contains(
            "$CARILLON_HOME", "$XDG_STATE_HOME", "~/.local/state", "carillon history --since");
    assertThat(run.lines()).allMatch(line -> line.length() <= 80);
  }

  @Test
  void statePlace_followsTheEnvironment() {
    Path home = Path.of("/home/ada");
    assertThat(StatePlace.history(Map.of(), home))
        .isEqualTo(Path.of("/home/ada/.local/state/carillon/history"));
    assertThat(StatePlace.history(Map.of("XDG_STATE_HOME", "/state"), home))
        .isEqualTo(Path.of("/state/carillon/history"));
    assertThat(StatePlace.history(Map.of("XDG_STATE_HOME", "state", "CARILLON_HOME", ""), home))
        .isEqualTo(Path.of("/home/ada/.local/state/carillon/history"));
    assertThat(
            StatePlace.history(Map.of("XDG_STATE_HOME", "/state", "CARILLON_HOME", "/own"), home))
        .isEqualTo(Path.of("/own/history"));
  }
}
