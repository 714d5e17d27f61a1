package dev.carillon.bench;

/**
 * How long subjects are measured.
 *
 * @param name short or long
 * @param forks JVMs per subject
 * @param warmups iterations that are not counted, per fork
 * @param iterations iterations that are, per fork
 * @param millis length of an iteration
 */
record Plan(String name, int forks, int warmups, int iterations, int millis) {
  /** What {@code carillon bench} runs. */
  static final Plan SHORT = new Plan("short", 2, 3, 5, 400);

  /** What {@code carillon bench --long} runs. */
  static final Plan LONG = new Plan("long", 3, 5, 10, 1_000);

  /** Tells whether everything works, not how fast. */
  static final Plan SMOKE = new Plan("smoke", 1, 1, 2, 100);
}
