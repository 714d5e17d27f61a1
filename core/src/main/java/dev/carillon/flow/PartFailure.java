package dev.carillon.flow;

/**
 * A failure of a part in an iteration.
 *
 * @param part the part's name
 * @param iteration which iteration, 1 for the first
 * @param attempts how many attempts were made
 * @param severity what it means for the iteration
 * @param cause why
 */
public record PartFailure(
    String part, long iteration, int attempts, RunStatus severity, Throwable cause) {}
