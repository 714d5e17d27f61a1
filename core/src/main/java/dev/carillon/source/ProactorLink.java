package dev.carillon.source;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A connection that a {@link Proactor} serves, by operations that call back when they are done. */
final class ProactorLink extends SocketLink {
  /*
   * At most one read and one write is on its way. What belongs to the reading side is touched by
   * whoever is called back by the read, until the next read begins; if the connection is stalled
   * instead, by the keeper's thread, until it resumes it. Volatile `stall` passes it on, and the
   * reader pokes the keeper after it has set it.
   *
   * The writing side belongs to whoever has changed `writing` to 1, until the write is done and
   * there is nothing more to write. A frame is pushed before `writing` is looked at, and `writing`
   * is set to 0 before it is looked for frames, so none is left behind. The same holds for
   * `finishing`; each turn reads it once, before it empties the outbox, so that it says that no more
   * comes only after it has shut the outbox and written what was inside.
   *
   * Who closes it only marks it as closed and closes the channel: each side lets go of what it has
   * when it finds that, the reader in the call that tells of the closing.
   */
  private static final System.Logger LOG = System.getLogger("dev.carillon.source");
  private static final VarHandle WRITING;
  private static final VarHandle CLOSED;
  private static final int LEAST = 2 << 10;
  private static final int MOST = 64 << 10;
  private static final long LINGER_NANOS = 1_000_000_000;
  private static final CompletionHandler<Integer, ProactorLink> ON_READ =
      handler(ProactorLink::wasRead);
  private static final CompletionHandler<Integer, ProactorLink> ON_WRITTEN =
      handler(ProactorLink::wasWritten);

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      WRITING = lookup.findVarHandle(ProactorLink.class, "writing", boolean.class);
      CLOSED = lookup.findVarHandle(ProactorLink.class, "closed", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** What an operation came to. */
  private record Done(int count, @Nullable Throwable failure) {}

  private final Proactor proactor;
  private final AsynchronousSocketChannel channel;

  // of the reading side
  private ByteBuffer in = ByteBuffer.allocate(LEAST);
  private @Nullable Thread handling; // others read it too, who only care whether it is themselves

  // of the writing side
  private final Unsent unsent = new Unsent();

  private boolean waits; // of the keeper's thread: in one of its queues

  @SuppressWarnings("UnusedVariable") // read by CAS
  private volatile boolean writing;

  private volatile boolean closed; // CAS
  private volatile boolean finishing; // closed when all is written; set by the keeper's thread
  private volatile boolean atEnd; // nothing more can be read
  private volatile long lingersSince; // 0 unless it only waits for the other side to close

  ProactorLink(Proactor proactor, AsynchronousSocketChannel channel, SocketAddress remote) {
    super(proactor.run, remote);
    this.proactor = proactor;
    this.channel = channel;
  }

  private static CompletionHandler<Integer, ProactorLink> handler(
      BiConsumer<ProactorLink, Done> then) {
    return new CompletionHandler<>() {
      @Override
      public void completed(Integer count, ProactorLink link) {
        then.accept(link, new Done(count, null));
      }

      @Override
      public void failed(Throwable failure, ProactorLink link) {
        then.accept(link, new Done(0, failure));
      }
    };
  }

  // ── any thread ──

  @Override
  void poke() {
    proactor.poke(this);
  }

  @Override
  void pushed() {
    if (!Thread.currentThread().equals(handling)) { // else all answers are written together
      write();
    }
  }

  // ── reading ──

  /** Begins the next read; the first one makes the connection work. */
  void read() {
    try {
      channel.read(in.clear(), this, ON_READ);
    } catch (RuntimeException e) { // the group has just been shut down
      wasRead(new Done(0, e));
    }
  }

  private void wasRead(Done done) {
    Throwable failure = done.failure();
    if (closed || failure != null) {
      releaseReading();
      if (failure != null) {
        failed(failure);
      }
      return;
    }
    if (done.count() < 0) {
      ended();
    } else if (isClosing() || isEnding()) { // read on, and throw it away, until the end
      read();
    } else {
      heard(done.count(), run.now());
      int count = done.count();
      if (takeIn(false)) {
        fit(count);
        read();
      }
    }
  }

  /** Offers what was read or held: {@return whether to read on} */
  private boolean takeIn(boolean wasHeld) {
    long now = run.now();
    handling = Thread.currentThread();
    Stall why = Stall.NONE;
    try {
      why = wasHeld ? deliverHeld(now) : deliver(in.flip(), now);
      if (why == Stall.NONE && !isClosing()) {
        why = isTooFast(now) ? Stall.PACE : run.intake.hasRoom() ? Stall.NONE : Stall.ROOM;
      }
    } catch (BadInputException e) {
      run.intake.refuse(e.rule(), this + ": " + e.what());
      releaseReading();
      close();
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, this + " is closed for a fault of its own", e);
      closeNow();
    } catch (Error e) {
      closeNow();
      throw e;
    } finally {
      handling = null;
    }
    write();
    if (why == Stall.NONE) {
      return true;
    }
    if (why == Stall.PACE) {
      run.intake.refuse("max-rate", this + ": more than its pace: what follows waits");
    }
    stall(why);
    poke();
    return false;
  }

  /** Has the next read find a buffer of the right size. */
  private void fit(int count) {
    int now = in.capacity();
    if (count == now && now < MOST) {
      in = ByteBuffer.allocate(Math.min(MOST, 4 * now));
    } else if (count <= LEAST / 2 && now > LEAST) {
      in = ByteBuffer.allocate(LEAST);
    }
  }

  private void ended() {
    atEnd = true;
    if (lingersSince != 0) {
      closeNow();
    } else if (!isClosing() && !isEnding() && isCutOff()) {
      run.intake.refuse("cut-off", this + ": the connection ended within a frame");
    }
    releaseReading();
    end();
    poke();
  }

  // ── the keeper's thread ──

  @Override
  void poked(long now) {
    if (closed) {
      if (stall() != Stall.NONE) {
        proactor.drops(this);
        stall(Stall.NONE);
        releaseReading();
      }
    } else if (isClosing() || (isEnding() && !isUnderWay())) {
      finish();
    } else if (!waits) {
      switch (stall()) {
        case NONE -> {} // somebody has settled something
        case CAP -> {
          if (!isEnding() && !isAtCap()) { // at its end, what it holds is not handled any more
            resume(now);
          }
        }
        case ROOM -> {
          waits = true;
          proactor.waitForRoom(this);
        }
        case PACE -> {
          waits = true;
          proactor.waitForPace(this);
        }
      }
    }
  }

  @Override
  void resume(long now) {
    waits = false;
    if (closed || isClosing() || isEnding()) {
      poked(now);
      return;
    }
    if (stall() != Stall.NONE) {
      stall(Stall.NONE);
      if (takeIn(true)) {
        read();
      }
    }
  }

  @Override
  void drain(long now) {
    end();
    poke();
  }

  private void finish() {
    setClosing();
    finishing = true;
    if (stall() != Stall.NONE) { // nothing of it is handled any more, but the end is to be seen
      stall(Stall.NONE);
      if (isCutOff()) {
        run.intake.refuse("cut-off", this + ": closed before a frame could be handled");
      }
      releaseReading();
      read();
    }
    write();
  }

  @Override
  boolean isLingering() {
    return finishing || lingersSince != 0;
  }

  @Override
  void endIfOverdue(long now) {
    long lingers = lingersSince;
    if (closed) {
      return;
    }
    if (lingers != 0) {
      if (now - lingers > LINGER_NANOS) {
        closeNow();
      }
      return;
    }
    String rule = overdue(now);
    if (rule != null) {
      run.intake.refuse(rule, this + ": it took too long");
      closeNow();
    }
  }

  // ── writing ──

  /** Writes what there is, unless somebody does. */
  private void write() {
    if ((outbox.hasFrames() || finishing || closed) && WRITING.compareAndSet(this, false, true)) {
      writeOn();
    }
  }

  private void writeOn() {
    do {
      if (closed) {
        releaseWriting(unsent);
        return; // for ever the one that writes
      }
      boolean ends = finishing;
      unsent.append(ends ? outbox.shut() : outbox.take());
      if (!unsent.isEmpty()) {
        ByteBuffer out = ByteBuffer.allocate(unsent.bytes(MOST));
        unsent.fill(out);
        wrote(0, false, run.now());
        try {
          channel.write(out.flip(), this, ON_WRITTEN);
        } catch (RuntimeException e) { // the group has just been shut down
          wasWritten(new Done(0, e));
        }
        return;
      }
      if (ends && lingersSince == 0) {
        linger();
      }
      writing = false;
    } while (isWanted() && WRITING.compareAndSet(this, false, true));
  }

  /** {@return whether somebody has to write, or to let go, who was not there to be told} */
  private boolean isWanted() {
    return outbox.hasFrames() || closed || (finishing && lingersSince == 0);
  }

  private void wasWritten(Done done) {
    if (done.failure() != null) {
      failed(done.failure());
    } else {
      unsent.advance(done.count());
      outbox.written(done.count());
      run.charge(-done.count());
      wrote(done.count(), unsent.isEmpty(), run.now());
    }
    writeOn();
  }

  // ── the end ──

  /** All is written: waits a little for the other side to close, so that it can read all of it. */
  private void linger() {
    if (atEnd || proactor.isDraining()) {
      closeNow();
      return;
    }
    lingersSince = Math.max(1, run.now());
    proactor.lookSoon();
    try {
      channel.shutdownOutput();
    } catch (IOException e) {
      failed(e);
    }
    if (atEnd) { // it may not have seen that this waits for it
      closeNow();
    }
  }

  private void failed(Throwable e) {
    if (closed) {
      return;
    }
    boolean wasOurs = e instanceof AsynchronousCloseException;
    if (!wasOurs && (isUnderWay() || outbox.unsent() > 0 || isCutOff())) {
      run.intake.refuse("cut-off", this + ": " + e);
    } else {
      LOG.log(Level.DEBUG, () -> this + " has failed", e);
    }
    closeNow();
  }

  @Override
  boolean isClosed() {
    return closed;
  }

  @Override
  void closeNow() {
    if (!CLOSED.compareAndSet(this, false, true)) {
      return;
    }
    setClosing();
    SocketKeeper.closeQuietly(channel);
    proactor.forget(this);
    release();
    write();
    poke(); // the keeper has what was read, if it is stalled
  }
}
