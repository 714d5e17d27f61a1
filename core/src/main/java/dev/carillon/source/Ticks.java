package dev.carillon.source;

import dev.carillon.schedule.Schedule;
import dev.carillon.schedule.ScheduleCursor;
import dev.carillon.schedule.ScheduleCursor.Occurrence;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Ticks of a timer: a source of the occurrences of a {@link Schedule}. Immutable, changed by its
 * methods.
 *
 * {@snippet :
 * Source.open(
 *     Ticks.cron("0 30 6 * * MON-FRI", ZoneId.of("Europe/Berlin"), Schedule.Missed.COALESCE),
 *     Outlet.to(bus, Topic.of("shop.opens", Tick.class)),
 *     s -> s.named("opening").withPositions(Positions.inDirectory(state, true)));
 * }
 *
 * <p>A tick does not begin before the one before has been taken care of, retries included, unless
 * they {@linkplain #overlapping overlap}. So what comes while a handler is at work, the source is
 * paused or not running is missed, and becomes what the schedule's rule for {@linkplain
 * Schedule.Missed missed occurrences} says; whatever is missed needs no memory.
 *
 * <p>The position is the time up to which occurrences are done with, and their number. With {@link
 * Positions}, a process that starts again makes up for what it has missed, by the same rule, each
 * occurrence once; it repeats those that were handled since the position was last saved. As there
 * is no position before the first tick was taken care of, a source that is started again in one
 * process repeats that one, and goes on behind it.
 */
public final class Ticks implements SourceKind<Tick> {
  private final Schedule.Repeating schedule;
  private final boolean overlap;

  /**
   * The first tick of a source, which is no position until it was taken care of; kept from one run
   * to the next.
   */
  private static final class First {
    @Nullable Occurrence occurrence; // null until it begins
  }

  private Ticks(Schedule.Repeating schedule, boolean overlap) {
    this.schedule = Objects.requireNonNull(schedule, "schedule");
    this.overlap = overlap;
  }

  /**
   * {@return ticks by a schedule}
   *
   * @param schedule says when
   */
  public static Ticks on(Schedule.Repeating schedule) {
    return new Ticks(schedule, false);
  }

  /**
   * {@return ticks on a grid of equal periods, the first at once; those missed are skipped}
   *
   * @param period from one to the next
   * @throws IllegalArgumentException if the period is not positive
   */
  public static Ticks every(Duration period) {
    return on(Schedule.fixedRate(period));
  }

  /**
   * {@return ticks where a cron expression says; those missed are skipped}
   *
   * @param expression as {@link dev.carillon.schedule.Cron#parse} takes it
   * @param zone whose local time the expression means
   * @throws IllegalArgumentException if the expression is not one, saying why and where
   */
  public static Ticks cron(String expression, ZoneId zone) {
    return on(Schedule.cron(expression, zone));
  }

  /**
   * {@return ticks where a cron expression says}
   *
   * @param expression as {@link dev.carillon.schedule.Cron#parse} takes it
   * @param zone whose local time the expression means
   * @param missed what becomes of those that are missed
   * @throws IllegalArgumentException if the expression is not one, saying why and where
   */
  public static Ticks cron(String expression, ZoneId zone, Schedule.Missed missed) {
    return on(Schedule.cron(expression, zone).missed(missed));
  }

  /**
   * {@return these ticks, but each as soon as it is due and the window has room, though those
   * before may not have been taken care of} For outlets that handle several at a time.
   */
  public Ticks overlapping() {
    return new Ticks(schedule, true);
  }

  @Override
  public String kind() {
    return "ticks";
  }

  @Override
  public void run(Intake<Tick> intake) throws InterruptedException {
    Optional<Place> place = intake.position().map(Place::parse);
    First first = intake.kept(First.class, First::new);
    Occurrence again = place.isPresent() ? null : first.occurrence;
    Instant through = again == null ? place.map(Place::through).orElse(null) : again.through();
    ScheduleCursor cursor =
        through == null
            ? ScheduleCursor.start(schedule, intake.clock())
            : ScheduleCursor.resume(schedule, intake.clock(), through);
    long number = place.map(Place::number).orElse(0L);
    var turn = new Turn<>(intake);
    intake.ready();
    if (again != null) {
      number++;
      put(intake, turn, number, again);
    }
    while (true) {
      cursor.awaitDue();
      turn.awaitRoom(); // so that what comes meanwhile is missed by the tick that begins then
      Optional<Occurrence> occurrence = cursor.tryBegin();
      if (occurrence.isPresent()) {
        number++;
        if (number == 1) {
          first.occurrence = occurrence.get();
        }
        put(intake, turn, number, occurrence.get());
        cursor.finish();
      }
    }
  }

  private void put(Intake<Tick> intake, Turn<Tick> turn, long number, Occurrence occurrence)
      throws InterruptedException {
    turn.put(item(intake, number, occurrence), SettledListener.NONE);
    if (!overlap) {
      turn.awaitSettled();
    }
  }

  private static Item<Tick> item(Intake<Tick> intake, long number, Occurrence occurrence) {
    var tick = new Tick(number, occurrence.due(), intake.clock().now(), occurrence.missed());
    return intake
        .item(tick)
        .withTime(tick.due())
        .withPosition(new Place(occurrence.through(), number).toString());
  }

  /** Where a source of ticks continues: a time and a number, with a blank between. */
  private record Place(Instant through, long number) {
    static Place parse(String position) {
      int blank = position.indexOf(' ');
      try {
        if (blank > 0) {
          return new Place(
              Instant.parse(position.substring(0, blank)),
              Long.parseLong(position.substring(blank + 1)));
        }
      } catch (DateTimeParseException | NumberFormatException e) {
        throw new IllegalStateException(rule(position), e);
      }
      throw new IllegalStateException(rule(position));
    }

    private static String rule(String position) {
      return "a position of ticks must be a time and a number: position=\"" + position + "\"";
    }

    @Override
    public String toString() {
      return through + " " + number;
    }
  }
}
