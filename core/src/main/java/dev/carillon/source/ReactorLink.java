package dev.carillon.source;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** A connection that a {@link Reactor} serves. All but sending happens on the reactor's thread. */
final class ReactorLink extends SocketLink {
  /*
   * What a handler answers on the reactor's thread, while the frames of this connection are being
   * handled, is put into the reactor's buffer and written once when all of them are; so an echo is
   * one read and one write. That is only done while nothing else waits to be sent. All other frames
   * go through the outbox.
   *
   * The end comes in steps. FINISHING: nothing more is read; what is to be sent is written.
   * LINGERING: the other side was told that no more comes; what it still sends is read and thrown
   * away until it closes too, for closing with bytes unread would make the system throw away what
   * the other side has not read yet. CLOSED.
   */
  private static final System.Logger LOG = System.getLogger("dev.carillon.source");
  private static final int READS = 4; // at most, before others have their turn
  private static final int RESUME = 1 << 30; // beside the operations of a key
  private static final int LOOK = 1 << 29;
  private static final long LINGER_NANOS = 1_000_000_000;

  /** How far the end is. */
  private enum Phase {
    OPEN,
    FINISHING,
    LINGERING,
    CLOSED
  }

  private final Reactor reactor;
  private final SocketChannel channel;
  private final Wire wire;
  private final SelectionKey key;
  private final Unsent unsent = new Unsent();
  private Phase phase = Phase.OPEN;
  private long lingersSince;
  private int interest = SelectionKey.OP_READ;
  private int charged; // for what waits in the wire
  private boolean isOverBuffered; // an answer has to wait that may not

  private ReactorLink(
      Reactor reactor, SocketChannel channel, SocketAddress remote, SelectionKey key) {
    super(reactor.run, remote);
    this.reactor = reactor;
    this.channel = channel;
    this.wire = reactor.wire(channel);
    this.key = key;
  }

  /** Begins to serve a connection. */
  static void serve(Reactor reactor, SocketChannel channel, SocketAddress remote, Selector selector)
      throws IOException {
    channel.configureBlocking(false);
    SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
    key.attach(new ReactorLink(reactor, channel, remote, key));
  }

  // ── any thread ──

  @Override
  void poke() {
    reactor.poke(this);
  }

  @Override
  void pushed() {
    reactor.poke(this);
  }

  @Override
  boolean sendNow(byte[] data, int size) {
    if (!reactor.isHandling(this) || outbox.unsent() != 0) {
      return false;
    }
    ByteBuffer out = reactor.out();
    int most = Math.min(out.capacity(), run.config.sendBuffer());
    if (size > most) {
      return false;
    }
    if (out.position() > most - size) {
      try {
        writeStaged(run.now());
      } catch (IOException e) { // the next read or write finds it too, and ends the connection
        LOG.log(Level.DEBUG, () -> this + " cannot be written to", e);
        return false;
      }
      if (outbox.unsent() != 0) {
        return false;
      }
    }
    run.config.framing().encode(data, out);
    return true;
  }

  // ── the reactor's thread ──

  /** Something can be read or written. */
  void ready(int operations, long now) {
    handle(operations, now);
  }

  @Override
  void poked(long now) {
    handle(LOOK, now);
  }

  @Override
  void resume(long now) {
    handle(RESUME, now);
  }

  private void handle(int what, long now) {
    if (phase == Phase.CLOSED) {
      return;
    }
    reactor.handles(this);
    try {
      act(what, now);
    } catch (BadInputException e) {
      refuse(e.rule(), e.what());
      finishQuietly(now);
      if (hasUnsent() && run.isOverBuffered()) { // what it does not take now may not wait
        closeNow();
      }
    } catch (IOException e) {
      failed(e);
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, this + " is closed for a fault of its own", e);
      closeNow();
    } finally {
      reactor.handles(null);
    }
  }

  private void act(int what, long now) throws IOException, BadInputException {
    if ((what & SelectionKey.OP_WRITE) != 0) {
      write(now);
    }
    if ((what & RESUME) != 0) {
      readOn(now);
    } else if ((what & SelectionKey.OP_READ) != 0) {
      read(now, false);
    }
    writeStaged(now);
    wantWrites();
    account();
    if ((what & LOOK) != 0) {
      look(now);
    } else if (isClosing() && phase == Phase.OPEN) {
      finish(now);
    }
  }

  private void look(long now) throws IOException, BadInputException {
    if (phase != Phase.OPEN) {
      return;
    }
    if (isClosing() || (isEnding() && !isUnderWay())) {
      finish(now);
      return;
    }
    unsent.append(outbox.take());
    write(now);
    if (stall() == Stall.CAP && !isEnding()) {
      readOn(now);
      writeStaged(now);
      account();
    }
  }

  private void account() throws BadInputException {
    if (phase == Phase.CLOSED) {
      return;
    }
    int more = wire.held() - charged;
    if (more != 0) {
      charged += more;
      chargeFor(more);
    }
    if (isOverBuffered) {
      isOverBuffered = false;
      throw tooMuchBuffered();
    }
  }

  // ── reading ──

  private void read(long now, boolean isItsTurn) throws IOException, BadInputException {
    if (phase == Phase.LINGERING) {
      throwAway();
      return;
    }
    if (phase != Phase.OPEN || stall() != Stall.NONE || isEnding()) {
      return;
    }
    ByteBuffer in = reactor.in();
    for (int i = 0; i < READS; i++) {
      if (isTooFast(now)) {
        stalled(Stall.PACE);
        return;
      }
      if (!(isItsTurn ? run.intake.hasRoom() : reactor.mayRead())) {
        stalled(Stall.ROOM);
        return;
      }
      int count = wire.read(in.clear());
      if (count < 0) {
        ended(now);
        return;
      }
      if (count > 0) {
        heard(count, now);
        Stall why = deliver(in.flip(), now);
        if (why != Stall.NONE) {
          stalled(why);
          return;
        }
        if (wire.isOver()) { // nothing will make it readable again
          ended(now);
          return;
        }
      }
      if (count < in.capacity()) {
        break;
      }
    }
    want(SelectionKey.OP_READ, true);
  }

  /** Offers what could not be offered, and then reads. */
  private void readOn(long now) throws IOException, BadInputException {
    if (phase != Phase.OPEN || isClosing()) {
      return;
    }
    stall(Stall.NONE);
    if (holds()) {
      Stall why = deliverHeld(now);
      if (why != Stall.NONE) {
        stalled(why);
        return;
      }
    }
    want(SelectionKey.OP_READ, true);
    read(now, true);
  }

  private void stalled(Stall why) {
    stall(why);
    want(SelectionKey.OP_READ, false);
    if (why == Stall.ROOM) {
      reactor.waitForRoom(this);
    } else if (why == Stall.PACE) {
      refuse("max-rate", "more than its pace: what follows waits");
      reactor.waitForPace(this);
    }
  }

  private void ended(long now) throws IOException {
    if (isCutOff()) {
      refuse("cut-off", "the connection ended within a frame");
    }
    end();
    want(SelectionKey.OP_READ, false);
    if (!isUnderWay()) {
      finish(now);
    }
  }

  private void throwAway() throws IOException {
    for (int i = 0; i < READS; i++) {
      int count = wire.read(reactor.in().clear());
      if (count < 0) {
        closeNow();
        return;
      }
      if (count == 0) {
        return;
      }
    }
  }

  // ── writing ──

  /** Writes what handlers answered in this round. */
  private void writeStaged(long now) throws IOException {
    ByteBuffer out = reactor.out();
    if (out.position() == 0) {
      return;
    }
    int count = wire.write(out.flip());
    if (out.hasRemaining()) {
      byte[] rest = new byte[out.remaining()];
      out.get(rest);
      outbox.left(rest.length);
      isOverBuffered |= !run.charge(rest.length);
      unsent.append(new Outbox.Frame(rest));
    }
    out.clear();
    wrote(count, !hasUnsent(), now);
    wantWrites();
  }

  /** Writes what waits, as far as the other side takes it. */
  private void write(long now) throws IOException {
    ByteBuffer out = reactor.out();
    boolean goesOn = !unsent.isEmpty() || wire.hasUnsent();
    while (goesOn) {
      unsent.fill(out.clear());
      int count = wire.write(out.flip());
      boolean isAll = !out.hasRemaining();
      unsent.advance(count);
      outbox.written(count);
      run.charge(-count);
      goesOn = isAll && !unsent.isEmpty();
      wrote(count, !hasUnsent(), now);
    }
    out.clear();
    wantWrites();
    if (phase == Phase.FINISHING && !hasUnsent()) {
      linger(now);
    }
  }

  private boolean hasUnsent() {
    return !unsent.isEmpty() || wire.hasUnsent();
  }

  private void wantWrites() {
    want(SelectionKey.OP_WRITE, hasUnsent());
  }

  private void want(int operation, boolean isOn) {
    int wanted = isOn ? interest | operation : interest & ~operation;
    if (wanted != interest && phase != Phase.CLOSED) {
      interest = wanted;
      key.interestOps(wanted);
    }
  }

  // ── the end ──

  @Override
  void drain(long now) {
    if (phase == Phase.CLOSED) {
      return;
    }
    if (phase == Phase.LINGERING || !isOpen()) {
      finishQuietly(now);
      return;
    }
    if (isCutOff()) {
      refuse("cut-off", "the source was stopped before a frame could be handled");
    }
    end();
    want(SelectionKey.OP_READ, false);
    if (!isUnderWay()) {
      finishQuietly(now);
    }
  }

  private void finishQuietly(long now) {
    try {
      finish(now);
    } catch (IOException e) {
      failed(e);
    }
  }

  private void finish(long now) throws IOException {
    writeStaged(now);
    if (phase == Phase.OPEN) {
      phase = Phase.FINISHING;
      setClosing();
      want(SelectionKey.OP_READ, false);
      unsent.append(outbox.shut());
      write(now);
    } else if (phase == Phase.LINGERING && reactor.isDraining()) {
      closeNow();
    }
  }

  private void linger(long now) throws IOException {
    wire.shutdownOutput();
    if (isEnding() || reactor.isDraining()) {
      closeNow();
      return;
    }
    phase = Phase.LINGERING;
    lingersSince = now;
    reactor.lookSoon();
    want(SelectionKey.OP_READ, true);
  }

  @Override
  boolean isLingering() {
    return phase == Phase.LINGERING;
  }

  @Override
  void endIfOverdue(long now) {
    if (phase == Phase.CLOSED) {
      return;
    }
    if (phase == Phase.LINGERING) {
      if (now - lingersSince > LINGER_NANOS) {
        closeNow();
      }
      return;
    }
    String rule = overdue(now);
    if (rule == null
        && stall() == Stall.NONE
        && !wire.isReady()
        && now - since() > run.frameNanos) {
      rule = "handshake-timeout";
    }
    if (rule != null) {
      refuse(rule, "it took too long");
      closeNow();
    }
  }

  private void refuse(String rule, String what) {
    run.intake.refuse(rule, this + ": " + what);
  }

  private void failed(Exception e) {
    if (isCutOff() || hasUnsent() || isUnderWay()) {
      refuse("cut-off", e.toString());
    } else {
      LOG.log(Level.DEBUG, () -> this + " has failed", e);
    }
    closeNow();
  }

  @Override
  boolean isClosed() {
    return phase == Phase.CLOSED;
  }

  @Override
  void closeNow() {
    if (phase == Phase.CLOSED) {
      return;
    }
    phase = Phase.CLOSED;
    setClosing();
    key.attach(null);
    reactor.drops(this);
    run.charge(-charged);
    charged = 0;
    releaseReading();
    releaseWriting(unsent);
    release();
    try {
      channel.close();
    } catch (IOException | CancelledKeyException e) {
      LOG.log(Level.DEBUG, () -> this + " could not be closed", e);
    }
  }
}
