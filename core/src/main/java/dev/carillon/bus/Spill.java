package dev.carillon.bus;

import dev.carillon.event.SystemClosedException;
import dev.carillon.schedule.Lane;
import dev.carillon.schedule.LaneHandler;
import dev.carillon.schedule.Offer;
import dev.carillon.schedule.Placement;
import dev.carillon.schedule.Scheduler;
import dev.carillon.spi.Durability;
import dev.carillon.spi.MessageStore;
import dev.carillon.spi.MessageStream;
import dev.carillon.spi.Page;
import dev.carillon.spi.ReadQuery;
import dev.carillon.spi.StoredMessage;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What waits for a subscription behind its lane: a stream of the bus's store. */
final class Spill<T> {
  /*
   * A publisher that finds the lane full, or something in the stream that is not in the lane yet,
   * appends to the stream: `last` is above `handed` then. It is so until the drainer has put the
   * message into the lane, and only then sets `handed`. So whoever published a message that was
   * spilled, or knows of it, sees that the next has to go behind it, and each publisher's messages
   * come into the lane in their order. No lock is needed, as two publishers that know nothing of
   * each other have no order.
   *
   * The drainer is a lane of its own, to which anybody gives a word when there may be something to
   * do; so it runs in one place at a time, and words that come together are one. It never waits for
   * room: if the lane is full it stops, and the lane's handler gives it a word before it handles a
   * message while half of the lane is empty. As the lane was full then, such a message comes.
   *
   * What a disabled subscription refuses is handed on again, from the first refused on and without
   * what was dealt with, when none is under way and the time has passed after which the subscription
   * lets somebody probe it. What is in the lane until then is refused, too, even if it might probe:
   * it would pass those before it.
   *
   * A message leaves the stream when it is dealt with, not when it is handed on. What is dealt with
   * in a row is truncated from time to time, and when all is, and at the end; so after a crash some
   * come again, and none is missing. A message that the closing of bus or scheduler keeps from its
   * handler is not dealt with.
   */
  private static final System.Logger LOG = System.getLogger("dev.carillon.bus");
  private static final String PREFIX = "spill-";
  private static final int PAGE = 256;
  private static final int MOST_OUTSTANDING = 1 << 16; // behind one that hangs
  private static final Duration RETRY = Duration.ofSeconds(1); // of a store that fails

  private final LocalSubscription<T> subscription;
  private final Scheduler scheduler;
  private final Lane<Leg<T>> lane;
  private final int half; // of the lane
  private final StoredForm form;
  private final MessageStream stream;
  private final StreamReader reader;
  private final Lane<Boolean> drainer;
  private final Outstanding outstanding = new Outstanding(PAGE, MOST_OUTSTANDING);
  private final AtomicLong last; // sequence that was given; raised by publishers
  private final AtomicBoolean ended = new AtomicBoolean();
  private final CountDownLatch end = new CountDownLatch(1);

  // written by the drainer; read by anybody
  private volatile long handed; // up to which all is in the lane, or was passed over

  // written by who closes it
  private volatile boolean closing;

  // written when that is so, after it was closed
  private volatile boolean isLaneEmpty;

  // only the drainer
  private List<StoredMessage> page = List.of();
  private int place; // in the page
  private boolean isFailing;
  private volatile boolean isRetrying; // a timer is set

  // begun by the drainer, ended by the timer
  private volatile Rest rest = Rest.NONE;

  // the drainer, and who ends it
  private volatile long truncated;

  /** The time between a refusal and the next attempt. */
  private enum Rest {
    NONE,
    BEGUN,
    ENDED
  }

  private Spill(
      LocalSubscription<T> subscription,
      Scheduler scheduler,
      Lane<Leg<T>> lane,
      StoredForm form,
      MessageStream stream) {
    this.subscription = subscription;
    this.scheduler = scheduler;
    this.lane = lane;
    this.half = subscription.options().capacity() / 2;
    this.form = form;
    this.stream = stream;
    this.reader = new StreamReader(stream, form);
    this.last = new AtomicLong(stream.lastSequence());
    this.truncated = stream.firstSequence() - 1;
    this.handed = truncated;
    this.drainer =
        scheduler.lane(
            c ->
                c.named("spill of " + subscription.name())
                    .withCapacity(2)
                    .band(subscription.options().band())
                    .on(Placement.BLOCKING),
            LaneHandler.each(_ -> drain()));
  }

  /**
   * {@return what is behind the lane of a subscription; null if it does not spill}
   *
   * @throws IllegalArgumentException if it has no name, or none that a stream can have, or the bus
   *     has no store
   * @throws IllegalStateException if the stream is open
   */
  static <T> @Nullable Spill<T> open(
      LocalSubscription<T> subscription, Scheduler scheduler, Lane<Leg<T>> lane) {
    SubscriptionOptions<T> options = subscription.options();
    if (options.whenFull() != WhenFull.SPILL) {
      return null;
    }
    BusConfig config = subscription.bus().config();
    StoredForm form = subscription.bus().form();
    MessageStore store = config.store();
    String name = options.name();
    if (store == null || form == null) {
      throw new IllegalArgumentException(
          "a subscription that spills needs a store, see BusConfig.withStore: subscription=\"%s\""
              .formatted(subscription.name()));
    }
    if (name == null) {
      throw new IllegalArgumentException(
          "a subscription that spills must have a name, by which its messages are found again, see"
              + " SubscriptionOptions.named: pattern=\"%s\"".formatted(subscription.pattern()));
    }
    if (options.replay() != null) {
      throw new IllegalArgumentException(
          "a subscription that spills must not replay, as messages would come twice:"
              + " subscription=\"%s\"".formatted(name));
    }
    MessageStream stream = store.open(streamOf(name), options.spill());
    try {
      return new Spill<>(subscription, scheduler, lane, form, stream);
    } catch (RuntimeException | Error e) {
      stream.close();
      throw e;
    }
  }

  private static String streamOf(String name) {
    try {
      return MessageStore.checkName(PREFIX + name);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "a subscription that spills must have a name of 1 to 58 letters, digits, '-' and '_', see"
              + " SubscriptionOptions.named: name=\"%s\"".formatted(name),
          e);
    }
  }

  // ── publishers ──

  /** {@return whether there is something that a new message has to go behind} */
  boolean isAhead() {
    return last.get() > handed || outstanding.hasRefused();
  }

  /** {@return whether something was refused that is to be handed on again} */
  boolean hasRefused() {
    return outstanding.hasRefused();
  }

  /** {@return how many messages are in the stream and not in the lane} */
  int size() {
    long inLane = outstanding.hasRefused() ? outstanding.upTo(handed) : handed;
    return Math.clamp(last.get() - inLane, 0, Integer.MAX_VALUE);
  }

  /** Takes a message, or refuses it. */
  void add(Leg<T> leg) {
    try {
      long sequence = stream.append(form.write(leg.message), Durability.MEMORY);
      last.accumulateAndGet(sequence, Math::max);
      subscription.calls().spilled(leg);
      subscription.bus().stalls().arm();
      wake();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      subscription
          .calls()
          .refuse(leg, "the publisher was interrupted while it waited for the store", true);
    } catch (RuntimeException | Error e) { // of the store, as when it is full, or of the codec
      subscription.calls().refuse(leg, "it cannot be spilled: " + e.getMessage(), true);
    }
  }

  // ── whoever gives the drainer a word ──

  /** Hands on what an earlier bus has left, before anything else. */
  void start() {
    if (isAhead()) {
      subscription.bus().stalls().arm();
      wake();
    }
  }

  /** A message has left the lane. */
  void leftLane() {
    if (isAhead() && lane.queued() <= half) {
      wake();
    }
  }

  private void wake() {
    Offer offered = drainer.offer(true); // if it is full, somebody has given a word already
    if (offered == Offer.CLOSED && isOver()) {
      finish(); // nobody else will
    }
  }

  /** Something has become of a message that was handed on. */
  void settled(Outstanding.Mark mark, Outcome outcome) {
    boolean isNews =
        switch (fate(outcome)) {
          case DONE -> outstanding.done(mark);
          case REFUSED -> outstanding.refused(mark);
          case LEFT -> outstanding.left(mark);
        };
    if (isNews) {
      wake();
    }
  }

  /** What an outcome means for a message in the stream. */
  private enum Fate {
    DONE,
    REFUSED,
    LEFT
  }

  private Fate fate(Outcome outcome) {
    boolean isClosing = closing || !subscription.bus().publishing().isOpen();
    return switch (outcome) {
      case Outcome.Handled _, Outcome.Filtered _ -> Fate.DONE;
      case Outcome.Dropped _ when isClosing -> Fate.LEFT;
      case Outcome.Refused _ when isClosing -> Fate.LEFT;
      case Outcome _ when !scheduler.isOpen() -> Fate.LEFT; // which may be why it failed
      case Outcome.Refused _ -> Fate.REFUSED;
      default -> Fate.DONE;
    };
  }

  // ── the drainer ──

  private void drain() {
    try {
      if (outstanding.hasRefused() && !outstanding.isAnyUnderWay()) {
        again();
      }
      while (mayHandOn() && (place < page.size() || turn()) && handOn(page.get(place))) {
        handed = page.get(place).sequence();
        place++;
      }
      truncate();
      isFailing = false;
    } catch (RuntimeException | Error e) { // mostly a StoreException
      failed(e);
    }
    if (isOver()) {
      finish();
    }
  }

  private boolean mayHandOn() {
    return !closing && !outstanding.hasRefused() && outstanding.hasRoom();
  }

  /** Hands on again what was refused, as the subscription is disabled, but not at once. */
  private void again() {
    switch (rest) {
      case NONE -> {
        rest = Rest.BEGUN;
        scheduler
            .events()
            .after(subscription.options().onError().probeAfter())
            .whenComplete(_ -> endRest());
      }
      case BEGUN -> {}
      case ENDED -> {
        rest = Rest.NONE;
        handed = outstanding.upTo(handed); // first: publishers must find one or the other
        outstanding.rewind();
        page = List.of();
        place = 0;
      }
    }
  }

  private void endRest() {
    rest = Rest.ENDED;
    wake();
  }

  /** Reads the next page: {@return whether there is one} */
  private boolean turn() {
    while (last.get() > handed) {
      Page read = reader.read(ReadQuery.from(handed + 1).limit(PAGE));
      page = read.messages();
      place = 0;
      if (!page.isEmpty()) {
        return true;
      }
      if (read.next() <= handed + 1) {
        return false;
      }
      handed = read.next() - 1; // what was there is damaged
    }
    return false;
  }

  /** Puts a message into the lane: {@return false if that has no room, or is closed} */
  private boolean handOn(StoredMessage stored) {
    if (lane.queued() >= subscription.options().capacity()) {
      return false; // before it is read for nothing
    }
    if (outstanding.wasDone(stored.sequence())) {
      return true;
    }
    Message<?> message = form.read(stored, stream.name());
    if (message == null) {
      subscription.counts().dropped.increment();
      return true;
    }
    Outstanding.Mark mark = outstanding.begin(stored.sequence());
    Leg<T> leg = subscription.wanted(message, outcome -> settled(mark, outcome));
    if (leg == null) {
      boolean _ = outstanding.done(mark); // this is the drainer, which looks by itself
      return true;
    }
    if (lane.offer(leg) != Offer.ACCEPTED) {
      outstanding.takeBack(mark);
      return false;
    }
    return true;
  }

  /** Forgets what is dealt with, if that is much or all. */
  private void truncate() {
    long done = outstanding.upTo(handed);
    boolean isWorthIt = done >= truncated + PAGE || done >= last.get() || closing;
    if (isWorthIt && done > truncated) {
      stream.truncateBefore(done + 1);
      truncated = done;
    }
  }

  private void failed(Throwable cause) {
    if (!isFailing) {
      isFailing = true;
      LOG.log(
          Level.WARNING,
          "what %s has spilled waits, as the store fails; it is tried again in %s"
              .formatted(subscription, RETRY),
          cause);
    }
    if (!isRetrying) {
      isRetrying = true;
      retryLater();
    }
  }

  private void retryLater() {
    try {
      scheduler
          .events()
          .after(RETRY)
          .whenComplete(_ -> {
            isRetrying = false;
            wake();
          });
    } catch (SystemClosedException | IllegalStateException e) { // nothing is handed on any more
      LOG.log(Level.DEBUG, "no more tries to drain " + stream.name(), e);
    }
  }

  // ── ends ──

  /** Hands on nothing more, once the lane is closed; the rest stays in the stream. */
  void close() {
    closing = true;
    try {
      lane.handled().whenComplete(_ -> laneIsEmpty()); // poisoned if the scheduler closes
    } catch (SystemClosedException e) { // nothing is handled any more
      laneIsEmpty();
    }
  }

  private void laneIsEmpty() {
    isLaneEmpty = true;
    wake();
  }

  private boolean isOver() {
    return isLaneEmpty && !outstanding.isAnyUnderWay();
  }

  /** Closes the stream, whatever is still under way. Idempotent. */
  void finish() {
    if (ended.compareAndSet(false, true)) {
      closing = true;
      try {
        truncate();
      } catch (RuntimeException e) {
        failed(e);
      } finally {
        stream.close();
        drainer.close();
        end.countDown();
        subscription.bus().end();
      }
    }
  }

  boolean isFinished() {
    return end.getCount() == 0;
  }

  /**
   * {@return whether all that was handed on is dealt with, and the stream closed, within a time}
   */
  boolean await(Duration timeout) throws InterruptedException {
    return end.await(Math.max(0, timeout.toNanos()), TimeUnit.NANOSECONDS);
  }
}
