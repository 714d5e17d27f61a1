package dev.carillon.source;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** One connection, as far as both ways to serve it have it in common. */
abstract sealed class SocketLink extends Pokes.Poked<SocketLink>
    implements SocketConnection, SettledListener permits ReactorLink, ProactorLink {
  /*
   * Reading: what came is cut into frames, and each is offered to the source. If one cannot be
   * taken, it is kept as `pending`, the bytes behind it as `held`, and the connection is stalled:
   * nothing is read until it is resumed, so that the other side's writes wait in the end.
   *
   * A connection with as many frames under way as it may have is resumed by the one that brings
   * them down to half of that. None is missed: `isCapped` is set before the count is read again,
   * and whoever counts down does so before it reads `isCapped` (all volatile).
   */
  private static final VarHandle UNDER_WAY;
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
  private static final AtomicLong IDS = new AtomicLong();

  static {
    try {
      UNDER_WAY = MethodHandles.lookup().findVarHandle(SocketLink.class, "underWay", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Why nothing is read. */
  enum Stall {
    /** It is read. */
    NONE,
    /** The source has no room. */
    ROOM,
    /** Too many of its frames are under way. */
    CAP,
    /** It sends too fast. */
    PACE
  }

  final SocketRun run;
  final Outbox outbox = new Outbox();

  private final long id = IDS.incrementAndGet();
  private final SocketAddress remote;

  // of the reading side
  private Deframer deframer; // of tokens until one is shown
  private final Pace frames;
  private final Pace bytes;
  private byte @Nullable [] pending;
  private @Nullable ByteBuffer held;
  private int charged; // bytes that the run counts for these
  private @Nullable Origin origin; // of its items; null before the first
  private Map<String, String> headers = Map.of(); // of its items

  private volatile int underWay; // atomic
  private volatile boolean isCapped;
  private volatile boolean isEnding; // nothing more comes: closed once nothing is under way
  private volatile boolean isClosing; // nothing more is to be sent or handled
  private volatile @Nullable String user; // written by the reading side

  // written by whoever reads or writes, read by who looks for what is overdue
  private volatile boolean hasShown; // who it is, if it must
  private volatile Stall stall = Stall.NONE;
  private volatile long since; // what has to come first has had time: it connected, or went on
  private volatile long active; // when something last went in or out
  private volatile long frameBegan; // the one that is not whole; 0 if there is none
  private volatile long writesSince; // when what waits to be sent last went on; 0 if nothing does

  SocketLink(SocketRun run, SocketAddress remote) {
    this.run = run;
    this.remote = remote;
    long now = run.now();
    this.active = now;
    this.since = now;
    this.hasShown = run.config.tokens().isEmpty();
    Framing framing = run.config.framing();
    this.deframer = (hasShown ? framing : Tokens.framing(framing)).deframer();
    this.frames = new Pace(run.config.framesPerSecond(), now);
    this.bytes = new Pace(run.config.bytesPerSecond(), now);
  }

  // ── what each way does in its own manner ──

  /** Sees to it that {@link #poked} is called. */
  abstract void poke();

  /** Something has changed that concerns this connection. */
  abstract void poked(long now);

  /** Sees to it that what was pushed is written. */
  abstract void pushed();

  /** There is room, or the pace allows more. */
  abstract void resume(long now);

  /** Takes nothing more in; closes when nothing is under way and all is sent. */
  abstract void drain(long now);

  /** Closes it if a time limit has passed. */
  abstract void endIfOverdue(long now);

  /** {@return whether it only waits for the other side to close} */
  abstract boolean isLingering();

  /** Closes it, whatever waits. */
  abstract void closeNow();

  abstract boolean isClosed();

  // ── for users ──

  @Override
  public long id() {
    return id;
  }

  @Override
  public SocketAddress remote() {
    return remote;
  }

  @Override
  public Optional<String> user() {
    return Optional.ofNullable(user);
  }

  @Override
  public SendResult send(byte[] data) {
    int size = run.config.framing().encodedLength(data);
    int limit = run.config.sendBuffer();
    Checks.range("bytes of a frame to be sent", size, 0, limit);
    if (isClosing || outbox.isShut()) {
      return SendResult.CLOSED;
    }
    if (sendNow(data, size)) {
      return SendResult.ACCEPTED;
    }
    if (outbox.unsent() > limit - size) {
      return SendResult.FULL;
    }
    if (!run.charge(size)) {
      run.charge(-size);
      return SendResult.FULL;
    }
    ByteBuffer encoded = ByteBuffer.allocate(size);
    run.config.framing().encode(data, encoded);
    SendResult result = outbox.push(encoded.array(), limit);
    if (result == SendResult.ACCEPTED) {
      pushed();
    } else {
      run.charge(-size);
    }
    return result;
  }

  /** Writes a frame without a detour, if that is possible here. */
  boolean sendNow(byte[] data, int size) {
    return false;
  }

  @Override
  public boolean isOpen() {
    return !isClosing && !outbox.isShut();
  }

  @Override
  public void close() {
    if (!isClosing) {
      isClosing = true;
      poke();
    }
  }

  @Override
  public String toString() {
    String who = user;
    return "connection %d of %s%s"
        .formatted(id, SocketRun.name(remote), who == null ? "" : ", user=" + who);
  }

  // ── frames ──

  /** Counts what was read. */
  final void heard(int count, long now) {
    active = now;
    bytes.spend(count, now);
  }

  /**
   * Offers what came, frame by frame.
   *
   * @return why not all of it; then the rest is held
   */
  final Stall deliver(ByteBuffer in, long now) throws BadInputException {
    Stall why = offerAll(in, now);
    if (why != Stall.NONE && in.hasRemaining()) {
      held = ByteBuffer.allocate(in.remaining()).put(in).flip();
    }
    delivered(why, now);
    return why;
  }

  /** Offers what was held: {@return why not all of it} */
  final Stall deliverHeld(long now) throws BadInputException {
    ByteBuffer rest = held;
    Stall why = offerAll(rest == null ? NOTHING : rest, now);
    if (why == Stall.NONE) {
      held = null;
    }
    delivered(why, now);
    return why;
  }

  private void delivered(Stall why, long now) throws BadInputException {
    if (why != Stall.NONE || !deframer.hasBegun()) {
      frameBegan = 0;
    } else if (frameBegan == 0) {
      frameBegan = notZero(now);
    }
    account();
  }

  private Stall offerAll(ByteBuffer in, long now) throws BadInputException {
    while (!isClosing) {
      byte[] frame = pending;
      if (frame == null) {
        if (frames.isOver(now)) {
          return in.hasRemaining() ? Stall.PACE : Stall.NONE;
        }
        frame = deframer.next(in);
        if (frame == null) {
          return Stall.NONE;
        }
        frameBegan = 0;
        frames.spend(1, now);
        if (!hasShown) {
          authenticate(frame);
          continue;
        }
      }
      pending = frame;
      if (isAtCap()) {
        return Stall.CAP;
      }
      if (!offer(frame)) {
        return Stall.ROOM;
      }
      pending = null;
    }
    in.position(in.limit()); // of no interest any more
    return Stall.NONE;
  }

  private void authenticate(byte[] token) throws BadInputException {
    String who = run.config.tokens().user(token);
    if (who == null) {
      throw new BadInputException("authentication", "a token that nobody has");
    }
    user = who;
    hasShown = true;
    deframer = run.config.framing().deframer(); // the other one is empty
  }

  final boolean isAtCap() {
    int cap = run.config.maxUnderWay();
    if (underWay < cap) {
      return false;
    }
    isCapped = true;
    if (underWay > cap / 2) {
      return true;
    }
    isCapped = false;
    return false;
  }

  private boolean offer(byte[] frame) {
    UNDER_WAY.getAndAdd(this, 1);
    Origin from = origin;
    if (from == null) {
      from = origin();
      origin = from;
      headers = Map.of(SocketMessage.CONNECTION, Long.toString(id));
    }
    var item = new Item<SocketMessage>(new SocketMessage(this, frame), from, headers, null, null);
    if (run.intake.offer(item, this)) {
      return true;
    }
    UNDER_WAY.getAndAdd(this, -1);
    return false;
  }

  private Origin origin() {
    String name = SocketRun.name(remote);
    Origin known = name.isEmpty() ? run.origin : run.origin.withSystem(name);
    String who = user;
    return who == null ? known : known.withUser(who);
  }

  @Override
  public void settled(@Nullable Throwable failure) {
    if (underWay == 1) { // its silence begins with the end of the last frame, not with that frame
      active = run.now();
    }
    int left = (int) UNDER_WAY.getAndAdd(this, -1) - 1;
    if (isCapped && left <= run.config.maxUnderWay() / 2) {
      isCapped = false;
      poke();
    } else if (left == 0 && isEnding) {
      poke();
    }
  }

  final boolean isUnderWay() {
    return underWay > 0;
  }

  // ── stalling ──

  /** {@return whether something came that could not be offered yet} */
  final boolean holds() {
    return pending != null || held != null;
  }

  private void account() throws BadInputException {
    byte[] frame = pending;
    ByteBuffer rest = held;
    int now =
        deframer.held() + (frame == null ? 0 : frame.length) + (rest == null ? 0 : rest.capacity());
    int more = now - charged;
    if (more == 0) {
      return;
    }
    charged = now;
    chargeFor(more);
  }

  /** Counts bytes that wait, more or fewer; fails if those of all are too many. */
  final void chargeFor(int more) throws BadInputException {
    if (!run.charge(more) && more > 0) {
      throw tooMuchBuffered();
    }
  }

  final BadInputException tooMuchBuffered() {
    return new BadInputException(
        "max-buffered",
        "%d bytes wait for all connections, at most %d"
            .formatted(run.buffered(), run.config.maxBuffered()));
  }

  final Stall stall() {
    return stall;
  }

  final void stall(Stall why) {
    if (why == Stall.NONE && stall != Stall.NONE) { // it could not go on, nor show that it lives
      long now = run.now();
      since = now;
      active = now;
      if (frameBegan != 0) {
        frameBegan = notZero(now);
      }
    }
    stall = why;
  }

  /** {@return whether it has to wait before more is read} */
  final boolean isTooFast(long now) {
    return bytes.isOver(now) || frames.isOver(now);
  }

  // ── the end ──

  /** Nothing more comes. */
  final void end() {
    isEnding = true;
  }

  final boolean isEnding() {
    return isEnding;
  }

  /** {@return whether a frame has begun that nobody will ever see the end of} */
  final boolean isCutOff() {
    return deframer.hasBegun() || holds();
  }

  /** Lets nothing more be handled. */
  final void setClosing() {
    isClosing = true;
  }

  /** {@return since when it has had the time to come to its first frame} */
  final long since() {
    return since;
  }

  final boolean isClosing() {
    return isClosing;
  }

  /** Lets go of what was read; for the reading side. */
  final void releaseReading() {
    run.charge(-charged);
    charged = 0;
    held = null;
    pending = null;
  }

  /** Lets go of what is to be written; for the writing side. */
  final void releaseWriting(Unsent unsent) {
    unsent.append(outbox.shut());
    run.charge(-unsent.clear());
  }

  /** Is counted as a connection no longer. */
  final void release() {
    run.release(remote);
  }

  // ── time ──

  /** Bytes were written. */
  final void wrote(int count, boolean isAll, long now) {
    active = now;
    if (isAll) {
      writesSince = 0;
    } else if (count > 0 || writesSince == 0) {
      writesSince = notZero(now);
    }
  }

  private static long notZero(long now) {
    return now == 0 ? 1 : now;
  }

  /** {@return which time limit has passed; null if none has} */
  final @Nullable String overdue(long now) {
    long began = frameBegan;
    long writes = writesSince;
    if (writes != 0 && now - writes > run.frameNanos) {
      return "write-timeout";
    }
    if (stall != Stall.NONE) { // what it waits for is us
      return null;
    }
    if (!hasShown && now - since > run.frameNanos) {
      return "authentication-timeout";
    }
    if (underWay > 0 || writes != 0) {
      return null;
    }
    if (began != 0 && now - began > run.frameNanos) {
      return "frame-timeout";
    }
    return now - active > run.idleNanos ? "idle-timeout" : null;
  }

  /** {@return after what time a limit can pass, as things are now; 0 or less if one may have} */
  final long dueIn(long now) {
    if (isClosing || isEnding || isLingering()) {
      return 0;
    }
    long due = run.idleNanos - (now - active);
    long began = frameBegan;
    long writes = writesSince;
    if (began != 0) {
      due = Math.min(due, run.frameNanos - (now - began));
    }
    if (writes != 0) {
      due = Math.min(due, run.frameNanos - (now - writes));
    }
    long young = run.frameNanos - (now - since);
    return young > 0 ? Math.min(due, young) : due; // it may not have shown who it is yet
  }
}
