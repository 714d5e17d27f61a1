package dev.carillon.testkit;

import dev.carillon.event.Event;

/**
 * Assertions on Carillon's types in the style of AssertJ. Import {@link #assertThat} beside
 * AssertJ's own.
 */
public final class CarillonAssertions {
  private CarillonAssertions() {}

  /**
   * {@return assertions on an event}
   *
   * @param actual the event
   */
  public static EventAssert assertThat(Event actual) {
    return new EventAssert(actual);
  }

  /**
   * {@return assertions on what was published on a bus}
   *
   * @param actual the bus
   */
  public static BusAssert assertThat(RecordedBus actual) {
    return new BusAssert(actual);
  }
}
