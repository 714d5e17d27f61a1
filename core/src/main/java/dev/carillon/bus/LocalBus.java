package dev.carillon.bus;

import dev.carillon.event.EventSystem;
import dev.carillon.event.Promise;
import dev.carillon.schedule.CircuitBreaker;
import dev.carillon.schedule.Placement;
import dev.carillon.schedule.Scheduler;
import dev.carillon.time.Clock;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The bus of one process. */
final class LocalBus implements Bus {
  /*
   * Publishing: look at the payload's type and at what led here, number the message, find the
   * subscriptions that match, and give it to each of them, in the order of subscribing. That is all
   * done by the publishing thread, one message after another, so each subscription is given what one
   * thread publishes in that order. What a subscription does with it is its inbox's affair.
   */
  private static final System.Logger LOG = System.getLogger("dev.carillon.bus");
  private static final int MOST_NUMBERED = 1 << 16; // topics, of those who have no emitter

  private final BusConfig config;
  private final Scheduler scheduler;
  private final boolean ownsScheduler;
  private final EventSystem events;
  private final Clock clock;
  private final MessageIds ids = new MessageIds();
  private final Chain publishing = new Chain();
  private final Chain delivering = new Chain();
  private final Requests requests = new Requests(this);
  private final History history;
  private final WeakOwners owners = new WeakOwners();
  private final TopicTrie<LocalSubscription<?>> trie = new TopicTrie<>();
  private final TopicTypes types = new TopicTypes();
  private final Set<LocalSubscription<?>> subscriptions = ConcurrentHashMap.newKeySet();
  private final Set<LocalSubscription<?>> ending = ConcurrentHashMap.newKeySet(); // not all handled
  private final Set<LocalEmitter<?>> emitters = ConcurrentHashMap.newKeySet();
  private final ConcurrentHashMap<String, Publisher> publishers = new ConcurrentHashMap<>();
  private final AtomicLong numbers = new AtomicLong();
  private final LongAdder published = new LongAdder();
  private final LongAdder unheard = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder swallowed = new LongAdder();
  private final Object closing = new Object();
  private volatile boolean closed; // written under `closing`
  private volatile boolean enabled = true;

  LocalBus(BusConfig config, Scheduler scheduler, boolean ownsScheduler) {
    this.config = config;
    this.scheduler = scheduler;
    this.ownsScheduler = ownsScheduler;
    this.events = scheduler.events();
    this.clock = events.config().clock();
    this.history = new History(config.history(), clock);
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

  boolean isOpen() {
    return !closed;
  }

  // ── publishing ──

  @Override
  public <T> Delivery publish(Topic<T> topic, T payload) {
    return deliver(topic, payload, publisher(topic), PublishOptions.NONE, find(topic.name()));
  }

  @Override
  public <T> Delivery publish(Topic<T> topic, T payload, UnaryOperator<PublishOptions> change) {
    PublishOptions options = change.apply(PublishOptions.NONE);
    return deliver(topic, payload, publisher(topic), options, find(topic.name()));
  }

  @Override
  public <T> Delivery publishAndAwait(Topic<T> topic, T payload, Duration timeout)
      throws InterruptedException {
    Delivery delivery = publish(topic, payload);
    delivery.await(timeout);
    return delivery;
  }

  @Override
  public <T> Emitter<T> emitter(Topic<T> topic) {
    checkOpen();
    types.hold(topic);
    var emitter = new LocalEmitter<>(this, topic, newPublisher());
    emitters.add(emitter);
    return emitter;
  }

  void forget(LocalEmitter<?> emitter) {
    if (emitters.remove(emitter)) { // several threads may close it
      types.release(emitter.topic());
    }
  }

  private Publisher newPublisher() {
    return new Publisher(config.name() + "#" + numbers.getAndIncrement());
  }

  /** {@return who numbers what is published on a topic without an emitter} */
  private Publisher publisher(Topic<?> topic) {
    types.check(topic);
    Publisher known = publishers.get(topic.name());
    if (known != null) {
      return known;
    }
    if (publishers.size() >= MOST_NUMBERED) {
      publishers.clear(); // those that come again are others, and count from 1
    }
    return publishers.computeIfAbsent(topic.name(), _ -> newPublisher());
  }

  TopicTrie.Match<LocalSubscription<?>> match(String name) {
    return trie.match(name);
  }

  boolean isCurrent(TopicTrie.Match<LocalSubscription<?>> match) {
    return trie.isCurrent(match);
  }

  private TopicValues<LocalSubscription<?>> find(String name) {
    return trie.match(name).values();
  }

  /** Publishes for somebody who does not ask what becomes of it. */
  <T> void emit(
      Topic<T> topic,
      T payload,
      Publisher publisher,
      TopicValues<LocalSubscription<?>> subscribed) {
    if (!publishing.isEmpty() || history.keeps(topic.name())) {
      deliver(topic, payload, publisher, PublishOptions.NONE, subscribed);
      return;
    }
    check(topic, payload);
    if (!enabled) {
      refused.increment();
      return;
    }
    int count = subscribed.size();
    if (!needsMessage(subscribed)) {
      publisher.next();
      published.increment();
      if (count == 0) {
        unheard.increment();
      }
      for (int i = 0; i < count; i++) {
        subscribed.value(i).hear(payload);
      }
      return;
    }
    Handling before = Handling.current();
    if (circle(topic, before).isPresent()) {
      refused.increment();
      return;
    }
    published.increment();
    Message<T> message =
        message(topic, payload, publisher, publisher.next(), PublishOptions.NONE, before);
    if (count == 0) {
      notHeard(message, before);
    }
    for (int i = 0; i < count; i++) {
      LocalSubscription<?> subscription = subscribed.value(i);
      if (subscription.wantsPayloadsOnly() && delivering.isEmpty()) {
        subscription.hear(payload);
      } else {
        subscription.accept(message, null, before, null, 0);
      }
    }
  }

  /** {@return whether anybody asks for more than a payload} */
  private boolean needsMessage(TopicValues<LocalSubscription<?>> subscribed) {
    int count = subscribed.size();
    if (count > 0 && !delivering.isEmpty()) {
      return true;
    }
    for (int i = 0; i < count; i++) {
      if (!subscribed.value(i).wantsPayloadsOnly()) {
        return true;
      }
    }
    return count == 0 && config.deadLetters();
  }

  private void notHeard(Message<?> message, @Nullable Handling before) {
    unheard.increment();
    if (config.deadLetters()) {
      bury(new DeadLetter(message, null, null), before);
    }
  }

  /** Publishes: {@return what becomes of it} */
  <T> Delivery deliver(
      Topic<T> topic,
      T payload,
      Publisher publisher,
      PublishOptions options,
      TopicValues<LocalSubscription<?>> subscribed) {
    check(topic, payload);
    Handling before = Handling.current();
    if (!enabled) {
      refused.increment();
      return refusal(topic, "the bus is disabled", false);
    }
    Optional<String> circle = circle(topic, before);
    if (circle.isPresent()) {
      refused.increment();
      return refusal(topic, circle.get(), true);
    }
    long sequence = publisher.next();
    published.increment();
    Message<?> message = message(topic, payload, publisher, sequence, options, before);
    if (!publishing.isEmpty()) {
      try {
        message = publishing.pass(message, passed -> passed);
      } catch (Exception e) { // this publishing fails, and no other
        return new LocalDelivery(events, topic.name(), new Outcome.Failed("publish", e, true));
      }
      if (message == null) {
        swallowed.increment();
        return new LocalDelivery(events, topic.name(), new Outcome.Filtered("publish"));
      }
    }
    HistoryLog.Entry entry = history.add(message);
    int count = subscribed.size();
    if (count == 0) {
      notHeard(message, before);
      return new LocalDelivery(events, topic.name(), new Outcome.NoSubscriber());
    }
    var delivery = new LocalDelivery(events, topic.name(), count);
    for (int i = 0; i < count; i++) {
      subscribed.value(i).accept(message, entry, before, delivery, i);
    }
    return delivery;
  }

  private Delivery refusal(Topic<?> topic, String reason, boolean poisons) {
    return new LocalDelivery(events, topic.name(), new Outcome.Refused("publish", reason, poisons));
  }

  private <T> void check(Topic<T> topic, T payload) {
    checkOpen();
    if (!topic.type().isInstance(payload)) {
      throw new IllegalArgumentException(
          "a payload must be of its topic's type: topic=%s, payload=%s"
              .formatted(topic, payload == null ? "null" : payload.getClass().getName()));
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("a bus must be open: bus=\"" + config.name() + "\"");
    }
  }

  /** {@return why a message must not be published, if it goes in circles} */
  private Optional<String> circle(Topic<?> topic, @Nullable Handling before) {
    if (before == null || config.cycles() == CyclePolicy.OFF) {
      return Optional.empty();
    }
    Optional<String> circle = before.circle(config);
    if (circle.isEmpty() || before.message().topic().equals(BusTopics.CYCLE)) {
      return Optional.empty();
    }
    boolean isRefused = config.cycles() == CyclePolicy.REFUSE;
    LOG.log(Level.WARNING, circle.get() + " > " + topic.name());
    tell(new BusNotice.CycleDetected(topic.name(), circle.get(), isRefused));
    return isRefused ? circle : Optional.empty();
  }

  private <T> Message<T> message(
      Topic<T> topic,
      T payload,
      Publisher publisher,
      long sequence,
      PublishOptions options,
      @Nullable Handling before) {
    Instant now = clock.now();
    String correlation = options.correlationId();
    return new Message<>(
        ids.next(now),
        topic,
        payload,
        now,
        config.name(),
        publisher.id(),
        sequence,
        options.headers(),
        correlation == null && before != null ? before.message().correlationId() : correlation,
        before == null ? null : before.message().id(),
        before == null ? 0 : before.nextDepth());
  }

  // ── what the bus publishes ──

  /** Publishes a message that nobody handled, if anybody wants such. */
  void bury(DeadLetter letter, @Nullable Handling before) {
    String name = BusTopics.dead(letter.message().topic().name());
    TopicValues<LocalSubscription<?>> subscribed = find(name);
    if (subscribed.size() == 0 || letter.message().payload() instanceof DeadLetter) {
      return;
    }
    try {
      publishOwn(Topic.ofBus(name, DeadLetter.class), letter, before, subscribed);
    } catch (IllegalArgumentException e) { // of what is the bus's own: it has no dead letters
      LOG.log(Level.WARNING, "no dead letter of " + letter.message().topic(), e);
    }
  }

  private void tell(BusNotice notice) {
    Topic<BusNotice> topic = BusTopics.of(notice);
    TopicValues<LocalSubscription<?>> subscribed = find(topic.name());
    if (subscribed.size() > 0 && !closed) {
      publishOwn(topic, notice, null, subscribed);
    }
  }

  private <T> void publishOwn(
      Topic<T> topic,
      T payload,
      @Nullable Handling before,
      TopicValues<LocalSubscription<?>> subscribed) {
    Publisher own = publisher(topic);
    Message<T> message = message(topic, payload, own, own.next(), PublishOptions.NONE, before);
    for (int i = 0; i < subscribed.size(); i++) {
      subscribed.value(i).accept(message, null, before, null, 0);
    }
  }

  /** The breaker of a subscription has changed. */
  void changed(LocalSubscription<?> subscription, CircuitBreaker.StateChange change) {
    switch (change.to()) {
      case OPEN -> tell(new BusNotice.Disabled(subscription.name(), change.reason()));
      case CLOSED -> tell(new BusNotice.Enabled(subscription.name()));
      default -> {}
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
    return open(topic.pattern(), topic.type(), topic, handler::handle, null, configure);
  }

  @Override
  public <T> Subscription subscribe(
      TopicPattern pattern,
      Class<T> type,
      MessageHandler<T> handler,
      UnaryOperator<SubscriptionOptions<T>> configure) {
    return open(pattern, type, null, handler::handle, null, configure);
  }

  @Override
  public <T> Subscription subscribeAsync(
      TopicPattern pattern,
      Class<T> type,
      AsyncMessageHandler<T> handler,
      UnaryOperator<SubscriptionOptions<T>> configure) {
    return open(pattern, type, null, message -> await(handler, message), null, configure);
  }

  private static <T> void await(AsyncMessageHandler<T> handler, Message<T> message)
      throws Exception {
    try {
      handler.handle(message).toCompletableFuture().get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e;
    }
  }

  @Override
  public <T> Subscription onPayload(Topic<T> topic, Consumer<? super T> handler) {
    return open(
        topic.pattern(),
        topic.type(),
        topic,
        message -> handler.accept(message.payload()),
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
    LocalSubscription.Call<T> call =
        message -> {
          O alive = weak.get();
          if (alive == null) {
            owners.gone(weak);
          } else {
            handler.handle(alive, message);
          }
        };
    Subscription opened = open(topic.pattern(), topic.type(), topic, call, null, configure);
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
    return new Signal<>(this, Topic.ofBus("$signal." + numbers.getAndIncrement(), type));
  }

  private <T> Subscription open(
      TopicPattern pattern,
      Class<T> type,
      @Nullable Topic<T> topic,
      LocalSubscription.Call<T> handler,
      @Nullable Consumer<? super T> payloads,
      UnaryOperator<SubscriptionOptions<T>> configure) {
    SubscriptionOptions<T> options = configure.apply(SubscriptionOptions.defaults());
    checkOpen();
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
    trie.add(pattern, made);
    subscriptions.add(made); // last: who finds it there may close it, and takes it out of the trie
    tell(new BusNotice.Connected(name, pattern.toString(), options.owner()));
    if (closed) {
      made.close(); // closing has not come to it
    } else if (options.replay() != null) {
      scheduler.submit(
          t -> t.named("replay for " + name).on(Placement.BLOCKING),
          () -> made.replay(history.logs()));
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
    tell(
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
    if (!(speed > 0)) {
      throw new IllegalArgumentException("speed must be positive: speed=" + speed);
    }
    List<Message<?>> found = history(configure);
    return scheduler.call(
        t -> t.named("replay").on(Placement.BLOCKING), () -> publishAgain(found, speed));
  }

  private int publishAgain(List<Message<?>> messages, double speed) throws InterruptedException {
    Instant before = messages.isEmpty() ? Instant.MIN : messages.getFirst().time();
    for (Message<?> message : messages) {
      long pause = (long) (Duration.between(before, message.time()).toNanos() / speed);
      if (pause > 0) {
        events.after(Duration.ofNanos(pause)).await();
      }
      before = message.time();
      publishAgain(message, message.topic());
    }
    return messages.size();
  }

  private <T> void publishAgain(Message<?> message, Topic<T> topic) {
    PublishOptions options =
        new PublishOptions(message.headers(), message.correlationId())
            .header(History.REPLAYED_FROM, message.id().toString());
    T payload = topic.type().cast(message.payload());
    deliver(topic, payload, publisher(topic), options, find(topic.name()));
  }

  // ── asking and answering, middleware ──

  @Override
  public <Q, A> Promise<A> request(Topic<Q> topic, Q payload, Class<A> answer, Duration deadline) {
    check(topic, payload);
    return requests.ask(topic, payload, answer, deadline);
  }

  @Override
  public <Q, A> Subscription respond(
      Topic<Q> topic, Responder<Q, A> responder, UnaryOperator<SubscriptionOptions<Q>> configure) {
    return subscribe(topic, requests.answering(responder), configure);
  }

  @Override
  public MiddlewareRegistration use(TopicPattern pattern, Middleware middleware) {
    return publishing.add(pattern, middleware);
  }

  @Override
  public MiddlewareRegistration useOnDelivery(TopicPattern pattern, Middleware middleware) {
    return delivering.add(pattern, middleware);
  }

  /** The middleware around handlers. */
  Chain delivering() {
    return delivering;
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
    return find(topic.name()).size();
  }

  // ── the whole ──

  @Override
  public Bus child(String prefix) {
    TopicNames.checkOpen(prefix);
    return new ChildBus(this, prefix);
  }

  @Override
  public void enable() {
    enabled = true;
  }

  @Override
  public void disable() {
    enabled = false;
  }

  @Override
  public boolean isEnabled() {
    return enabled;
  }

  @Override
  public BusStats stats() {
    owners.purge();
    return new BusStats(
        published.sum(),
        unheard.sum(),
        refused.sum(),
        swallowed.sum(),
        owners.collected(),
        subscriptions.size(),
        emitters.size());
  }

  @Override
  public Optional<Message<?>> current() {
    return Optional.ofNullable(Handling.current()).map(Handling::message);
  }

  @Override
  public void close() {
    synchronized (closing) {
      if (closed) {
        return;
      }
      closed = true;
    }
    List<LocalSubscription<?>> open = List.copyOf(subscriptions);
    open.forEach(LocalSubscription::close);
    emitters.forEach(LocalEmitter::close);
    if (Handling.current() == null) {
      finish();
    } else if (ownsScheduler) { // it waits for handlers, so none may wait for it
      Thread.ofVirtual().name(config.name() + " closes").start(this::finish);
    }
  }

  private void finish() {
    await(List.copyOf(ending)); // those that were closed before, too
    ending.clear();
    if (ownsScheduler) {
      scheduler.close();
    }
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
