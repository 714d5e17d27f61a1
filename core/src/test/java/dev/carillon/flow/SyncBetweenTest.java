package dev.carillon.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What one iteration waits for of another: barrier and pipeline. */
class SyncBetweenTest {
  private final FlowLab lab = new FlowLab();

  @AfterEach
  void close() throws InterruptedException {
    lab.close();
  }

  private static void meet(CyclicBarrier barrier) throws Exception {
    barrier.await(Patience.LONG.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Waits for who calls {@link #meetIterationAfter} in the iteration before, if there is one. */
  private static void meetIterationBefore(PartContext context, CyclicBarrier meeting)
      throws Exception {
    if (context.iteration() > 1) {
      meet(meeting);
    }
  }

  private static void meetIterationAfter(PartContext context, CyclicBarrier meeting, long last)
      throws Exception {
    if (context.iteration() < last) {
      meet(meeting);
    }
  }

  // ── barrier ──

  @Test
  @Covers("S21")
  void barrier_noIterationBeginsBeforeAllOfTheOneBeforeHaveEnded() throws Exception {
    lab.finish(
        Cycle.of(
            "cycle",
            c -> {
              c.loop(Loop.times(3));
              for (String name : List.of("a", "b", "c")) {
                c.partWith(
                    name,
                    context -> {
                      lab.note("" + context.iteration());
                      return name;
                    });
              }
            }));
    assertThat(lab.notes()).containsExactly("1", "1", "1", "2", "2", "2", "3", "3", "3");
  }

  // ── pipeline ──

  @Test
  @Covers("S24")
  void pipelined_two_neighboursOverlap() throws Exception {
    var meeting = new CyclicBarrier(2);
    Run<Done> run =
        lab.finish(
            Cycle.of(
                "cycle",
                c -> {
                  c.loop(Loop.times(5)).sync(Sync.parallel().pipelined(2));
                  var source =
                      c.partWith(
                          "source",
                          context -> {
                            meetIterationBefore(context, meeting);
                            return context.iteration();
                          });
                  c.partWith(
                      "sink",
                      (context, token) -> {
                        meetIterationAfter(context, meeting, 5);
                        lab.note("" + token);
                        return token;
                      },
                      source);
                }));
    assertThat(run.status()).isEqualTo(RunStatus.OK);
    assertThat(lab.notes()).containsExactly("1", "2", "3", "4", "5");
  }

  @Test
  @Covers("S24")
  void pipelined_one_neighboursDoNotOverlap_butThoseFurtherApartDo() throws Exception {
    var meeting = new CyclicBarrier(2);
    var atNeighbours = new AtomicInteger();
    var most = new AtomicInteger();
    Run<Done> run =
        lab.finish(
            Cycle.of(
                "cycle",
                c -> {
                  c.loop(Loop.times(4)).sync(Sync.parallel().pipelined(1));
                  var first =
                      c.partWith(
                          "first",
                          context -> {
                            most.accumulateAndGet(atNeighbours.incrementAndGet(), Math::max);
                            meetIterationBefore(context, meeting);
                            atNeighbours.decrementAndGet();
                            return context.iteration();
                          });
                  var second =
                      c.part(
                          "second",
                          token -> {
                            most.accumulateAndGet(atNeighbours.incrementAndGet(), Math::max);
                            atNeighbours.decrementAndGet();
                            return token;
                          },
                          first);
                  c.partWith(
                      "third",
                      (context, token) -> {
                        meetIterationAfter(context, meeting, 4);
                        return token;
                      },
                      second);
                }));
    assertThat(run.status()).isEqualTo(RunStatus.OK);
    assertThat(most).as("first and second at once").hasValue(1);
  }

  @Test
  @Covers("S24")
  void pipelined_eachPart_isInTheOrderOfTheIterations() throws Exception {
    lab.finish(
        Cycle.of(
            "cycle",
            c -> {
              c.loop(Loop.times(50)).sync(Sync.parallel().pipelined(3));
              Out<Long> token = c.partWith("part0", PartContext::iteration);
              for (int i = 1; i < 4; i++) {
                int at = i;
                token =
                    c.partWith(
                        "part" + i,
                        (context, before) -> {
                          if (at == 3) {
                            lab.note(context.iteration() + "=" + before);
                          }
                          return before;
                        },
                        token);
              }
            }));
    var expected = new ArrayList<String>();
    for (int i = 1; i <= 50; i++) {
      expected.add(i + "=" + i);
    }
    assertThat(lab.notes()).isEqualTo(expected);
  }

  @Test
  @Covers("S24")
  void pipelined_splitWithBarrier_doesNotOverlapItself() throws Exception {
    var meeting = new CyclicBarrier(2);
    lab.finish(
        Cycle.of(
            "cycle",
            c -> {
              c.loop(Loop.times(6)).sync(Sync.parallel().pipelined(2));
              var source =
                  c.partWith(
                      "source",
                      context -> {
                        meetIterationBefore(context, meeting);
                        return context.iteration();
                      });
              c.split(
                      "split",
                      Sync.INHERITED.barrier(),
                      s -> {
                        for (String name : List.of("a", "b")) {
                          s.branch(
                              name,
                              b -> {
                                var head = b.partWith("head", this::noteIteration);
                                b.partWith("tail", (context, _) -> noteIteration(context), head);
                              });
                        }
                      })
                  .under(source);
              c.partWith(
                  "sink",
                  (context, token) -> {
                    meetIterationAfter(context, meeting, 6);
                    return token;
                  },
                  source);
            }));
    var expected = new ArrayList<String>();
    for (int i = 1; i <= 6; i++) {
      expected.addAll(List.of("" + i, "" + i, "" + i, "" + i));
    }
    assertThat(lab.notes()).isEqualTo(expected);
  }

  /** A join waits, in the first iteration, for what another iteration of the outer branch does. */
  private Cycle<Done, Done> joinBehindInnerGuard(
      CountDownLatch isAhead, Function<Definition<Done>, Consumer<Branch>> outer) {
    return Cycle.of(
        "cycle",
        c -> {
          c.loop(Loop.times(2)).sync(Sync.parallel().pipelined(1));
          var feed = c.partWith("feed", PartContext::iteration);
          Consumer<Branch> setOuter = outer.apply(c);
          c.branch(
              "outer",
              o -> {
                setOuter.accept(o);
                o.branch(
                    "inner",
                    i -> {
                      i.when(_ -> true);
                      i.always(
                          "join",
                          outcomes -> {
                            Patience.await(isAhead);
                            return outcomes.size();
                          },
                          List.of(feed));
                    });
              });
        });
  }

  @Test
  @Covers("S24")
  void pipelined_joinBehindAnInnerGuard_holdsUpThatGuardOnly_notTheOuterOne() throws Exception {
    var isAhead = new CountDownLatch(1);
    Run<Done> run =
        lab.finish(
            joinBehindInnerGuard(
                isAhead,
                _ ->
                    outer ->
                        outer.when(view -> {
                          if (view.iteration() == 2) {
                            isAhead.countDown();
                          }
                          return true;
                        })));
    assertThat(run.status()).isEqualTo(RunStatus.OK);
  }

  @Test
  @Covers("S24")
  void pipelined_joinBehindAnInnerGuard_holdsUpThatGuardOnly_notWhatTheOuterBranchIsUnder()
      throws Exception {
    var isAhead = new CountDownLatch(1);
    Run<Done> run =
        lab.finish(
            joinBehindInnerGuard(
                isAhead,
                c -> {
                  var above =
                      c.partWith(
                          "above",
                          context -> {
                            if (context.iteration() == 2) {
                              isAhead.countDown();
                            }
                            return context.iteration();
                          });
                  return outer -> outer.under(above);
                }));
    assertThat(run.status()).isEqualTo(RunStatus.OK);
  }

  private String noteIteration(PartContext context) {
    lab.note("" + context.iteration());
    return "noted";
  }
}
