package dev.carillon.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The decision rule and the table of policies of {@code docs/flow.md}, a test for each row. */
class DecisionTest {
  private static final int MOST_INPUTS = 6;
  private static final Set<Form> JOINS = EnumSet.of(Form.ANY_SUCCESS, Form.ALWAYS);

  /** All that the rule can be asked. */
  private record Question(
      boolean cancelled, Form form, int inputs, int usable, boolean othersUsable) {

    Verdict answer() {
      return Decision.decide(cancelled, form, inputs, usable, othersUsable);
    }
  }

  private static List<Question> questions() {
    return Stream.of(Form.values())
        .flatMap(form -> Stream.of(true, false).flatMap(cancelled -> questions(form, cancelled)))
        .toList();
  }

  private static Stream<Question> questions(Form form, boolean cancelled) {
    return Stream.iterate(0, inputs -> inputs + 1)
        .limit(MOST_INPUTS + 1)
        .flatMap(inputs ->
            Stream.iterate(0, usable -> usable + 1)
                .limit(inputs + 1)
                .flatMap(usable ->
                    Stream.of(true, false)
                        .map(others -> new Question(cancelled, form, inputs, usable, others))));
  }

  // the decision rule

  @Test
  void decide_ofARunThatIsCancelled_cancelsWhateverElseHolds() {
    assertThat(questions().stream().filter(Question::cancelled))
        .hasSize(Form.values().length * (MOST_INPUTS + 1) * (MOST_INPUTS + 2))
        .allSatisfy(question -> assertThat(question.answer()).isEqualTo(Verdict.CANCEL));
  }

  @Test
  void decide_withAnInputThatIsNotUsable_skips() {
    assertThat(
            running()
                .filter(question -> !JOINS.contains(question.form()))
                .filter(question -> question.usable() < question.inputs()))
        .isNotEmpty()
        .allSatisfy(question -> assertThat(question.answer()).isEqualTo(Verdict.SKIP_UPSTREAM));
  }

  @Test
  void decide_withAllInputsUsable_admits() {
    assertThat(
            running()
                .filter(question -> !JOINS.contains(question.form()) && question.othersUsable())
                .filter(question -> question.usable() == question.inputs()))
        .isNotEmpty()
        .allSatisfy(question -> assertThat(question.answer()).isEqualTo(Verdict.ADMIT));
  }

  @Test
  void decide_withoutInputs_admits() {
    assertThat(Decision.decide(false, Form.CALL0, 0, 0, true)).isEqualTo(Verdict.ADMIT);
    assertThat(Decision.decide(false, Form.JOIN, 0, 0, true)).isEqualTo(Verdict.ADMIT);
  }

  @Test
  void decide_whenWhatItIsUnderIsNotUsable_skipsWhateverTheInputs() {
    assertThat(running().filter(question -> !question.othersUsable()))
        .isNotEmpty()
        .allSatisfy(question -> assertThat(question.answer()).isEqualTo(Verdict.SKIP_UPSTREAM));
  }

  @Test
  void decide_ofAnySuccess_isSatisfiedByOneUsableInput() {
    for (int usable = 1; usable <= MOST_INPUTS; usable++) {
      assertThat(Decision.decide(false, Form.ANY_SUCCESS, MOST_INPUTS, usable, true))
          .as("usable inputs: %d", usable)
          .isEqualTo(Verdict.ADMIT);
    }
  }

  @Test
  void decide_ofAnySuccessWithNoUsableInput_skips() {
    for (int inputs = 1; inputs <= MOST_INPUTS; inputs++) {
      assertThat(Decision.decide(false, Form.ANY_SUCCESS, inputs, 0, true))
          .as("inputs: %d", inputs)
          .isEqualTo(Verdict.SKIP_UPSTREAM);
    }
  }

  @Test
  void decide_ofAlways_needsNoUsableInput() {
    for (int usable = 0; usable <= MOST_INPUTS; usable++) {
      assertThat(Decision.decide(false, Form.ALWAYS, MOST_INPUTS, usable, true))
          .as("usable inputs: %d", usable)
          .isEqualTo(Verdict.ADMIT);
    }
  }

  @Test
  void decide_withOneUsableInputMore_neverTurnsFromAdmittedToSkipped() {
    assertThat(running().filter(question -> question.usable() < question.inputs()))
        .isNotEmpty()
        .allSatisfy(question -> {
          var better =
              new Question(
                  false,
                  question.form(),
                  question.inputs(),
                  question.usable() + 1,
                  question.othersUsable());
          assertThat(better.answer()).isLessThanOrEqualTo(question.answer());
        });
  }

  private static Stream<Question> running() {
    return questions().stream().filter(question -> !question.cancelled());
  }

  // the policies

  /** A row of the table of policies: what an ending means. */
  private record Meaning(Ending ending, boolean usable, RunStatus status, boolean stopsRun) {
    @Override
    public String toString() {
      return ending.name();
    }
  }

  private static List<Meaning> meanings() {
    return List.of(
        new Meaning(Ending.SUCCESS, true, RunStatus.OK, false),
        new Meaning(Ending.FALLBACK, true, RunStatus.DEGRADED, false),
        new Meaning(Ending.FALLBACK_FATAL, true, RunStatus.ERROR, false),
        new Meaning(Ending.PROPAGATED, true, RunStatus.OK, false),
        new Meaning(Ending.SKIPPED_UPSTREAM, false, RunStatus.OK, false),
        new Meaning(Ending.SKIPPED_CONDITION, false, RunStatus.OK, false),
        new Meaning(Ending.SKIPPED_OWN, false, RunStatus.OK, false),
        new Meaning(Ending.STOPPED_QUIETLY, false, RunStatus.OK, true),
        new Meaning(Ending.FAILED, false, RunStatus.ERROR, false),
        new Meaning(Ending.FAILED_INSTANTLY, false, RunStatus.ERROR, true),
        new Meaning(Ending.CANCELLED, false, RunStatus.OK, false));
  }

  @ParameterizedTest
  @MethodSource("meanings")
  void ending_ofEachKind_meansWhatTheTableSays(Meaning row) {
    assertThat(row.ending().isUsable).isEqualTo(row.usable());
    assertThat(row.ending().severity).isEqualTo(row.status());
    assertThat(row.ending().stopsRun).isEqualTo(row.stopsRun());
  }

  @ParameterizedTest
  @EnumSource
  void ending_thatIsSuccessOrADefault_hasAValueAndNoOther(Ending ending) {
    var withValue = EnumSet.of(Ending.SUCCESS, Ending.FALLBACK, Ending.FALLBACK_FATAL);
    assertThat(ending.hasValue()).isEqualTo(withValue.contains(ending));
  }

  @Test
  void meanings_ofTheTable_areThoseOfAllEndings() {
    assertThat(meanings()).extracting(Meaning::ending).containsExactly(Ending.values());
  }

  @Test
  void failed_instantly_failsAndStopsTheRun() {
    assertThat(Decision.failed(OnError.instantFail(), false)).isEqualTo(Ending.FAILED_INSTANTLY);
  }

  @Test
  void failed_cleanly_failsAndLetsOthersFinish() {
    assertThat(Decision.failed(OnError.cleanFail(), false)).isEqualTo(Ending.FAILED);
  }

  @Test
  void failed_withSkip_isSkippedForItsOwnFailure() {
    assertThat(Decision.failed(OnError.skip(), false)).isEqualTo(Ending.SKIPPED_OWN);
  }

  @Test
  void failed_withStopQuietly_isSkippedAndStopsTheRun() {
    assertThat(Decision.failed(OnError.stopQuietly(), false)).isEqualTo(Ending.STOPPED_QUIETLY);
  }

  @Test
  void failed_withFallbackFail_isAFallbackThatCountsAsAnError() {
    assertThat(Decision.failed(OnError.fallbackFail("x"), false)).isEqualTo(Ending.FALLBACK_FATAL);
  }

  @Test
  void failed_withFallback_isAFallbackThatDegrades() {
    assertThat(Decision.failed(OnError.fallback("x"), false)).isEqualTo(Ending.FALLBACK);
  }

  private static List<OnError<Object>> policies() {
    return List.of(
        OnError.instantFail(),
        OnError.cleanFail(),
        OnError.skip(),
        OnError.stopQuietly(),
        OnError.fallbackFail("x"),
        OnError.fallback("x"));
  }

  @ParameterizedTest
  @MethodSource("policies")
  void failed_afterRetries_endsByWhatComesThen(OnError<Object> then) {
    OnError<Object> retried = OnError.retry(retry -> retry, then);
    assertThat(Decision.failed(retried, false)).isEqualTo(Decision.failed(then, false));
  }

  @ParameterizedTest
  @MethodSource("policies")
  void failed_propagating_isPropagatedWhateverThePolicy(OnError<Object> policy) {
    assertThat(Decision.failed(policy, true)).isEqualTo(Ending.PROPAGATED);
    assertThat(Decision.failed(OnError.retry(retry -> retry, policy), true))
        .isEqualTo(Ending.PROPAGATED);
  }

  // the status of an iteration

  @Test
  void severity_ofAPropagatedFailureThatNobodyTook_isAnError() {
    assertThat(Decision.severity(Ending.PROPAGATED, false)).isEqualTo(RunStatus.ERROR);
  }

  @Test
  void severity_ofAPropagatedFailureThatWasTaken_isNone() {
    assertThat(Decision.severity(Ending.PROPAGATED, true)).isEqualTo(RunStatus.OK);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "PROPAGATED")
  void severity_ofAnyOtherEnding_isItsOwnWhetherTakenOrNot(Ending ending) {
    assertThat(Decision.severity(ending, true)).isEqualTo(ending.severity);
    assertThat(Decision.severity(ending, false)).isEqualTo(ending.severity);
  }

  @ParameterizedTest
  @EnumSource
  void severity_ofAnyEnding_isNeverCancelled(Ending ending) {
    assertThat(Decision.severity(ending, true)).isNotEqualTo(RunStatus.CANCELLED);
    assertThat(Decision.severity(ending, false)).isNotEqualTo(RunStatus.CANCELLED);
  }
}
