package dev.carillon.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.carillon.build.Covers;
import dev.carillon.build.Property;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What patterns match, and which are none. */
@Covers("R22")
class TopicPatternTest {

  @ParameterizedTest
  @CsvSource({
    "a.b, a.b, true",
    "a.b, a.c, false",
    "a.b, a, false",
    "a.b, a.b.c, false",
    "a.b, aa.b, false",
    "*, a, true",
    "*, a.b, false",
    "a.*, a.b, true",
    "a.*, a, false",
    "a.*.c, a.b.c, true",
    "a.*.c, a.b.d, false",
    "a.*.c, a.c, false",
    ">, a, true",
    ">, a.b.c, true",
    "a.>, a.b, true",
    "a.>, a.b.c, true",
    "a.>, a, false",
    "a.*.>, a.b, false",
    "a.*.>, a.b.c.d, true",
    "$bus.>, $bus.a.b, true",
    "$bus.*, $bus.a, true",
    "$bus.>, $dead.a, false",
    ">, $bus.a, false",
    "*.a, $bus.a, false",
    "*.>, $bus.a, false",
    "$bus.a, $bus.a, true"
  })
  void matches_name_asItsTokensSay(String pattern, String name, boolean matches) {
    assertThat(TopicPattern.of(pattern).matches(name)).isEqualTo(matches);
  }

  @TestFactory
  Stream<DynamicTest> matches_randomPattern_asTheRegularExpression() {
    return Property.check(
        "patterns",
        500,
        gen -> {
          String pattern = Names.pattern(gen);
          Pattern meaning = Names.meaning(pattern);
          for (int i = 0; i < 100; i++) {
            String name = Names.name(gen);
            assertThat(TopicPattern.of(pattern).matches(name))
                .as("%s matches %s", pattern, name)
                .isEqualTo(meaning.matcher(name).matches());
          }
        });
  }

  @ParameterizedTest
  @CsvSource({
    "a.b, a.b, true",
    ">, a.*.>, true",
    ">, >, true",
    "*, >, false",
    "*, *, true",
    "a.*, a.b, true",
    "a.b, a.*, false",
    "a.>, a.*, true",
    "a.>, a.*.c.>, true",
    "a.*, a.>, false",
    "a.*.>, a.>, false",
    ">, $bus.>, false",
    "$bus.>, $bus.a.*, true"
  })
  void covers_pattern_ifItMatchesAllThatItDoes(String pattern, String other, boolean covers) {
    assertThat(TopicPattern.of(pattern).covers(TopicPattern.of(other))).isEqualTo(covers);
  }

  @TestFactory
  Stream<DynamicTest> covers_random_isFalseOnlyIfSomeNameShowsIt() {
    return Property.check(
        "covering",
        500,
        gen -> {
          TopicPattern one = TopicPattern.of(Names.pattern(gen));
          String other = Names.pattern(gen);
          // tokens that occur in no pattern stand for all tokens
          String shortest = other.replace("*", "x").replace(">", "x");
          String longer = other.replace("*", "x").replace(">", "x.x");
          assertThat(one.covers(TopicPattern.of(other)))
              .as("%s covers %s", one, other)
              .isEqualTo(one.matches(shortest) && one.matches(longer));
        });
  }

  @Test
  void isLiteral_withoutWildcards_isTrue() {
    assertThat(TopicPattern.of("a.b").isLiteral()).isTrue();
    assertThat(TopicPattern.of("a.*").isLiteral()).isFalse();
    assertThat(TopicPattern.of("a.>").isLiteral()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          ``     | a pattern must have 1 to 255 characters: characters=0 pattern=""
          >.a    | '>' must be the last token: position=1 pattern=">.a"
          a.>.>  | '>' must be the last token: position=3 pattern="a.>.>"
          a*.b   | a token must be '*' or '>' or one or more of A-Z a-z 0-9 _ -: token="a*" at position 1 of pattern "a*.b"
          a.**   | a token must be '*' or '>' or one or more of A-Z a-z 0-9 _ -: token="**" at position 3 of pattern "a.**"
          a.     | a token must be '*' or '>' or one or more of A-Z a-z 0-9 _ -: token="" at position 3 of pattern "a."
          $*.a   | a token must be one or more of A-Z a-z 0-9 _ -: token="*" at position 2 of pattern "$*.a"
          *.*.*.*.*.*.*.*.*.*.*.*.*.*.*.*.> | a pattern must have 1 to 16 tokens: tokens=17 pattern="*.*.*.*.*.*.*.*.*.*.*.*.*.*.*.*.>"
          """)
  void of_againstTheRules_isRefusedWithRuleAndValue(String pattern, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TopicPattern.of(pattern))
        .withMessage(message);
  }

  @Test
  void matches_noName_isRefused() {
    TopicPattern all = TopicPattern.of(">");
    assertThatIllegalArgumentException().isThrownBy(() -> all.matches("a..b"));
    assertThatIllegalArgumentException().isThrownBy(() -> all.matches("a.*"));
  }

  @Test
  void equals_sameText_isTrue() {
    assertThat(TopicPattern.of("a.*"))
        .isEqualTo(TopicPattern.of("a.*"))
        .hasSameHashCodeAs(TopicPattern.of("a.*"))
        .isNotEqualTo(TopicPattern.of("a.>"))
        .hasToString("a.*");
  }
}
