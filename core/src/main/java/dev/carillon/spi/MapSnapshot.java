package dev.carillon.spi;

import java.util.List;

/**
 * What was in a {@link MapStore} at one moment.
 *
 * @param entries what was there, in no particular order; immutable
 * @param revision the last change that had been made
 */
public record MapSnapshot(List<MapRecord> entries, long revision) {

  /** Takes a copy of the entries. */
  public MapSnapshot {
    entries = List.copyOf(entries);
  }
}
