package dev.carillon.source;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** The bytes of one connection of a reactor, as they are or encrypted. Never waits. */
interface Wire {

  /** {@return how many bytes came; -1 if no more will} */
  int read(ByteBuffer into) throws IOException;

  /** {@return whether the other side has said that no more will come, behind what was read} */
  boolean isOver();

  /** {@return how many bytes were taken} They may wait inside; see {@link #hasUnsent}. */
  int write(ByteBuffer from) throws IOException;

  /** {@return whether a {@link #write} is due as soon as there is room, of nothing if need be} */
  boolean hasUnsent();

  /** {@return whether both sides have agreed on how to talk} */
  boolean isReady();

  /** {@return how many bytes wait inside} */
  int held();

  /** Says that nothing more will be written. */
  void shutdownOutput() throws IOException;

  /** Bytes as they are. */
  record Plain(SocketChannel channel) implements Wire {

    @Override
    public int read(ByteBuffer into) throws IOException {
      return channel.read(into);
    }

    @Override
    public boolean isOver() {
      return false; // a read says so
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
      return channel.write(from);
    }

    @Override
    public boolean hasUnsent() {
      return false;
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public int held() {
      return 0;
    }

    @Override
    public void shutdownOutput() throws IOException {
      channel.shutdownOutput();
    }
  }
}
