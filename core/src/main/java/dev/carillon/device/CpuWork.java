package dev.carillon.device;

/** A piece of work for a stream of a CPU. */
@FunctionalInterface
public interface CpuWork {

  /**
   * Does it.
   *
   * @throws Exception which fails the stream
   */
  void run() throws Exception;
}
