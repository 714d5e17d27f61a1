package dev.carillon.bus;

import dev.carillon.event.EventSystem;
import dev.carillon.event.Promise;
import dev.carillon.event.Registration;
import dev.carillon.schedule.Placement;
import dev.carillon.schedule.Scheduler;
import dev.carillon.spi.PayloadCodec;
import dev.carillon.time.Clock;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The bus of one process: its parts, and who is subscribed. */
final class LocalBus implements Bus {
  private static final System.Logger LOG = System.getLogger("dev.carillon.bus");

  private static final int BATCH = 256; // messages at most, where nothing else is said

  private final BusConfig config;
  private final Scheduler scheduler;
  private final boolean ownsScheduler;
  private final EventSystem events;
  private final Clock clock;
  private final @Nullable StoredForm form; // null without a store
  private final History history;
  private final Publishing publishing;
  private final Replays replays;
  private final BusExplainer explainer;
  private final Stalls stalls;
  private final Registration observing; // of handlers that wait
  private final Requests requests = new Requests(this);
  private final WeakOwners owners = new WeakOwners();
  private final TopicTrie<LocalSubscription<?>> trie = new TopicTrie<>();
  private final TopicTypes types = new TopicTypes();
  private final Set<LocalSubscription<?>> subscriptions = ConcurrentHashMap.newKeySet();
  private final Set<LocalSubscription<?>> ending = ConcurrentHashMap.newKeySet(); // not all handled
  private final Set<LocalEmitter<?>> emitters = ConcurrentHashMap.newKeySet();
  private final AtomicLong numbers = new AtomicLong();
  private final AtomicBoolean closed = new AtomicBoolean();

  LocalBus(BusConfig config, Scheduler scheduler, boolean ownsScheduler) {
    this.config = config;
    this.scheduler = scheduler;
    this.ownsScheduler = ownsScheduler;
    this.events = scheduler.events();
    this.clock = events.config().clock();
    PayloadCodec codec = config.codec();
    this.form = codec == null ? null : new StoredForm(codec);
    this.history = History.open(config, form, clock);
    this.publishing = new Publishing(config, events, trie, history, form);
    this.observing = events.observeWaits(publishing.waits());
    this.explainer = new BusExplainer(publishing, subscriptions, emitters);
    this.stalls =
        new Stalls(subscriptions, scheduler, publishing.notices(), explainer, config.stallAfter());
    this.replays = new Replays(publishing, history, scheduler);
  }

  @Override
  public BusConfig config() {
    return config;
  }

  @Override
  public Scheduler scheduler() {
    return scheduler;
  }

  @Override
  public EventSystem events() {
    return events;
  }

  Stalls stalls() {
    return stalls;
  }

  @Nullable StoredForm form() {
    return form;
  }

  Publishing publishing() {
    return publishing;
  }

  // ── publishing ──

  @Override
  public <T> Delivery publish(Topic<T> topic, T payload) {
    TopicNames.checkForUsers(topic.name());
    return publishAny(topic, payload, PublishOptions.NONE);
  }

  @Override
  public <T> Delivery publish(Topic<T> topic, T payload, UnaryOperator<PublishOptions> change) {
    TopicNames.checkForUsers(topic.name());
    return publishAny(topic, payload, change.apply(PublishOptions.NONE));
  }

  /** Publishes on a topic that may be one of the bus's own. */
  <T> LocalDelivery publishAny(Topic<T> topic, T payload, PublishOptions options) {
    types.check(topic);
    String name = topic.name();
    return publishing.deliver(
        topic, payload, publishing.publisher(name), options, publishing.find(name));
  }

  @Override
  public <T> Delivery publishAndAwait(Topic<T> topic, T payload, Duration timeout)
      throws InterruptedException {
    Delivery delivery = publish(topic, payload);
    delivery.await(timeout);
    return delivery;
  }

  @Override
  public Delivery redeliver(Message<?> message) {
    TopicNames.checkForUsers(message.topic().name());
    types.check(message.topic());
    return publishing.redeliver(message);
  }

  @Override
  public <T> Emitter<T> emitter(Topic<T> topic) {
    publishing.checkOpen();
    TopicNames.checkForUsers(topic.name());
    types.hold(topic);
    var emitter = new LocalEmitter<>(this, topic, publishing.newPublisher());
    emitters.add(emitter);
    return emitter;
  }

  void forget(LocalEmitter<?> emitter) {
    if (emitters.remove(emitter)) { // several threads may close it
      types.release(emitter.topic());
    }
  }

  // ── subscribing ──

  @Override
  public <T> Subscription subscribe(Topic<T> topic, MessageHandler<T> handler) {
    return subscribe(topic, handler, options -> options);
  }

  @Override
  public <T> Subscription subscribe(
      Topic<T> topic, MessageHandler<T> handler, UnaryOperator<SubscriptionOptions<T>> configure) {
    return open(topic.pattern(), topic.type(), topic, new Single<>(handler), null, configure);
  }

  @Override
  public <T> Subscription subscribe(
      TopicPattern pattern,
      Class<T> type,
      MessageHandler<T> handler,
      UnaryOperator<SubscriptionOptions<T>> configure) {
    return open(pattern, type, null, new Single<>(handler), null, configure);
  }

  @Override
  public <T> Subscription subscribeAsync(
      TopicPattern pattern,
      Class<T> type,
      AsyncMessageHandler<T> handler,
      UnaryOperator<SubscriptionOptions<T>> configure) {
    return open(
        pattern,
        type,
        null,
        new Single<>(message -> Stages.await(handler.handle(message), null)),
        null,
        configure);
  }

  /** A handler of single messages, which come in lists of one. */
  private record Single<T>(MessageHandler<T> handler) implements Calls.Call<T> {
    @Override
    public void call(List<Message<T>> messages) throws Exception {
      handler.handle(messages.getFirst());
    }

    @Override
    public void callOne(Message<T> message) throws Exception {
      handler.handle(message);
    }
  }

  @Override
  public <T> Subscription subscribeBatches(
      Topic<T> topic, BatchHandler<T> handler, UnaryOperator<SubscriptionOptions<T>> configure) {
    return open(
        topic.pattern(), topic.type(), topic, handler::handle, null, o -> batched(o, configure));
  }

  @Override
  public <T> Subscription subscribeBatches(
      TopicPattern pattern,
      Class<T> type,
      BatchHandler<T> handler,
      UnaryOperator<SubscriptionOptions<T>> configure) {
    return open(pattern, type, null, handler::handle, null, o -> batched(o, configure));
  }

  private static <T> SubscriptionOptions<T> batched(
      SubscriptionOptions<T> defaults, UnaryOperator<SubscriptionOptions<T>> configure) {
    return configure.apply(defaults.batched(BATCH, Duration.ZERO));
  }

  @Override
  public <T> Subscription onPayload(Topic<T> topic, Consumer<? super T> handler) {
    return open(
        topic.pattern(),
        topic.type(),
        topic,
        new Single<>(message -> handler.accept(message.payload())),
        handler,
        SubscriptionOptions::direct);
  }

  @Override
  public <O, T> Subscription subscribeWeakly(
      Topic<T> topic,
      O owner,
      WeakHandler<? super O, T> handler,
      UnaryOperator<SubscriptionOptions<T>> configure) {
    WeakOwners.Owner<O> weak = owners.add(owner);
    MessageHandler<T> call =
        message -> {
          O alive = weak.get();
          if (alive == null) {
            owners.gone(weak);
          } else {
            handler.handle(alive, message);
          }
        };
    Subscription opened =
        open(topic.pattern(), topic.type(), topic, new Single<>(call), null, configure);
    weak.opened(opened);
    return opened;
  }

  @Override
  public Signals signals(String namespace) {
    TopicNames.checkOpen(namespace);
    return new Signals(this, namespace);
  }

  @Override
  public <T> Signal<T> signal(Class<T> type) {
    return new Signal<>(this, Topic.ofBus(TopicNames.SIGNALS + numbers.getAndIncrement(), type));
  }

  <T> Subscription open(
      TopicPattern pattern,
      Class<T> type,
      @Nullable Topic<T> topic,
      Calls.Call<T> handler,
      @Nullable Consumer<? super T> payloads,
      UnaryOperator<SubscriptionOptions<T>> configure) {
    SubscriptionOptions<T> options = configure.apply(SubscriptionOptions.defaults(config));
    if (options.batchCount() > 0 && handler instanceof Single<T>) {
      throw new IllegalArgumentException(
          "batches need a handler of batches, see subscribeBatches: pattern=%s batchCount=%d"
              .formatted(pattern, options.batchCount()));
    }
    publishing.checkOpen();
    owners.purge();
    if (topic != null) {
      types.hold(topic);
    }
    String given = options.name();
    String name = given == null ? pattern + "#" + numbers.getAndIncrement() : given;
    LocalSubscription<T> made;
    try {
      made = new LocalSubscription<>(this, name, pattern, type, topic, handler, payloads, options);
    } catch (RuntimeException | Error e) {
      if (topic != null) {
        types.release(topic);
      }
      throw e;
    }
    made.noteHistory(history.logs());
    trie.add(pattern, made);
    subscriptions.add(made); // last: who finds it there may close it, and takes it out of the trie
    publishing.notices().tell(new BusNotice.Connected(name, pattern.toString(), options.owner()));
    if (!publishing.isOpen()) {
      made.close(); // closing has not come to it
      return made;
    }
    made.start();
    if (options.replay() != null) {
      scheduler
          .submit(
              t -> t.named("replay for " + name).on(Placement.BLOCKING),
              () -> made.replay(history.logs()))
          .whenComplete(poison -> {
            if (poison != null) { // the scheduler is full, say; what is published can be heard
              made.replayFailed(history.logs(), poison);
            }
          });
    }
    return made;
  }

  /** A subscription was closed. */
  void forget(LocalSubscription<?> subscription) {
    trie.remove(subscription.pattern(), subscription);
    ending.add(subscription); // before it leaves the others, so that closing the bus finds it
    subscriptions.remove(subscription);
    Topic<?> topic = subscription.topic();
    if (topic != null) {
      types.release(topic);
    }
    publishing
        .notices()
        .tell(
            new BusNotice.Disconnected(
                subscription.name(), subscription.pattern().toString(), subscription.owner()));
  }

  /**
   * A subscription that was closed takes nothing more; those that have handled all are forgotten.
   */
  void end() {
    ending.removeIf(LocalSubscription::isDrained);
  }

  // ── history ──

  @Override
  public List<Message<?>> history(UnaryOperator<HistoryQuery> configure) {
    return history.find(configure.apply(HistoryQuery.ALL));
  }

  @Override
  public Promise<Integer> replay(UnaryOperator<HistoryQuery> configure, double speed) {
    return replays.replay(configure.apply(HistoryQuery.ALL), speed);
  }

  // ── asking and answering ──

  @Override
  public <Q, A> Promise<A> request(Topic<Q> topic, Q payload, Class<A> answer, Duration deadline) {
    publishing.check(topic, payload);
    return requests.ask(topic, payload, answer, deadline);
  }

  @Override
  public <Q, A> Subscription respond(
      Topic<Q> topic, Responder<Q, A> responder, UnaryOperator<SubscriptionOptions<Q>> configure) {
    return subscribe(topic, requests.answering(responder), configure);
  }

  // ── reactive streams ──

  @Override
  public <T> Flow.Publisher<Message<T>> publisher(
      Topic<T> topic, UnaryOperator<SubscriptionOptions<T>> configure) {
    return publisher(topic, configure, _ -> {});
  }

  @Override
  public <T> Flow.Publisher<Message<T>> publisher(
      TopicPattern pattern, Class<T> type, UnaryOperator<SubscriptionOptions<T>> configure) {
    return publisher(pattern, type, configure, _ -> {});
  }

  /** As the public one, telling somebody of each bus subscription that is opened. */
  <T> Flow.Publisher<Message<T>> publisher(
      Topic<T> topic,
      UnaryOperator<SubscriptionOptions<T>> configure,
      Consumer<? super Subscription> opened) {
    return new TopicPublisher<>(this, topic.pattern(), topic.type(), topic, configure, opened);
  }

  /** As the public one, telling somebody of each bus subscription that is opened. */
  <T> Flow.Publisher<Message<T>> publisher(
      TopicPattern pattern,
      Class<T> type,
      UnaryOperator<SubscriptionOptions<T>> configure,
      Consumer<? super Subscription> opened) {
    return new TopicPublisher<>(this, pattern, type, null, configure, opened);
  }

  @Override
  public <T> Feed<T> subscriber(Topic<T> topic, int window) {
    int checked = TopicSubscriber.checked(window);
    return new TopicSubscriber<>(events, emitter(topic), checked);
  }

  // ── middleware ──

  @Override
  public MiddlewareRegistration use(TopicPattern pattern, Middleware middleware) {
    return publishing.before().add(pattern, middleware);
  }

  @Override
  public MiddlewareRegistration useOnDelivery(TopicPattern pattern, Middleware middleware) {
    return publishing.around().add(pattern, middleware);
  }

  @Override
  public int unsubscribeOwner(String owner) {
    List<LocalSubscription<?>> owned =
        subscriptions.stream().filter(each -> owner.equals(each.owner())).toList();
    owned.forEach(LocalSubscription::close);
    return owned.size();
  }

  @Override
  public int subscriberCount(Topic<?> topic) {
    owners.purge();
    return publishing.find(topic.name()).size();
  }

  // ── the whole ──

  @Override
  public Bus child(String prefix) {
    TopicNames.checkOpen(prefix);
    return new ChildBus(this, prefix);
  }

  @Override
  public void enable() {
    publishing.enable(true);
  }

  @Override
  public void disable() {
    publishing.enable(false);
  }

  @Override
  public boolean isEnabled() {
    return publishing.isEnabled();
  }

  @Override
  public boolean isOpen() {
    return publishing.isOpen();
  }

  @Override
  public void report(BusNotice.Reported notice) {
    publishing.notices().tell(notice);
  }

  @Override
  public BusStats stats() {
    owners.purge();
    return publishing.stats(owners.collected(), subscriptions.size(), emitters.size());
  }

  @Override
  public BusExplanation explain() {
    return explainer.explain(config.name());
  }

  @Override
  public BusExplanation.Route explain(Topic<?> topic) {
    return explainer.explain(topic);
  }

  @Override
  public Optional<Message<?>> current() {
    return Optional.ofNullable(Handling.current()).map(Handling::message);
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    publishing.close();
    List<LocalSubscription<?>> open = List.copyOf(subscriptions);
    open.forEach(LocalSubscription::close);
    emitters.forEach(LocalEmitter::close);
    if (Handling.current() == null) {
      finish();
    } else { // it waits for handlers, so none may wait for it
      Thread.ofVirtual().name(config.name() + " closes").start(this::finish);
    }
  }

  private void finish() {
    await(List.copyOf(ending)); // those that were closed before, too
    observing.remove();
    List<LocalSubscription<?>> left = List.copyOf(ending);
    ending.clear();
    if (ownsScheduler) {
      scheduler.close();
    }
    left.forEach(LocalSubscription::leave);
    history.close();
  }

  private void await(List<LocalSubscription<?>> closing) {
    long end = clock.nanos() + scheduler.config().grace().toNanos();
    try {
      for (LocalSubscription<?> each : closing) {
        if (!each.await(Duration.ofNanos(end - clock.nanos()))) {
          LOG.log(Level.WARNING, "closing the bus does not wait longer for " + each);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public String toString() {
    return "Bus[%s, subscriptions=%d]".formatted(config.name(), subscriptions.size());
  }
}
