package dev.carillon.bench;

/** Loads a server, on the thread that calls it. */
sealed interface SocketClient extends AutoCloseable permits SocketLoad, SocketChurn {

  /**
   * What a run found.
   *
   * @param count messages that came back, or connections that were served
   * @param nanos in which time
   * @param median of the round trips, in nanoseconds, where single ones were timed; 0 otherwise
   * @param tail their 99th percentile
   */
  record Run(long count, long nanos, double median, double tail) {}

  /**
   * {@return what happened in a time} Waits until nothing is under way.
   *
   * @throws BenchmarkException if the server does not what it should
   */
  Run run(long nanos);

  @Override
  void close();
}
