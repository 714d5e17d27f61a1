package dev.carillon.cuda;

/**
 * Work that was captured from a stream, to be given to streams of its device as one operation, any
 * number of times. A run begins when the stream comes to it, and the run before has ended.
 *
 * <p>Safe for use by any thread. It keeps the memory and programs that are in it: closing them has
 * them freed when it is closed. Closing it does not wait; what was launched goes on.
 */
public sealed interface CudaGraph extends AutoCloseable permits LocalGraph {

  /** Gives it up, see above. Idempotent. */
  @Override
  void close();
}
