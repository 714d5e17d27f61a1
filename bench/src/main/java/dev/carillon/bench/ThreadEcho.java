package dev.carillon.bench;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * An echo with blocking sockets, a virtual thread for each connection and one that accepts. Answers
 * are flushed when nothing more has been read.
 */
final class ThreadEcho {
  private ThreadEcho() {}

  /** {@return the port of a server that runs until its process ends} */
  static int start() throws IOException {
    var server = new ServerSocket();
    server.bind(SocketLoad.address(0), SocketServer.BACKLOG);
    Thread.ofVirtual().start(() -> accept(server));
    return server.getLocalPort();
  }

  private static void accept(ServerSocket server) {
    try (server) {
      while (true) {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException e) {
      throw new BenchmarkException("nothing can be accepted", e);
    }
  }

  private static void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      var buffered = new Buffered(socket.getInputStream());
      var in = new DataInputStream(buffered);
      var out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
      while (true) {
        int length = in.readInt();
        if (length < 0 || length > EchoFrames.LARGEST) {
          throw new BenchmarkException("a frame must have 0 to 65,536 bytes: bytes=" + length);
        }
        byte[] payload = new byte[length];
        in.readFully(payload);
        out.writeInt(length);
        out.write(payload);
        if (buffered.isEmpty()) {
          out.flush();
        }
      }
    } catch (EOFException e) {
      // the client has closed
    } catch (IOException e) {
      throw new BenchmarkException("a connection failed", e);
    }
  }

  /** Tells what is in the buffer without asking the system. */
  private static final class Buffered extends BufferedInputStream {
    Buffered(InputStream in) {
      super(in);
    }

    boolean isEmpty() {
      return pos >= count;
    }
  }
}
