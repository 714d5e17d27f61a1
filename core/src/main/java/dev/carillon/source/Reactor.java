package dev.carillon.source;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Collection;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** One thread that accepts connections, reads them and writes to them, none of which waits. */
final class Reactor extends SocketKeeper {
  /*
   * A round waits in the selector until a connection can be read or written, or somebody wakes it:
   * then it serves what the selector found, looks at the connections that others poked, at those
   * that are overdue, and resumes those that had stalled.
   *
   * As long as a connection waits for room no other is read, so those that send much cannot keep
   * those that send little from their turn.
   */
  private static final int BUFFER = 64 << 10;
  private static final int ACCEPTS = 64; // at most, before others have their turn

  private final Selector selector;
  private final ServerSocketChannel server;
  private final SelectionKey serverKey;
  private final Consumer<SelectionKey> onKey = this::serve;

  // of the reactor's thread
  private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER);
  private final ByteBuffer out = ByteBuffer.allocateDirect(BUFFER); // empty between two connections
  private final TlsWire.@Nullable Buffers tls;
  private final Pace accepts;
  private @Nullable ReactorLink handled;

  private Reactor(SocketRun run, ServerSocketChannel server, Selector selector, SelectionKey key) {
    super(run);
    this.server = server;
    this.selector = selector;
    this.serverKey = key;
    SSLContext context = run.config.tls();
    this.tls = context == null ? null : new TlsWire.Buffers(context);
    this.accepts = new Pace(run.config.acceptsPerSecond(), run.now());
  }

  /** {@return one for a server that is bound} */
  static Reactor of(SocketRun run, ServerSocketChannel server) throws IOException {
    server.configureBlocking(false);
    Selector selector = Selector.open();
    return new Reactor(run, server, selector, server.register(selector, SelectionKey.OP_ACCEPT));
  }

  @Override
  void wakeUp() {
    selector.wakeup();
  }

  /** {@return whether the calling thread is the reactor's, and it handles that connection} */
  boolean isHandling(ReactorLink link) {
    return isOnItsThread() && link.equals(handled);
  }

  // ── the reactor's thread ──

  @Override
  void serve(boolean mayWait) throws IOException {
    if (mayWait) {
      selector.select(onKey);
    } else {
      selector.selectNow(onKey);
    }
  }

  private void serve(SelectionKey key) {
    if (sleeping) {
      sleeping = false;
    }
    if (key.equals(serverKey)) {
      accept();
    } else if (key.attachment() instanceof ReactorLink link && key.isValid()) {
      link.ready(key.readyOps(), run.now());
    }
  }

  @Override
  Collection<SocketLink> links() {
    var links = new ArrayList<SocketLink>(run.open());
    for (SelectionKey key : selector.keys()) {
      if (key.attachment() instanceof ReactorLink link) {
        links.add(link);
      }
    }
    return links;
  }

  // ── for the connection that is being handled ──

  void handles(@Nullable ReactorLink link) {
    handled = link;
    if (link == null) {
      out.clear(); // what a connection that failed has left
    }
  }

  /** {@return what a connection's bytes go through} */
  Wire wire(SocketChannel channel) {
    return tls == null ? new Wire.Plain(channel) : new TlsWire(channel, tls);
  }

  ByteBuffer in() {
    return in;
  }

  ByteBuffer out() {
    return out;
  }

  // ── accepting ──

  private void accept() {
    try {
      for (int i = 0; i < ACCEPTS && isAccepting(); i++) {
        SocketChannel channel = server.accept();
        if (channel == null) {
          return;
        }
        long now = run.now();
        accepts.spend(1, now);
        if (accepts.isOver(now)) {
          run.intake.refuse("accept-rate", "more connections at once: they wait in the backlog");
          pause(accepts.next());
        }
        admit(
            channel,
            channel::getRemoteAddress,
            remote -> ReactorLink.serve(this, channel, remote, selector));
      }
    } catch (IOException e) { // such as too many open files: again and again, if it does not wait
      run.intake.refuse("accept", e.toString());
      pause(run.now() + AFTER_FAILURE_NANOS);
    }
  }

  private void pause(long until) {
    serverKey.interestOps(0);
    pauseAccepting(until);
  }

  @Override
  void acceptAgain() {
    serverKey.interestOps(SelectionKey.OP_ACCEPT);
  }

  @Override
  void stopAccepting() throws IOException {
    serverKey.cancel();
    server.close();
  }

  @Override
  public void close() {
    super.close();
    closeQuietly(server);
    closeQuietly(selector);
  }
}
