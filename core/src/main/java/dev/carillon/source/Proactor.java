package dev.carillon.source;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.SocketAddress;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Accepts connections and begins their reads; threads of a group call back when they are done. */
final class Proactor extends SocketKeeper {
  /*
   * One accept is on its way at a time, begun by the call that tells of the one before, or by the
   * keeper's thread after a pause. All the keeper does is wait for work.
   */
  private static final System.Logger LOG = System.getLogger("dev.carillon.source");

  private final AsynchronousServerSocketChannel server;
  private final Thread thread = Thread.currentThread();
  private final Set<ProactorLink> links = ConcurrentHashMap.newKeySet();
  private final Pace accepts; // of whoever is called back by the accept

  private volatile boolean isOver;

  Proactor(SocketRun run, AsynchronousServerSocketChannel server) {
    super(run);
    this.server = server;
    this.accepts = new Pace(run.config.acceptsPerSecond(), run.now());
  }

  @Override
  void wakeUp() {
    LockSupport.unpark(thread);
  }

  @Override
  void serve(boolean mayWait) {
    if (mayWait) {
      LockSupport.park(this); // woken for nothing, it just looks again
    }
  }

  @Override
  Collection<SocketLink> links() {
    return List.copyOf(links);
  }

  void forget(ProactorLink link) {
    links.remove(link);
  }

  // ── accepting ──

  @Override
  void acceptAgain() {
    try {
      server.accept(this, ON_ACCEPTED);
    } catch (RuntimeException e) { // it has just been closed
      LOG.log(Level.DEBUG, "no connection is accepted any more", e);
    }
  }

  @Override
  void stopAccepting() throws IOException {
    isOver = true;
    server.close();
  }

  private static final CompletionHandler<AsynchronousSocketChannel, Proactor> ON_ACCEPTED =
      new CompletionHandler<>() {
        @Override
        public void completed(AsynchronousSocketChannel channel, Proactor proactor) {
          proactor.accepted(channel);
        }

        @Override
        public void failed(Throwable failure, Proactor proactor) {
          proactor.notAccepted(failure);
        }
      };

  private void accepted(AsynchronousSocketChannel channel) {
    long now = run.now();
    accepts.spend(1, now);
    boolean goesOn = !accepts.isOver(now);
    try {
      admit(channel, channel::getRemoteAddress, remote -> begin(channel, remote));
    } finally { // nothing else would accept any more
      if (goesOn) {
        acceptAgain();
      } else {
        run.intake.refuse("accept-rate", "more connections at once: they wait in the backlog");
        pauseAccepting(accepts.next());
      }
    }
  }

  private void notAccepted(Throwable failure) {
    if (!isOver && server.isOpen()) { // such as too many open files
      run.intake.refuse("accept", failure.toString());
      pauseAccepting(run.now() + AFTER_FAILURE_NANOS);
    }
  }

  @Override
  @Nullable String admits(SocketAddress remote) {
    return isOver ? "stopping" : super.admits(remote);
  }

  private void begin(AsynchronousSocketChannel channel, SocketAddress remote) {
    var link = new ProactorLink(this, channel, remote);
    links.add(link);
    link.read();
    poke(link); // so that the keeper has an eye on the time
    if (isOver) { // whoever drains may not have seen it
      link.drain(run.now());
    }
  }

  @Override
  public void close() {
    isOver = true;
    super.close();
    closeQuietly(server);
  }
}
