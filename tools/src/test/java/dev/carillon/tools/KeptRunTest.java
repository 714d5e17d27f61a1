package dev.carillon.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.spi.Durability;
import dev.carillon.spi.MessageStore;
import dev.carillon.spi.MessageStream;
import dev.carillon.spi.NewMessage;
import dev.carillon.spi.Retention;
import dev.carillon.store.Stores;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code carillon history} after {@code carillon demo}. */
final class KeptRunTest {
  private static final ObviousCensus OBVIOUS = ObviousCensus.ofThisJdk();
  private static final String SOME = "java.util.AbstractMap";
  private static final String LEAF = "java.util.StringJoiner";
  private static final String ALL = "--limit=1000000";

  @TempDir private Path place;

  private Path store() {
    return place.resolve("state/history");
  }

  private CommandRun demo(String... args) {
    return CommandRun.of(new CommandLine(new DemoCommand(() -> false, Map.of(), store())), args);
  }

  private CommandRun tail(String... args) {
    return CommandRun.of(new CommandLine(new TailCommand(ZoneOffset.UTC, Map.of(), store())), args);
  }

  private CommandRun history(String... args) {
    var command = new HistoryCommand(InstantSource.system(), ZoneOffset.UTC, store());
    CommandRun run = CommandRun.of(new CommandLine(command), args);
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    return run;
  }

  private static Object payload(Map<String, Object> message, String field) {
    return ((Map<?, ?>) message.get("payload")).get(field);
  }

  @Test
  void history_afterARunThatHangs_hasAllOfItInOrder() {
    CommandRun run = demo("--hang", LEAF);
    assertThat(run.exitCode()).isEqualTo(4);
    assertThat(run.err()).isEmpty();
    List<String> all = history(ALL).lines();
    assertThat(all.getFirst()).endsWith(" fault=\"hang " + LEAF + "\"");
    assertThat(all.getLast()).contains(" census.finished digest=").contains(" missing=1 ");
    assertThat(history("--limit=7").lines()).isEqualTo(all.subList(all.size() - 7, all.size()));
    List<Object> measured = new ArrayList<>();
    for (String line : history(ALL, "--json", "--topic", "census.class.measured").lines()) {
      Map<String, Object> message = Json.object(line);
      assertThat(message).doesNotContainKey("headers");
      Object name = payload(message, "name");
      assertThat(payload(message, "depth")).isEqualTo((double) OBVIOUS.depth(name.toString()));
      measured.add(name);
    }
    measured.add(LEAF);
    assertThat(measured).containsExactlyInAnyOrderElementsOf(OBVIOUS.types.keySet());
    assertThat(measured.getFirst()).isEqualTo("java.lang.Object");
    assertSince(all);
  }

  private void assertSince(List<String> all) {
    assertThat(history(ALL, "--since", "1h").lines()).isEqualTo(all);
    Map<String, Object> last =
        Json.object(history("--topic", "census.finished", "--json", "--since", "10m").out());
    Instant end = Instant.parse(last.get("time").toString());
    assertThat(history(ALL, "--since", end.toString()).lines())
        .isNotEmpty()
        .hasSizeLessThan(all.size())
        .last()
        .isEqualTo(all.getLast());
    assertThat(history("--since", end.plusSeconds(1).toString()).out()).isEmpty();
  }

  @Test
  void history_afterARunThatBreaks_hasItsDigestAndItsPoison() {
    CommandRun run = demo("--json", "--break", SOME);
    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err()).isEmpty();
    Map<String, Object> finished =
        Json.object(history("--topic", "census.finished", "--json").out());
    assertThat(payload(finished, "digest")).isEqualTo(Json.object(run.out()).get("digest"));
    assertThat(finished)
        .containsEntry("type", CensusMessage.Finished.class.getName())
        .containsEntry("sequence", 1.0);
    assertThat(history(ALL, "--topic", "census.class.poisoned").lines())
        .hasSameSizeAs(OBVIOUS.dependents(SOME))
        .allMatch(line -> line.endsWith(": broken on request\""));
  }

  @Test
  void demo_again_replacesTheRunBefore_andNothingElse() throws Exception {
    try (MessageStore other = Stores.segments(store());
        MessageStream orders = other.open("shop", Retention.FOREVER)) {
      orders.append(
          NewMessage.of("shop.orders", UUID.randomUUID(), "till", 1, "Order", new byte[1]),
          Durability.MEMORY);
    }
    demo("--hang", LEAF);
    demo("--hang", SOME);
    assertThat(history("--topic=census.started", "--limit=9").lines())
        .singleElement()
        .asString()
        .endsWith(" fault=\"hang " + SOME + "\"");
    assertThat(history("--topic=shop.*").lines()).hasSize(1);
    assertThat(history("--topic=census.class.poisoned").out()).isEmpty(); // by the end of the run
  }

  @Test
  void noHistory_leavesTheRunBefore() {
    demo("--hang", SOME);
    CommandRun run = demo("--no-history", "--hang", LEAF);
    assertThat(run.exitCode()).isEqualTo(4);
    assertThat(run.err()).isEmpty();
    assertThat(history("--topic=census.started").out()).endsWith(" fault=\"hang " + SOME + "\"\n");
  }

  @Test
  void tail_ofADemo_keepsToo() {
    CommandRun run = tail("census.finished", "--", "demo", "--hang", LEAF);
    assertThat(run.exitCode()).isEqualTo(4);
    assertThat(run.err()).endsWith("carillon tail: 1 message\n");
    String tailed = run.out();
    assertThat(history("--topic=census.finished").out()).endsWith(tailed);
    assertThat(history(ALL).lines()).hasSizeGreaterThan(OBVIOUS.types.size());
  }

  @Test
  void tail_ofADemoWithoutHistory_keepsNothing() {
    tail("census.finished", "--", "demo", "--no-history", "--hang", LEAF);
    assertThat(store()).doesNotExist();
  }

  @Test
  void store_thatCannotBeMade_isToldInOneLineAndTheDemoRuns() throws Exception {
    Files.writeString(place.resolve("state"), "a file");
    CommandRun run = demo("--hang", LEAF);
    assertThat(run.exitCode()).isEqualTo(4);
    assertThat(run.out()).contains("1 wait for " + LEAF);
    assertThat(run.err())
        .startsWith("carillon demo: the messages of this run are not kept, ")
        .contains("directory=" + store())
        .hasLineCount(1);
  }

  @Test
  void store_thatFailsOnTheWay_isToldWithTheLosses() {
    var command =
        new DemoCommand(
            () -> false,
            Map.of(),
            store(),
            c -> c.named("demo"),
            bus -> Objects.requireNonNull(bus.config().store()).close());
    CommandRun run = CommandRun.of(new CommandLine(command), "--hang", LEAF);
    assertThat(run.exitCode()).isEqualTo(4);
    assertThat(run.err())
        .matches("carillon demo: not all messages were kept: lost=\\d{5,}\n")
        .hasLineCount(1);
  }

  @Test
  void store_inUse_isToldInOneLineAndLeftAlone() {
    demo("--hang", SOME);
    try (MessageStore used = Stores.segments(store())) {
      CommandRun run = demo("--hang", LEAF);
      assertThat(run.exitCode()).isEqualTo(4);
      assertThat(run.out()).contains("1 wait for " + LEAF);
      assertThat(run.err())
          .startsWith("carillon demo: the messages of this run are not kept, ")
          .contains("another has it")
          .hasLineCount(1);
      assertThat(used.streams()).containsExactly("census");
    }
    assertThat(history("--topic=census.started").out()).endsWith(" fault=\"hang " + SOME + "\"\n");
  }
}
