package dev.carillon.spi;

/**
 * A place in a stream behind which nothing runs until the host opens it: how a stream waits for
 * what its driver does not know.
 */
@FunctionalInterface
public interface DeviceGate {

  /**
   * Lets the stream go on. Called once, by any thread; must neither block nor throw. Called after
   * the stream was closed it does nothing.
   *
   * @param isWell false if what was waited for has failed: a device that can skip what depends on
   *     it does
   */
  void open(boolean isWell);
}
