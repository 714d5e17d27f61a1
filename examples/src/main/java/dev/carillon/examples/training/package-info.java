/**
 * A small network is trained in a loop of iterations that overlap, evaluated and saved now and
 * then. Begin with {@code TrainingCycle}; {@code Network} is what is trained, {@code Moons} on
 * what.
 */
package dev.carillon.examples.training;
