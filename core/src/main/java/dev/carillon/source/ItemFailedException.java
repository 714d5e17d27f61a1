package dev.carillon.source;

import dev.carillon.bus.Outcome;
import dev.carillon.event.CarillonException;
import dev.carillon.event.Poison;

/** Says that a published item was not handled, as the outcomes of its delivery tell. */
public final class ItemFailedException extends CarillonException {
  private static final long serialVersionUID = 1L;

  ItemFailedException(Outcome outcome) {
    super("not published: " + outcome, null, false); // of the thread that completed the delivery
  }

  ItemFailedException(Poison poison) {
    super(poison.toString(), null, false); // of the thread that completed the delivery
  }
}
