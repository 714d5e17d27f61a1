package dev.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Gen;
import dev.carillon.build.Property;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.scheduling.support.CronExpression;

/**
 * Cron expressions against Spring's, from random times of ten years on and around the transitions
 * of zones.
 *
 * <p>Not generated, as Spring means something else: steps of weekdays, where its week begins with
 * Monday and ours with Sunday, which have a table; ranges around the end, which Spring refuses;
 * working days nearest to a last day of the month that is a Sunday, which Spring does not find.
 */
class CronOracleTest {
  private static final Instant FROM = Instant.parse("2020-01-01T00:00:00Z");
  private static final Instant TO = Instant.parse("2030-01-01T00:00:00Z");
  private static final int EXPRESSIONS = 300;
  private static final int MATCHES = 25;
  private static final List<ZoneId> ZONES =
      Stream.of("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo")
          .map(ZoneId::of)
          .toList();

  private static String expression(Gen gen) {
    return String.join(
        " ",
        gen.oneOf("0", "0", "0", "30", "*/20", "7,53"),
        gen.oneOf("*", "0", "*/15", numbers(gen, 0, 59), numbers(gen, 0, 59)),
        gen.oneOf("*", "*", "0", "2", "*/2", "1-3", "0-23", numbers(gen, 0, 23)),
        gen.oneOf("*", "*", "?", "L", "LW", "L-3", "1W", "15W", "27W", "29", numbers(gen, 1, 31)),
        gen.oneOf("*", "*", "*", "2", "MAR,APR,SEP-NOV", numbers(gen, 1, 12)),
        gen.oneOf("*", "*", "?", "MON-FRI", "SUN", "0", "7", "5-7", "TUE#2", "5#5", "SUNL", "3L"));
  }

  private static String numbers(Gen gen, int min, int max) {
    return String.join(",", gen.listOf(1, 3, g -> number(g, min, max)));
  }

  private static String number(Gen gen, int min, int max) {
    int from = gen.intBetween(min, max);
    return switch (gen.intBetween(0, 3)) {
      case 0 -> from + "-" + gen.intBetween(from, max);
      case 1 -> from + "/" + gen.intBetween(1, max);
      case 2 -> from + "-" + gen.intBetween(from, max) + "/" + gen.intBetween(1, max);
      default -> "" + from;
    };
  }

  /** {@return a time of the ten years, often shortly before or after clocks are set} */
  private static ZonedDateTime start(Gen gen, ZoneId zone) {
    Instant any =
        Instant.ofEpochSecond(gen.longBetween(FROM.getEpochSecond(), TO.getEpochSecond()));
    ZoneOffsetTransition near = zone.getRules().nextTransition(any);
    Instant start =
        near == null || gen.chance(0.3)
            ? any
            : near.getInstant().plusSeconds(gen.intBetween(-5_400, 5_400));
    return start.plusNanos(gen.oneOf(0, 1, 999_999_999)).atZone(zone);
  }

  /**
   * {@return Spring's next local matches, made instants by the rules of {@link Cron}: intervals
   * occur at each valid offset; times of the day once, the first in an overlap, and at the end of a
   * gap}
   */
  private static List<Instant> expected(
      CronExpression spring, boolean intervals, ZonedDateTime after) {
    ZoneRules rules = after.getZone().getRules();
    var instants = new TreeSet<Instant>();
    LocalDateTime local = after.toLocalDateTime().minusHours(2);
    while (instants.size() < MATCHES || local.isBefore(after.toLocalDateTime().plusHours(2))) {
      local = spring.next(local);
      if (local == null || local.getYear() > 2060) {
        break;
      }
      List<ZoneOffset> offsets = rules.getValidOffsets(local);
      for (ZoneOffset offset : intervals ? offsets : offsets.stream().limit(1).toList()) {
        instants.add(local.toInstant(offset));
      }
      if (offsets.isEmpty() && !intervals) {
        instants.add(rules.getTransition(local).getInstant());
      }
      instants.headSet(after.toInstant(), true).clear();
    }
    return instants.stream().limit(MATCHES).toList();
  }

  /** What Spring makes of the same text: our days, other days, or nothing. */
  private enum Spring {
    SAME,
    OTHER,
    REFUSES
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          MON-FRI/2 | MON,WED,FRI         | SAME
          1-5/2     | MON,WED,FRI         | SAME
          TUE-SAT/3 | TUE,FRI             | SAME
          0-6/2     | SUN,TUE,THU,SAT     | SAME
          0/2       | SUN,TUE,THU,SAT     | SAME
          SAT/2     | SAT                 | SAME
          */1       | SUN,MON,TUE,WED,THU,FRI,SAT | SAME
          7/2       | SUN                 | SAME
          5-7/2     | FRI,SUN             | SAME
          0-7/6     | SUN,SAT             | SAME
          1-7/3     | MON,THU,SUN         | SAME
          */2       | SUN,TUE,THU,SAT     | OTHER
          */3       | SUN,WED,SAT         | OTHER
          MON/2     | MON,WED,FRI         | OTHER
          FRI-TUE/2 | FRI,SUN,TUE         | REFUSES
          SAT-SUN/2 | SAT                 | SAME
          SAT-MON/2 | SAT,MON             | REFUSES
          5-0/2     | FRI,SUN             | REFUSES
          7-4/2     | SUN,TUE,THU         | SAME
          6-5/2     | SAT,MON,WED,FRI     | REFUSES
          """)
  void next_stepsOfWeekdays_matchTheDaysNamedToSpring(String steps, String days, Spring spring) {
    List<LocalDateTime> expected = springMatches(days);
    var found = new ArrayList<LocalDateTime>();
    Cron cron = Cron.parse("0 0 12 * * " + steps);
    ZonedDateTime time = FROM.atZone(ZoneOffset.UTC);
    for (int i = 0; i < MATCHES; i++) {
      time = cron.next(time);
      found.add(time.toLocalDateTime());
    }
    assertThat(found).isEqualTo(expected);
    assertThat(springOf(steps, expected)).as("Spring's meaning of the same text").isEqualTo(spring);
  }

  private static List<LocalDateTime> springMatches(String weekdays) {
    CronExpression spring = CronExpression.parse("0 0 12 * * " + weekdays);
    var matches = new ArrayList<LocalDateTime>();
    LocalDateTime time = LocalDateTime.ofInstant(FROM, ZoneOffset.UTC);
    for (int i = 0; i < MATCHES; i++) {
      time = spring.next(time);
      matches.add(time);
    }
    return matches;
  }

  private static Spring springOf(String steps, List<LocalDateTime> expected) {
    try {
      return springMatches(steps).equals(expected) ? Spring.SAME : Spring.OTHER;
    } catch (IllegalArgumentException e) {
      return Spring.REFUSES;
    }
  }

  @TestFactory
  Stream<DynamicTest> next_anyExpression_matchesWhatSpringMatchesByTheRulesOfZones() {
    return Property.check(
        "cron matches the local times that Spring's does",
        EXPRESSIONS,
        gen -> {
          String expression = expression(gen);
          CronExpression spring = CronExpression.parse(expression);
          if (spring.next(LocalDateTime.parse("2000-01-01T00:00:00")) == null) {
            assertRare(expression);
            return;
          }
          Cron cron = Cron.parse(expression);
          boolean intervals = List.of("*", "0-23").contains(expression.split(" ")[2]);
          for (ZoneId zone : ZONES) {
            ZonedDateTime time = start(gen, zone);
            var found = new ArrayList<Instant>();
            List<Instant> expected = expected(spring, intervals, time);
            ZonedDateTime next = time;
            for (int i = 0; i < expected.size(); i++) {
              next = cron.next(next);
              found.add(next.toInstant());
            }
            assertThat(found).as("%s in %s after %s", expression, zone, time).isEqualTo(expected);
          }
        });
  }

  /** How Spring's zoned matches may differ from ours; every difference has to be one of these. */
  private enum Difference {
    /** Times of the day in a gap: ours come at its end, Spring leaves them out. */
    GAP_MADE_UP,
    /** Times of the day in an overlap: Spring repeats them in the second pass, we do not. */
    SECOND_PASS,
    /** Within an hour of a change by half an hour, which Spring takes for a whole hour. */
    HALF_HOUR
  }

  @TestFactory
  Stream<DynamicTest> next_anyExpressionInAZone_differsFromSpringAsNamedOnly() {
    return Property.check(
        "cron matches what Spring's does but for named differences",
        EXPRESSIONS,
        gen -> {
          String expression = expression(gen);
          CronExpression spring = CronExpression.parse(expression);
          if (spring.next(LocalDateTime.parse("2000-01-01T00:00:00")) == null) {
            return;
          }
          Cron cron = Cron.parse(expression);
          for (ZoneId zone : ZONES) {
            ZonedDateTime ours = cron.next(start(gen, zone));
            for (int i = 0; i < MATCHES; i++) {
              ZonedDateTime theirs = spring.next(ours);
              ours = cron.next(ours);
              if (theirs == null) {
                break;
              }
              assertThat(theirs.isEqual(ours) || difference(ours, theirs) != null)
                  .as("%s: ours %s, theirs %s", expression, ours, theirs)
                  .isTrue();
            }
          }
        });
  }

  private static @Nullable Difference difference(ZonedDateTime ours, ZonedDateTime theirs) {
    ZoneRules rules = ours.getZone().getRules();
    ZonedDateTime earlier = ours.isBefore(theirs) ? ours : theirs;
    ZoneOffsetTransition change = rules.nextTransition(earlier.toInstant().minusSeconds(3_601));
    if (change == null || change.getInstant().isAfter(earlier.toInstant().plusSeconds(3_600))) {
      return null;
    }
    if (change.getDuration().abs().toMinutes() == 30) {
      return Difference.HALF_HOUR;
    }
    if (ours.isBefore(theirs)) {
      boolean endOfGap = change.isGap() && change.getInstant().equals(ours.toInstant());
      return endOfGap ? Difference.GAP_MADE_UP : null;
    }
    boolean secondPass = theirs.toLocalDateTime().isBefore(change.getDateTimeBefore());
    return secondPass && change.isOverlap() ? Difference.SECOND_PASS : null;
  }

  /**
   * Spring gives up after 366 tries: there must be no date, or one that is more than years away.
   */
  private static void assertRare(String expression) {
    try {
      ZonedDateTime start = LocalDateTime.parse("2000-01-01T00:00:00").atZone(ZoneOffset.UTC);
      assertThat(Cron.parse(expression).next(start).getYear()).as(expression).isGreaterThan(2003);
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageStartingWith("a date must match some time: none ever does");
    }
  }
}
