package dev.carillon.source;

import java.net.SocketAddress;
import java.util.Optional;

/**
 * A connection that somebody has made to a {@link SocketReactor} or {@link SocketProactor}, to
 * answer over. Its messages come one after another, in the order in which they were sent.
 *
 * <p>Safe for use by any thread. Frames that one thread sends are written in that order. Actions
 * before {@link #send} happen-before whatever the other side does with the frame.
 */
public sealed interface SocketConnection extends AutoCloseable permits SocketLink {

  /** {@return its number, of which there is no second one in this process} */
  long id();

  /** {@return the address of the other side; a Unix socket's has no name} */
  SocketAddress remote();

  /** {@return who the other side is, if it had to show a token} */
  Optional<String> user();

  /**
   * Sends a frame, in the framing of the listener. Never waits.
   *
   * @param data what it holds; copied
   * @return whether it will be sent
   * @throws IllegalArgumentException if it can never be sent: it is larger than all that may wait,
   *     or a line that has a line feed inside
   */
  SendResult send(byte[] data);

  /** {@return whether more can come or be sent} */
  boolean isOpen();

  /**
   * Closes it when all that was accepted for sending is written, and does not wait for that. What
   * is under way is handled, nothing more is taken in. Idempotent.
   */
  @Override
  void close();
}
