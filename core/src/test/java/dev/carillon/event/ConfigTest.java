package dev.carillon.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.time.Duration;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

/** Settings are checked when they are made. */
class ConfigTest {
  private static final EventSystemConfig DEFAULT = EventSystemConfig.DEFAULT;

  private static void assertRefused(Runnable change, String message) {
    assertThatIllegalArgumentException().isThrownBy(change::run).withMessage(message);
  }

  @Test
  void create_outsideTheRanges_throwsWithRuleAndValue() {
    assertRefused(() -> DEFAULT.withName(" "), "name must not be blank: name=\" \"");
    assertRefused(
        () -> DEFAULT.withGenerationBits(1), "generationBits must be 2 to 32: generationBits=1");
    assertRefused(
        () -> DEFAULT.withGenerationBits(33), "generationBits must be 2 to 32: generationBits=33");
    assertRefused(() -> DEFAULT.withMaxEvents(0), "maxEvents must be 1 to 1073741824: maxEvents=0");
    assertRefused(
        () -> DEFAULT.withMaxEvents((1 << 30) + 1),
        "maxEvents must be 1 to 1073741824: maxEvents=1073741825");
    assertRefused(
        () -> DEFAULT.withMaxPoisonRecords(-1),
        "maxPoisonRecords must be 0 to 268435456: maxPoisonRecords=-1");
    assertRefused(
        () -> DEFAULT.withTraceEvery(-1), "traceEvery must be 0 to 2147483647: traceEvery=-1");
    assertRefused(
        () -> DEFAULT.withCascadeBudget(Duration.ZERO, Runnable::run),
        "cascadeBudget must be positive: cascadeBudget=PT0S");
    assertRefused(
        () -> DEFAULT.withCascadeBudget(Duration.ofNanos(-1), Runnable::run),
        "cascadeBudget must be positive: cascadeBudget=PT-0.000000001S");
  }

  @Test
  void create_withoutClock_throws() {
    assertThatNullPointerException().isThrownBy(() -> DEFAULT.withClock(null)).withMessage("clock");
  }

  @Test
  void with_eachSetting_changesOnlyThat() {
    Executor executor = Runnable::run;
    RemoteEvents port = new NoRemoteEvents();
    EventSystemConfig changed =
        DEFAULT
            .withName("trainer")
            .withOwner(7)
            .withGenerationBits(9)
            .withMaxEvents(10)
            .withMaxPoisonRecords(11)
            .withTraceEvery(12)
            .withCascadeBudget(Duration.ofSeconds(13), executor)
            .withRemote(port)
            .withClock(DEFAULT.clock());
    assertThat(changed)
        .isEqualTo(
            new EventSystemConfig(
                "trainer",
                7,
                DEFAULT.clock(),
                9,
                10,
                11,
                12,
                Duration.ofSeconds(13),
                executor,
                port));
  }

  private static final class NoRemoteEvents implements RemoteEvents {
    @Override
    public void watch(EventHandle handle, CompletionListener listener) {}

    @Override
    public void trigger(EventHandle handle) {}

    @Override
    public void poison(EventHandle handle, Poison poison) {}
  }

  @Test
  void config_ofASystem_isWhatWasAskedFor() {
    try (var events = EventSystem.create(c -> c.withName("trainer").withMaxEvents(5))) {
      assertThat(events.config())
          .isEqualTo(DEFAULT.withName("trainer").withMaxEvents(5).withOwner(events.owner()));
    }
  }
}
