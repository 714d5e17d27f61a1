package dev.carillon.event;

/**
 * What an event system has done and holds, counted without stopping it; the figures are of about
 * the same moment, not of exactly the same.
 *
 * @param created events ever created, merges included
 * @param triggered events ever triggered
 * @param poisoned events ever poisoned
 * @param merges merges, fail-fast merges, any and quorum events ever created
 * @param slots slots ever taken into use: the most events that were pending at once, and some kept
 *     ready
 * @param retired slots that reached their last generation and are no longer used
 * @param waiters entries in lists of waiters now: threads, listeners, and merges, except for a
 *     merge that is the only one to wait for its input, which needs no entry; a removed one counts
 *     until it is unlinked, which a completion or some further removals bring about
 * @param poisonRecords reasons of poisoned events kept now
 * @param failedListeners listeners that threw
 * @param leaked events that were dropped while pending
 */
public record EventStats(
    long created,
    long triggered,
    long poisoned,
    long merges,
    long slots,
    long retired,
    long waiters,
    long poisonRecords,
    long failedListeners,
    long leaked) {

  /** {@return how many events are pending} */
  public long pending() {
    return Math.max(0, created - triggered - poisoned);
  }
}
