package dev.carillon.source;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a source has done and holds: a moment's values, not all of the same moment. Counts begin
 * when the source is opened.
 *
 * @param state how it is
 * @param taken items that came in
 * @param settled items that were taken care of
 * @param failed items that were not, after all retries
 * @param retried items that were given to the outlet again
 * @param underWay items that came in and are not done with
 * @param waits how often an item had to wait for room
 * @param waited for how long, in all
 * @param starts how often it was connected, or tried to be
 * @param refused what broke a rule, by rule
 * @param lastItem when the last item came; null if none did
 */
public record SourceStats(
    SourceState state,
    long taken,
    long settled,
    long failed,
    long retried,
    int underWay,
    long waits,
    Duration waited,
    long starts,
    Map<String, Long> refused,
    @Nullable Instant lastItem) {

  /** Copies the refusals. */
  public SourceStats {
    refused = Map.copyOf(refused);
  }
}
