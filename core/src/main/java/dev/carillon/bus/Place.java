package dev.carillon.bus;

import org.jspecify.annotations.Nullable;

/** Where in the history a message is kept. */
sealed interface Place permits Place.Numbered, StoredPlace {

  /** {@return in which log} */
  HistoryLog log();

  /** {@return a number that the message's is not above} */
  long most();

  /** {@return whether the message's number is above one that was given by now} */
  boolean isAfter(long number);

  /** {@return why the message is not kept and must not be given to anybody; null if it is kept} */
  default @Nullable Outcome refusal() {
    return null;
  }

  /**
   * A place whose number is known.
   *
   * @param log in which log
   * @param most the number
   */
  record Numbered(HistoryLog log, long most) implements Place {
    @Override
    public boolean isAfter(long number) {
      return most > number;
    }
  }
}
