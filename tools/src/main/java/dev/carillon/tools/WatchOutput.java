package dev.carillon.tools;

/**
 * Where the output of a watch and of its commands goes.
 *
 * @param json whether each run is told as a JSON object on the standard output, which then has
 *     nothing else: what commands print goes to the standard error
 * @param isLabelled whether each line that a command prints begins with what it is run for
 * @param clears whether the terminal is cleared before each run
 * @param isQuiet whether nothing is told that a command does not print itself
 */
record WatchOutput(boolean json, boolean isLabelled, boolean clears, boolean isQuiet) {}
