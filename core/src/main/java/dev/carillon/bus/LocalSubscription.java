package dev.carillon.bus;

import dev.carillon.schedule.Backoff;
import dev.carillon.schedule.CircuitBreaker;
import dev.carillon.schedule.Gate;
import dev.carillon.schedule.Retry;
import dev.carillon.time.Clock;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A handler bound to a pattern, on a bus of this process. */
final class LocalSubscription<T> implements Subscription {
  private static final System.Logger LOG = System.getLogger("dev.carillon.bus");
  private static final Duration FOREVER = Duration.ofDays(36_500); // twice this has nanoseconds

  /** Calls the user's handler, whatever its form, and returns when it is done. */
  @FunctionalInterface
  interface Call<T> {
    void call(Message<T> message) throws Exception;
  }

  private final LocalBus bus;
  private final String name;
  private final TopicPattern pattern;
  private final Class<T> type;
  private final @Nullable Topic<T> topic; // held, if it is one
  private final SubscriptionOptions<T> options;
  private final Call<T> handler;
  private final @Nullable Consumer<? super T> payloads; // called with payloads only, directly
  private final Clock clock;
  private final @Nullable CircuitBreaker breaker;
  private final Inbox<T> inbox;
  private final Outcome handledOutcome;
  private final @Nullable Seam seam;
  private final long limit; // of handling, in nanoseconds
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile boolean ended; // its inbox, too, is closed; written by whoever closes it

  // counted by anyone
  private final LongAdder handled = new LongAdder();
  private final LongAdder filtered = new LongAdder();
  private final LongAdder dropped = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder timedOut = new LongAdder();
  private final LongAdder retried = new LongAdder();
  private final LongAdder nanos = new LongAdder();
  private long heard; // payloads; counted without care for others who count, as that costs too much

  LocalSubscription(
      LocalBus bus,
      String name,
      TopicPattern pattern,
      Class<T> type,
      @Nullable Topic<T> topic,
      Call<T> handler,
      @Nullable Consumer<? super T> payloads,
      SubscriptionOptions<T> options) {
    this.bus = bus;
    this.name = name;
    this.pattern = pattern;
    this.type = type;
    this.topic = topic;
    this.options = options;
    this.handler = handler;
    this.payloads = payloads;
    this.clock = bus.events().config().clock();
    this.limit = options.isDirect() ? Long.MAX_VALUE : bounded(options.timeout()).toNanos();
    this.breaker = breaker();
    this.handledOutcome = new Outcome.Handled(name);
    Replay replay = options.replay();
    this.seam = replay == null ? null : new Seam(this, replay);
    this.inbox =
        options.isDirect() ? new DirectInbox<>(this) : new LaneInbox<>(this, bus.scheduler());
  }

  private static Duration bounded(@Nullable Duration timeout) {
    return timeout == null || timeout.compareTo(FOREVER) > 0 ? FOREVER : timeout;
  }

  private @Nullable CircuitBreaker breaker() {
    OnError onError = options.onError();
    Duration timeout = options.timeout();
    Duration probeTime =
        timeout == null ? onError.probeAfter() : bounded(timeout).plus(bounded(timeout));
    return onError.disableAfter() == 0
        ? null
        : CircuitBreaker.of(
            name,
            c ->
                c.withConsecutiveFailures(onError.disableAfter())
                    .withFailureRate(0)
                    .withOpenFor(Backoff.fixed(onError.probeAfter()))
                    .withTrials(1, probeTime)
                    .withClock(clock)
                    .withListener(change -> bus.publishing().notices().changed(this, change)));
  }

  SubscriptionOptions<T> options() {
    return options;
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

  boolean isPaused() {
    return inbox.isPaused();
  }

  // ── the publisher's thread ──

  /** {@return whether it wants nothing but payloads} */
  boolean wantsPayloadsOnly() {
    return payloads != null;
  }

  /** Hands a payload to a handler that wants nothing else. */
  @SuppressWarnings("unchecked") // its class is looked at
  void hear(Object payload) {
    if (payloads == null || !type.isInstance(payload) || inbox.isPaused()) {
      filtered.increment();
      return;
    }
    if (closed.get()) {
      dropped.increment();
      return;
    }
    try {
      payloads.accept((T) payload);
      heard++;
    } catch (Throwable e) { // an Error, too, must not keep others from the payload
      failed.increment();
      log(e, "a payload of type " + payload.getClass().getName());
    }
  }

  /** Takes a message, filters it, lets it wait or handles it at once. */
  void accept(
      Message<?> message,
      HistoryLog.@Nullable Entry entry,
      @Nullable Handling before,
      @Nullable LocalDelivery delivery,
      int place) {
    if (seam != null && entry != null && !seam.takes(entry)) {
      if (delivery != null) {
        delivery.report(place, new Outcome.Replayed(name));
      }
      return;
    }
    accept(message, before, delivery, place, false);
  }

  /** Takes a message that the replay has come to; may block. */
  void acceptFromHistory(Message<?> message) {
    accept(message, null, null, 0, true);
  }

  private void accept(
      Message<?> message,
      @Nullable Handling before,
      @Nullable LocalDelivery delivery,
      int place,
      boolean isFromHistory) {
    if (!type.isInstance(message.payload())) {
      filter(delivery, place);
      return;
    }
    @SuppressWarnings("unchecked") // just looked at
    var mine = (Message<T>) message;
    var leg = new Leg<T>(mine, before, delivery, place, isFromHistory);
    var filter = options.filter();
    try {
      if (filter != null && !filter.test(mine)) {
        filter(delivery, place);
        return;
      }
    } catch (Throwable e) { // of the user's: it must not keep others from the message
      fail(leg, e);
      return;
    }
    if (closed.get()) {
      drop(leg, "the subscription was closed");
      return;
    }
    inbox.accept(leg);
  }

  private void filter(@Nullable LocalDelivery delivery, int place) {
    filtered.increment();
    if (delivery != null) {
      delivery.report(place, new Outcome.Filtered(name));
    }
  }

  // ── whoever handles ──

  /** Handles a message: it is settled when this returns. */
  void handle(Leg<T> leg) {
    if (!isAdmitted(leg)) {
      return;
    }
    long start = clock.nanos();
    Throwable failure = null;
    boolean isHandled = true;
    try {
      var here = Handling.of(leg.message, this, leg.before, bus.config().maxCausalDepth());
      isHandled = ScopedValue.where(Handling.CURRENT, here).call(() -> call(leg));
    } catch (Throwable e) { // an Error, too, must reach those who wait for the delivery
      failure = e;
    }
    long took = clock.nanos() - start;
    nanos.add(took);
    Duration timeout = options.timeout();
    // whoever interrupts it for being late began to count a moment earlier
    long nearly = failure instanceof InterruptedException ? limit - limit / 8 : limit;
    if (timeout != null && took >= nearly) {
      timeOut(leg, timeout);
    } else if (failure == null && !isHandled) {
      swallow(leg);
    } else if (failure == null) {
      succeed(leg);
    } else {
      fail(leg, failure);
    }
    if (failure instanceof InterruptedException && !bus.publishing().isOpen()) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isAdmitted(Leg<T> leg) {
    if (breaker == null) {
      return true;
    }
    switch (breaker.ask()) {
      case Gate.Admission.Pass pass -> {
        leg.pass = pass;
        return true;
      }
      case Gate.Admission.Refused refusal -> {
        refuse(leg, "disabled: " + refusal.reason(), false);
        return false;
      }
    }
  }

  /** Calls the handler: {@return false if a middleware kept the message from it} */
  private boolean call(Leg<T> leg) throws Exception {
    Retry retry = options.onError().retry();
    if (retry == null) {
      return callOnce(leg.message);
    }
    int[] attempts = {0};
    return retry
        .withClock(clock)
        .call(() -> {
          if (attempts[0]++ > 0) {
            retried.increment();
          }
          return callOnce(leg.message);
        });
  }

  private boolean callOnce(Message<T> message) throws Exception {
    if (bus.publishing().around().isEmpty()) {
      handler.call(message);
      return true;
    }
    Message<?> passed = bus.publishing().around().pass(message, this::callAtEnd);
    return passed != null;
  }

  private Message<?> callAtEnd(Message<?> message) throws Exception {
    if (!type.isInstance(message.payload())) {
      throw new IllegalArgumentException(
          "middleware must leave payloads of the type that the subscription is for: type=%s, now=%s"
              .formatted(type.getName(), message.type()));
    }
    @SuppressWarnings("unchecked") // just looked at
    var mine = (Message<T>) message;
    handler.call(mine);
    return message;
  }

  private void swallow(Leg<T> leg) {
    if (leg.settle()) {
      Gate.Admission.Pass pass = leg.pass;
      if (pass != null) {
        pass.cancelled();
      }
      filtered.increment();
      leg.report(new Outcome.Filtered(name));
    }
  }

  private void succeed(Leg<T> leg) {
    if (leg.settle()) {
      Gate.Admission.Pass pass = leg.pass;
      if (pass != null) {
        pass.success();
      }
      handled.increment();
      leg.report(handledOutcome);
    }
  }

  /** Handling a message has failed for good. */
  void fail(Leg<T> leg, Throwable cause) {
    if (leg.settle()) {
      fail(leg, cause, new Outcome.Failed(name, cause, options.onError().propagates()));
    }
  }

  /** The time of a message is over. */
  void timeOut(Leg<T> leg, Duration timeout) {
    if (leg.settle()) {
      timedOut.increment();
      var cause = new HandlerTimeoutException(name, leg.message, timeout);
      fail(leg, cause, new Outcome.TimedOut(name, timeout));
    }
  }

  private void fail(Leg<T> settled, Throwable cause, Outcome outcome) {
    Message<T> message = settled.message;
    failed.increment();
    log(cause, "message %s on \"%s\"".formatted(message.id(), message.topic().name()));
    Gate.Admission.Pass pass = settled.pass;
    if (pass != null) {
      pass.failure(cause);
    }
    if (options.onError().deadLetters()) {
      bus.publishing().notices().bury(new DeadLetter(message, name, cause), settled.before);
    }
    settled.report(outcome);
  }

  /** Throws a message away. */
  void drop(Leg<T> leg, String reason) {
    if (leg.settle()) {
      dropped.increment();
      leg.report(new Outcome.Dropped(name, reason));
    }
  }

  /** Does not take a message. */
  void refuse(Leg<T> leg, String reason, boolean poisons) {
    if (leg.settle()) {
      refused.increment();
      leg.report(new Outcome.Refused(name, reason, poisons));
    }
  }

  private void log(Throwable cause, String what) {
    LOG.log(Level.WARNING, "subscription \"%s\" failed to handle %s".formatted(name, what), cause);
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
  }

  @Override
  public void resume() {
    inbox.resume();
  }

  @Override
  public boolean isOpen() {
    return !closed.get();
  }

  @Override
  public Stats stats() {
    long all = handled.sum() + failed.sum();
    return new Stats(
        inbox.queued(),
        handled.sum() + heard,
        filtered.sum(),
        dropped.sum(),
        refused.sum(),
        failed.sum(),
        timedOut.sum(),
        retried.sum(),
        Duration.ofNanos(all == 0 ? 0 : nanos.sum() / all),
        breaker != null && breaker.state() != CircuitBreaker.State.CLOSED,
        inbox.isPaused());
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      bus.forget(this);
      inbox.close();
      ended = true;
      bus.end();
    }
  }

  /** Hears what of the history was asked for; then what is published. */
  void replay(List<HistoryLog> logs) throws InterruptedException {
    if (seam != null) {
      seam.replay(logs);
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
