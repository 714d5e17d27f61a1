package dev.carillon.bus;

import dev.carillon.event.EventSystem;
import dev.carillon.event.Promise;
import dev.carillon.schedule.Scheduler;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** A bus whose names are those below a prefix of another; see {@link Bus#child}. */
final class ChildBus implements Bus {
  /*
   * Names and patterns are completed by the prefix, all else is the bus's. What was opened here is
   * kept, to be closed with this view; what was closed before is let go when more is opened.
   */
  private static final int FEW = 64;

  private final LocalBus bus;
  private final String prefix;
  private final Set<Subscription> subscriptions = ConcurrentHashMap.newKeySet();
  private final Set<MiddlewareRegistration> middleware = ConcurrentHashMap.newKeySet();
  private volatile int most =
      FEW; // subscriptions, before closed ones are let go; racy: any will do

  ChildBus(LocalBus bus, String prefix) {
    this.bus = bus;
    this.prefix = prefix + ".";
  }

  private <T> Topic<T> below(Topic<T> topic) {
    return Topic.of(prefix + topic.name(), topic.type());
  }

  private TopicPattern below(TopicPattern pattern) {
    return TopicPattern.of(prefix + pattern);
  }

  private Subscription kept(Subscription subscription) {
    if (subscriptions.size() >= most) { // so that each is looked at a few times in all
      subscriptions.removeIf(each -> !each.isOpen());
      most = 2 * subscriptions.size() + FEW;
    }
    subscriptions.add(subscription);
    return subscription;
  }

  private MiddlewareRegistration kept(MiddlewareRegistration registration) {
    middleware.removeIf(each -> !each.isOpen());
    middleware.add(registration);
    return registration;
  }

  @Override
  public BusConfig config() {
    return bus.config();
  }

  @Override
  public Scheduler scheduler() {
    return bus.scheduler();
  }

  @Override
  public EventSystem events() {
    return bus.events();
  }

  @Override
  public <T> Delivery publish(Topic<T> topic, T payload) {
    return bus.publish(below(topic), payload);
  }

  @Override
  public <T> Delivery publish(Topic<T> topic, T payload, UnaryOperator<PublishOptions> change) {
    return bus.publish(below(topic), payload, change);
  }

  @Override
  public <T> Delivery publishAndAwait(Topic<T> topic, T payload, Duration timeout)
      throws InterruptedException {
    return bus.publishAndAwait(below(topic), payload, timeout);
  }

  @Override
  public Delivery redeliver(Message<?> message) {
    return bus.redeliver(message);
  }

  @Override
  public <T> Emitter<T> emitter(Topic<T> topic) {
    return bus.emitter(below(topic));
  }

  @Override
  public <T> Subscription subscribe(Topic<T> topic, MessageHandler<T> handler) {
    return kept(bus.subscribe(below(topic), handler));
  }

  @Override
  public <T> Subscription subscribe(
      Topic<T> topic, MessageHandler<T> handler, UnaryOperator<SubscriptionOptions<T>> configure) {
    return kept(bus.subscribe(below(topic), handler, configure));
  }

  @Override
  public <T> Subscription subscribe(
      TopicPattern pattern,
      Class<T> type,
      MessageHandler<T> handler,
      UnaryOperator<SubscriptionOptions<T>> configure) {
    return kept(bus.subscribe(below(pattern), type, handler, configure));
  }

  @Override
  public <T> Subscription subscribeAsync(
      TopicPattern pattern,
      Class<T> type,
      AsyncMessageHandler<T> handler,
      UnaryOperator<SubscriptionOptions<T>> configure) {
    return kept(bus.subscribeAsync(below(pattern), type, handler, configure));
  }

  @Override
  public <T> Subscription subscribeBatches(
      Topic<T> topic, BatchHandler<T> handler, UnaryOperator<SubscriptionOptions<T>> configure) {
    return kept(bus.subscribeBatches(below(topic), handler, configure));
  }

  @Override
  public <T> Subscription subscribeBatches(
      TopicPattern pattern,
      Class<T> type,
      BatchHandler<T> handler,
      UnaryOperator<SubscriptionOptions<T>> configure) {
    return kept(bus.subscribeBatches(below(pattern), type, handler, configure));
  }

  @Override
  public <O, T> Subscription subscribeWeakly(
      Topic<T> topic,
      O owner,
      WeakHandler<? super O, T> handler,
      UnaryOperator<SubscriptionOptions<T>> configure) {
    return kept(bus.subscribeWeakly(below(topic), owner, handler, configure));
  }

  @Override
  public Signals signals(String namespace) {
    return bus.signals(prefix + namespace);
  }

  @Override
  public <T> Signal<T> signal(Class<T> type) {
    return bus.signal(type);
  }

  @Override
  public <T> Subscription onPayload(Topic<T> topic, Consumer<? super T> handler) {
    return kept(bus.onPayload(below(topic), handler));
  }

  @Override
  public <Q, A> Promise<A> request(Topic<Q> topic, Q payload, Class<A> answer, Duration deadline) {
    return bus.request(below(topic), payload, answer, deadline);
  }

  @Override
  public <Q, A> Subscription respond(
      Topic<Q> topic, Responder<Q, A> responder, UnaryOperator<SubscriptionOptions<Q>> configure) {
    return kept(bus.respond(below(topic), responder, configure));
  }

  @Override
  public <T> Flow.Publisher<Message<T>> publisher(
      Topic<T> topic, UnaryOperator<SubscriptionOptions<T>> configure) {
    return bus.publisher(below(topic), configure, this::kept);
  }

  @Override
  public <T> Flow.Publisher<Message<T>> publisher(
      TopicPattern pattern, Class<T> type, UnaryOperator<SubscriptionOptions<T>> configure) {
    return bus.publisher(below(pattern), type, configure, this::kept);
  }

  @Override
  public <T> Feed<T> subscriber(Topic<T> topic, int window) {
    return bus.subscriber(below(topic), window);
  }

  @Override
  public List<Message<?>> history(UnaryOperator<HistoryQuery> configure) {
    return bus.history(query -> below(configure.apply(query)));
  }

  @Override
  public Promise<Integer> replay(UnaryOperator<HistoryQuery> configure, double speed) {
    return bus.replay(query -> below(configure.apply(query)), speed);
  }

  private HistoryQuery below(HistoryQuery query) {
    return query.topics(prefix + query.topics());
  }

  @Override
  public MiddlewareRegistration use(TopicPattern pattern, Middleware link) {
    return kept(bus.use(below(pattern), link));
  }

  @Override
  public MiddlewareRegistration useOnDelivery(TopicPattern pattern, Middleware link) {
    return kept(bus.useOnDelivery(below(pattern), link));
  }

  @Override
  public int unsubscribeOwner(String owner) {
    return bus.unsubscribeOwner(owner);
  }

  @Override
  public int subscriberCount(Topic<?> topic) {
    return bus.subscriberCount(below(topic));
  }

  @Override
  public Bus child(String name) {
    return bus.child(prefix + name);
  }

  @Override
  public void enable() {
    bus.enable();
  }

  @Override
  public void disable() {
    bus.disable();
  }

  @Override
  public boolean isEnabled() {
    return bus.isEnabled();
  }

  @Override
  public boolean isOpen() {
    return bus.isOpen();
  }

  @Override
  public void report(BusNotice.Reported notice) {
    bus.report(notice);
  }

  @Override
  public BusStats stats() {
    return bus.stats();
  }

  @Override
  public BusExplanation explain() {
    return bus.explain();
  }

  @Override
  public BusExplanation.Route explain(Topic<?> topic) {
    return bus.explain(below(topic));
  }

  @Override
  public Optional<Message<?>> current() {
    return bus.current();
  }

  @Override
  public void close() {
    subscriptions.forEach(Subscription::close);
    subscriptions.clear();
    middleware.forEach(MiddlewareRegistration::close);
    middleware.clear();
  }

  @Override
  public String toString() {
    return "Bus[%s, below %s]".formatted(bus.config().name(), prefix);
  }
}
