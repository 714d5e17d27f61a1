package dev.carillon.event;

import org.jspecify.annotations.Nullable;

/**
 * Thrown to whoever waits for an event that was poisoned. The message has one line for each root
 * cause; {@link #poison()} has all that is known. Where poison began with a throwable, the cause of
 * this exception shows its class, message and kept stack frames.
 */
public final class PoisonedException extends CarillonException {
  private static final long serialVersionUID = 1L;

  /** Not serialised: the message is. */
  private final transient @Nullable Poison poison;

  PoisonedException(Poison poison) {
    super(poison.message(), reported(poison));
    this.poison = poison;
  }

  private static @Nullable Throwable reported(Poison poison) {
    return poison.path().getLast().cause().map(ReportedCause::new).orElse(null);
  }

  /**
   * {@return why the event failed, with the way the failure came}
   *
   * @throws IllegalStateException if this exception was serialised: then only the message is left
   */
  public Poison poison() {
    if (poison == null) {
      throw new IllegalStateException(
          "poison does not travel with a serialised exception: " + this);
    }
    return poison;
  }

  /** Stands for the throwable that poison began with, of which only a summary was kept. */
  private static final class ReportedCause extends CarillonException {
    private static final long serialVersionUID = 1L;

    ReportedCause(Poison.Cause cause) {
      super(cause.toString(), null);
      setStackTrace(cause.frames().toArray(StackTraceElement[]::new));
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
      return this;
    }
  }
}
