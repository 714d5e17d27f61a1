package dev.carillon.event;

/** A listener's place on an event, or an observer's on a system. Safe for use by any thread. */
public sealed interface Registration
    permits SlotRegistration, SlotRegistration.None, WaitObservers.Place {

  /**
   * Takes the listener off the event in amortised constant time. The event is not touched.
   *
   * @return true if the listener will never run; false if it has run, is about to or was removed
   *     before
   */
  boolean remove();
}
