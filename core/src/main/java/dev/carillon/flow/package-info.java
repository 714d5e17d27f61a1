/**
 * Cycles: parts that are wired by what they give each other, run once or again and again, and of
 * which each says what its failure means for the others.
 *
 * <p>{@link dev.carillon.flow.Cycle#define} wires a cycle; {@link dev.carillon.flow.Flow} starts
 * it, on a scheduler; the {@link dev.carillon.flow.Run} tells what became of it and why. What
 * exactly a cycle means is fixed in {@code docs/flow.md}, which an interpreter among the tests
 * spells out; the engine is held against that.
 *
 * <p>Why not chains of {@code CompletableFuture}? They have no iterations, no order but that of
 * data, no levels, and one answer to every failure; what waits in them cannot be asked for.
 */
package dev.carillon.flow;
