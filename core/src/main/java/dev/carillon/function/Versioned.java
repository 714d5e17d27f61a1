package dev.carillon.function;

import java.time.Instant;

/**
 * A value of a {@link SharedMap}, and the change by which it came.
 *
 * @param value the value
 * @param revision the number of that change, which counts all changes of the map from 1
 * @param time when it was made, by the clock of who made it
 * @param <V> type of the value
 */
public record Versioned<V>(V value, long revision, Instant time) {}
