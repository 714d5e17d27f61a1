package dev.carillon.flow;

import static dev.carillon.flow.FlowLab.atOnce;
import static dev.carillon.flow.FlowLab.outcome;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.flow.FlowLab.Broken;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the parts of a cycle share. */
@Covers("S40")
class KeyTest {
  private static final Key<Integer> TOTAL = Key.ofRun("total", Integer.class, 0);
  private static final Key<Integer> OTHER = Key.ofRun("other", Integer.class, 0);
  private static final Key<String> DRAFT = Key.ofIteration("draft", String.class);

  private final FlowLab lab = new FlowLab();

  @AfterEach
  void close() throws InterruptedException {
    lab.close();
  }

  @Test
  void write_isSeenBySuccessors_alsoWithoutAWire() throws Exception {
    lab.finish(
        Cycle.of(
            "cycle",
            c -> {
              c.partWith(
                      "writer",
                      context -> {
                        context.write(DRAFT, "text");
                        return context.read(DRAFT);
                      })
                  .writes(DRAFT);
              c.branch(
                  "elsewhere",
                  b ->
                      b.partWith(
                              "reader",
                              context -> {
                                lab.note(context.read(DRAFT));
                                return "read";
                              })
                          .reads(DRAFT));
            }));
    assertThat(lab.notes()).containsExactly("text");
  }

  @Test
  void write_ofAFailedAttempt_leavesNoTrace() throws Exception {
    lab.finish(
        Cycle.of(
            "cycle",
            c -> {
              c.partWith(
                      "writer",
                      context -> {
                        lab.note("found " + context.read(TOTAL));
                        context.write(TOTAL, context.read(TOTAL) + context.attempt());
                        if (context.attempt() < 3) {
                          throw new Broken("not yet");
                        }
                        return "written";
                      })
                  .writes(TOTAL)
                  .onError(OnError.retry(atOnce(3)));
              c.partWith("failing", this::writeAndFail).writes(TOTAL).onError(OnError.skip());
              noteAfter(c, TOTAL);
            }));
    assertThat(lab.notes()).containsExactly("found 0", "found 0", "found 0", "3");
  }

  private String writeAndFail(PartContext context) {
    context.write(TOTAL, 1_000);
    throw new Broken("failed");
  }

  private void noteAfter(Branch c, Key<Integer> key) {
    c.partWith(
            "note",
            context -> {
              lab.note("" + context.read(key));
              return "noted";
            })
        .reads(key);
  }

  @Test
  void write_thatIsNotCommitted_isSeenByNobodyElse_andSeveralAllAtOnce() throws Exception {
    var hasWritten = new CountDownLatch(1);
    var mayEnd = new CountDownLatch(1);
    var seen = new ArrayList<List<Integer>>();
    Run<Done> run =
        lab.start(
            Cycle.of(
                "cycle",
                c -> {
                  c.partWith(
                          "writer",
                          context -> {
                            context.write(TOTAL, 1);
                            context.write(OTHER, 1);
                            hasWritten.countDown();
                            Patience.await(mayEnd);
                            return "written";
                          })
                      .writes(TOTAL, OTHER);
                  var beside = c.act("beside", () -> Patience.await(hasWritten));
                  c.part("guarded", lab.gives("guarded"))
                      .after(beside)
                      .when(view -> {
                        seen.add(List.of(view.read(TOTAL), view.read(OTHER)));
                        mayEnd.countDown();
                        return true;
                      });
                }));
    FlowLab.ended(run);
    assertThat(run.failures()).isEmpty();
    assertThat(seen).containsExactly(List.of(0, 0));
  }

  @Test
  void ofRun_lastsForTheRun_ofIteration_forTheIteration() throws Exception {
    Run<Done> run =
        lab.finish(
            Cycle.of(
                "cycle",
                c -> {
                  c.loop(Loop.times(3)).onError(OnError.skip());
                  c.partWith(
                          "writer",
                          context -> {
                            context.write(TOTAL, context.read(TOTAL) + 10);
                            if (context.iteration() == 1) {
                              context.write(DRAFT, "of the first");
                            }
                            return "written";
                          })
                      .writes(TOTAL, DRAFT);
                  c.partWith(
                          "reader",
                          context -> {
                            lab.note("" + context.read(TOTAL));
                            lab.note(context.read(DRAFT));
                            return "read";
                          })
                      .reads(TOTAL, DRAFT);
                }));
    assertThat(lab.notes()).containsExactly("10", "of the first", "20", "30");
    assertThat(outcome(run, "reader").failure().orElseThrow())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("key=draft");
  }

  @Test
  void ofRun_anotherRun_beginsAnew() throws Exception {
    Cycle<Done, Done> cycle =
        Cycle.of(
            "cycle",
            c -> {
              c.partWith(
                      "writer",
                      context -> {
                        context.write(TOTAL, context.read(TOTAL) + 1);
                        return "written";
                      })
                  .writes(TOTAL);
              noteAfter(c, TOTAL);
            });
    lab.finish(cycle);
    lab.finish(cycle);
    assertThat(lab.notes()).containsExactly("1", "1");
  }

  @Test
  void ofRun_inAPipeline_eachReadsWhatTheIterationBeforeHasWritten() throws Exception {
    lab.finish(
        Cycle.of(
            "cycle",
            c -> {
              c.loop(Loop.times(100)).sync(Sync.parallel().pipelined(4));
              var source =
                  c.partWith(
                          "source",
                          context -> {
                            lab.note(context.iteration() + " finds " + context.read(TOTAL));
                            return context.iteration();
                          })
                      .reads(TOTAL);
              c.partWith(
                      "sink",
                      (context, k) -> {
                        context.write(TOTAL, (int) (long) k);
                        return k;
                      },
                      source)
                  .writes(TOTAL);
            }));
    var expected = new ArrayList<String>();
    for (int k = 1; k <= 100; k++) {
      expected.add(k + " finds " + (k - 1));
    }
    assertThat(lab.notes()).isEqualTo(expected);
  }

  @Test
  void use_ofAKeyThatWasNotNamed_isRefused() throws Exception {
    Run<Done> run =
        lab.finish(
            Cycle.of(
                "cycle",
                c -> {
                  c.partWith("reader", context -> context.read(TOTAL));
                  c.partWith(
                          "writer",
                          context -> {
                            context.write(TOTAL, 1);
                            return "written";
                          })
                      .reads(TOTAL);
                }));
    assertThat(outcome(run, "reader").failure().orElseThrow())
        .hasMessageContaining("part=reader, key=total");
    assertThat(outcome(run, "writer").failure().orElseThrow())
        .hasMessageContaining("part=writer, key=total");
  }

  @Test
  void write_afterTheAttempt_isRefused() throws Exception {
    var kept = new ArrayList<PartContext>();
    lab.finish(
        Cycle.of(
            "cycle",
            c ->
                c.partWith(
                        "part",
                        context -> {
                          kept.add(context);
                          return "done";
                        })
                    .writes(TOTAL)));
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(() -> kept.getFirst().write(TOTAL, 5))
        .withMessageContaining("part=part, attempt=1");
  }

  @Test
  @SuppressWarnings({"unchecked", "rawtypes"}) // what somebody without generics would do
  void key_badNameOrInitialValue_isRefused() {
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> Key.ofIteration(" ", String.class))
        .withMessageContaining("name");
    @SuppressWarnings({"unchecked", "rawtypes"}) // what somebody without generics would do
    Class<Object> wrong = (Class) Integer.class;
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> new Key<>("key", wrong, Key.Lifetime.RUN, "text"))
        .withMessageContaining("key=key");
  }

  @Test
  void context_namesWhatItDoes_theSameInEachAttempt() throws Exception {
    var names = new ArrayList<String>();
    Run<Done> run =
        lab.flow.start(
            Cycle.of(
                "cycle",
                c -> {
                  c.loop(Loop.times(2));
                  c.branch(
                      "branch",
                      b ->
                          b.partWith(
                                  "part",
                                  context -> {
                                    names.add(context.idempotencyKey());
                                    assertThat(context.run()).isEqualTo("nightly");
                                    assertThat(context.part()).isEqualTo("branch/part");
                                    if (context.attempt() == 1) {
                                      throw new Broken("first");
                                    }
                                    return "done";
                                  })
                              .onError(OnError.retry(atOnce(2))));
                }),
            Done.DONE,
            options -> options.named("nightly"));
    FlowLab.ended(run);
    assertThat(run.failures()).isEmpty();
    assertThat(names).hasSize(4);
    assertThat(names.get(0)).isEqualTo(names.get(1)).isNotEqualTo(names.get(2));
    assertThat(names.get(2)).isEqualTo(names.get(3));
  }
}
