package dev.carillon.source;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * A frame that came over a connection.
 *
 * @param connection over which; answers go back over it
 * @param data what the frame holds; this is no copy
 */
@SuppressWarnings("ArrayRecordComponent") // two messages are never compared, and a copy would cost
public record SocketMessage(SocketConnection connection, byte[] data) {

  /** Header: the number of the connection; see {@link SocketConnection#id}. */
  public static final String CONNECTION = "socket-connection";

  /** Checks that nothing is missing. */
  public SocketMessage {
    Objects.requireNonNull(connection, "connection");
    Objects.requireNonNull(data, "data");
  }

  /** {@return the data as a text in UTF-8} */
  public String text() {
    return new String(data, StandardCharsets.UTF_8);
  }

  /**
   * Sends a frame back; see {@link SocketConnection#send}.
   *
   * @param answer what it holds; copied
   * @return whether it will be sent
   * @throws IllegalArgumentException if it can never be sent
   */
  public SendResult reply(byte[] answer) {
    return connection.send(answer);
  }

  @Override
  public String toString() {
    return "SocketMessage[connection=%s, %d bytes]".formatted(connection, data.length);
  }
}
