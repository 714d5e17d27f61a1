package dev.carillon.bus;

import dev.carillon.event.Poison;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A handler bound to a pattern, on a bus of this process. */
final class LocalSubscription<T> implements Subscription {
  private static final System.Logger LOG = System.getLogger("dev.carillon.bus");

  private final LocalBus bus;
  private final String name;
  private final TopicPattern pattern;
  private final Class<T> type;
  private final @Nullable Topic<T> topic; // held, if it is one
  private final SubscriptionOptions<T> options;
  private final @Nullable Consumer<? super T> payloads; // called with payloads only, directly
  private final SubscriptionCounts counts = new SubscriptionCounts();
  private final Calls<T> calls;
  private final Inbox<T> inbox;
  private final @Nullable Seam seam;
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile Stalls.@Nullable Progress progress; // written by the watch
  private volatile boolean deaf; // closed or paused; written under the monitor of this
  private volatile boolean ended; // its inbox, too, is closed; written by whoever closes it
  private long heard; // payloads; counted without care for others who count, as that costs too much

  LocalSubscription(
      LocalBus bus,
      String name,
      TopicPattern pattern,
      Class<T> type,
      @Nullable Topic<T> topic,
      Calls.Call<T> handler,
      @Nullable Consumer<? super T> payloads,
      SubscriptionOptions<T> options) {
    this.bus = bus;
    this.name = name;
    this.pattern = pattern;
    this.type = type;
    this.topic = topic;
    this.options = options;
    this.payloads = payloads;
    this.calls = new Calls<>(this, type, handler);
    Replay replay = options.replay();
    this.seam = replay == null ? null : new Seam(this, replay);
    this.inbox =
        options.isDirect() ? new DirectInbox<>(calls) : new LaneInbox<>(this, bus.scheduler());
    calls.opened();
  }

  SubscriptionOptions<T> options() {
    return options;
  }

  SubscriptionCounts counts() {
    return counts;
  }

  /** {@return what calls its handler} */
  Calls<T> calls() {
    return calls;
  }

  @Nullable Topic<T> topic() {
    return topic;
  }

  /** {@return the bus it belongs to} */
  LocalBus bus() {
    return bus;
  }

  /** {@return what a message is ordered by here; null if by nothing, or if that cannot be told} */
  @SuppressWarnings("unchecked") // its payload's class is looked at
  @Nullable Object keyOf(Message<?> message) {
    var key = options.key();
    if (key == null || !type.isInstance(message.payload())) {
      return null;
    }
    try {
      return key.apply((Message<T>) message);
    } catch (RuntimeException e) { // the user's: the message fails when it gets its turn
      LOG.log(Level.DEBUG, "no key of message " + message.id(), e);
      return null;
    }
  }

  Class<T> type() {
    return type;
  }

  /** {@return how many messages wait} */
  int queued() {
    return inbox.queued();
  }

  /** {@return whether messages wait, or are being handled on threads of the scheduler's} */
  boolean isBusy() {
    return !options.isDirect() && (inbox.queued() > 0 || !calls.running().isEmpty());
  }

  Stalls.@Nullable Progress progress() {
    return progress;
  }

  /** {@return a progress that is kept from now on; only for the watch} */
  Stalls.Progress newProgress() {
    var made = new Stalls.Progress();
    progress = made;
    return made;
  }

  @Override
  public SubscriptionHealth health() {
    if (closed.get()) {
      return SubscriptionHealth.CLOSED;
    }
    if (calls.isDisabled()) {
      return SubscriptionHealth.DISABLED;
    }
    if (inbox.isPaused()) {
      return SubscriptionHealth.PAUSED;
    }
    Stalls.Progress known = progress;
    return known != null && known.isStalled()
        ? SubscriptionHealth.STALLED
        : SubscriptionHealth.HEALTHY;
  }

  boolean isPaused() {
    return inbox.isPaused();
  }

  /** {@return whether what is handed on now has to come again, behind what was refused} */
  boolean isBehindRefused() {
    return inbox.isBehindRefused();
  }

  // ── the publisher's thread ──

  /** {@return whether it wants nothing but payloads} */
  boolean wantsPayloadsOnly() {
    return payloads != null;
  }

  /** Hands a payload to a handler that wants nothing else. */
  @SuppressWarnings("unchecked") // its class is looked at
  void hear(Object payload) {
    if (deaf || payloads == null || !type.isInstance(payload)) {
      (closed.get() ? counts.dropped : counts.filtered).increment();
      return;
    }
    try {
      payloads.accept((T) payload);
      heard++;
    } catch (Throwable e) { // an Error, too, must not keep others from the payload
      counts.failed.increment();
      calls.log(e, "a payload of type " + payload.getClass().getName());
    }
  }

  /**
   * Takes a message, filters it, lets it wait or handles it at once.
   *
   * @param round the one that is under way on the calling thread; null if there is none
   */
  void accept(
      Message<?> message,
      @Nullable Place kept,
      @Nullable Handling before,
      @Nullable LocalDelivery delivery,
      int place,
      @Nullable Round round) {
    if (isLeftToReplay(message, kept)) {
      if (delivery != null) {
        delivery.report(place, new Outcome.Replayed(name));
      }
      return;
    }
    accept(message, before, delivery, place, round, false);
  }

  private boolean isLeftToReplay(Message<?> message, @Nullable Place kept) {
    return seam != null
        && kept != null
        && pattern.matchesValid(message.topic().name()) // or it came for the topics above
        && !seam.takes(kept);
  }

  /** Takes a message that the replay has come to; may block. */
  void acceptFromHistory(Message<?> message) {
    accept(message, null, null, 0, null, true);
  }

  private void accept(
      Message<?> message,
      @Nullable Handling before,
      @Nullable LocalDelivery delivery,
      int place,
      @Nullable Round round,
      boolean isFromHistory) {
    if (!type.isInstance(message.payload())) {
      filter(delivery, place);
      return;
    }
    @SuppressWarnings("unchecked") // just looked at
    var mine = (Message<T>) message;
    var filter = options.filter();
    if (round != null && filter == null && isStraight()) {
      handleStraight(mine, before, delivery, place, round);
      return;
    }
    var leg = new Leg<T>(mine, before, delivery, place, isFromHistory);
    try {
      if (filter != null && !filter.test(mine)) {
        filter(delivery, place);
        return;
      }
    } catch (Throwable e) { // of the user's: it must not keep others from the message
      calls.fail(leg, e);
      return;
    }
    if (closed.get()) {
      calls.drop(leg, "the subscription was closed");
      return;
    }
    inbox.accept(leg);
  }

  private boolean isStraight() {
    return options.isDirect() && !closed.get() && !inbox.isPaused() && calls.isStraight();
  }

  private void handleStraight(
      Message<T> message,
      @Nullable Handling before,
      @Nullable LocalDelivery delivery,
      int place,
      Round round) {
    Throwable failure = calls.handleStraight(message, round);
    if (failure != null) {
      calls.fail(new Leg<T>(message, before, delivery, place, false), failure);
    } else if (delivery != null) {
      delivery.noteHere(place, calls.handledOutcome());
      round.settled();
    }
  }

  private void filter(@Nullable LocalDelivery delivery, int place) {
    counts.filtered.increment();
    if (delivery != null) {
      delivery.report(place, new Outcome.Filtered(name));
    }
  }

  /**
   * {@return a message that was spilled, on its way; null if it is not wanted, as the subscription
   * was another one then}
   */
  @Nullable Leg<T> wanted(Message<?> message, Consumer<Outcome> told) {
    if (!pattern.matchesValid(message.topic().name()) || !type.isInstance(message.payload())) {
      counts.filtered.increment();
      return null;
    }
    @SuppressWarnings("unchecked") // just looked at
    var leg = new Leg<>((Message<T>) message, told);
    var filter = options.filter();
    try {
      if (filter != null && !filter.test(leg.message)) {
        counts.filtered.increment();
        return null;
      }
    } catch (Throwable e) { // of the user's: it must not keep others from being handled
      calls.fail(leg, e);
      return null;
    }
    return leg;
  }

  // ── what users see ──

  @Override
  public String name() {
    return name;
  }

  @Override
  public TopicPattern pattern() {
    return pattern;
  }

  @Override
  public @Nullable String owner() {
    return options.owner();
  }

  @Override
  public void pause() {
    inbox.pause();
    noteDeaf();
  }

  @Override
  public void resume() {
    inbox.resume();
    noteDeaf();
  }

  private synchronized void noteDeaf() {
    deaf = closed.get() || inbox.isPaused();
  }

  @Override
  public boolean isOpen() {
    return !closed.get();
  }

  @Override
  public Stats stats() {
    return new Stats(
        inbox.queued(),
        counts.handled.sum() + heard,
        counts.filtered.sum(),
        counts.dropped.sum(),
        counts.refused.sum(),
        counts.spilled.sum(),
        counts.failed.sum(),
        counts.timedOut.sum(),
        counts.retried.sum(),
        counts.meanTime(),
        calls.isDisabled(),
        inbox.isPaused());
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      noteDeaf();
      bus.forget(this);
      inbox.close();
      ended = true;
      bus.end();
      calls.closed();
    }
  }

  /** Has an action run when all that was taken by now is handled; on this thread if it is. */
  void whenDrained(Runnable action) {
    inbox.whenDrained(action);
  }

  /** Begins, once the bus knows it. */
  void start() {
    inbox.start();
  }

  /** Gives back what it holds, whatever is still under way; after {@link #close}. */
  void leave() {
    inbox.leave();
  }

  /** Notes where history stands, before anything published can come. */
  void noteHistory(List<HistoryLog> logs) {
    if (seam != null) {
      seam.opened(logs);
    }
  }

  /** Hears what of the history was asked for; then what is published. */
  void replay(List<HistoryLog> logs) throws InterruptedException {
    if (seam != null) {
      seam.replay(logs);
    }
  }

  /** The replay has ended before its time: hears at least what is published. */
  void replayFailed(List<HistoryLog> logs, Poison why) {
    if (seam != null) {
      seam.giveUp(logs, why);
    }
  }

  /** {@return whether all that was taken is handled} */
  boolean isDrained() {
    return ended && inbox.isDrained();
  }

  /** {@return whether all that was taken is handled within a time} */
  boolean await(Duration timeout) throws InterruptedException {
    return inbox.await(timeout);
  }

  @Override
  public String toString() {
    return "Subscription[%s to %s]".formatted(name, pattern);
  }
}
