package dev.carillon.source;

/**
 * How something from outside is taken in: the part of a source that knows files, sockets or
 * whatever it reads. A lambda will do:
 *
 * {@snippet :
 * SourceKind<Reading> sensor = intake -> {
 *   try (var port = Port.open("/dev/ttyUSB0")) {
 *     intake.onStop(port::close);
 *     intake.ready();
 *     while (!intake.isStopping()) {
 *       intake.emit(intake.item(port.read()));
 *     }
 *   }
 * };
 * }
 *
 * @param <T> what it takes in
 */
@FunctionalInterface
public interface SourceKind<T> {

  /**
   * Takes in until it is stopped, or there is nothing more. Called on a thread of the source's own,
   * once after each start and each restart, never twice at a time.
   *
   * @param intake where to put it
   * @throws InterruptedException if it is stopped; the source interrupts the thread for that
   * @throws Exception if it cannot go on; the source restarts it by its policy
   */
  void run(Intake<T> intake) throws Exception;

  /** {@return what it is called in headers, notices and logs: lower case, with dashes} */
  default String kind() {
    return "custom";
  }

  /**
   * Checks that it can work with the settings of a source. Called when one is opened.
   *
   * @param config the settings
   * @throws IllegalArgumentException if it cannot; it names the setting
   */
  default void check(SourceConfig config) {}

  /**
   * {@return whether it needs a platform thread} It does if it waits in calls that would hold the
   * carrier of a virtual thread, such as a selector's or a read of standard input.
   */
  default boolean needsPlatformThread() {
    return false;
  }
}
