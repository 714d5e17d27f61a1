/**
 * Time as a parameter: the {@link dev.carillon.time.Clock} everything else reads, and {@link
 * dev.carillon.time.Timers}, a hierarchical timer wheel driven by it.
 *
 * <p>Nothing in Carillon asks the JDK for the time or sleeps on its own account. It asks a clock,
 * so that a test can hand in one that stands still until told otherwise.
 */
package dev.carillon.time;
