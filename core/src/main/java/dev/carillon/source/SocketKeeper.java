package dev.carillon.source;

import dev.carillon.time.Clock;
import dev.carillon.time.Timer;
import dev.carillon.time.Timers;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.NetworkChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The thread that looks after connections: their limits of time, and those that are stalled. */
abstract sealed class SocketKeeper implements AutoCloseable permits Reactor, Proactor {
  /*
   * No wake-up is lost: whoever has something for the keeper says so in a volatile and then reads
   * `sleeping`; the keeper sets `sleeping` and then reads those volatiles, and does not wait if one
   * is set. While the keeper is at work, being told something costs no system call.
   *
   * Stalled connections wait in a queue, and each is offered what it holds before it reads anew.
   *
   * Time limits are looked for by a scan of all connections, which finds out when the next of them
   * can pass. What begins after it cannot be over before the shortest limit is, so no scan is later
   * than that; and none comes sooner than a quarter of it, 10 ms to 2.5 s, whatever begins. There is
   * no timer while there is nothing to look for.
   */
  static final long AFTER_FAILURE_NANOS = 100_000_000;
  private static final System.Logger LOG = System.getLogger("dev.carillon.source");
  private static final int MOST_CLOSED = 64;
  private static final long SOON_NANOS = 10_000_000;

  final SocketRun run;
  private final Clock clock;
  private final Timers timers;
  private final Pokes.Look<SocketLink> onPoke = this::look;
  private final Thread thread = Thread.currentThread();

  // of the keeper's thread
  private final ArrayDeque<SocketLink> waitingForRoom = new ArrayDeque<>();
  private List<SocketLink> waitingForPace = new ArrayList<>();
  private int closedThatWait; // at most, for room
  private @Nullable Timer timer;
  private boolean asksForRoom;
  private long nextScan;

  private volatile boolean draining;
  private volatile long acceptsAgain; // when, if it does not accept now; else 0

  // set by any thread, before it reads sleeping
  private final Pokes<SocketLink> pokes = new Pokes<>();
  private volatile boolean hasRoomAgain;
  private volatile boolean isTimeUp;
  private volatile boolean looksSoon;

  volatile boolean sleeping; // written by the keeper's thread

  SocketKeeper(SocketRun run) {
    this.run = run;
    this.clock = run.intake.clock();
    this.nextScan = run.now() + run.scanNanos();
    this.timers = SharedTimers.acquire(clock);
  }

  // ── what each way to serve does in its own manner ──

  /** Ends the keeper's sleep. */
  abstract void wakeUp();

  /** Serves until there is work for the keeper, or just what can be served without a wait. */
  abstract void serve(boolean mayWait) throws Exception;

  /** Accepts again after a pause. */
  abstract void acceptAgain();

  /** Accepts nothing more. */
  abstract void stopAccepting() throws Exception;

  /** {@return all connections} */
  abstract Collection<SocketLink> links();

  // ── any thread ──

  final void poke(SocketLink link) {
    if (pokes.add(link)) {
      wake();
    }
  }

  /** Lets a keeper that sleeps look at what was said. */
  final void wake() {
    if (sleeping && !isOnItsThread()) {
      wakeUp();
    }
  }

  final boolean isOnItsThread() {
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

  /** A connection has begun to wait for its end, which does not take as long as other limits. */
  final void lookSoon() {
    if (!looksSoon) {
      looksSoon = true;
      wake();
    }
  }

  final boolean isDraining() {
    return draining;
  }

  // ── accepting ──

  /** What begins to serve a connection: if it fails, nothing does. */
  @FunctionalInterface
  interface Beginning {
    void begin(SocketAddress remote) throws IOException;
  }

  /** What knows the address of a connection's other side. */
  @FunctionalInterface
  interface Remote {
    SocketAddress address() throws IOException;
  }

  /** {@return the rule that one more connection breaks, or null; then it is counted} */
  @Nullable String admits(SocketAddress remote) {
    return run.admit(remote);
  }

  /** Serves a connection that was accepted, or closes it. */
  final void admit(NetworkChannel channel, Remote side, Beginning beginning) {
    SocketAddress admitted = null;
    boolean isServed = false;
    try {
      SocketAddress remote = side.address();
      String rule = admits(remote);
      if (rule == null) {
        admitted = remote;
        if (run.config.noDelay()
            && channel.supportedOptions().contains(StandardSocketOptions.TCP_NODELAY)) {
          channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        }
        beginning.begin(remote);
        isServed = true;
      } else {
        run.intake.refuse(rule, "a connection of " + SocketRun.name(remote));
      }
    } catch (IOException e) { // it is gone already
      LOG.log(Level.DEBUG, "a connection failed before it was served", e);
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "a connection is not served for a fault of its own", e);
    } finally {
      if (!isServed) {
        if (admitted != null) {
          run.release(admitted);
        }
        closeQuietly(channel);
      }
    }
  }

  final boolean isAccepting() {
    return acceptsAgain == 0;
  }

  /** Does not accept until a time; {@link #acceptAgain} is called then. */
  final void pauseAccepting(long until) {
    acceptsAgain = until == 0 ? 1 : until;
    timeUp();
  }

  // ── the keeper's thread ──

  /** Serves until the source is stopped. */
  final void serveAll() throws Exception {
    while (!run.intake.isStopping()) {
      round();
    }
  }

  /** Takes nothing more in, and serves until all is answered and sent, or the time has passed. */
  final void drain(Duration grace) throws Exception {
    draining = true;
    stopAccepting();
    long end = run.now() + SocketRun.nanos(grace);
    Timer last = timers.schedule(grace, this::timeUp);
    for (SocketLink link : links()) {
      link.drain(run.now());
    }
    while (run.open() > 0 && run.now() - end < 0) {
      round();
    }
    last.cancel();
  }

  private void round() throws Exception {
    sleeping = true;
    serve(!hasWork());
    sleeping = false;
    if (Thread.interrupted()) { // or no wait would be one; whoever stops the source marks it too
      LOG.log(Level.TRACE, "a keeper of sockets was interrupted");
    }
    pokes.each(onPoke);
    if (isTimeUp) {
      isTimeUp = false;
      timeIsUp(run.now());
    }
    if (looksSoon) {
      looksSoon = false;
      long soon = run.now() + run.scanNanos();
      nextScan = soon - nextScan < 0 ? soon : nextScan;
    }
    if (hasRoomAgain) {
      hasRoomAgain = false;
      asksForRoom = false;
      resume(run.now());
    }
    if (!waitingForRoom.isEmpty() && !asksForRoom && !draining) {
      asksForRoom = true;
      run.intake.onRoom(this::roomAgain);
    }
    setTimer();
  }

  final boolean hasWork() {
    return !pokes.isEmpty()
        || hasRoomAgain
        || isTimeUp
        || looksSoon
        || (run.intake.isStopping() && !draining);
  }

  private void look(SocketLink link) {
    link.poked(run.now());
  }

  // ── room and pace ──

  /** {@return whether a connection may be read that has not waited} */
  final boolean mayRead() {
    return waitingForRoom.isEmpty() && run.intake.hasRoom();
  }

  final void waitForRoom(SocketLink link) {
    waitingForRoom.add(link);
  }

  final void waitForPace(SocketLink link) {
    waitingForPace.add(link);
  }

  /** A connection is closed. Where it waits it stays, but those that do are never most of them. */
  final void drops(SocketLink link) {
    if (link.stall() == SocketLink.Stall.ROOM && ++closedThatWait > run.open() + MOST_CLOSED) {
      waitingForRoom.removeIf(SocketLink::isClosed);
      closedThatWait = 0;
    }
  }

  private void resume(long now) {
    for (int left = waitingForRoom.size(); left > 0 && run.intake.hasRoom(); left--) {
      SocketLink link = waitingForRoom.poll();
      if (link != null) {
        link.resume(now);
      }
    }
  }

  // ── time ──

  private void timeIsUp(long now) {
    Timer set = timer;
    if (set != null) { // it was not the timer that said so
      set.cancel();
    }
    timer = null;
    if (acceptsAgain != 0 && now - acceptsAgain >= 0 && !draining) {
      acceptsAgain = 0;
      acceptAgain();
    }
    if (!waitingForPace.isEmpty()) {
      List<SocketLink> waited = waitingForPace;
      waitingForPace = new ArrayList<>();
      for (SocketLink link : waited) {
        if (link.isTooFast(now)) {
          waitingForPace.add(link);
        } else {
          link.resume(now);
        }
      }
    }
    if (now - nextScan >= 0) {
      endOverdue(now);
    }
  }

  /** Ends what is overdue, and finds out when to look again. */
  private void endOverdue(long now) {
    long soonest = run.shortestLimit(); // which nothing that begins from now on can be over before
    for (SocketLink link : links()) {
      link.endIfOverdue(now);
      soonest = Math.min(soonest, link.dueIn(now));
    }
    nextScan = now + Math.max(soonest, run.scanNanos());
  }

  private void setTimer() {
    long due;
    if (acceptsAgain != 0 || !waitingForPace.isEmpty()) {
      due = run.now() + SOON_NANOS;
    } else if (run.open() > 0) {
      due = nextScan;
    } else {
      return;
    }
    Timer set = timer;
    if (set != null && (set.deadline() - due <= 0 || !set.cancel())) {
      return;
    }
    timer = timers.scheduleAt(due, this::timeUp);
  }

  static void closeQuietly(AutoCloseable closed) {
    try {
      closed.close();
    } catch (Exception e) {
      LOG.log(Level.DEBUG, "a channel could not be closed", e);
    }
  }

  /** Closes all, whatever is under way. */
  @Override
  public void close() {
    links().forEach(SocketLink::closeNow);
    Timer set = timer;
    if (set != null) {
      set.cancel();
    }
    SharedTimers.release(clock);
  }
}
