package dev.carillon.event;

/** A listener's node in the list of an event's waiters. */
record SlotRegistration(EventCore core, long event, long registration) implements Registration {

  /** {@return the registration with that number, where 0 says that the event was complete} */
  static Registration of(EventCore core, long event, long registration) {
    return registration == 0 ? None.NONE : new SlotRegistration(core, event, registration);
  }

  @Override
  public boolean remove() {
    return core.remove(event, registration);
  }

  /** Of a listener that was given to a complete event and has run: there is nothing to remove. */
  enum None implements Registration {
    NONE;

    @Override
    public boolean remove() {
      return false;
    }
  }
}
