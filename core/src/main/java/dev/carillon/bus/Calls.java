package dev.carillon.bus;

import dev.carillon.schedule.Backoff;
import dev.carillon.schedule.CircuitBreaker;
import dev.carillon.schedule.Gate;
import dev.carillon.schedule.Retry;
import dev.carillon.time.Clock;
import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Calls the handler of a subscription, and settles what comes of it.
 *
 * @param <T> type of the payloads
 */
final class Calls<T> {
  /*
   * A message, or a batch of them, is admitted by the breaker, passes the middleware, and is given to
   * the handler, again if that fails and the subscription retries. Whoever settles a message first
   * says what became of it: the call when it returns, or the lane when the call's time is over.
   */
  private static final System.Logger LOG = System.getLogger("dev.carillon.bus");
  private static final VarHandle BREAKER;
  private static final VarHandle CURRENT;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      BREAKER = lookup.findVarHandle(Calls.class, "breaker", CircuitBreaker.class);
      CURRENT = lookup.findVarHandle(Calls.class, "current", Here.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final Duration FOREVER = Duration.ofDays(36_500); // twice this has nanoseconds

  /** Calls the user's handler, whatever its form, and returns when it is done. */
  @FunctionalInterface
  interface Call<T> {
    void call(List<Message<T>> messages) throws Exception;

    /** Calls a handler of single messages. */
    default void callOne(Message<T> message) throws Exception {
      call(List.of(message));
    }

    /** Told of its subscription before that hears anything. */
    default void opened(LocalSubscription<T> mine) {}

    /** Told once that its subscription was closed. */
    default void closed(LocalSubscription<T> mine) {}
  }

  /** Says of messages that a {@link Call} has not handled them, as nobody wants them any more. */
  static final class Unwanted extends Exception {
    private static final long serialVersionUID = 1L;

    Unwanted(String reason) {
      super(reason, null, false, false);
    }
  }

  private final LocalSubscription<T> subscription;
  private final Publishing publishing;
  private final SubscriptionOptions<T> options;
  private final SubscriptionCounts counts;
  private final Class<T> type;
  private final Call<T> handler;
  private final Clock clock;
  private final Outcome handledOutcome;
  private final boolean spills;
  private final long limit; // of handling, in nanoseconds
  private final @Nullable Set<Handling> several; // under way, if the lane has several handled

  // made by anyone, once
  private volatile @Nullable CircuitBreaker breaker;

  // written by whoever handles, if that is one at a time; one of several publishers, if it is
  // direct
  @SuppressWarnings("UnusedVariable") // read by its handle
  private @Nullable Here current; // release and acquire: only for who looks

  Calls(LocalSubscription<T> subscription, Class<T> type, Call<T> handler) {
    this.subscription = subscription;
    this.publishing = subscription.bus().publishing();
    this.options = subscription.options();
    this.counts = subscription.counts();
    this.type = type;
    this.handler = handler;
    this.clock = subscription.bus().events().config().clock();
    this.limit = options.isDirect() ? Long.MAX_VALUE : bounded(options.timeout()).toNanos();
    this.handledOutcome = new Outcome.Handled(subscription.name());
    this.spills = options.whenFull() == WhenFull.SPILL;
    this.several = options.concurrency() > 1 ? ConcurrentHashMap.newKeySet() : null;
  }

  private static Duration bounded(@Nullable Duration timeout) {
    return timeout == null || timeout.compareTo(FOREVER) > 0 ? FOREVER : timeout;
  }

  /**
   * {@return the breaker, which there is from the first failure on; null if there is to be none}
   */
  private @Nullable CircuitBreaker madeBreaker() {
    CircuitBreaker known = breaker;
    if (known != null || options.onError().disableAfter() == 0) {
      return known;
    }
    CircuitBreaker made = makeBreaker();
    CircuitBreaker first = (CircuitBreaker) BREAKER.compareAndExchange(this, null, made);
    return first == null ? made : first;
  }

  private CircuitBreaker makeBreaker() {
    OnError onError = options.onError();
    Duration timeout = options.timeout();
    Duration probeTime =
        timeout == null ? onError.probeAfter() : bounded(timeout).plus(bounded(timeout));
    return CircuitBreaker.of(
        subscription.name(),
        c ->
            c.withConsecutiveFailures(onError.disableAfter())
                .withFailureRate(0)
                .withOpenFor(Backoff.fixed(onError.probeAfter()))
                .withTrials(1, probeTime)
                .withClock(clock)
                .withListener(change -> publishing.notices().changed(subscription, change)));
  }

  /** Tells the handler of its subscription, before that hears anything. */
  void opened() {
    handler.opened(subscription);
  }

  /** Tells the handler that its subscription was closed. */
  void closed() {
    handler.closed(subscription);
  }

  // ── calling ──

  /** {@return whether a message goes straight to the handler, once, whatever comes of it} */
  boolean isStraight() {
    return breaker == null && options.onError().retry() == null && publishing.around().isEmpty();
  }

  /**
   * Handles a message of a direct subscription in its round, straight: {@return what the handler
   * threw; null if nothing} A failure is still to be settled.
   */
  @Nullable Throwable handleStraight(Message<T> message, Round round) {
    CURRENT.setRelease(this, round);
    round.enter(subscription);
    try {
      handler.callOne(message);
      counts.handled.increment();
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // it is the publisher's
      return e;
    } catch (Throwable e) { // an Error, too, must reach those who wait for the delivery
      return e;
    } finally {
      round.leave();
      CURRENT.setRelease(this, null);
    }
  }

  /** {@return what is reported of a message that was handled} */
  Outcome handledOutcome() {
    return handledOutcome;
  }

  /** Handles a message: it is settled when this returns. */
  void handle(Leg<T> leg) {
    List<Leg<T>> one = List.of(leg);
    if (isAdmitted(one)) {
      run(one, leg, () -> callOne(leg.message));
    }
  }

  /** Handles a batch: its messages are settled when this returns. */
  void handleBatch(List<Leg<T>> batch) {
    if (!isAdmitted(batch)) {
      return;
    }
    Gate.Admission.Pass pass = batch.getFirst().pass;
    batch.getFirst().pass = null;
    var legs = new ArrayList<Leg<T>>(batch.size());
    var messages = new ArrayList<Message<T>>(batch.size());
    for (Leg<T> leg : batch) {
      Message<T> message = passed(leg);
      if (message != null) {
        leg.isCounted = legs.isEmpty(); // the breaker counts a batch as one
        legs.add(leg);
        messages.add(message);
      }
    }
    if (!legs.isEmpty()) {
      legs.getFirst().pass = pass;
      List<Message<T>> rest = List.copyOf(messages);
      run(legs, legs.getLast(), () -> callBatch(rest));
    } else if (pass != null) {
      pass.cancelled();
    }
  }

  private boolean isAdmitted(List<Leg<T>> legs) {
    if (spills && subscription.isBehindRefused()) {
      legs.forEach(leg -> refuse(leg, "one before it was refused, and comes again", false));
      return false;
    }
    CircuitBreaker known = breaker;
    if (known == null) {
      return true;
    }
    switch (known.ask()) {
      case Gate.Admission.Pass pass -> {
        legs.getFirst().pass = pass;
        return true;
      }
      case Gate.Admission.Refused refusal -> {
        legs.forEach(leg -> refuse(leg, "disabled: " + refusal.reason(), false));
        return false;
      }
    }
  }

  /** Runs a call and settles its messages; {@code newest} is what the handler's own come from. */
  private void run(List<Leg<T>> legs, Leg<T> newest, Callable<Boolean> call) {
    long start = clock.nanos();
    var here =
        Handling.of(
            newest.message,
            subscription,
            newest.before,
            publishing.maxDepth(),
            Thread.currentThread(),
            start);
    Throwable failure = null;
    boolean isHandled = true;
    begin(here);
    try {
      isHandled = ScopedValue.where(Handling.CURRENT, here).call(() -> retried(call));
    } catch (Throwable e) { // an Error, too, must reach those who wait for the delivery
      failure = e;
    } finally {
      end(here);
    }
    long took = clock.nanos() - start;
    if (!options.isDirect()) {
      counts.nanos.add(took);
    }
    Duration timeout = options.timeout();
    boolean isLate =
        took >= limit || (failure instanceof InterruptedException && wasLate(newest, took));
    for (Leg<T> leg : legs) {
      if (failure instanceof Unwanted unwanted) {
        drop(leg, String.valueOf(unwanted.getMessage()));
      } else if (timeout != null && isLate) {
        timeOut(leg, timeout);
      } else if (failure != null) {
        fail(leg, failure);
      } else if (isHandled) {
        succeed(leg);
      } else {
        swallow(leg);
      }
    }
    if (failure instanceof InterruptedException && !publishing.isOpen()) {
      Thread.currentThread().interrupt();
    }
  }

  /** {@return whether a handler was interrupted for being late, and not by somebody else} */
  private boolean wasLate(Leg<T> leg, long took) {
    // a task's attempt is watched by the scheduler, which began to count a moment earlier
    boolean isTask = options.concurrency() > 1 || options.key() != null;
    return leg.overdue || (isTask && took >= limit - limit / 8);
  }

  private void begin(Handling here) {
    if (several != null) {
      several.add(here);
    } else {
      CURRENT.setRelease(this, here);
    }
  }

  private void end(Handling here) {
    if (several != null) {
      several.remove(here);
    } else {
      CURRENT.compareAndSet(this, here, null); // another one's, if this one was given up
    }
  }

  /**
   * The handling of some messages was given up, as their time is over, though its thread may go on.
   * They are settled on a thread of their own: whoever tells this is the thread of the timers,
   * which must not wait, and a task would be refused by a scheduler that is full.
   */
  void abandon(List<Leg<T>> legs, Duration timeout) {
    giveUp(legs);
    Thread.ofVirtual()
        .name("abandoned by " + subscription.name())
        .start(() -> legs.forEach(leg -> timeOut(leg, timeout)));
  }

  private void giveUp(List<Leg<T>> legs) {
    if (several != null) {
      several.removeIf(each -> isOf(each, legs));
    } else if (CURRENT.getAcquire(this) instanceof Handling one && isOf(one, legs)) {
      CURRENT.compareAndSet(this, one, null);
    }
  }

  private boolean isOf(Handling handling, List<Leg<T>> legs) {
    return legs.stream().anyMatch(leg -> leg.message.id().equals(handling.message().id()));
  }

  /** {@return whether a handling that has not ended was not given up either} */
  boolean isUnderWay(Handling handling) {
    return options.isDirect() // which nobody gives up, and several threads may be at
        || (several == null
            ? handling.equals(CURRENT.getAcquire(this))
            : several.contains(handling));
  }

  private boolean retried(Callable<Boolean> call) throws Exception {
    Retry retry = options.onError().retry();
    if (retry == null) {
      return call.call();
    }
    int[] attempts = {0};
    return retry
        .withClock(clock)
        .call(() -> {
          if (attempts[0]++ > 0) {
            counts.retried.increment();
          }
          return call.call();
        });
  }

  /** Calls the handler: {@return false if a middleware kept the message from it} */
  private boolean callOne(Message<T> message) throws Exception {
    if (publishing.around().isEmpty()) {
      handler.callOne(message);
      return true;
    }
    Message<?> passed =
        publishing
            .around()
            .pass(
                message,
                last -> {
                  handler.callOne(mine(last));
                  return last;
                });
    return passed != null;
  }

  private boolean callBatch(List<Message<T>> messages) throws Exception {
    handler.call(messages);
    return true;
  }

  /** {@return a message of a batch as the middleware leaves it; null if it is settled} */
  private @Nullable Message<T> passed(Leg<T> leg) {
    if (publishing.around().isEmpty()) {
      return leg.message;
    }
    try {
      Message<?> passed = publishing.around().pass(leg.message, last -> last);
      if (passed != null) {
        return mine(passed);
      }
      swallow(leg);
    } catch (Throwable e) { // an Error, too, must reach those who wait for the delivery
      fail(leg, e);
    }
    return null;
  }

  @SuppressWarnings("unchecked") // its payload's class is looked at
  private Message<T> mine(Message<?> message) {
    if (!type.isInstance(message.payload())) {
      throw new IllegalArgumentException(
          "middleware must leave payloads of the type that the subscription is for: type=%s, now=%s"
              .formatted(type.getName(), message.type()));
    }
    return (Message<T>) message;
  }

  // ── settling ──

  private void swallow(Leg<T> leg) {
    letGo(leg, counts.filtered, new Outcome.Filtered(subscription.name()));
  }

  /** Settles a message that was not handled, which says nothing about the handler. */
  private void letGo(Leg<T> leg, LongAdder counter, Outcome outcome) {
    if (leg.settle()) {
      Gate.Admission.Pass pass = leg.pass;
      if (pass != null) {
        pass.cancelled();
      }
      counter.increment();
      leg.report(outcome);
    }
  }

  private void succeed(Leg<T> leg) {
    if (leg.settle()) {
      Gate.Admission.Pass pass = leg.pass;
      if (pass != null) {
        pass.success();
      }
      counts.handled.increment();
      leg.report(handledOutcome);
    }
  }

  /** Handling a message has failed for good. */
  void fail(Leg<T> leg, Throwable cause) {
    if (leg.settle()) {
      boolean propagates = options.onError().propagates();
      fail(leg, cause, new Outcome.Failed(subscription.name(), cause, propagates));
    }
  }

  /** The time of a message is over. */
  void timeOut(Leg<T> leg, Duration timeout) {
    if (leg.settle()) {
      counts.timedOut.increment();
      var cause = new HandlerTimeoutException(subscription.name(), leg.message, timeout);
      fail(leg, cause, new Outcome.TimedOut(subscription.name(), timeout));
    }
  }

  private void fail(Leg<T> settled, Throwable cause, Outcome outcome) {
    Message<T> message = settled.message;
    counts.failed.increment();
    log(cause, "message %s on \"%s\"".formatted(message.id(), message.topic().name()));
    if (settled.isCounted) {
      noteFailure(settled.pass, cause);
    }
    if (options.onError().deadLetters()) {
      var letter = new DeadLetter(message, subscription.name(), cause);
      publishing.notices().bury(letter, settled.before);
    }
    settled.report(outcome);
  }

  private void noteFailure(Gate.Admission.@Nullable Pass known, Throwable cause) {
    Gate.Admission.Pass pass = known;
    if (pass == null) { // of before there was a breaker
      CircuitBreaker made = madeBreaker();
      if (made != null && made.ask() instanceof Gate.Admission.Pass given) {
        pass = given;
      }
    }
    if (pass != null) {
      pass.failure(cause);
    }
  }

  /** Throws a message away. */
  void drop(Leg<T> leg, String reason) {
    letGo(leg, counts.dropped, new Outcome.Dropped(subscription.name(), reason));
  }

  /** Does not take a message. */
  void refuse(Leg<T> leg, String reason, boolean poisons) {
    letGo(leg, counts.refused, new Outcome.Refused(subscription.name(), reason, poisons));
  }

  /** A message waits in the store, and its publisher waits no longer. */
  void spilled(Leg<T> leg) {
    letGo(leg, counts.spilled, new Outcome.Spilled(subscription.name()));
  }

  /** Logs that the handler failed. */
  void log(Throwable cause, String what) {
    LOG.log(
        Level.WARNING,
        "subscription \"%s\" failed to handle %s".formatted(subscription.name(), what),
        cause);
  }

  // ── looking ──

  boolean isDisabled() {
    CircuitBreaker known = breaker;
    return known != null && known.state() != CircuitBreaker.State.CLOSED;
  }

  /** {@return what is being handled} */
  List<Handling> running() {
    if (several != null) {
      return List.copyOf(several);
    }
    var here = (Here) CURRENT.getAcquire(this);
    Handling one = here instanceof Round round ? round.at(subscription) : (Handling) here;
    return one == null ? List.of() : List.of(one);
  }
}
