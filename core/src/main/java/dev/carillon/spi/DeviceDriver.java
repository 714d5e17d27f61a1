package dev.carillon.spi;

import java.util.List;

/**
 * A driver that was opened: its devices, their streams, and the table of what it does with events.
 *
 * <p>Safe for use by any thread. What it throws is a {@link DeviceException} with the driver's own
 * text; after {@link #close} every method but that throws it.
 *
 * @param <S> its streams; what users are given when they ask a stream for what its kind adds
 * @param <E> its events
 */
public interface DeviceDriver<S, E> extends AutoCloseable {

  /** {@return the driver's name and version} */
  String version();

  /** {@return its devices, each at the place of its index; at least one} */
  List<DeviceInfo> devices();

  /** {@return what it does with events; always the same} */
  DeviceFunctions<S, E> functions();

  /**
   * {@return a new stream}
   *
   * @param device the device's index
   * @param options how
   */
  S openStream(int device, StreamOptions options);

  /**
   * Gives a stream up. Called once, when all that was recorded on it has finished or is not waited
   * for any more; must not block. If the driver still works on it, what that needs is released when
   * it is done. Gates of the stream have been opened before. A thread that records, waits or puts a
   * gate into it at that moment gets a {@link DeviceException}.
   *
   * @param stream the stream
   */
  void closeStream(S stream);

  /**
   * {@return what this kind adds to a device: memory, programs, what it can do}
   *
   * @param device the device's index
   */
  Object device(int device);

  /**
   * Makes a device usable again after a fault that its driver keeps reporting. What was under way
   * on it fails; its streams and memory are gone.
   *
   * @param device the device's index
   */
  default void renew(int device) {}

  /**
   * Gives everything up. Streams have been closed before; a driver may wait a moment for work that
   * they have left. Idempotent.
   *
   * <p>Events may be asked for and released after this, by threads that were about to, and by
   * whoever asks for one that nobody has asked for before. It must do no harm: what a driver cannot
   * tell any more has failed.
   */
  @Override
  void close();
}
