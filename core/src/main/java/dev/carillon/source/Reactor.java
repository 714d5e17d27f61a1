package dev.carillon.source;

import dev.carillon.time.Clock;
import dev.carillon.time.Timer;
import dev.carillon.time.Timers;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One thread that accepts connections, reads them and writes to them, none of which waits. */
final class Reactor implements AutoCloseable {
  /*
   * A round waits in the selector until a connection can be read or written, or somebody wakes it:
   * then it serves what the selector found, looks at the connections that others poked, at those
   * that are overdue, and resumes those that had stalled.
   *
   * No wake-up is lost: whoever has something for the reactor says so in a volatile and then reads
   * `sleeping`; the reactor sets `sleeping` and then reads those volatiles, and does not wait if
   * one is set. While the reactor is at work, being told something costs no system call.
   *
   * Stalled connections wait in a queue and each is offered what it holds before it reads anew. As
   * long as one waits for room no other is read, so those that send much cannot keep those that
   * send little from their turn.
   *
   * Time limits are looked for by a scan of all connections, four times in the shortest limit and
   * once a second at most; there is no timer while there is nothing to look for.
   */
  private static final System.Logger LOG = System.getLogger("dev.carillon.source");
  private static final int BUFFER = 64 << 10;
  private static final int MOST_CLOSED = 64;
  private static final int ACCEPTS = 64; // at most, before others have their turn
  private static final long SOON_NANOS = 10_000_000;
  private static final long AFTER_FAILURE_NANOS = 100_000_000;

  private final SocketRun run;
  private final Clock clock;
  private final Timers timers;
  private final Selector selector;
  private final ServerSocketChannel server;
  private final SelectionKey serverKey;
  private final Consumer<SelectionKey> onKey = this::serve;
  private final Pokes.Look<SocketLink> onPoke = this::look;
  private final Thread thread = Thread.currentThread();

  // of the reactor's thread
  private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER);
  private final ByteBuffer out = ByteBuffer.allocateDirect(BUFFER); // empty between two connections
  private final ArrayDeque<ReactorLink> waitingForRoom = new ArrayDeque<>();
  private List<ReactorLink> waitingForPace = new ArrayList<>();
  private final Pace accepts;
  private @Nullable ReactorLink handled;
  private @Nullable Timer timer;
  private int closedThatWait; // at most, for room
  private boolean asksForRoom;
  private long acceptsAgain; // when, if it does not accept now
  private long nextScan;
  private boolean draining;

  // set by any thread, before it reads sleeping
  private final Pokes<SocketLink> pokes = new Pokes<>();
  private volatile boolean hasRoomAgain;
  private volatile boolean isTimeUp;

  private volatile boolean sleeping; // written by the reactor's thread

  /** Serves a server that is bound; becomes its owner. */
  Reactor(SocketRun run, ServerSocketChannel server) throws IOException {
    this.run = run;
    this.clock = run.intake.clock();
    this.server = server;
    this.accepts = new Pace(run.config.acceptsPerSecond(), run.now());
    server.configureBlocking(false);
    this.selector = Selector.open();
    this.serverKey = server.register(selector, SelectionKey.OP_ACCEPT);
    this.timers = SharedTimers.acquire(clock);
  }

  SocketRun run() {
    return run;
  }

  // ── any thread ──

  void poke(SocketLink link) {
    if (pokes.add(link)) {
      wake();
    }
  }

  /** Lets a reactor that sleeps look at what was said. */
  void wake() {
    if (sleeping && !isOnItsThread()) {
      selector.wakeup();
    }
  }

  private boolean isOnItsThread() {
    return Thread.currentThread().equals(thread);
  }

  private void roomAgain() {
    hasRoomAgain = true;
    wake();
  }

  private void timeUp() {
    isTimeUp = true;
    wake();
  }

  /** {@return whether the calling thread is the reactor's, and it handles that connection} */
  boolean isHandling(ReactorLink link) {
    return isOnItsThread() && link.equals(handled);
  }

  // ── the reactor's thread: the loop ──

  /** Serves until the source is stopped. */
  void serveAll() throws IOException {
    while (!run.intake.isStopping()) {
      round();
    }
  }

  /** Takes nothing more in, and serves until all is answered and sent, or the time has passed. */
  void drain(Duration grace) throws IOException {
    draining = true;
    serverKey.cancel();
    server.close();
    long end = run.now() + SocketRun.nanos(grace);
    Timer last = timers.schedule(grace, this::timeUp);
    for (ReactorLink link : links()) {
      link.drain(run.now());
    }
    while (run.open() > 0 && run.now() - end < 0) {
      round();
    }
    last.cancel();
  }

  private void round() throws IOException {
    sleeping = true;
    if (hasWork()) {
      selector.selectNow(onKey);
    } else {
      selector.select(onKey);
    }
    sleeping = false;
    if (Thread.interrupted()) { // or no wait would be one; whoever stops the source marks it too
      LOG.log(Level.TRACE, "a reactor was interrupted");
    }
    pokes.each(onPoke);
    if (isTimeUp) {
      isTimeUp = false;
      timeIsUp(run.now());
    }
    if (hasRoomAgain) {
      hasRoomAgain = false;
      asksForRoom = false;
      resume(run.now());
    }
    askForRoom();
    setTimer();
  }

  private boolean hasWork() {
    return !pokes.isEmpty() || hasRoomAgain || isTimeUp || (run.intake.isStopping() && !draining);
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

  private void look(SocketLink link) {
    link.poked(run.now());
  }

  private List<ReactorLink> links() {
    var links = new ArrayList<ReactorLink>(run.open());
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

  ByteBuffer in() {
    return in;
  }

  ByteBuffer out() {
    return out;
  }

  boolean isDraining() {
    return draining;
  }

  // ── room and pace ──

  boolean hasRoom() {
    return run.intake.hasRoom();
  }

  /** {@return whether a connection may be read that has not waited} */
  boolean mayRead() {
    return waitingForRoom.isEmpty() && hasRoom();
  }

  void waitForRoom(ReactorLink link) {
    waitingForRoom.add(link);
  }

  void waitForPace(ReactorLink link) {
    waitingForPace.add(link);
  }

  /** A connection is closed. Where it waits it stays, but those that do are never most of them. */
  void drops(ReactorLink link) {
    if (link.stall() == SocketLink.Stall.ROOM && ++closedThatWait > run.open() + MOST_CLOSED) {
      waitingForRoom.removeIf(ReactorLink::isClosed);
      closedThatWait = 0;
    }
  }

  private void resume(long now) {
    for (int left = waitingForRoom.size(); left > 0 && hasRoom(); left--) {
      ReactorLink link = waitingForRoom.poll();
      if (link != null) {
        link.resume(now);
      }
    }
  }

  private void askForRoom() {
    if (!waitingForRoom.isEmpty() && !asksForRoom && !draining) {
      asksForRoom = true;
      run.intake.onRoom(this::roomAgain);
    }
  }

  // ── time ──

  private void timeIsUp(long now) {
    timer = null;
    if (acceptsAgain != 0 && now - acceptsAgain >= 0 && serverKey.isValid()) {
      acceptsAgain = 0;
      serverKey.interestOps(SelectionKey.OP_ACCEPT);
    }
    if (!waitingForPace.isEmpty()) {
      List<ReactorLink> waited = waitingForPace;
      waitingForPace = new ArrayList<>();
      for (ReactorLink link : waited) {
        if (link.isTooFast(now)) {
          waitingForPace.add(link);
        } else {
          link.resume(now);
        }
      }
    }
    if (now - nextScan >= 0) {
      nextScan = now + run.scanNanos();
      links().forEach(link -> link.endIfOverdue(now));
    }
  }

  private void setTimer() {
    long delay;
    if (acceptsAgain != 0 || !waitingForPace.isEmpty()) {
      delay = SOON_NANOS;
    } else if (run.open() > 0) {
      delay = run.scanNanos();
    } else {
      return;
    }
    Timer set = timer;
    long due = run.now() + delay;
    if (set != null) {
      if (set.deadline() - due <= 0 || !set.cancel()) {
        return;
      }
    }
    timer = timers.scheduleAt(due, this::timeUp);
  }

  // ── accepting ──

  private void accept() {
    try {
      for (int i = 0; i < ACCEPTS && acceptsAgain == 0; i++) {
        SocketChannel channel = server.accept();
        if (channel == null) {
          return;
        }
        long now = run.now();
        accepts.spend(1, now);
        if (accepts.isOver(now)) {
          run.intake.refuse("accept-rate", "more connections at once: they wait in the backlog");
          pauseAccepting(accepts.next());
        }
        admit(channel);
      }
    } catch (IOException e) { // such as too many open files: again and again, if it does not wait
      run.intake.refuse("accept", e.toString());
      pauseAccepting(run.now() + AFTER_FAILURE_NANOS);
    }
  }

  private void pauseAccepting(long until) {
    acceptsAgain = until == 0 ? 1 : until;
    serverKey.interestOps(0);
  }

  private void admit(SocketChannel channel) {
    String rule = null;
    SocketAddress remote = null;
    try {
      remote = channel.getRemoteAddress();
      rule = run.admit(remote);
      if (rule == null) {
        channel.configureBlocking(false);
        if (run.config.noDelay()
            && channel.supportedOptions().contains(StandardSocketOptions.TCP_NODELAY)) {
          channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        }
        new ReactorLink(this, channel, new Wire.Plain(channel), selector);
        return;
      }
      run.intake.refuse(rule, "a connection of " + SocketRun.name(remote));
    } catch (IOException e) { // it is gone already
      LOG.log(Level.DEBUG, "a connection failed before it was served", e);
      if (remote != null && rule == null) {
        run.release(remote);
      }
    }
    closeQuietly(channel);
  }

  private static void closeQuietly(AutoCloseable closed) {
    try {
      closed.close();
    } catch (Exception e) {
      LOG.log(Level.DEBUG, "a channel could not be closed", e);
    }
  }

  /** Closes all, whatever is under way. */
  @Override
  public void close() {
    links().forEach(ReactorLink::closeNow);
    closeQuietly(server);
    closeQuietly(selector);
    SharedTimers.release(clock);
  }
}
