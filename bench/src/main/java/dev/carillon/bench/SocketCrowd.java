package dev.carillon.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** Many connections to a server, in a process of their own, that each send a frame when told to. */
final class SocketCrowd {
  private static final int FIRST = 2_000;

  private final int port;
  private final List<SocketChannel> connections = new ArrayList<>();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(EchoFrames.FRAME);

  private SocketCrowd(int port) {
    this.port = port;
  }

  /**
   * Opens some connections to a port, args[0], and closes them; then as many as args[1], once it is
   * told to; then has each send a frame, once it is told to again.
   */
  public static void main(String[] args) throws IOException {
    var crowd = new SocketCrowd(Integer.parseInt(args[0]));
    crowd.open(FIRST);
    for (SocketChannel connection : crowd.connections) {
      connection.close();
    }
    crowd.connections.clear();
    ChildProcess.answer(
        "",
        command -> {
          if (crowd.connections.isEmpty()) {
            crowd.open(Integer.parseInt(args[1]));
          } else {
            crowd.echoes();
          }
          return command;
        });
  }

  private void open(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      SocketChannel connection = SocketLoad.connect(port);
      connections.add(connection);
      echo(connection);
    }
  }

  private void echoes() throws IOException {
    for (SocketChannel connection : connections) {
      echo(connection);
    }
  }

  private void echo(SocketChannel connection) throws IOException {
    buffer.clear();
    EchoFrames.put(buffer, 0);
    buffer.flip();
    while (buffer.hasRemaining()) {
      connection.write(buffer);
    }
    buffer.clear();
    while (buffer.hasRemaining()) {
      if (connection.read(buffer) < 0) {
        throw new BenchmarkException("a server must not close connections: port=" + port);
      }
    }
    EchoFrames.check(buffer.flip(), 0);
  }
}
