package dev.carillon.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Signals of this process: of {@code WINCH}, which does nothing by default. */
class OsSignalsTest {
  private static final String NAME = "WINCH";

  private final Semaphore others = new Semaphore(0);
  private Object before;

  @BeforeEach
  void haveIt() {
    before = RawSignals.handle(NAME, others::release);
  }

  @AfterEach
  void putItBack() {
    RawSignals.restore(NAME, before);
  }

  private static Source<OsSignal> open(OsSignals kind, List<Item<OsSignal>> items)
      throws InterruptedException {
    var source = Source.open(kind, Outlet.<OsSignal>handler(items::add)).start();
    assertThat(source.awaitReady(Patience.LONG)).isTrue();
    return source;
  }

  @Test
  @Covers({"C14", "C29"})
  void of_severalSources_allAreTold_andWhoHadItBeforeHasItAfterwards() throws Exception {
    List<Item<OsSignal>> one = new CopyOnWriteArrayList<>();
    List<Item<OsSignal>> two = new CopyOnWriteArrayList<>();
    try (var _ = open(OsSignals.of("SIGWINCH"), one)) {
      try (var _ = open(OsSignals.of(NAME), two)) {
        RawSignals.raise(NAME);
        await().atMost(Patience.LONG).until(() -> one.size() == 1 && two.size() == 1);
      }
      RawSignals.raise(NAME);
      await().atMost(Patience.LONG).until(() -> one.size() == 2);
    }
    assertThat(two).hasSize(1);
    assertThat(others.availablePermits()).isZero();
    RawSignals.raise(NAME);
    others.acquire();
    assertThat(one).hasSize(2);
    assertThat(one.getFirst().payload())
        .extracting(OsSignal::name, OsSignal::times)
        .containsExactly(NAME, 1L);
    assertThat(one.getFirst().allHeaders())
        .containsEntry(Origin.RESOURCE, "signal:WINCH")
        .containsKey(Origin.TIME);
  }

  @Test
  void thenDefault_givesItToWhoHadItBefore() throws Exception {
    List<Item<OsSignal>> items = new CopyOnWriteArrayList<>();
    try (var _ = open(OsSignals.of(NAME).thenDefault(), items)) {
      RawSignals.raise(NAME);
      others.acquire();
      assertThat(items).hasSize(1);
    }
  }

  @Test
  void thenDefault_ofTheSystem_isRefused() {
    var kind = OsSignals.of("ALRM").thenDefault();
    try (var source = Source.open(kind, Outlet.<OsSignal>handler(_ -> {}))) {
      source.start();
      await().atMost(Patience.LONG).until(() -> source.state() == SourceState.FAILING);
      assertThat(source.failure().orElseThrow())
          .hasMessage("the system's default of a signal cannot be passed on to: signal=\"ALRM\"");
    }
  }

  @Test
  @Covers({"C38"})
  void flood_ofSignals_isOneItemWithACount() throws Exception {
    var begun = new Semaphore(0);
    var free = new Semaphore(0);
    List<Item<OsSignal>> items = new CopyOnWriteArrayList<>();
    List<Item<OsSignal>> seen = new CopyOnWriteArrayList<>();
    try (var source =
            Source.open(
                OsSignals.of(NAME),
                Outlet.<OsSignal>handler(item -> {
                  items.add(item);
                  begun.release();
                  free.acquire();
                }),
                s -> s.withWindow(1));
        var _ = openAfter(source, seen)) {
      RawSignals.raise(NAME);
      begun.acquire();
      for (int i = 0; i < 200; i++) {
        RawSignals.raise(NAME);
      }
      await().atMost(Patience.LONG).until(() -> timesOf(seen) == 201);
      assertThat(source.stats().underWay()).isEqualTo(1);
      free.release(2);
      await().atMost(Patience.LONG).until(() -> timesOf(items) == 201);
      assertThat(items).extracting(i -> i.payload().times()).containsExactly(1L, 200L);
    }
  }

  /** Starts a source, and opens another that is told of signals after it. */
  private static Source<OsSignal> openAfter(Source<OsSignal> first, List<Item<OsSignal>> seen)
      throws InterruptedException {
    assertThat(first.start().awaitReady(Patience.LONG)).isTrue();
    return open(OsSignals.of(NAME), seen);
  }

  private static long timesOf(List<Item<OsSignal>> items) {
    return items.stream().mapToLong(item -> item.payload().times()).sum();
  }

  /** A source of signals whose handler waits at its first item, and then fails. */
  private Source<OsSignal> failing(
      OsSignals kind, List<Item<OsSignal>> items, Semaphore begun, Semaphore free) {
    return Source.open(
        kind,
        Outlet.<OsSignal>handler(item -> {
          items.add(item);
          begun.release();
          if (items.size() == 1) {
            free.acquire();
            throw new IllegalStateException("as it should");
          }
        }),
        s ->
            s.withWindow(1)
                .withGrace(Duration.ZERO)
                .withRestart(Failing.SOON)
                .onItemFailure(OnItemFailure.STOP));
  }

  @Test
  void run_thatFails_nextOneIsToldOfWhatHadCome() throws Exception {
    var begun = new Semaphore(0);
    var free = new Semaphore(0);
    List<Item<OsSignal>> items = new CopyOnWriteArrayList<>();
    List<Item<OsSignal>> seen = new CopyOnWriteArrayList<>();
    try (var _ = new CapturedLog("dev.carillon.source");
        var source = failing(OsSignals.of(NAME), items, begun, free)) {
      source.start().awaitReady(Patience.LONG);
      try (var _ = open(OsSignals.of(NAME), seen)) { // is told after that
        RawSignals.raise(NAME);
        begun.acquire();
        await().atMost(Patience.LONG).until(() -> seen.size() == 1);
        RawSignals.raise(NAME);
        await().atMost(Patience.LONG).until(() -> seen.size() == 2);
      }
      free.release();
      await().atMost(Patience.LONG).until(() -> items.size() == 3);
      assertThat(items).extracting(i -> i.payload().times()).containsExactly(1L, 1L, 1L);
      assertThat(items.get(1).payload()).as("it failed").isEqualTo(items.get(0).payload());
    }
    assertThat(others.availablePermits()).isZero();
  }

  @Test
  void thenDefault_stoppedWhileOneWaits_passesThatOnToo() throws Exception {
    var begun = new Semaphore(0);
    List<Item<OsSignal>> seen = new CopyOnWriteArrayList<>();
    try (var _ = new CapturedLog("dev.carillon.source");
        var source =
            failing(
                OsSignals.of(NAME).thenDefault(),
                new CopyOnWriteArrayList<>(),
                begun,
                new Semaphore(0))) {
      source.start().awaitReady(Patience.LONG);
      try (var _ = open(OsSignals.of(NAME), seen)) { // is told after that
        RawSignals.raise(NAME);
        begun.acquire();
        await().atMost(Patience.LONG).until(() -> seen.size() == 1);
        RawSignals.raise(NAME);
        await().atMost(Patience.LONG).until(() -> seen.size() == 2);
      }
      source.stop();
    }
    assertThat(others.tryAcquire(2, Patience.LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void of_whatCannotBeHad_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OsSignals.of("FOO"))
        .withMessage("the system must know the signal: signal=\"FOO\"");
    assertThatIllegalArgumentException().isThrownBy(OsSignals::of);
    try (var source = Source.open(OsSignals.of("KILL"), Outlet.<OsSignal>handler(_ -> {}))) {
      source.start();
      await().atMost(Patience.LONG).until(() -> source.state() == SourceState.FAILING);
      assertThat(source.failure().orElseThrow())
          .hasMessage(
              "the signal must be free, but the JVM or the system keeps it for itself:"
                  + " signal=\"KILL\"");
    }
  }
}
