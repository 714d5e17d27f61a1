package dev.carillon.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.carillon.build.Covers;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which names topics can have, and what is said about the others. */
class TopicTest {
  private record Order(String item) {}

  @Test
  @Covers({"C13", "R1", "W11"})
  void of_nameAndTypeOfTheUsers_hasBoth() {
    Topic<Order> topic = Topic.of("orders.eu.created", Order.class);
    assertThat(topic.name()).isEqualTo("orders.eu.created");
    assertThat(topic.type()).isEqualTo(Order.class);
    assertThat(topic).hasToString("orders.eu.created of dev.carillon.bus.TopicTest$Order");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "A-1_z", "-", "1.2", "a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p"})
  void of_nameWithinTheRules_isAccepted(String name) {
    assertThat(Topic.of(name, String.class).name()).isEqualTo(name);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          ``       | a topic must have 1 to 255 characters: characters=0 topic=""
          .        | a token must be one or more of A-Z a-z 0-9 _ -: token="" at position 1 of topic "."
          a..b     | a token must be one or more of A-Z a-z 0-9 _ -: token="" at position 3 of topic "a..b"
          a.       | a token must be one or more of A-Z a-z 0-9 _ -: token="" at position 3 of topic "a."
          a.b c    | a token must be one or more of A-Z a-z 0-9 _ -: token="b c" at position 3 of topic "a.b c"
          a.ä      | a token must be one or more of A-Z a-z 0-9 _ -: token="ä" at position 3 of topic "a.ä"
          a.*      | a token must be one or more of A-Z a-z 0-9 _ -: token="*" at position 3 of topic "a.*"
          >        | a token must be one or more of A-Z a-z 0-9 _ -: token=">" at position 1 of topic ">"
          a.$b     | a token must be one or more of A-Z a-z 0-9 _ -: token="$b" at position 3 of topic "a.$b"
          a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q | a topic must have 1 to 16 tokens: tokens=17 topic="a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q"
          $bus.x   | names that begin with '$' are reserved for the bus: topic="$bus.x"
          """)
  void of_nameAgainstTheRules_isRefusedWithRuleAndValue(String name, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Topic.of(name, String.class))
        .withMessage(message);
  }

  @Test
  void of_255Characters_isTheMost() {
    String name = String.join("", Collections.nCopies(255, "x"));
    assertThat(Topic.of(name, String.class).name()).hasSize(255);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Topic.of(name + "y", String.class))
        .withMessageStartingWith("a topic must have 1 to 255 characters: characters=256");
  }

  @Test
  void of_primitiveType_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Topic.of("a", int.class))
        .withMessage("a payload's type must not be primitive: type=int topic=\"a\"");
  }

  @Test
  void ofBus_reservedName_isAcceptedForEveryTopic() {
    String longest = "a.b.c.d.e.f.g.h.i.j.k.l.m.n.o." + "x".repeat(225);
    assertThat(Topic.of(longest, String.class).name()).hasSize(255);
    assertThat(Topic.ofBus("$dead." + longest, String.class).name()).endsWith(longest);
    assertThat(Topic.ofBus("$bus.subscription.disabled", String.class).pattern().isLiteral())
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          $      | a reserved topic must begin with a token of 2 to 16 characters, and go on: topic="$"
          $bus   | a reserved topic must begin with a token of 2 to 16 characters, and go on: topic="$bus"
          $bus.  | a topic must have 1 to 255 characters: characters=0 topic="$bus."
          $.a    | a token must be one or more of A-Z a-z 0-9 _ -: token="" at position 2 of topic "$.a"
          """)
  void ofBus_nameAgainstTheRules_isRefusedWithRuleAndValue(String name, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Topic.ofBus(name, String.class))
        .withMessage(message);
  }

  @Test
  void equals_sameNameAndType_isTrue() {
    assertThat(Topic.of("a", String.class))
        .isEqualTo(Topic.of("a", String.class))
        .hasSameHashCodeAs(Topic.of("a", String.class))
        .isNotEqualTo(Topic.of("b", String.class))
        .isNotEqualTo(Topic.of("a", Object.class));
  }
}
