package dev.carillon.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Gen;
import dev.carillon.build.Patience;
import dev.carillon.build.Property;
import dev.carillon.schedule.Backoff;
import dev.carillon.schedule.Retry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Positions under random programs: items are answered in any order, fail, and the source is
 * stopped, started, and killed.
 */
class SourcePositionModelTest {
  private static final int ITEMS = 40;

  @TestFactory
  Stream<DynamicTest> programs_whateverHappens_passNothingAndHandleEverything() {
    return Property.check("positions", 60, gen -> new Program(gen).run());
  }

  /** An item that the outlet has been given and has not answered. */
  private record Held(int number, Receipt receipt) {}

  /** A program and what it must not see. */
  private static final class Program {
    private final Gen gen;
    private final boolean stops;
    private final int window;
    private final Duration saveEvery;
    private final OnItemFailure policy;

    private final Set<Integer> settled = ConcurrentHashMap.newKeySet(); // done, or passed over
    private final List<Held> held = new ArrayList<>(); // guarded by itself
    private boolean answersAll; // guarded by held
    private final ConcurrentLinkedQueue<String> faults = new ConcurrentLinkedQueue<>();
    private volatile int saved;
    private volatile int alive; // the process of that number; others are dead

    Program(Gen gen) {
      this.gen = gen;
      this.stops = gen.chance(0.5);
      this.window = gen.intBetween(1, 8);
      this.saveEvery = gen.chance(0.5) ? Duration.ZERO : Duration.ofMillis(1);
      Retry once = Retry.DEFAULT.withMaxAttempts(2).withBackoff(Backoff.fixed(Duration.ZERO));
      OnItemFailure plain = gen.chance(0.3) ? OnItemFailure.retry(once) : OnItemFailure.SKIP;
      this.policy = stops ? plain.thenStop() : plain;
    }

    /** Positions that outlive processes; a dead one saves nothing. */
    private final class Saved implements Positions {
      private final int process;

      Saved(int process) {
        this.process = process;
      }

      @Override
      public Optional<String> load(String source) {
        return saved == 0 ? Optional.empty() : Optional.of(Integer.toString(saved));
      }

      @Override
      public void save(String source, String position) {
        if (process != alive) {
          return;
        }
        int next = Integer.parseInt(position);
        if (next < saved) {
          faults.add("went back from %d to %d".formatted(saved, next));
        }
        for (int i = 1; i <= next; i++) {
          if (!settled.contains(i)) {
            faults.add("position %d passes item %d".formatted(next, i));
          }
        }
        saved = next;
      }
    }

    private Source<Integer> open() {
      int process = alive;
      SourceKind<Integer> kind =
          intake -> {
            intake.ready();
            int first = intake.position().map(Integer::parseInt).orElse(0) + 1;
            for (int i = first; i <= ITEMS; i++) {
              intake.emit(intake.item(i).withPosition(Integer.toString(i)));
            }
          };
      Outlet<Integer> outlet = (item, receipt) -> accept(process, item.payload(), receipt);
      return Source.open(
          kind,
          outlet,
          s ->
              s.withWindow(window)
                  .withGrace(Duration.ZERO)
                  .saveEvery(saveEvery)
                  .onItemFailure(policy)
                  .withPositions(new Saved(process))
                  .withRestart(
                      Retry.DEFAULT
                          .withMaxAttempts(Integer.MAX_VALUE)
                          .withBackoff(Backoff.fixed(Duration.ofMillis(1)))));
    }

    private void accept(int process, int number, Receipt receipt) {
      if (process != alive) {
        receipt.failed(new IllegalStateException("dead"));
        return;
      }
      synchronized (held) {
        if (!answersAll) {
          held.add(new Held(number, receipt));
          return;
        }
      }
      settled.add(number);
      receipt.done();
    }

    private void answer(Held each) {
      if (gen.chance(0.8)) {
        settled.add(each.number);
        each.receipt.done();
      } else {
        if (!stops) {
          settled.add(each.number); // it may be tried again first, which only makes it later
        }
        each.receipt.failed(new IllegalStateException("as it should"));
      }
    }

    private void answerSome() throws Exception {
      Patience.until("there is one", () -> faults.isEmpty() && !held().isEmpty() || saved == ITEMS);
      for (Held each : gen.shuffled(held())) {
        if (gen.chance(0.6)) {
          synchronized (held) {
            held.remove(each);
          }
          answer(each);
        }
      }
    }

    private List<Held> held() {
      synchronized (held) {
        return List.copyOf(held);
      }
    }

    /** {@return what is held when nothing more will be} */
    private List<Held> heldLast() {
      synchronized (held) {
        answersAll = true;
        return List.copyOf(held);
      }
    }

    private void forget() {
      synchronized (held) {
        held.clear();
      }
    }

    void run() throws Exception {
      try (var _ = new CapturedLog("dev.carillon.source")) {
        Source<Integer> source = open();
        source.start();
        int steps = gen.intBetween(3, 15);
        for (int step = 0; step < steps && source.state() != SourceState.ENDED; step++) {
          if (gen.chance(0.7)) {
            answerSome();
          } else if (gen.chance(0.5)) {
            source.stop();
            forget();
            int before = saved;
            assertThat(source.position().map(Integer::parseInt).orElse(0)).isEqualTo(before);
            source.start();
          } else {
            Source<Integer> dead = source;
            alive++;
            forget();
            source = open();
            source.start();
            dead.close();
          }
        }
        for (Held each : heldLast()) {
          settled.add(each.number);
          each.receipt.done();
        }
        Source<Integer> last = source;
        Patience.until("it has ended", () -> last.state() == SourceState.ENDED);
        source.close();
      }
      assertThat(faults).isEmpty();
      assertThat(saved).isEqualTo(ITEMS);
      assertThat(settled).containsAll(IntStream.rangeClosed(1, ITEMS).boxed().toList());
    }
  }
}
