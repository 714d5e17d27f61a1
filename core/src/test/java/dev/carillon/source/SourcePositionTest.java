package dev.carillon.source;

import static dev.carillon.build.Patience.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.bus.Bus;
import dev.carillon.bus.Topic;
import dev.carillon.schedule.Backoff;
import dev.carillon.schedule.Retry;
import dev.carillon.time.ManualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A source continues where it was. */
class SourcePositionTest {
  private static final Retry SOON =
      Retry.DEFAULT.withMaxAttempts(100).withBackoff(Backoff.fixed(Duration.ofMillis(1)));

  @TempDir private Path directory;

  private static void awaitEnd(Source<?> source) throws Exception {
    Patience.until("it has ended", () -> source.state() == SourceState.ENDED);
  }

  @Test
  @Covers({"C14"})
  void positions_inADirectory_areWhereTheNextProcessContinues() throws Exception {
    for (boolean isForced : List.of(true, false)) {
      String name = "forced-" + isForced;
      for (int process = 1; process <= 3; process++) {
        List<Integer> handled = new CopyOnWriteArrayList<>();
        try (var source =
            Source.open(
                Kinds.counter(process * 10),
                Outlet.<Integer>direct(i -> handled.add(i.payload())),
                s -> s.named(name).withPositions(Positions.inDirectory(directory, isForced)))) {
          source.start();
          awaitEnd(source);
        }
        int first = process * 10 - 9;
        assertThat(handled).isEqualTo(IntStream.range(first, first + 10).boxed().toList());
      }
    }
  }

  @Test
  void positions_inHistory_areThoseOfTheMessagesThatAreKept() throws Exception {
    Topic<Integer> numbers = Topic.of("test.numbers", Integer.class);
    List<Integer> heard = new CopyOnWriteArrayList<>();
    try (var bus = Bus.open(c -> c.withHistory("test.>", h -> h))) {
      bus.onPayload(numbers, heard::add);
      for (int last : List.of(5, 9)) {
        try (var source =
            Source.open(
                Kinds.counter(last),
                Outlet.to(bus, numbers),
                s -> s.withPositions(Positions.inHistory(bus, numbers)))) {
          source.start();
          awaitEnd(source);
        }
      }
    }
    assertThat(heard).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9);
  }

  @Test
  void position_ofItemsThatAreDoneInAnyOrder_isTheEndOfTheWholePrefix() {
    var keeper = new PositionKeeper(SourceConfig.DEFAULT);
    var track = new PositionTrack(keeper);
    PositionTrack.Place one = track.add("1");
    PositionTrack.Place two = track.add("2");
    PositionTrack.Place three = track.add("3");
    assertThat(track.done(two)).isFalse();
    assertThat(keeper.position()).isNull();
    assertThat(track.done(one)).isTrue();
    assertThat(keeper.position()).isEqualTo("2");
    track.end();
    assertThat(track.done(three)).isFalse();
    assertThat(keeper.position()).isEqualTo("2");
  }

  @Test
  void position_thatIsTooLong_isRefused() throws Exception {
    var refused = new CopyOnWriteArrayList<Throwable>();
    SourceKind<Integer> kind =
        intake -> {
          Item<Integer> item = intake.item(1).withPosition("x".repeat(65_537));
          assertThatThrownBy(() -> intake.emit(item))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContaining("length=65537");
          assertThatThrownBy(() -> intake.offer(item, SettledListener.NONE))
              .satisfies(refused::add)
              .isInstanceOf(IllegalArgumentException.class);
        };
    try (var source = Source.open(kind, Outlet.<Integer>direct(_ -> {}))) {
      source.start();
      awaitEnd(source);
      assertThat(source.stats().taken()).isZero();
    }
    assertThat(refused).hasSize(1);
  }

  /** Positions in memory, which count how often they are saved, and fail when told. */
  private static final class Fragile implements Positions {
    final AtomicInteger saves = new AtomicInteger();
    final AtomicBoolean isBroken = new AtomicBoolean();
    volatile String saved = "";

    @Override
    public Optional<String> load(String source) {
      if (isBroken.get()) {
        throw new IllegalStateException("cannot load");
      }
      return saved.isEmpty() ? Optional.empty() : Optional.of(saved);
    }

    @Override
    public void save(String source, String position) {
      if (isBroken.get()) {
        throw new IllegalStateException("cannot save");
      }
      saves.incrementAndGet();
      saved = position;
    }
  }

  @Test
  void saveEvery_time_savesOnceInThatTime_andAtTheEnd() throws Exception {
    var positions = new Fragile();
    var clock = new ManualClock();
    var emits = new CountDownLatch(1);
    SourceKind<Integer> kind =
        intake -> {
          for (int i = 1; i <= 200; i++) {
            if (i == 101) {
              emits.await();
            }
            intake.emit(intake.item(i).withPosition(Integer.toString(i)));
          }
          intake.awaitStop();
        };
    try (var source =
        Source.open(
            kind,
            Outlet.<Integer>direct(_ -> {}),
            s -> s.withClock(clock).withPositions(positions))) {
      for (int start = 1; start <= 2; start++) { // the second with what the first one planned
        source.start();
        Patience.until("half is done", () -> source.stats().settled() >= 100);
        Patience.until(
            "it is saved",
            () -> {
              clock.advance(Duration.ofMillis(50));
              return positions.saves.get() > 0;
            });
        emits.countDown();
        int all = start * 200;
        Patience.until("all are done", () -> source.stats().settled() == all);
        source.stop();
        assertThat(positions.saved).isEqualTo("200");
        assertThat(positions.saves.get()).isLessThan(5);
        positions.saves.set(0);
      }
    }
  }

  @Test
  void saveEvery_zero_savesEachPositionBeforeTheNextItemHasRoom() throws Exception {
    var positions = new Fragile();
    List<String> savedBefore = new CopyOnWriteArrayList<>();
    try (var source =
        Source.open(
            Kinds.counter(50),
            Outlet.<Integer>direct(_ -> savedBefore.add(positions.saved)),
            s -> s.withWindow(1).saveEvery(Duration.ZERO).withPositions(positions))) {
      source.start();
      awaitEnd(source);
    }
    assertThat(positions.saves).hasValue(50);
    assertThat(savedBefore.subList(1, 50))
        .isEqualTo(IntStream.rangeClosed(1, 49).mapToObj(Integer::toString).toList());
  }

  @Test
  void positions_thatCannotBeLoadedOrSaved_makeTheSourceFail_andLoseNothing() throws Exception {
    for (Duration saveEvery : List.of(Duration.ZERO, Duration.ofHours(1))) {
      var positions = new Fragile();
      List<Integer> handled = new CopyOnWriteArrayList<>();
      Outlet<Integer> outlet =
          Outlet.direct(i -> {
            handled.add(i.payload());
            positions.isBroken.set(i.payload() == 3);
          });
      positions.isBroken.set(true);
      try (var _ = new CapturedLog("dev.carillon.source");
          var source =
              Source.open(
                  Kinds.counter(3),
                  outlet,
                  s -> s.withPositions(positions).withRestart(SOON).saveEvery(saveEvery))) {
        source.start();
        Patience.until("it fails", () -> source.state() == SourceState.FAILING);
        assertThat(source.failure().orElseThrow()).hasMessage("cannot load");
        positions.isBroken.set(false);
        Patience.until("it fails", () -> positions.isBroken.get());
        Patience.until(
            "it cannot save",
            () -> source.failure().filter(f -> f.getMessage().equals("cannot save")).isPresent());
        positions.isBroken.set(false);
        awaitEnd(source);
        assertThat(positions.saved).isEqualTo("3");
        assertThat(handled).containsExactly(1, 2, 3); // it was known here, and is not repeated
      }
    }
  }

  @Test
  void save_onAThreadThatWasInterrupted_isNotBrokenByThat() throws Exception {
    try (var source =
        Source.open(
            Kinds.counter(5),
            Outlet.<Integer>direct(_ -> Thread.currentThread().interrupt()),
            s ->
                s.saveEvery(Duration.ZERO)
                    .withPositions(Positions.inDirectory(directory, false)))) {
      assertThat(source.start().awaitReady(LONG)).isTrue();
      awaitEnd(source);
      assertThat(source.stats().starts()).isEqualTo(1);
    }
    assertThat(Positions.inDirectory(directory, false).load("custom")).contains("5");
  }
}
