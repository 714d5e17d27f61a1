package dev.carillon.source;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** A program that opens connections and keeps them until its standard input ends. */
final class IdleClients {
  private IdleClients() {}

  /**
   * Connects.
   *
   * @param args port and number
   */
  public static void main(String[] args) throws IOException {
    var address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0]));
    List<SocketChannel> channels = new ArrayList<>();
    for (int i = Integer.parseInt(args[1]); i > 0; i--) {
      channels.add(SocketChannel.open(address));
    }
    while (System.in.read() >= 0) {
      // until whoever started it closes it
    }
    for (SocketChannel channel : channels) {
      channel.close();
    }
  }
}
