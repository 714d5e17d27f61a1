/**
 * Functions that are called in another process: a report by its name, and a lambda with what it
 * captured. Begin with {@code Main}; {@code Reports} is what is called, {@code Child} the process.
 */
package dev.carillon.examples.functions;
