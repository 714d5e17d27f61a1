package dev.carillon.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What {@code carillon tail} prints, and its exit codes. */
final class TailCommandTest {
  private static final ObviousCensus OBVIOUS = ObviousCensus.ofThisJdk();
  private static final String SOME = "java.util.AbstractMap";

  @Test
  void tail_ofTheRun_printsOneLineForEachMessageInOrder() {
    CommandRun run = CommandRun.carillon("tail", "census.*", "--", "demo");
    assertThat(run.exitCode()).isZero();
    List<String> lines = run.lines();
    assertThat(lines).allMatch(line -> line.matches("\\d\\d:\\d\\d:\\d\\d\\.\\d{3} census\\..*"));
    assertThat(lines.getFirst())
        .endsWith(
            " census.started jdk=%s cores=%d fault=none"
                .formatted(Runtime.version(), Runtime.getRuntime().availableProcessors()));
    assertThat(lines.subList(1, lines.size() - 1))
        .isNotEmpty()
        .allMatch(line -> line.matches(".* census\\.progress read=\\d+ pending=\\d+"));
    assertThat(lines.getLast())
        .contains(" census.finished digest=" + OBVIOUS.digestWithout(Set.of()))
        .contains(" classes=" + OBVIOUS.types.size() + " ")
        .contains(" missing=0 ");
    assertThat(run.err())
        .startsWith("Carillon takes a census")
        .contains(OBVIOUS.digestWithout(Set.of()))
        .endsWith("carillon tail: %d messages%n".formatted(lines.size()))
        .doesNotContain("\u001b");
  }

  @Test
  void tail_withJson_hasEveryPoisonedClassOnce() {
    CommandRun run =
        CommandRun.carillon(
            "tail", "--json", "census.class.poisoned", "--", "demo", "--json", "--break", SOME);
    assertThat(run.exitCode()).isEqualTo(3);
    List<Map<String, Object>> messages = run.lines().stream().map(Json::object).toList();
    assertThat(messages)
        .allSatisfy(message -> {
          assertThat(message.keySet())
              .containsExactly("time", "topic", "type", "id", "publisher", "sequence", "payload");
          assertThat(message).containsEntry("topic", "census.class.poisoned");
          assertThat(payload(message, "reason").toString())
              .startsWith(SOME + " [evt:")
              .endsWith("]: broken on request");
        })
        .extracting(message -> payload(message, "name").toString())
        .containsExactlyInAnyOrderElementsOf(OBVIOUS.dependents(SOME));
    List<String> err = run.err().lines().toList();
    assertThat(Json.object(err.getFirst()).get("poisoned")).isEqualTo((double) messages.size());
    assertThat(err.getLast()).isEqualTo("carillon tail: " + messages.size() + " messages");
  }

  private static Object payload(Map<String, Object> message, String field) {
    return ((Map<?, ?>) message.get("payload")).get(field);
  }

  @Test
  void tail_hangingClass_isToldAsMissing() {
    CommandRun run = CommandRun.carillon("tail", "census.finished", "--", "demo", "--hang", SOME);
    assertThat(run.exitCode()).isEqualTo(4);
    assertThat(run.out()).contains(" missing=" + OBVIOUS.dependents(SOME).size() + " ");
  }

  @Test
  void limit_reached_endsThePrintingAndNotTheCommand() {
    CommandRun run =
        CommandRun.carillon(
            "tail", "census.class.measured", "--limit=5", "--", "demo", "--hang", SOME);
    assertThat(run.exitCode()).isEqualTo(4);
    assertThat(run.lines()).hasSize(5).first().asString().contains("name=java.lang.Object depth=0");
    assertThat(run.err())
        .contains(OBVIOUS.dependents(SOME).size() + " wait for " + SOME)
        .endsWith("carillon tail: 5 messages, as many as asked for%n".formatted());
  }

  @Test
  void reserved_pattern_hearsTheBusItself() {
    CommandRun run = CommandRun.carillon("tail", "$bus.>", "--", "demo", "--hang", SOME);
    assertThat(run.exitCode()).isEqualTo(4);
    assertThat(run.out())
        .contains(" $bus.subscription.connected subscription=tail pattern=$bus.> owner=null");
  }

  @Test
  void command_thatOnlyHelps_opensNoBus() {
    CommandRun run = CommandRun.carillon("tail", "$bus.>", "--", "demo", "--help");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .startsWith("Usage: carillon demo ")
        .contains("--no-history")
        .endsWith("carillon tail: 0 messages\n");
  }

  @Test
  void pattern_bad_isRefusedWithTheRule() {
    for (String pattern : List.of("a..b", "a.>.b", "a b", "$x", "")) {
      CommandRun run = CommandRun.carillon("tail", pattern, "--", "demo");
      assertThat(run.exitCode()).isEqualTo(2);
      assertThat(run.out()).isEmpty();
      assertThat(run.err())
          .startsWith("carillon tail: ")
          .contains(" must ", "\"" + pattern + "\"")
          .hasLineCount(1);
    }
  }

  @Test
  void command_unknown_isRefusedWithItsName() {
    CommandRun run = CommandRun.carillon("tail", "census.>", "--", "chime", "--json");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("demo", "COMMAND=chime").hasLineCount(1);
  }

  @Test
  void command_missing_isRefused() {
    CommandRun run = CommandRun.carillon("tail", "census.>");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("COMMAND");
  }

  @Test
  void command_usedWrongly_hasItsOwnExitCode() {
    CommandRun run = CommandRun.carillon("tail", "census.>", "--", "demo", "--break", "no.Thing");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("CLASS=no.Thing").endsWith("carillon tail: 0 messages\n");
  }

  @Test
  void limit_bad_isRefusedWithTheRule() {
    CommandRun run = CommandRun.carillon("tail", "census.>", "--limit", "0", "--", "demo");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("at least 1: N=0").hasLineCount(1);
  }

  @Test
  void help_namesEveryTopicAndFitsATerminal() {
    CommandRun run = CommandRun.carillon("tail", "--help");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .contains("carillon tail 'census.*' -- demo")
        .contains(CensusMessage.CATALOGUE.all().stream().map(topic -> topic.name()).toList());
    assertThat(run.lines()).allMatch(line -> line.length() <= 80);
  }
}
