package dev.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What cron expressions mean, and what is said about those that mean nothing. */
class CronTest {
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
  private static final ZoneId LORD_HOWE = ZoneId.of("Australia/Lord_Howe");

  private static ZonedDateTime utc(String local) {
    return LocalDateTime.parse(local).atZone(ZoneOffset.UTC);
  }

  /** {@return the next matches after a time, as text of their own zone} */
  private static List<String> next(int count, String expression, ZonedDateTime after) {
    var cron = Cron.parse(expression);
    var matches = new ArrayList<String>();
    ZonedDateTime time = after;
    for (int i = 0; i < count; i++) {
      time = cron.next(time);
      matches.add(time.toLocalDateTime() + time.getOffset().toString());
    }
    return matches;
  }

  // 2026-11-21 is a Saturday.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          * * * * * *              | 2026-11-21T12:00:01
          0 * * * * *              | 2026-11-21T12:01:00
          * * * * *                | 2026-11-21T12:01:00
          30 0 * * * *             | 2026-11-21T12:00:30
          0 */15 * * * *           | 2026-11-21T12:15:00
          0 7/20 * * * *           | 2026-11-21T12:07:00
          0 0 11 * * *             | 2026-11-22T11:00:00
          0 0 22-3/2 * * ?         | 2026-11-21T22:00:00
          0 0 9-17 * * MON-FRI     | 2026-11-23T09:00:00
          0 0 0 * * 7              | 2026-11-22T00:00:00
          0 0 0 * * 0              | 2026-11-22T00:00:00
          0 0 0 * * FRI-MON        | 2026-11-22T00:00:00
          0 0 0 * * 5-7            | 2026-11-22T00:00:00
          0 0 0 ? * tue,thu        | 2026-11-24T00:00:00
          0 0 0 1 JAN *            | 2027-01-01T00:00:00
          0 0 0 1 nov-feb *        | 2026-12-01T00:00:00
          0 0 0 31 * *             | 2026-12-31T00:00:00
          0 0 0 30 2/2 *           | 2026-12-30T00:00:00
          0 0 0 29 2 *             | 2028-02-29T00:00:00
          0 0 0 29 2 MON           | 2044-02-29T00:00:00
          0 0 0 13 * FRI           | 2027-08-13T00:00:00
          0 0 0 L * *              | 2026-11-30T00:00:00
          0 0 0 L-3 * *            | 2026-11-27T00:00:00
          0 0 0 L-30 * *           | 2026-12-01T00:00:00
          0 0 0 LW * *             | 2026-11-30T00:00:00
          0 0 0 LW 1,5 *           | 2027-01-29T00:00:00
          0 0 0 1W * *             | 2026-12-01T00:00:00
          0 0 0 1W 5 *             | 2027-05-03T00:00:00
          0 0 0 31W 1 *            | 2027-01-29T00:00:00
          0 0 0 22W * *            | 2026-11-23T00:00:00
          0 0 0 28W * *            | 2026-11-27T00:00:00
          0 0 0 15,L,3W * *        | 2026-11-30T00:00:00
          0 0 0 * * FRIL           | 2026-11-27T00:00:00
          0 0 0 * * 7L             | 2026-11-29T00:00:00
          0 0 0 * * MON#1          | 2026-12-07T00:00:00
          0 0 0 * * 5#5            | 2027-01-29T00:00:00
          0 0 0 * * TUE,SUN#4      | 2026-11-22T00:00:00
          @yearly                  | 2027-01-01T00:00:00
          @annually                | 2027-01-01T00:00:00
          @monthly                 | 2026-12-01T00:00:00
          @weekly                  | 2026-11-22T00:00:00
          @daily                   | 2026-11-22T00:00:00
          @midnight                | 2026-11-22T00:00:00
          ' @Hourly '              | 2026-11-21T13:00:00
          """)
  void next_expression_findsTheFirstMatch(String expression, String match) {
    assertThat(Cron.parse(expression).next(utc("2026-11-21T12:00:00"))).isEqualTo(utc(match));
  }

  @Test
  void next_severalTimes_goesOnAroundTheEndOfTheDay() {
    assertThat(next(4, "0 0 22-3/2 * * *", utc("2026-12-31T21:00:00")))
        .containsExactly(
            "2026-12-31T22:00Z", "2027-01-01T00:00Z", "2027-01-01T02:00Z", "2027-01-01T22:00Z");
  }

  @Test
  void next_betweenSeconds_findsTheNextSecond() {
    assertThat(next(1, "* * * * * *", utc("2026-11-21T12:00:00").plusNanos(1)))
        .containsExactly("2026-11-21T12:00:01Z");
  }

  @Test
  void next_timesOfTheDayInAGap_occurOnceAtItsEnd() {
    assertThat(next(3, "0 15,45 2 * * *", LocalDateTime.parse("2026-03-28T02:30").atZone(BERLIN)))
        .containsExactly(
            "2026-03-28T02:45+01:00", "2026-03-29T03:00+02:00", "2026-03-30T02:15+02:00");
    assertThat(next(2, "0 0 2,3 * * *", LocalDateTime.parse("2026-03-28T12:00").atZone(BERLIN)))
        .as("also if the end of the gap is an occurrence itself")
        .containsExactly("2026-03-29T03:00+02:00", "2026-03-30T02:00+02:00");
    assertThat(next(2, "0 30 2 * * *", LocalDateTime.parse("2026-03-29T01:59:59").atZone(BERLIN)))
        .as("in the last second before")
        .containsExactly("2026-03-29T03:00+02:00", "2026-03-30T02:30+02:00");
    assertThat(
            next(
                2,
                "@daily",
                LocalDateTime.parse("2026-04-23T12:00").atZone(ZoneId.of("Africa/Cairo"))))
        .as("at midnight")
        .containsExactly("2026-04-24T01:00+03:00", "2026-04-25T00:00+03:00");
  }

  @Test
  void next_timesOfTheDayInAnOverlap_occurInItsFirstPass() {
    var noon = LocalDateTime.parse("2026-10-24T12:00").atZone(BERLIN);
    assertThat(next(3, "0 0,30 2 * * *", noon))
        .containsExactly(
            "2026-10-25T02:00+02:00", "2026-10-25T02:30+02:00", "2026-10-26T02:00+01:00");
    var secondPass =
        LocalDateTime.parse("2026-10-25T02:10").atZone(BERLIN).withLaterOffsetAtOverlap();
    assertThat(next(2, "0 0,30 2,3 * * *", secondPass))
        .containsExactly("2026-10-25T03:00+01:00", "2026-10-25T03:30+01:00");
    assertThat(next(2, "0 45 1 * * *", LocalDateTime.parse("2026-04-05T01:00").atZone(LORD_HOWE)))
        .containsExactly("2026-04-05T01:45+11:00", "2026-04-06T01:45+10:30");
  }

  @Test
  void next_intervalsInAGap_goOnWithoutIt() {
    assertThat(next(3, "0 */30 * * * *", LocalDateTime.parse("2026-03-29T01:00").atZone(BERLIN)))
        .containsExactly(
            "2026-03-29T01:30+01:00", "2026-03-29T03:00+02:00", "2026-03-29T03:30+02:00");
  }

  @Test
  void next_intervalsInAnOverlap_occurInBothPasses() {
    assertThat(next(4, "0 0 * * * *", LocalDateTime.parse("2026-10-25T01:00").atZone(BERLIN)))
        .containsExactly(
            "2026-10-25T02:00+02:00",
            "2026-10-25T02:00+01:00",
            "2026-10-25T03:00+01:00",
            "2026-10-25T04:00+01:00");
    assertThat(next(4, "0 */20 * * * *", LocalDateTime.parse("2026-04-05T01:20").atZone(LORD_HOWE)))
        .containsExactly(
            "2026-04-05T01:40+11:00",
            "2026-04-05T01:40+10:30",
            "2026-04-05T02:00+10:30",
            "2026-04-05T02:20+10:30");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          0 0 25 * * *      | hour must be 0 to 23: value="25" at position 5 of "0 0 25 * * *"
          60 0 0 * * *      | second must be 0 to 59: value="60" at position 1 of "60 0 0 * * *"
          0,61 * * * *      | minute must be 0 to 59: value="61" at position 3 of "0,61 * * * *"
          0 0 0 0 * *       | day of month must be 1 to 31: value="0" at position 7 of "0 0 0 0 * *"
          0 0 0 * 1-FOO *   | month must be 1 to 12 or JAN to DEC: value="FOO" at position 11 of "0 0 0 * 1-FOO *"
          0 0 0 * * 8       | day of week must be 0 to 7 or SUN to SAT: value="8" at position 11 of "0 0 0 * * 8"
          0 0 0 * * MON-    | day of week must be 0 to 7 or SUN to SAT: value="" at position 15 of "0 0 0 * * MON-"
          0 */0 * * * *     | minute must have a step of 1 to 59: value="0" at position 5 of "0 */0 * * * *"
          0 */60 * * * *    | minute must have a step of 1 to 59: value="60" at position 5 of "0 */60 * * * *"
          0 1,,2 * * * *    | minute must be 0 to 59: value="" at position 5 of "0 1,,2 * * * *"
          0 -5 * * * *      | minute must be 0 to 59: value="" at position 3 of "0 -5 * * * *"
          0 9999999999 * * * * | minute must be 0 to 59: value="9999999999" at position 3 of "0 9999999999 * * * *"
          0 ? * * * *       | minute must not be '?', which is for days: value="?" at position 3 of "0 ? * * * *"
          0 0 0 ?/2 * *     | day of month must not have '?' with a step: value="?/2" at position 7 of "0 0 0 ?/2 * *"
          0 0 0 L-31 * *    | day of month must be 0 to 30 days before the last, as in L-3: value="31" at position 9 of "0 0 0 L-31 * *"
          0 0 0 32W * *     | day of month must be 1 to 31: value="32" at position 7 of "0 0 0 32W * *"
          0 0 0 * * L       | day of week must name a weekday before 'L', as in FRIL: value="L" at position 11 of "0 0 0 * * L"
          0 0 0 * * FRI#6   | day of week must be the 1st to 5th of the month, as in FRI#2: value="6" at position 15 of "0 0 0 * * FRI#6"
          0 0 L * * *       | hour must be 0 to 23: value="L" at position 5 of "0 0 L * * *"
          0 0 * *           | a cron expression must have 5 or 6 fields: fields=4 in "0 0 * *"
          0 0 * * * * 2026  | a cron expression must have 5 or 6 fields: fields=7 in "0 0 * * * * 2026"
          0 0 1 * MON       | day of month and day of week must not both be restricted in 5 fields, where some take both and some take either (6 fields take both): in "0 0 1 * MON"
          0 0 0 30 2 *      | a date must match some time: none ever does in "0 0 0 30 2 *"
          0 0 0 31 4,6,9,11 * | a date must match some time: none ever does in "0 0 0 31 4,6,9,11 *"
          0 0 0 1-7 * MON#2 | a date must match some time: none ever does in "0 0 0 1-7 * MON#2"
          @reboot           | a cron macro must be one of [@annually, @daily, @hourly, @midnight, @monthly, @weekly, @yearly]: macro=@reboot
          """)
  void parse_brokenExpression_namesFieldRuleValueAndPosition(String expression, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Cron.parse(expression))
        .withMessage(message);
  }

  @Test
  void parse_empty_throws() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Cron.parse("  "))
        .withMessage("a cron expression must have 5 or 6 fields: fields=0 in \"  \"");
  }

  @Test
  void equals_sameMatches_isTrueHoweverWritten() {
    assertThat(Cron.parse("0 0 * * * *"))
        .isEqualTo(Cron.parse("@hourly"))
        .isEqualTo(Cron.parse("0 * ? * *"))
        .hasSameHashCodeAs(Cron.parse("0 0 0-23 ? jan-dec 0-7"))
        .isNotEqualTo(Cron.parse("@daily"))
        .hasToString("0 0 * * * *");
  }
}
