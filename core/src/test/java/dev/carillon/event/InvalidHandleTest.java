package dev.carillon.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Handles that no event ever had are refused by every operation; so are foreign registrations. */
class InvalidHandleTest {
  private final EventSystem events = EventSystem.create(c -> c.withName("test").withOwner(0xABL));
  private final RawEvents raw = events.raw();
  private final long pending = raw.create();

  @AfterEach
  void close() {
    events.close();
  }

  private static long handle(int index, int generation) {
    return (long) index << 32 | Integer.toUnsignedLong(generation);
  }

  /** Handles of slots never made, never used, and of generations yet to come. */
  private LongStream forged() {
    int index = (int) (pending >>> 32);
    return LongStream.of(
        0,
        handle(index, 0),
        handle(index, 2),
        handle(index, -1),
        handle(index, Integer.MIN_VALUE),
        handle(4_095, 1),
        handle(4_096, 1),
        handle(-1, 1),
        handle(Integer.MIN_VALUE, -1));
  }

  private interface Operation {
    void on(long event) throws Exception;
  }

  private void assertRefused(Operation operation) {
    forged()
        .forEach(event ->
            assertThatExceptionOfType(InvalidHandleException.class)
                .isThrownBy(() -> operation.on(event))
                .withMessage(
                    "a handle must be of an event that this system created: handle=%s@%s"
                        + " system=test owner=00000000000000ab",
                    Integer.toUnsignedString((int) (event >>> 32)),
                    Integer.toUnsignedString((int) event)));
  }

  @Test
  void rawOperations_forgedHandles_throw() {
    assertRefused(raw::status);
    assertRefused(raw::trigger);
    assertRefused(raw::tryTrigger);
    assertRefused(event -> raw.poison(event, "no"));
    assertRefused(event -> raw.tryPoison(event, "no"));
    assertRefused(raw::await);
    assertRefused(event -> raw.await(event, Duration.ZERO));
    assertRefused(event -> raw.await(event, Duration.ofDays(1)));
    assertRefused(event -> raw.whenComplete(event, poison -> {}));
    assertRefused(event -> raw.remove(event, 1));
    assertRefused(raw::event);
    assertThat(raw.status(pending)).isEqualTo(EventStatus.PENDING);
  }

  @Test
  void rawMerges_forgedInputs_throwAndLeaveNothingPending() {
    assertRefused(raw::merge);
    assertRefused(event -> raw.merge(pending, event, pending));
    assertRefused(raw::mergeFailFast);
    assertRefused(event -> raw.mergeFailFast(pending, event));
    raw.trigger(pending);
    assertThat(events.stats().pending()).isZero();
    assertThat(events.stats().waiters()).isZero();
  }

  @Test
  void event_forgedHandles_throw() {
    forged()
        .filter(event -> (int) event != 0)
        .mapToObj(event -> new EventHandle(0xAB, (int) (event >>> 32), (int) event))
        .forEach(handle -> {
          assertThatExceptionOfType(InvalidHandleException.class)
              .isThrownBy(() -> events.event(handle));
          assertThatExceptionOfType(InvalidHandleException.class).isThrownBy(() -> raw.raw(handle));
        });
  }

  @Test
  void status_nextGeneration_isInvalidUntilCreated() {
    long next = pending + 1;
    raw.trigger(pending);
    assertThatExceptionOfType(InvalidHandleException.class).isThrownBy(() -> raw.status(next));
    while (raw.create() != next) {
      assertThatExceptionOfType(InvalidHandleException.class).isThrownBy(() -> raw.status(next));
    }
    assertThat(raw.status(next)).isEqualTo(EventStatus.PENDING);
  }

  @Test
  void remove_foreignOrMadeUpRegistration_returnsFalse() {
    long other = raw.create();
    var heard = new boolean[1];
    long registration = raw.whenComplete(pending, poison -> heard[0] = true);
    assertThat(raw.remove(other, registration)).isFalse();
    assertThat(raw.remove(pending, 0)).isFalse();
    assertThat(raw.remove(pending, registration + (2L << 32))).isFalse();
    raw.trigger(pending);
    assertThat(heard[0]).isTrue();
    assertThat(raw.remove(pending, registration)).isFalse();
  }
}
