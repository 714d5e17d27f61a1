package dev.carillon.event;

/** A listener of our own that nobody waits through, so explanations leave it out. */
@FunctionalInterface
interface Housekeeping extends CompletionListener {}
