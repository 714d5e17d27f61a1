package dev.carillon.spi;

/**
 * A place where parts of cycles can run other than the threads of a scheduler: a device, another
 * process, another host.
 *
 * <p>Implementations are safe for use by any thread. Actions before {@link #start} happen-before
 * what the site does; what it does happens-before whatever follows the outcome that it tells.
 */
public interface Site {

  /** {@return its name, in explanations} */
  String name();

  /**
   * Starts an attempt and returns at once. The outcome is told through the call, once, by any
   * thread; what this throws is the attempt's failure.
   *
   * @param call what to do
   */
  void start(SiteCall call);
}
