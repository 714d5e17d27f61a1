package dev.carillon.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.carillon.build.Patience;
import dev.carillon.spi.CodingException;
import dev.carillon.spi.MessageStore;
import dev.carillon.spi.StoreException;
import dev.carillon.store.Stores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A run that only has to end ends; one that cannot go on is refused, or ends and says why. */
class RunResumeEndTest {
  private final JournalLab lab = new JournalLab();

  @AfterEach
  void close() {
    lab.close();
  }

  // ── at the end ──

  @Test
  void start_afterALoopThatHadEnded_onlyEnds(@TempDir Path directory) throws Exception {
    Path copy = directory.resolve("copy");
    Cycle<Long, Long> cycle =
        ending(
            Loop.forever().until(view -> view.read(JournalLab.SUM) == 20), directory, copy, false);
    assertSameAgain(cycle, directory, copy, RunStatus.OK, "nightly/2/add");
  }

  @Test
  void start_afterALoopThatAFailureHadEnded_onlyEnds(@TempDir Path directory) throws Exception {
    Path copy = directory.resolve("copy");
    Cycle<Long, Long> cycle = ending(Loop.forever(), directory, copy, true);
    assertSameAgain(cycle, directory, copy, RunStatus.ERROR, "nightly/2/add");
  }

  /** A cycle whose journal is copied after its last commit and before its end. */
  private Cycle<Long, Long> ending(Loop loop, Path directory, Path copy, boolean fails) {
    return Cycle.define(
        "ending",
        Long.class,
        c -> {
          c.loop(loop);
          c.anyway(
              "copy",
              () -> {
                lab.done.add("copy");
                if (!Files.exists(copy)) {
                  copy(directory.resolve("files"), copy);
                }
              });
          Out<Long> sum =
              c.<Long, Long>partWith(
                      "add",
                      (at, input) -> {
                        lab.done.add(at.idempotencyKey());
                        at.write(JournalLab.SUM, at.read(JournalLab.SUM) + input);
                        return at.read(JournalLab.SUM);
                      },
                      c.input())
                  .reads(JournalLab.SUM)
                  .writes(JournalLab.SUM);
          c.act(
              "check",
              value -> {
                if (fails && value == 20) {
                  throw new IllegalStateException("at " + value);
                }
              },
              sum);
          return sum;
        });
  }

  private void assertSameAgain(
      Cycle<Long, Long> cycle, Path directory, Path copy, RunStatus status, String last)
      throws Exception {
    try (MessageStore files = Stores.segments(directory.resolve("files"))) {
      Run<Long> run =
          lab.flow.start(cycle, 10L, o -> o.journaled(JournalLab.RUN, JournalLab.journal(files)));
      assertThat(run.await()).isEqualTo(status);
      assertThat(run.output()).contains(20L);
      assertThat(files.streams()).isEmpty();
    }
    assertThat(lab.done).endsWith(last, "copy");
    lab.done.clear();
    try (MessageStore files = Stores.segments(copy)) {
      assertThat(files.streams()).hasSize(1);
      Run<Long> again =
          lab.flow.start(cycle, 1L, o -> o.journaled(JournalLab.RUN, JournalLab.journal(files)));
      assertThat(again.await()).isEqualTo(status);
      assertThat(again.output()).contains(20L);
      assertThat(files.streams()).isEmpty();
    }
    assertThat(lab.done).containsExactly("copy");
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path each : all.toList()) {
        Path target = to.resolve(from.relativize(each));
        if (Files.isDirectory(each)) {
          Files.createDirectories(target);
        } else {
          Files.copy(each, target);
        }
      }
    }
  }

  // ── refusing and failing ──

  @Test
  void start_ofAChangedPlan_isRefusedWithBothFingerprints() throws Exception {
    Cycle<Long, Long> cycle = lab.summing(Loop.times(2), at -> at.iteration() == 2);
    lab.cancelHeld(lab.start(cycle, 10L));
    Cycle<Long, Long> changed =
        Cycle.define(
            "summing",
            Long.class,
            c -> {
              Out<Long> other = c.part("other", a -> a, c.input());
              return c.<Long, Long>part("add", a -> a, other);
            });
    assertThatExceptionOfType(JournalException.class)
        .isThrownBy(() -> lab.start(changed, 1L))
        .withMessageContainingAll(
            "begun with=" + ((CompiledPlan) cycle.plan()).fingerprint(),
            "now=" + ((CompiledPlan) changed.plan()).fingerprint());
    assertThat(lab.flow.runs()).isEmpty();
    Run<Long> again = lab.start(cycle, 1L); // the name is free, and the stream was given back
    assertThat(again.await()).isEqualTo(RunStatus.OK);
    assertThat(again.output()).contains(20L);
  }

  @Test
  void commit_ofAValueThatTheCodecCannotWrite_stopsTheRunWhichCanGoOn() throws Exception {
    Key<Object> any = Key.ofRun("any", Object.class, "");
    var isBad = new AtomicBoolean(true);
    Cycle<Done, Done> cycle =
        Cycle.of(
            "unwritable",
            c -> {
              c.loop(Loop.times(3));
              c.partWith(
                      "work",
                      at -> {
                        lab.done.add(at.idempotencyKey());
                        at.write(any, at.iteration() == 2 && isBad.get() ? new Object() : "good");
                        return Done.DONE;
                      })
                  .writes(any);
            });
    Run<Done> run = lab.start(cycle, Done.DONE);
    assertThat(run.await(Patience.LONG)).contains(RunStatus.ERROR);
    assertThat(run.failures())
        .singleElement()
        .satisfies(failure -> {
          assertThat(failure.part()).isEqualTo("journal");
          assertThat(failure.cause()).isInstanceOf(CodingException.class);
        });
    isBad.set(false);
    assertThat(lab.start(cycle, Done.DONE).await()).isEqualTo(RunStatus.OK);
    assertThat(lab.done)
        .containsExactly("nightly/1/work", "nightly/2/work", "nightly/2/work", "nightly/3/work");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3}) // the beginning, two commits, the end
  void store_thatFails_endsTheRunWithError(int proved) throws Exception {
    var held = new HeldStore();
    var failure = new StoreException("the disk is gone", null);
    Run<Long> run =
        lab.flow.start(
            lab.summing(Loop.times(2)),
            10L,
            o -> o.journaled(JournalLab.RUN, JournalLab.journal(held)));
    for (int i = 0; i <= proved; i++) {
      Patience.until("something is to be proved", () -> held.waiting() == 1);
      assertThat(run.isOver()).isFalse();
      assertThat(lab.done).hasSize(Math.min(i, 2)); // nothing begins before it
      held.acknowledge(i < proved ? null : failure);
    }
    assertThat(run.await(Patience.LONG)).contains(RunStatus.ERROR);
    assertThat(run.failures())
        .singleElement()
        .satisfies(each -> assertThat(each.cause()).isEqualTo(failure));
    assertThat(lab.done).hasSize(Math.min(proved, 2));
    assertThat(lab.flow.runs()).isEmpty();
  }
}
