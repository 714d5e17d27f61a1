package dev.carillon.schedule;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads one cron expression. */
final class CronParser {
  /*
   * expression = macro | field{5} | field{6}
   * field      = term { "," term }
   * term       = ("*" | "?" | value ["-" value]) ["/" step]
   *            | "L" | "L-" number | "LW" | number "W"        day of the month
   *            | value "L" | value "#" number                 day of the week
   */
  private static final List<CronField> FIELDS = List.of(CronField.values());
  private static final int WEEK = 7;
  private static final int MOST_WEEKS = 5;
  private static final int MOST_BEFORE_LAST = 30;
  private static final int MOST_DIGITS = 9;

  private static final Map<String, String> MACROS =
      Map.of(
          "@yearly", "0 0 0 1 1 *",
          "@annually", "0 0 0 1 1 *",
          "@monthly", "0 0 0 1 * *",
          "@weekly", "0 0 0 * * SUN",
          "@daily", "0 0 0 * * *",
          "@midnight", "0 0 0 * * *",
          "@hourly", "0 0 * * * *");

  private final String expression; // as given, for messages
  private final Map<CronField, Long> bits = new EnumMap<>(CronField.class);

  private CronField field = CronField.SECOND; // the one being read
  private long beforeLast;
  private long nearest;
  private boolean lastWorking;
  private long lastWeekdays;
  private long nthWeekdays;

  private CronParser(String expression) {
    this.expression = expression;
  }

  static CronPattern parse(String expression) {
    String stripped = expression.strip();
    if (!stripped.startsWith("@")) {
      return new CronParser(expression).pattern(expression);
    }
    String meaning = MACROS.get(stripped.toLowerCase(Locale.ROOT));
    if (meaning == null) {
      throw new IllegalArgumentException(
          "a cron macro must be one of %s: macro=%s"
              .formatted(MACROS.keySet().stream().sorted().toList(), stripped));
    }
    return new CronParser(expression).pattern(meaning);
  }

  private CronPattern pattern(String text) {
    List<Word> words =
        new Word(text, 0).split(" \t\n\r").stream().filter(w -> !w.text.isEmpty()).toList();
    int all = FIELDS.size();
    if (words.size() != all && words.size() != all - 1) {
      throw new IllegalArgumentException(
          "a cron expression must have 5 or 6 fields: fields=%d in \"%s\""
              .formatted(words.size(), expression));
    }
    if (words.size() < all) {
      bits.put(CronField.SECOND, 1L); // at second 0
    }
    for (int i = 0; i < words.size(); i++) {
      field = FIELDS.get(all - words.size() + i);
      read(words.get(i));
    }
    if (words.size() < all && isRestricted(words.get(2)) && isRestricted(words.get(4))) {
      throw new IllegalArgumentException(
          "day of month and day of week must not both be restricted in 5 fields, where some take"
              + " both and some take either (6 fields take both): in \""
              + expression
              + "\"");
    }
    var pattern =
        new CronPattern(
            of(CronField.SECOND),
            of(CronField.MINUTE),
            of(CronField.HOUR),
            days(),
            of(CronField.MONTH));
    if (!pattern.isPossible()) {
      throw new IllegalArgumentException(
          "a date must match some time: none ever does in \"" + expression + "\"");
    }
    return pattern;
  }

  private static boolean isRestricted(Word word) {
    return !word.text.equals("*") && !word.text.equals("?");
  }

  private long of(CronField of) {
    return bits.getOrDefault(of, 0L);
  }

  private CronDays days() {
    return new CronDays(
        of(CronField.DAY_OF_MONTH),
        beforeLast,
        nearest,
        lastWorking,
        of(CronField.DAY_OF_WEEK),
        lastWeekdays,
        nthWeekdays);
  }

  private void read(Word word) {
    for (Word term : word.split(",")) {
      Word upper = new Word(term.text.toUpperCase(Locale.ROOT), term.start);
      boolean special =
          switch (field) {
            case DAY_OF_MONTH -> readDay(upper);
            case DAY_OF_WEEK -> readWeekday(upper);
            default -> false;
          };
      if (!special) {
        bits.merge(field, range(upper), (some, more) -> some | more);
      }
    }
  }

  private long range(Word term) {
    int slash = term.text.indexOf('/');
    Word range = slash < 0 ? term : term.part(0, slash);
    int step = slash < 0 ? 1 : step(term.from(slash + 1));
    if (range.text.equals("*")) {
      return field.bits(field.min, field.max, step);
    }
    if (range.text.equals("?")) {
      check(field.isDays(), "must not be '?', which is for days", range);
      check(slash < 0, "must not have '?' with a step", term);
      return field.bits(field.min, field.max, 1);
    }
    int dash = range.text.indexOf('-');
    if (dash >= 0) {
      return field.bits(value(range.part(0, dash)), value(range.from(dash + 1)), step);
    }
    int value = value(range);
    int end = slash < 0 ? value : Math.max(value, field.max);
    return field.bits(value, end, step);
  }

  /** Reads a term that only a day of the month can be, or returns false. */
  private boolean readDay(Word term) {
    String text = term.text;
    if (text.equals("L")) {
      beforeLast |= 1;
    } else if (text.equals("LW")) {
      lastWorking = true;
    } else if (text.startsWith("L-")) {
      int days = number(term.from(2));
      check(
          days >= 0 && days <= MOST_BEFORE_LAST,
          "must be 0 to " + MOST_BEFORE_LAST + " days before the last, as in L-3",
          term.from(2));
      beforeLast |= 1L << days;
    } else if (text.endsWith("W")) {
      nearest |= 1L << value(term.part(0, text.length() - 1));
    } else {
      return false;
    }
    return true;
  }

  /** Reads a term that only a day of the week can be, or returns false. */
  private boolean readWeekday(Word term) {
    String text = term.text;
    int hash = text.indexOf('#');
    if (hash >= 0) {
      int weekday = value(term.part(0, hash)) % WEEK;
      int week = number(term.from(hash + 1));
      check(
          week >= 1 && week <= MOST_WEEKS,
          "must be the 1st to 5th of the month, as in FRI#2",
          term.from(hash + 1));
      nthWeekdays |= 1L << ((week - 1) * WEEK + weekday);
    } else if (text.equals("L")) {
      throw wrong("must name a weekday before 'L', as in FRIL", term);
    } else if (text.endsWith("L")) {
      lastWeekdays |= 1L << (value(term.part(0, text.length() - 1)) % WEEK);
    } else {
      return false;
    }
    return true;
  }

  private int step(Word word) {
    int step = number(word);
    check(step >= 1 && step <= field.max, "must have a step of 1 to " + field.max, word);
    return step;
  }

  private int value(Word word) {
    int named = field.named(word.text);
    int value = named >= 0 ? named : number(word);
    check(value >= field.min && value <= field.greatest(), "must be " + field.domain(), word);
    return value;
  }

  /** {@return what is written in digits, or -1} */
  private static int number(Word word) {
    String text = word.text;
    boolean digits = !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    return digits && text.length() <= MOST_DIGITS ? Integer.parseInt(text) : -1;
  }

  private void check(boolean holds, String rule, Word word) {
    if (!holds) {
      throw wrong(rule, word);
    }
  }

  private IllegalArgumentException wrong(String rule, Word word) {
    return new IllegalArgumentException(
        "%s %s: value=\"%s\" at position %d of \"%s\""
            .formatted(field, rule, word.text, word.start + 1, expression));
  }

  /** A part of the expression, and where it starts. */
  private record Word(String text, int start) {
    Word part(int from, int to) {
      return new Word(text.substring(from, to), start + from);
    }

    /** {@return the parts between separators, some of them empty} */
    List<Word> split(String separators) {
      var parts = new ArrayList<Word>();
      int from = 0;
      for (int i = 0; i < text.length(); i++) {
        if (separators.indexOf(text.charAt(i)) >= 0) {
          parts.add(part(from, i));
          from = i + 1;
        }
      }
      parts.add(from(from));
      return parts;
    }

    Word from(int from) {
      return part(from, text.length());
    }
  }
}
