package dev.carillon.bus;

import dev.carillon.event.EventSystem;
import dev.carillon.event.PoisonedException;
import dev.carillon.event.Promise;
import dev.carillon.schedule.Scheduler;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Brings messages from those who publish on a topic to those who have subscribed to it, or to a
 * pattern of its name.
 *
 * {@snippet :
 * Topic<String> orders = Topic.of("shop.orders", String.class);
 * try (var bus = Bus.open()) {
 *   bus.subscribe(orders, message -> System.out.println(message.payload()));
 *   bus.publish(orders, "two apples").await(Duration.ofSeconds(1));
 * }
 * }
 *
 * <p>Publishing runs no handler on the caller's thread, direct subscriptions apart. Order: what one
 * thread publishes on one topic comes to each subscription in that order, and is handled in it
 * unless the subscription is concurrent; with {@code orderedBy} that holds for each key. No other
 * order is promised.
 *
 * <p>Safe for use by any thread. Actions before a message is published happen-before its handling;
 * the handling of a message happens-before that of the next at the same subscription, if that
 * handles one at a time.
 */
public sealed interface Bus extends AutoCloseable permits LocalBus, ChildBus {

  /** {@return a bus with the default settings and a scheduler of its own} */
  static Bus open() {
    return open(config -> config);
  }

  /**
   * {@return a bus with a scheduler of its own}
   *
   * @param configure changes the default settings
   * @throws IllegalArgumentException if a setting is outside its range, or a history is to be more
   *     durable than the store can prove
   * @throws IllegalStateException if a stream of a durable history is open already
   * @throws dev.carillon.spi.StoreException if the store cannot open such a stream
   */
  static Bus open(UnaryOperator<BusConfig> configure) {
    BusConfig config = configure.apply(BusConfig.DEFAULT);
    Scheduler scheduler = Scheduler.open(c -> c.withName(config.name()));
    try {
      return new LocalBus(config, scheduler, true);
    } catch (RuntimeException | Error e) {
      scheduler.close();
      throw e;
    }
  }

  /**
   * {@return a bus on a scheduler}
   *
   * @param scheduler runs the handlers; it is not closed with the bus
   * @param configure changes the default settings
   * @throws IllegalArgumentException if a setting is outside its range, or a history is to be more
   *     durable than the store can prove
   * @throws IllegalStateException if a stream of a durable history is open already
   * @throws dev.carillon.spi.StoreException if the store cannot open such a stream
   */
  static Bus open(Scheduler scheduler, UnaryOperator<BusConfig> configure) {
    return new LocalBus(configure.apply(BusConfig.DEFAULT), scheduler, false);
  }

  /** {@return the settings} */
  BusConfig config();

  /** {@return the scheduler that runs the handlers} */
  Scheduler scheduler();

  /** {@return the system of the events of deliveries} */
  EventSystem events();

  // ── publishing ──

  /**
   * Publishes a message.
   *
   * @param topic where
   * @param payload what
   * @param <T> type of the payload
   * @return what becomes of it
   * @throws IllegalStateException if the bus is closed
   * @throws IllegalArgumentException if the payload is not of the topic's type
   * @throws TopicTypeException if the name is in use for an unrelated type
   */
  <T> Delivery publish(Topic<T> topic, T payload);

  /**
   * Publishes a message with headers or a correlation id of its own.
   *
   * @param topic where
   * @param payload what
   * @param change adds to the message: {@code p -> p.header("tenant", "7")}
   * @param <T> type of the payload
   * @return what becomes of it
   * @throws IllegalStateException if the bus is closed
   * @throws IllegalArgumentException if the payload is not of the topic's type
   * @throws TopicTypeException if the name is in use for an unrelated type
   */
  <T> Delivery publish(Topic<T> topic, T payload, UnaryOperator<PublishOptions> change);

  /**
   * Publishes a message and waits until it is delivered: the synchronous path.
   *
   * @param topic where
   * @param payload what
   * @param timeout how long to wait at most
   * @param <T> type of the payload
   * @return what became of it; not all of it, if the time passed first
   * @throws PoisonedException if the delivery's event is poisoned
   * @throws InterruptedException if the thread is interrupted first
   */
  <T> Delivery publishAndAwait(Topic<T> topic, T payload, Duration timeout)
      throws InterruptedException;

  /**
   * Publishes a message that was made elsewhere, as it is: with the id, the time, the source, the
   * publisher and its sequence, the headers, the correlation, the causation and the hops that it
   * has. For those who bring messages from another bus, from a store or from a test. Nobody who
   * hears it can tell it from one that was published here: it passes the middleware, is kept in the
   * history, with its own time, and what its handlers publish has one hop more than it has. Its
   * topic's name is taken as it is, here as in a view of the bus below a prefix.
   *
   * @param message the message
   * @return what becomes of it
   * @throws IllegalStateException if the bus is closed
   * @throws IllegalArgumentException if the payload is not of the topic's type
   * @throws TopicTypeException if the topic's name is in use for an unrelated type
   */
  Delivery redeliver(Message<?> message);

  /**
   * {@return a publisher of its own on a topic} It holds the topic's type until it is closed.
   *
   * @param topic where
   * @param <T> type of the payloads
   * @throws IllegalStateException if the bus is closed
   * @throws TopicTypeException if the name is in use for an unrelated type
   */
  <T> Emitter<T> emitter(Topic<T> topic);

  // ── subscribing ──

  /**
   * Subscribes to a topic.
   *
   * @param topic what to hear
   * @param handler handles the messages
   * @param <T> type of the payloads
   * @return the subscription
   * @throws IllegalStateException if the bus is closed
   * @throws TopicTypeException if the name is in use for an unrelated type
   */
  <T> Subscription subscribe(Topic<T> topic, MessageHandler<T> handler);

  /**
   * Subscribes to a topic.
   *
   * @param topic what to hear
   * @param handler handles the messages
   * @param configure changes the default options
   * @param <T> type of the payloads
   * @return the subscription
   * @throws IllegalStateException if the bus is closed
   * @throws TopicTypeException if the name is in use for an unrelated type
   * @throws IllegalArgumentException if it is to spill, and has no name or the bus no store
   */
  <T> Subscription subscribe(
      Topic<T> topic, MessageHandler<T> handler, UnaryOperator<SubscriptionOptions<T>> configure);

  /**
   * Subscribes to all topics that a pattern matches. Payloads of other types are filtered out.
   *
   * @param pattern what to hear
   * @param type of the payloads that are wanted
   * @param handler handles the messages
   * @param configure changes the default options
   * @param <T> type of the payloads
   * @return the subscription
   * @throws IllegalStateException if the bus is closed
   */
  <T> Subscription subscribe(
      TopicPattern pattern,
      Class<T> type,
      MessageHandler<T> handler,
      UnaryOperator<SubscriptionOptions<T>> configure);

  /**
   * Subscribes to all topics that a pattern matches, with a handler that says later when it is
   * done.
   *
   * @param pattern what to hear
   * @param type of the payloads that are wanted
   * @param handler handles the messages
   * @param configure changes the default options
   * @param <T> type of the payloads
   * @return the subscription
   * @throws IllegalStateException if the bus is closed
   */
  <T> Subscription subscribeAsync(
      TopicPattern pattern,
      Class<T> type,
      AsyncMessageHandler<T> handler,
      UnaryOperator<SubscriptionOptions<T>> configure);

  /**
   * Subscribes to a topic, with a handler of batches: of up to 256 messages that wait, unless
   * {@link SubscriptionOptions#batched} says otherwise.
   *
   * @param topic what to hear
   * @param handler handles the batches
   * @param configure changes the default options: {@code s -> s.batched(64, Duration.ofMillis(5))}
   * @param <T> type of the payloads
   * @return the subscription
   * @throws IllegalStateException if the bus is closed
   * @throws TopicTypeException if the name is in use for an unrelated type
   */
  <T> Subscription subscribeBatches(
      Topic<T> topic, BatchHandler<T> handler, UnaryOperator<SubscriptionOptions<T>> configure);

  /**
   * Subscribes to all topics that a pattern matches, with a handler of batches. Middleware around
   * handlers sees each message of a batch before the handler gets it.
   *
   * @param pattern what to hear
   * @param type of the payloads that are wanted
   * @param handler handles the batches
   * @param configure changes the default options
   * @param <T> type of the payloads
   * @return the subscription
   * @throws IllegalStateException if the bus is closed
   */
  <T> Subscription subscribeBatches(
      TopicPattern pattern,
      Class<T> type,
      BatchHandler<T> handler,
      UnaryOperator<SubscriptionOptions<T>> configure);

  /**
   * Subscribes to a topic for an object, which the bus does not keep alive: when it is collected
   * the subscription is gone, and counted.
   *
   * @param topic what to hear
   * @param owner the object
   * @param handler handles the messages; it must not capture the object
   * @param configure changes the default options
   * @param <O> type of the object
   * @param <T> type of the payloads
   * @return the subscription
   * @throws IllegalStateException if the bus is closed
   * @throws TopicTypeException if the name is in use for an unrelated type
   */
  <O, T> Subscription subscribeWeakly(
      Topic<T> topic,
      O owner,
      WeakHandler<? super O, T> handler,
      UnaryOperator<SubscriptionOptions<T>> configure);

  /**
   * Subscribes to a topic, directly, with a handler that wants nothing but the payload: the
   * cheapest form. It runs on the publisher's thread.
   *
   * @param topic what to hear
   * @param handler handles the payloads
   * @param <T> type of the payloads
   * @return the subscription
   * @throws IllegalStateException if the bus is closed
   * @throws TopicTypeException if the name is in use for an unrelated type
   */
  <T> Subscription onPayload(Topic<T> topic, Consumer<? super T> handler);

  // ── asking and answering ──

  /**
   * Publishes a request and promises the first answer.
   *
   * @param topic where
   * @param payload what to ask
   * @param answer type of the answer
   * @param deadline how long to wait for it
   * @param <Q> type of the request
   * @param <A> type of the answer
   * @return the answer; poisoned if the time passes first, nobody handles the request, or the one
   *     who answers fails
   * @throws IllegalStateException if the bus is closed
   * @throws IllegalArgumentException if the payload is not of the topic's type
   */
  <Q, A> Promise<A> request(Topic<Q> topic, Q payload, Class<A> answer, Duration deadline);

  /**
   * Subscribes to a topic and answers the requests among its messages.
   *
   * @param topic what to hear
   * @param responder answers; for messages that are no requests, what it returns is let go
   * @param configure changes the default options
   * @param <Q> type of the requests
   * @param <A> type of the answers
   * @return the subscription
   * @throws IllegalStateException if the bus is closed
   */
  <Q, A> Subscription respond(
      Topic<Q> topic, Responder<Q, A> responder, UnaryOperator<SubscriptionOptions<Q>> configure);

  // ── reactive streams ──

  /**
   * {@return the messages of a topic, with the default options; see {@link #publisher(Topic,
   * UnaryOperator)}}
   *
   * @param topic what to hear
   * @param <T> type of the payloads
   */
  default <T> Flow.Publisher<Message<T>> publisher(Topic<T> topic) {
    return publisher(topic, options -> options);
  }

  /**
   * {@return the messages of a topic for subscribers of reactive streams} Each of those has a
   * subscription of its own on the bus, and hears what is published after it has subscribed, or
   * what it replays. It is given a message when it has requested one; the others wait, as many as
   * {@code capacity} says, and then {@code whenFull} decides: by default, who publishes waits too.
   *
   * <p>Messages come one at a time, where the options say that handlers run. They have no time
   * limit unless one is given: it is for {@code onNext} alone, not for the time until more is
   * requested. A subscriber that throws is cancelled. When the bus or the subscription is closed,
   * what waits is still given out as far as it is requested, at the latest half of the scheduler's
   * time of grace after that; the rest is dropped, and then the stream is complete.
   *
   * <p>A subscriber that comes when the bus is closed, or the topic's name is in use for an
   * unrelated type, is told so by {@code onError}.
   *
   * @param topic what to hear
   * @param configure changes the default options, in which there is no time limit
   * @param <T> type of the payloads
   * @throws IllegalArgumentException if the options are direct, concurrent, ordered by a key,
   *     batched or tried again, as that is not one message at a time when it is requested
   */
  <T> Flow.Publisher<Message<T>> publisher(
      Topic<T> topic, UnaryOperator<SubscriptionOptions<T>> configure);

  /**
   * {@return the messages of all topics that a pattern matches, with payloads of a type; see {@link
   * #publisher(Topic, UnaryOperator)}}
   *
   * @param pattern what to hear
   * @param type of the payloads that are wanted
   * @param <T> type of the payloads
   */
  default <T> Flow.Publisher<Message<T>> publisher(TopicPattern pattern, Class<T> type) {
    return publisher(pattern, type, options -> options);
  }

  /**
   * {@return the messages of all topics that a pattern matches, with payloads of a type; see {@link
   * #publisher(Topic, UnaryOperator)}}
   *
   * @param pattern what to hear
   * @param type of the payloads that are wanted
   * @param configure changes the default options, in which there is no time limit
   * @param <T> type of the payloads
   * @throws IllegalArgumentException if the options are direct, concurrent, ordered by a key,
   *     batched or tried again
   */
  <T> Flow.Publisher<Message<T>> publisher(
      TopicPattern pattern, Class<T> type, UnaryOperator<SubscriptionOptions<T>> configure);

  /**
   * {@return a subscriber of reactive streams that publishes what it receives, with 256 elements
   * under way at most}
   *
   * @param topic where
   * @param <T> type of the payloads
   * @throws IllegalStateException if the bus is closed
   * @throws TopicTypeException if the name is in use for an unrelated type
   */
  default <T> Feed<T> subscriber(Topic<T> topic) {
    return subscriber(topic, 256);
  }

  /**
   * {@return a subscriber of reactive streams that publishes what it receives} It holds the topic's
   * type until it is done or closed.
   *
   * @param topic where
   * @param window how many elements may be asked for or under way to handlers at most, 1 to 65,536
   * @param <T> type of the payloads
   * @throws IllegalStateException if the bus is closed
   * @throws IllegalArgumentException if the window is outside its range
   * @throws TopicTypeException if the name is in use for an unrelated type
   */
  <T> Feed<T> subscriber(Topic<T> topic, int window);

  // ── signals ──

  /**
   * {@return a namespace of signals} Their topics are those below its name.
   *
   * @param namespace one or more tokens
   * @throws IllegalArgumentException if it breaks a rule of topics' names
   */
  Signals signals(String namespace);

  /**
   * {@return a signal without a name, another one each time}
   *
   * @param type of what is sent
   * @param <T> type of what is sent
   */
  <T> Signal<T> signal(Class<T> type);

  // ── history ──

  /**
   * {@return what is kept of what was published, in the order of publishing} A durable history is
   * read page by page; it ends with the bus, as its streams are closed then.
   *
   * @param configure narrows the query, which is for all at first
   * @throws dev.carillon.spi.StoreException if a durable history cannot be read, as when the bus is
   *     closed; a single message that cannot be read is passed over and counted
   */
  List<Message<?>> history(UnaryOperator<HistoryQuery> configure);

  /**
   * Publishes again what is kept, each message with the header {@code replayed-from}, its old id;
   * these are not kept again.
   *
   * @param configure narrows the query, which is for all at first
   * @param speed how fast: 1 with the pauses there were, 2 with half of them; infinity without
   * @return how many they were, once all are published
   * @throws IllegalArgumentException if the speed is not positive
   */
  Promise<Integer> replay(UnaryOperator<HistoryQuery> configure, double speed);

  // ── middleware ──

  /**
   * Has messages pass a middleware before they are given to subscriptions, after those that were
   * added before. It runs on the publisher's thread.
   *
   * @param pattern for which topics
   * @param middleware the link
   * @return its place, to take it out
   */
  MiddlewareRegistration use(TopicPattern pattern, Middleware middleware);

  /**
   * Has messages pass a middleware around the handler of each subscription, inside those that were
   * added before. It runs on the handler's thread.
   *
   * @param pattern for which topics
   * @param middleware the link
   * @return its place, to take it out
   */
  MiddlewareRegistration useOnDelivery(TopicPattern pattern, Middleware middleware);

  /**
   * Closes all subscriptions of a component.
   *
   * @param owner the component
   * @return how many they were
   */
  int unsubscribeOwner(String owner);

  /**
   * {@return how many subscriptions would hear a message}
   *
   * @param topic where it would be published
   */
  int subscriberCount(Topic<?> topic);

  /**
   * Publishes how something is that works for the bus, such as a source, on a topic below {@code
   * $bus}. Nobody waits for room for that, and nothing is published if nobody listens.
   *
   * @param notice what to tell
   */
  void report(BusNotice.Reported notice);

  // ── the whole ──

  /**
   * {@return this bus below a prefix: a view whose topics and patterns are completed by it} Whoever
   * listens to {@code prefix.>} on this bus hears what is published there, in the same order; its
   * messages have their whole names. Closing the view closes what was opened by it, and nothing
   * else; enabling, statistics and owners are those of the whole.
   *
   * @param prefix one or more tokens
   * @throws IllegalArgumentException if it breaks a rule of topics' names
   */
  Bus child(String prefix);

  /** Publishes again after {@link #disable}. Idempotent. */
  void enable();

  /** Refuses what is published until {@link #enable}: outcomes say so. Idempotent. */
  void disable();

  /** {@return whether it publishes} */
  boolean isEnabled();

  /** {@return whether it is open} Not from the beginning of {@link #close} on. */
  boolean isOpen();

  /** {@return what it has done} */
  BusStats stats();

  /**
   * {@return who publishes, who hears it, and what holds them up} For people and tools that look:
   * it reads the stacks of handlers' threads, and costs time in proportion to all that there is.
   */
  BusExplanation explain();

  /**
   * {@return who publishes on a topic and who hears it, with hints if that is nobody or not all of
   * it}
   *
   * @param topic which
   */
  BusExplanation.Route explain(Topic<?> topic);

  /** {@return the message that the calling thread handles, if it does} */
  Optional<Message<?>> current();

  /**
   * Takes nothing more, lets what waits be handled for the scheduler's time of grace, and closes
   * the scheduler if it is the bus's own. Idempotent. A handler may close the bus; then it is not
   * waited for.
   */
  @Override
  void close();
}
