package dev.carillon.binary;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Month;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;

/** The values of {@code java.time}. */
final class Times {
  private static final Kinds.Entry ZONES =
      Leaf.of(
          WireFormat.ZONE,
          "$zone",
          ZoneId.class,
          (out, zone) -> out.putText(zone.getId()),
          in -> ZoneId.of(in.requiredText()));
  static final Form ZONE = ZONES.form();

  private Times() {}

  static List<Kinds.Entry> entries() {
    return List.of(
        Leaf.of(WireFormat.INSTANT, "$instant", Instant.class, Times::putInstant, Times::instant),
        Leaf.of(
            WireFormat.DURATION, "$duration", Duration.class, Times::putDuration, Times::duration),
        Leaf.of(WireFormat.LOCAL_DATE, "$local-date", LocalDate.class, Times::putDate, Times::date),
        Leaf.of(WireFormat.LOCAL_TIME, "$local-time", LocalTime.class, Times::putTime, Times::time),
        Leaf.of(
            WireFormat.LOCAL_DATE_TIME,
            "$local-date-time",
            LocalDateTime.class,
            Times::putDateTime,
            Times::dateTime),
        Leaf.of(
            WireFormat.OFFSET_TIME,
            "$offset-time",
            OffsetTime.class,
            Times::putOffsetTime,
            in -> OffsetTime.of(time(in), offset(in))),
        Leaf.of(
            WireFormat.OFFSET_DATE_TIME,
            "$offset-date-time",
            OffsetDateTime.class,
            Times::putOffsetDateTime,
            in -> OffsetDateTime.of(dateTime(in), offset(in))),
        Leaf.of(
            WireFormat.ZONED_DATE_TIME,
            "$zoned-date-time",
            ZonedDateTime.class,
            Times::putZoned,
            Times::zoned),
        Leaf.of(
            WireFormat.ZONE_OFFSET,
            "$zone-offset",
            ZoneOffset.class,
            Times::putOffset,
            Times::offset),
        ZONES,
        Leaf.of(WireFormat.PERIOD, "$period", Period.class, Times::putPeriod, Times::period),
        Leaf.of(
            WireFormat.YEAR,
            "$year",
            Year.class,
            (out, year) -> out.putInt(year.getValue()),
            in -> Year.of(in.getInt())),
        Leaf.of(
            WireFormat.YEAR_MONTH,
            "$year-month",
            YearMonth.class,
            Times::putYearMonth,
            in -> YearMonth.of(in.getInt(), in.getByte())),
        Leaf.of(
            WireFormat.MONTH_DAY,
            "$month-day",
            MonthDay.class,
            Times::putMonthDay,
            in -> MonthDay.of(in.getByte(), in.getByte())),
        Leaf.of(
            WireFormat.MONTH,
            "$month",
            Month.class,
            (out, month) -> out.putByte(month.getValue()),
            in -> Month.of(in.getByte())),
        Leaf.of(
            WireFormat.DAY_OF_WEEK,
            "$day-of-week",
            DayOfWeek.class,
            (out, day) -> out.putByte(day.getValue()),
            in -> DayOfWeek.of(in.getByte())));
  }

  private static void putInstant(Output out, Instant value) {
    out.putLong(value.getEpochSecond());
    out.putVar(value.getNano());
  }

  private static Instant instant(Input in) {
    return Instant.ofEpochSecond(in.getLong(), nanos(in));
  }

  private static void putDuration(Output out, Duration value) {
    out.putLong(value.getSeconds());
    out.putVar(value.getNano());
  }

  private static Duration duration(Input in) {
    return Duration.ofSeconds(in.getLong(), nanos(in));
  }

  private static int nanos(Input in) {
    int nanos = in.var();
    if (nanos < 0 || nanos > 999_999_999) {
      throw new Failure(
          "nanoseconds must be 0 to 999999999: nanos=" + Integer.toUnsignedString(nanos));
    }
    return nanos;
  }

  private static void putDate(Output out, LocalDate value) {
    out.putLong(value.toEpochDay());
  }

  private static LocalDate date(Input in) {
    return LocalDate.ofEpochDay(in.getLong());
  }

  private static void putTime(Output out, LocalTime value) {
    out.putLong(value.toNanoOfDay());
  }

  private static LocalTime time(Input in) {
    return LocalTime.ofNanoOfDay(in.getLong());
  }

  private static void putDateTime(Output out, LocalDateTime value) {
    putDate(out, value.toLocalDate());
    putTime(out, value.toLocalTime());
  }

  private static LocalDateTime dateTime(Input in) {
    return LocalDateTime.of(date(in), time(in));
  }

  private static void putOffset(Output out, ZoneOffset value) {
    out.putInt(value.getTotalSeconds());
  }

  private static ZoneOffset offset(Input in) {
    return ZoneOffset.ofTotalSeconds(in.getInt());
  }

  private static void putOffsetTime(Output out, OffsetTime value) {
    putTime(out, value.toLocalTime());
    putOffset(out, value.getOffset());
  }

  private static void putOffsetDateTime(Output out, OffsetDateTime value) {
    putDateTime(out, value.toLocalDateTime());
    putOffset(out, value.getOffset());
  }

  private static void putZoned(Output out, ZonedDateTime value) {
    putDateTime(out, value.toLocalDateTime());
    putOffset(out, value.getOffset());
    out.putText(value.getZone().getId());
  }

  // The instant is kept where the rules of the zone are other ones here; the local time may move.
  private static ZonedDateTime zoned(Input in) {
    return ZonedDateTime.ofInstant(dateTime(in), offset(in), ZoneId.of(in.requiredText()));
  }

  private static void putPeriod(Output out, Period value) {
    out.putInt(value.getYears());
    out.putInt(value.getMonths());
    out.putInt(value.getDays());
  }

  private static Period period(Input in) {
    return Period.of(in.getInt(), in.getInt(), in.getInt());
  }

  private static void putYearMonth(Output out, YearMonth value) {
    out.putInt(value.getYear());
    out.putByte(value.getMonthValue());
  }

  private static void putMonthDay(Output out, MonthDay value) {
    out.putByte(value.getMonthValue());
    out.putByte(value.getDayOfMonth());
  }
}
