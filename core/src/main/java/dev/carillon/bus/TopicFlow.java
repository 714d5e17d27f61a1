package dev.carillon.bus;

import dev.carillon.event.Event;
import dev.carillon.event.PoisonedException;
import dev.carillon.event.SystemClosedException;
import dev.carillon.time.Clock;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** The messages of a bus subscription, given to one subscriber of reactive streams as it asks. */
final class TopicFlow<T> implements Flow.Subscription, Calls.Call<T> {
  /*
   * Messages wait in the lane of the bus subscription, which is paused whenever nothing is
   * requested. It is paused before it hears anything; then by the call of its handler that has used
   * up the demand, before that returns, so its lane takes no other. Demand is added, and the lane
   * resumed, under the monitor under which the handler looks at the demand and pauses it: the last
   * of them has seen what the other did. So a call of the handler finds demand. A closed lane is
   * not paused, however: what it still hands out waits for demand in the call, for a time.
   *
   * Signals come one at a time. `signalling` is set while one is under way, from the beginning to
   * the return of onSubscribe, then during each onNext. An end that comes meanwhile is noted, and
   * signalled by whoever clears it. Whoever signals the end, or cancels, lets go of the subscriber.
   */
  private static final System.Logger LOG = System.getLogger("dev.carillon.bus");
  private static final String NOT_REQUESTED = "it was not requested in time after the end";
  private static final End COMPLETE = new End(null);

  /** How a flow ends, without having been cancelled. */
  private record End(@Nullable Throwable cause) {}

  private final LocalBus bus;
  private final SubscriptionOptions<T> options;

  // written once, before the subscription hears anything or is shown to anybody
  private volatile @Nullable LocalSubscription<T> subscription;

  // guarded by this
  private Flow.@Nullable Subscriber<? super Message<T>> subscriber; // null once it hears no more
  private long demand; // Long.MAX_VALUE for no bound
  private boolean started; // onSubscribe has returned
  private boolean signalling = true;
  private @Nullable End end;
  private @Nullable Event requested; // what a call waits for after the subscription was closed
  private long patienceEnds = Long.MAX_VALUE; // of such calls, by the clock

  TopicFlow(
      LocalBus bus,
      SubscriptionOptions<T> options,
      Flow.Subscriber<? super Message<T>> subscriber) {
    this.bus = bus;
    this.options = options;
    this.subscriber = subscriber;
  }

  // ── the bus subscription ──

  @Override
  public void opened(LocalSubscription<T> mine) {
    mine.pause();
    subscription = mine;
  }

  @Override
  public void closed(LocalSubscription<T> mine) {
    mine.whenDrained(() -> end(COMPLETE));
  }

  @Override
  public void call(List<Message<T>> messages) throws Exception {
    Flow.Subscriber<? super Message<T>> to = take();
    try {
      to.onNext(messages.getFirst()); // one each time, as the options are
    } catch (Throwable e) { // who throws is as good as cancelled
      cancel();
      throw e;
    } finally {
      signalled();
    }
  }

  /** Uses up one of what is requested: {@return whose} */
  private Flow.Subscriber<? super Message<T>> take() throws Calls.Unwanted {
    while (true) {
      Event request;
      Duration patience;
      synchronized (this) {
        Flow.Subscriber<? super Message<T>> to = subscriber;
        if (to == null || end != null) {
          throw new Calls.Unwanted("its subscriber hears no more");
        }
        if (started && signalling) {
          break;
        }
        if (started && demand > 0) {
          demand -= demand == Long.MAX_VALUE ? 0 : 1;
          signalling = true;
          return to;
        }
        if (isOpen()) {
          throw new IllegalStateException("a message of a flow must be requested, and come once");
        }
        patience = patience();
        request = nextRequest();
        requested = request;
      }
      await(request, patience);
    }
    var late = new IllegalStateException("onNext must return before it is called again: " + this);
    fail(late);
    throw late;
  }

  private boolean isOpen() {
    LocalSubscription<T> mine = subscription;
    return mine != null && mine.isOpen();
  }

  /** {@return how long a call waits for demand yet} Less than closing the bus waits for calls. */
  private Duration patience() {
    Clock clock = bus.events().config().clock();
    if (patienceEnds == Long.MAX_VALUE) {
      Duration grace = bus.scheduler().config().grace();
      Duration timeout = options.timeout();
      Duration most = timeout == null || timeout.compareTo(grace) > 0 ? grace : timeout;
      patienceEnds = clock.nanos() + most.dividedBy(2).toNanos();
    }
    return Duration.ofNanos(patienceEnds - clock.nanos());
  }

  private Event nextRequest() throws Calls.Unwanted {
    try {
      return bus.events().newEvent("request of " + this);
    } catch (SystemClosedException e) {
      throw new Calls.Unwanted(NOT_REQUESTED);
    }
  }

  private static void await(Event request, Duration patience) throws Calls.Unwanted {
    boolean isRequested = false;
    try {
      isRequested = request.await(patience);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (PoisonedException | SystemClosedException e) { // the scheduler is closed: no more time
      isRequested = false;
    }
    if (!isRequested) {
      request.tryTrigger(); // whoever asks from now on finds the next message
      throw new Calls.Unwanted(NOT_REQUESTED);
    }
  }

  // ── signals ──

  /** Signals the beginning; nothing else is signalled before. */
  void start() {
    Flow.Subscriber<? super Message<T>> to;
    synchronized (this) {
      to = subscriber;
    }
    if (to == null) {
      return;
    }
    try {
      to.onSubscribe(this);
    } catch (Throwable e) { // subscribing returns, by rule 1.9
      LOG.log(Level.WARNING, "a subscriber failed to begin with " + this, e);
      cancel();
    }
    Event waiting;
    synchronized (this) {
      started = true;
      signalling = false; // before anything is handed out
      waiting = resumed();
    }
    wake(waiting);
    signalEnd();
  }

  /** An onNext is over. */
  private void signalled() {
    synchronized (this) {
      signalling = false;
      LocalSubscription<T> mine = subscription;
      if (demand == 0 && mine != null) {
        mine.pause();
      }
    }
    signalEnd();
  }

  /** Ends with a failure, once what is being signalled is over. */
  void fail(Throwable cause) {
    end(new End(cause));
    close();
  }

  private void end(End how) {
    Event waiting;
    synchronized (this) {
      if (end != null) {
        return;
      }
      end = how;
      waiting = waiting();
    }
    wake(waiting);
    signalEnd();
  }

  private void signalEnd() {
    Flow.Subscriber<? super Message<T>> to;
    End how;
    synchronized (this) {
      to = subscriber;
      how = end;
      if (signalling || to == null || how == null) {
        return;
      }
      subscriber = null;
    }
    Executor executor = options.executor();
    if (executor == null) {
      signal(to, how);
      return;
    }
    try {
      executor.execute(() -> signal(to, how));
    } catch (RejectedExecutionException e) { // it is closed, but the end is to be known
      signal(to, how);
    }
  }

  private void signal(Flow.Subscriber<? super Message<T>> to, End how) {
    try {
      if (how.cause() == null) {
        to.onComplete();
      } else {
        to.onError(how.cause());
      }
    } catch (Throwable e) { // nobody is left to be told
      LOG.log(Level.WARNING, "a subscriber failed to end with " + this, e);
    }
  }

  // ── the subscriber ──

  @Override
  public void request(long n) {
    if (n <= 0) {
      fail(
          new IllegalArgumentException(
              "a subscriber must request one message or more (rule 3.9): n=" + n));
      return;
    }
    Event waiting;
    synchronized (this) {
      boolean hadNone = demand == 0;
      demand = demand > Long.MAX_VALUE - n ? Long.MAX_VALUE : demand + n;
      waiting = hadNone && started ? resumed() : null;
    }
    wake(waiting);
  }

  /** Has what is requested handed out: {@return what is to be woken for it} */
  private @Nullable Event resumed() {
    LocalSubscription<T> mine = subscription;
    if (demand == 0 || mine == null) {
      return null;
    }
    mine.resume();
    return waiting();
  }

  private @Nullable Event waiting() {
    Event waiting = requested;
    requested = null;
    return waiting;
  }

  private static void wake(@Nullable Event waiting) {
    if (waiting != null) {
      waiting.tryTrigger();
    }
  }

  @Override
  public void cancel() {
    Event waiting;
    synchronized (this) {
      subscriber = null;
      waiting = waiting();
    }
    wake(waiting);
    close();
  }

  private void close() {
    LocalSubscription<T> mine = subscription;
    if (mine != null) {
      mine.close();
    }
  }

  @Override
  public String toString() {
    LocalSubscription<T> mine = subscription;
    return "Flow[" + (mine == null ? "refused" : mine.name()) + "]";
  }
}
