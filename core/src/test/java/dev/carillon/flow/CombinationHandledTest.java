package dev.carillon.flow;

import static dev.carillon.flow.FlowLab.assertSuccess;
import static dev.carillon.flow.FlowLab.atOnce;
import static dev.carillon.flow.FlowLab.outcome;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.carillon.build.Covers;
import dev.carillon.flow.FlowLab.Broken;
import dev.carillon.flow.RunExplanation.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Defaults and failures that are handed on, under each of the modes of synchronisation. */
class CombinationHandledTest {
  private final FlowLab lab = new FlowLab(c -> c.withResource("gpu", 1));
  private final CountDownLatch begun = new CountDownLatch(1);

  @AfterEach
  void close() throws InterruptedException {
    lab.close();
  }

  // ── level ──

  @Test
  @Covers({"S35", "S36"})
  void fallbacks_level_theDefaultFlowsDown() throws Exception {
    for (OnError<String> policy : defaults()) {
      var run = lab.finish(chain(Sync.level(), policy));
      assertThat(run.output()).contains("next of default");
    }
  }

  @Test
  @Covers("S37")
  void propagate_level_theLevelEnds_andTheNextIsGivenTheFailure() throws Exception {
    assertHandedOn(Sync.level());
  }

  // ── parallel, sequential ──

  @Test
  @Covers({"S35", "S36"})
  void fallbacks_parallelAndSequential_theDefaultFlowsOn() throws Exception {
    for (Sync sync : List.of(Sync.parallel(), Sync.sequential())) {
      for (OnError<String> policy : defaults()) {
        Run<String> run = lab.finish(chain(sync, policy));
        assertThat(run.output()).contains("next of default");
        assertSuccess(run, "beside");
      }
    }
  }

  @Test
  @Covers("S37")
  void propagate_parallelAndSequential_theNextIsGivenTheFailure() throws Exception {
    assertHandedOn(Sync.parallel());
    assertHandedOn(Sync.sequential());
  }

  private static List<OnError<String>> defaults() {
    return List.of(OnError.fallback("default"), OnError.fallbackFail("default"));
  }

  private Cycle<Done, String> chain(Sync sync, OnError<String> policy) {
    return Cycle.supply(
        "cycle",
        c -> {
          c.sync(sync);
          var bad = c.<String>part("bad", lab.fails("bad")).onError(policy);
          c.part("beside", lab.gives("beside"));
          return c.part("next", lab.takes("next"), bad);
        });
  }

  private void assertHandedOn(Sync sync) throws Exception {
    Run<String> run =
        lab.finish(
            Cycle.supply(
                "cycle",
                c -> {
                  c.sync(sync);
                  var bad = c.<String>part("bad", lab.fails("bad")).propagating();
                  c.part("beside", lab.gives("beside"));
                  return c.part("next", result -> result.orElse("none, but decided"), bad);
                }));
    assertThat(run.output()).contains("none, but decided");
    assertThat(run.status()).isEqualTo(RunStatus.OK);
  }

  // ── independent ──

  @Test
  @Covers({"S35", "S36"})
  void fallbacks_independent_othersTakeTheDefault() throws Exception {
    for (OnError<String> policy : defaults()) {
      Run<Done> run =
          lab.finish(
              Cycle.of(
                  "cycle",
                  c -> {
                    var bad = branchThatFails(c).onError(policy);
                    c.part("reader", lab.takes("reader"), bad);
                  }));
      assertThat(run.status()).isEqualTo(outcomeStatus(policy));
    }
    assertThat(lab.count("reader of default")).isEqualTo(2);
  }

  private static RunStatus outcomeStatus(OnError<String> policy) {
    return policy.equals(OnError.fallback("default")) ? RunStatus.DEGRADED : RunStatus.ERROR;
  }

  @Test
  @Covers("S37")
  void propagate_independent_othersTakeTheFailure() throws Exception {
    Run<Done> run =
        lab.finish(
            Cycle.of(
                "cycle",
                c ->
                    c.act(
                        "reader",
                        result -> lab.note(result.isOk() ? "value" : "failure"),
                        branchThatFails(c).propagating())));
    assertThat(lab.notes()).containsExactly("bad", "failure");
    assertThat(run.status()).isEqualTo(RunStatus.OK);
  }

  private Out<String> branchThatFails(Branch c) {
    var parts = new ArrayList<Out<String>>();
    c.split(
        "split",
        Sync.independent(),
        s -> s.branch("a", b -> parts.add(b.part("bad", lab.fails("bad")))));
    return parts.getFirst();
  }

  // ── pipeline ──

  @Test
  @Covers({"S35", "S36", "S39"})
  void fallbacks_pipeline_theDefaultIsAToken() throws Exception {
    Run<Done> run = lab.finish(pipeline(OnError.fallback("default")));
    assertThat(lab.notes()).containsExactly("1: token 1", "2: default", "3: token 3", "4: token 4");
    assertThat(run.status()).isEqualTo(RunStatus.DEGRADED);
  }

  @Test
  @Covers({"S35", "S39"})
  void fallbacks_pipeline_theDefaultMustPassTheChecksOfItsPart() {
    assertThatExceptionOfType(PlanException.class)
        .isThrownBy(() ->
            Cycle.supply(
                "cycle",
                c ->
                    c.part("part", () -> 7)
                        .validate("is positive", value -> value > 0)
                        .onError(OnError.fallback(-1))))
        .withMessageContaining("is positive")
        .withMessageContaining("default=-1");
  }

  @Test
  @Covers({"S36", "S39"})
  void fallbacks_pipeline_theConsumersCheckIsOfTheDefaultToo() throws Exception {
    Run<Done> run =
        lab.finish(
            Cycle.of(
                "cycle",
                c -> {
                  var bad = c.<String>part("bad", lab.fails("bad"));
                  bad.onError(OnError.fallback("default"));
                  c.part("picky", lab.takes("picky"), bad.checked("is long", s -> s.length() > 9));
                  c.part("easy", lab.takes("easy"), bad);
                }));
    FlowLab.assertFailed(run, "picky");
    assertThat(outcome(run, "picky").failure()).containsInstanceOf(ValidationException.class);
    assertThat(lab.notes()).containsExactly("bad", "easy of default");
  }

  private Cycle<Done, Done> pipeline(OnError<String> policy) {
    return Cycle.of(
        "cycle",
        c -> {
          c.loop(Loop.times(4)).sync(Sync.parallel().pipelined(2));
          c.partWith("sink", this::sink, c.partWith("source", this::token).onError(policy));
        });
  }

  private String token(PartContext context) {
    if (context.iteration() == 2) {
      throw new Broken("second");
    }
    return "token " + context.iteration();
  }

  private Object sink(PartContext context, Object token) {
    lab.note(context.iteration() + ": " + token);
    return token;
  }

  @Test
  @Covers({"S37", "S39"})
  void propagate_pipeline_theFailureIsAToken_andPassesNoCheck() throws Exception {
    Run<Done> run =
        lab.finish(
            Cycle.of(
                "cycle",
                c -> {
                  c.loop(Loop.times(4)).sync(Sync.parallel().pipelined(2));
                  var source =
                      c.partWith("source", this::token)
                          .validate("is a token", token -> token.startsWith("token"))
                          .propagating()
                          .checked("is a token", result -> result.orElse("").startsWith("token"));
                  c.partWith(
                      "sink", (context, result) -> sink(context, result.orElse("failure")), source);
                }));
    assertThat(lab.notes()).containsExactly("1: token 1", "2: failure", "3: token 3", "4: token 4");
    assertThat(run.status()).isEqualTo(RunStatus.OK);
  }

  @Test
  void propagating_afterChecks_theyAreOfTheValues() throws Exception {
    Run<Done> run =
        lab.finish(
            Cycle.of(
                "cycle",
                c -> {
                  for (int number : new int[] {1, -1}) {
                    Out<Result<Integer>> result =
                        c.part("gives " + number, () -> number)
                            .checked("is positive", value -> value > 0)
                            .propagating();
                    c.part("takes " + number, Result::orElseThrow, result);
                  }
                  Out<Result<String>> failure =
                      c.part("fails", lab.<String>fails("fails"))
                          .checked("is long", value -> value.length() > 100)
                          .propagating();
                  c.part("takes a failure", Result::isOk, failure);
                }));
    assertSuccess(run, "takes 1");
    assertThat(outcome(run, "takes -1").failure()).get().isInstanceOf(ValidationException.class);
    assertSuccess(run, "takes a failure");
  }

  // ── gates ──

  @Test
  @Covers({"S26", "S36"})
  void fallbacks_gates_permitsAreReturned() throws Exception {
    assertReturned(OnError.fallback("default"));
  }

  @Test
  @Covers({"S26", "S35"})
  void fallbackFail_gates_permitsAreReturned() throws Exception {
    assertReturned(OnError.fallbackFail("default"));
  }

  @Test
  @Covers({"S26", "S34"})
  void retryWithDefault_gates_permitsAreReturned() throws Exception {
    assertReturned(OnError.retry(atOnce(3), OnError.fallback("default")));
  }

  private void assertReturned(OnError<String> policy) throws Exception {
    var allWait = new CountDownLatch(1);
    Run<Done> run = lab.start(CombinationInstantTest.waiters(lab, begun, allWait, policy));
    var waiters = List.of("limited/atGate", "forPermit", "forLock");
    for (String waiter : waiters) {
      FlowLab.until(run, waiter, Phase.QUEUED);
    }
    allWait.countDown();
    FlowLab.ended(run);
    assertThat(outcome(run, "limited/bad").result()).isPresent();
    waiters.forEach(waiter -> assertSuccess(run, waiter));
    lab.assertNothingHeld();
  }

  @Test
  @Covers({"S25", "S37"})
  void propagate_gates_aGuardSeesTheResult() throws Exception {
    Run<String> run =
        lab.finish(
            Cycle.supply(
                "cycle",
                c -> {
                  var bad = c.<String>part("bad", lab.fails("bad")).propagating();
                  c.part("onValue", result -> "used", bad)
                      .when(view -> view.peek(bad).orElseThrow().isOk());
                  return c.part("onFailure", result -> "mended", bad)
                      .when(view -> !view.peek(bad).orElseThrow().isOk());
                }));
    assertThat(run.output()).contains("mended");
    FlowLab.assertSkipped(run, "onValue", Outcome.Why.CONDITION);
  }

  @Test
  @Covers("S37")
  void propagate_gates_permitsAreReturned() throws Exception {
    Run<Done> run =
        lab.finish(
            Cycle.of(
                "cycle",
                c ->
                    c.branch(
                        "limited",
                        b -> {
                          b.sync(Sync.sequential().maxConcurrent(1));
                          var bad =
                              b.<String>part("bad", lab.fails("bad")).needs("gpu", 1).locks("l");
                          b.part("next", result -> lab.gives("next").call(), bad.propagating())
                              .needs("gpu", 1)
                              .locks("l");
                        })));
    assertSuccess(run, "limited/next");
    lab.assertNothingHeld();
  }

  @Test
  @Covers({"S37", "S41"})
  void propagate_peek_givesTheLatestValue_andTheLatestResult() throws Exception {
    Run<Done> run =
        lab.finish(
            Cycle.of(
                "cycle",
                c -> {
                  c.loop(Loop.times(3));
                  var part = c.partWith("part", this::token).when(view -> view.iteration() < 3);
                  var results = part.propagating();
                  c.act("taker", _ -> {}, results);
                  c.partWith(
                          "reader",
                          context -> {
                            var result = context.peek(results).orElseThrow();
                            lab.note(context.peek(part).orElseThrow() + ", " + result.isOk());
                            return Done.DONE;
                          })
                      .after(part);
                }));
    assertThat(lab.notes()).containsExactly("token 1, true", "token 1, false", "token 1, false");
    assertThat(run.status()).isEqualTo(RunStatus.OK);
  }
}
