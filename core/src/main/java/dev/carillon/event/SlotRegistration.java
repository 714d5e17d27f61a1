package dev.carillon.event;

/** A listener's node in the list of an event's waiters. */
record SlotRegistration(EventCore core, long event, long registration) implements Registration {
  @Override
  public boolean remove() {
    return core.remove(event, registration);
  }
}
