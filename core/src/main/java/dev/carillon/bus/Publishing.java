package dev.carillon.bus;

import dev.carillon.event.EventSystem;
import dev.carillon.time.Clock;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What the publisher's thread does: gives a message to each subscription that matches. */
final class Publishing {
  /*
   * Look at the payload's type and at what led here, number the message, let it pass the middleware,
   * keep it, and give it to the subscriptions that match, in the order of subscribing. That is all
   * done by the publishing thread, one message after another, so each subscription is given what one
   * thread publishes in that order. What a subscription does with it is its inbox's affair.
   */
  private static final System.Logger LOG = System.getLogger("dev.carillon.bus");
  private static final int MOST_NUMBERED = 1 << 16; // topics, of those who have no emitter

  private final BusConfig config;
  private final EventSystem events;
  private final Clock clock;
  private final TopicTrie<LocalSubscription<?>> trie;
  private final History history;
  private final @Nullable StoredForm form; // null without a store
  private final Notices notices;
  private final Waits waits;
  private final MessageIds ids = new MessageIds();
  private final Chain before = new Chain(); // all subscriptions
  private final Chain around = new Chain(); // each handler
  private final String run; // tells this bus from those that used its store before
  private final AtomicLong numbers = new AtomicLong();
  private final ConcurrentHashMap<String, Publisher> publishers = new ConcurrentHashMap<>();
  private final LongAdder published = new LongAdder();
  private final LongAdder unheard = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder swallowed = new LongAdder();
  private volatile boolean open = true;
  private volatile boolean enabled = true;

  Publishing(
      BusConfig config,
      EventSystem events,
      TopicTrie<LocalSubscription<?>> trie,
      History history,
      @Nullable StoredForm form) {
    this.config = config;
    this.events = events;
    this.clock = events.config().clock();
    this.trie = trie;
    this.history = history;
    this.form = form;
    this.run =
        form == null
            ? ""
            : "-" + Long.toString(ids.next(clock.now()).getMostSignificantBits() >>> 16, 36);
    this.notices = new Notices(this, config.deadLetters());
    this.waits = new Waits(events, notices::deadlock);
  }

  // ── what others of the bus ask ──

  Notices notices() {
    return notices;
  }

  /** Who waits for whom. */
  Waits waits() {
    return waits;
  }

  /** The middleware that messages pass before they are given to subscriptions. */
  Chain before() {
    return before;
  }

  /** The middleware around handlers. */
  Chain around() {
    return around;
  }

  /** {@return how many handlers may lead to a message} */
  int maxDepth() {
    return config.maxCausalDepth();
  }

  boolean isOpen() {
    return open;
  }

  void close() {
    open = false;
  }

  boolean isEnabled() {
    return enabled;
  }

  void enable(boolean whether) {
    enabled = whether;
  }

  TopicTrie.Match<LocalSubscription<?>> match(String topic) {
    return trie.match(topic);
  }

  boolean isCurrent(TopicTrie.Match<LocalSubscription<?>> match) {
    return trie.isCurrent(match);
  }

  TopicValues<LocalSubscription<?>> find(String topic) {
    return trie.match(topic).values();
  }

  /** {@return those who number what is published without an emitter, by topic} */
  Map<String, Publisher> publishers() {
    return publishers;
  }

  /** {@return the time by the clock of the bus} */
  long now() {
    return clock.nanos();
  }

  /** {@return those who hear a topic, for who will not ask again before that has changed} */
  TopicValues<LocalSubscription<?>> findOnce(String topic) {
    return trie.find(topic);
  }

  /** {@return a publisher that nobody else is, nor was as far as a store remembers} */
  Publisher newPublisher() {
    return new Publisher(config.name() + run + "#" + numbers.getAndIncrement());
  }

  /** {@return who numbers what is published on a topic without an emitter} */
  Publisher publisher(String topic) {
    Publisher known = publishers.get(topic);
    if (known != null) {
      return known;
    }
    if (publishers.size() >= MOST_NUMBERED) {
      publishers.clear(); // those that come again are others, and count from 1
    }
    return publishers.computeIfAbsent(topic, _ -> newPublisher());
  }

  BusStats stats(long collected, int subscriptions, int emitters) {
    return new BusStats(
        published.sum(),
        unheard.sum(),
        refused.sum(),
        swallowed.sum(),
        history.failures(),
        form == null ? 0 : form.unreadable(),
        collected,
        subscriptions,
        emitters);
  }

  // ── without a delivery ──

  /** Publishes for somebody who does not ask what becomes of it. */
  <T> void emit(
      Topic<T> topic,
      T payload,
      Publisher publisher,
      TopicValues<LocalSubscription<?>> subscribed) {
    if (!before.isEmpty() || config.explainsDispatch() || history.keeps(topic.name())) {
      deliver(topic, payload, publisher, PublishOptions.NONE, subscribed);
      return;
    }
    check(topic, payload);
    if (!enabled) {
      refused.increment();
      return;
    }
    if (needsMessage(subscribed)) {
      emitMessage(topic, payload, publisher, subscribed);
      return;
    }
    publisher.next();
    published.increment();
    int count = subscribed.size();
    if (count == 0) {
      unheard.increment();
    }
    for (int i = 0; i < count; i++) {
      subscribed.value(i).hear(payload);
    }
  }

  /** {@return whether anybody asks for more than a payload} */
  private boolean needsMessage(TopicValues<LocalSubscription<?>> subscribed) {
    int count = subscribed.size();
    if (count > 0 && !around.isEmpty()) {
      return true;
    }
    for (int i = 0; i < count; i++) {
      if (!subscribed.value(i).wantsPayloadsOnly()) {
        return true;
      }
    }
    return count == 0 && config.deadLetters();
  }

  private <T> void emitMessage(
      Topic<T> topic,
      T payload,
      Publisher publisher,
      TopicValues<LocalSubscription<?>> subscribed) {
    Handling cause = Handling.current();
    if (circle(topic, cause).isPresent()) {
      refused.increment();
      return;
    }
    published.increment();
    Message<T> message =
        message(topic, payload, publisher, publisher.next(), PublishOptions.NONE, cause);
    int count = subscribed.size();
    if (count == 0) {
      notHeard(message, cause);
    }
    giveAll(message, null, cause, subscribed, null);
  }

  // ── with a delivery ──

  /** Publishes: {@return what becomes of it} */
  <T> LocalDelivery deliver(
      Topic<T> topic,
      T payload,
      Publisher publisher,
      PublishOptions options,
      TopicValues<LocalSubscription<?>> subscribed) {
    check(topic, payload);
    Handling cause = Handling.current();
    LocalDelivery refusal = refusal(topic, cause);
    if (refusal != null) {
      return told(refusal);
    }
    long sequence = publisher.next();
    published.increment();
    Message<T> message = message(topic, payload, publisher, sequence, options, cause);
    boolean isForParents = options.isForParents();
    return passOn(
        message,
        cause,
        isForParents ? withParents(topic.name(), subscribed) : subscribed,
        isForParents);
  }

  /** {@return subscriptions, and those of the topics above} */
  private TopicValues<LocalSubscription<?>> withParents(
      String topic, TopicValues<LocalSubscription<?>> subscribed) {
    TopicValues<LocalSubscription<?>> all = subscribed;
    for (int end = topic.lastIndexOf('.'); end > 0; end = topic.lastIndexOf('.', end - 1)) {
      all = all.union(find(topic.substring(0, end)));
    }
    return all;
  }

  /** Publishes a message that was made elsewhere: {@return what becomes of it} */
  LocalDelivery redeliver(Message<?> message) {
    Topic<?> topic = message.topic();
    check(topic, message.payload());
    Handling cause = Handling.current();
    LocalDelivery refusal = refusal(topic, cause);
    if (refusal != null) {
      return told(refusal);
    }
    published.increment();
    return passOn(message, cause, find(topic.name()), false);
  }

  /** Has a message pass the middleware, keeps it and gives it to all. */
  private LocalDelivery passOn(
      Message<?> made,
      @Nullable Handling cause,
      TopicValues<LocalSubscription<?>> subscribed,
      boolean isForParents) {
    return told(passMiddleware(made, cause, subscribed, isForParents));
  }

  private LocalDelivery passMiddleware(
      Message<?> made,
      @Nullable Handling cause,
      TopicValues<LocalSubscription<?>> subscribed,
      boolean isForParents) {
    Message<?> message = made;
    Topic<?> topic = made.topic();
    if (!before.isEmpty()) {
      try {
        message = before.pass(message, passed -> passed);
      } catch (Exception e) { // this publishing fails, and no other
        if (e instanceof InterruptedException) {
          Thread.currentThread().interrupt();
        }
        return new LocalDelivery(events, topic.name(), new Outcome.Failed("publish", e, true));
      }
      if (message == null) {
        swallowed.increment();
        return new LocalDelivery(events, topic.name(), new Outcome.Filtered("publish"));
      }
    }
    return keepAndGive(message, cause, subscribed, isForParents);
  }

  private LocalDelivery keepAndGive(
      Message<?> message,
      @Nullable Handling cause,
      TopicValues<LocalSubscription<?>> subscribed,
      boolean isForParents) {
    Topic<?> topic = message.topic();
    Place place = history.add(message);
    if (place == null) {
      return giveAll(message, null, cause, subscribed);
    }
    Outcome refusal = place.refusal();
    if (refusal != null) {
      return new LocalDelivery(events, topic.name(), refusal);
    }
    // a subscription that came meanwhile may have replayed all before this message
    TopicValues<LocalSubscription<?>> now = find(topic.name());
    return giveAll(message, place, cause, isForParents ? withParents(topic.name(), now) : now);
  }

  /** Gives a message to subscriptions: {@return what becomes of it} */
  private LocalDelivery giveAll(
      Message<?> message,
      @Nullable Place place,
      @Nullable Handling cause,
      TopicValues<LocalSubscription<?>> subscribed) {
    String topic = message.topic().name();
    int count = subscribed.size();
    LocalDelivery delivery;
    if (place instanceof StoredPlace stored) {
      delivery = LocalDelivery.ofStored(events, waits, message, subscribed);
      stored.tell(delivery);
    } else if (count == 0) {
      delivery = new LocalDelivery(events, topic, new Outcome.NoSubscriber());
    } else {
      delivery = new LocalDelivery(events, waits, message, subscribed);
    }
    if (count == 0) {
      notHeard(message, cause);
    }
    giveAll(message, place, cause, subscribed, delivery);
    return delivery;
  }

  /** Gives a message to subscriptions in turn; from the first direct one on, in a round. */
  private void giveAll(
      Message<?> message,
      @Nullable Place place,
      @Nullable Handling cause,
      TopicValues<LocalSubscription<?>> subscribed,
      @Nullable LocalDelivery delivery) {
    int count = subscribed.size();
    int from = 0;
    while (from < count && !subscribed.value(from).options().isDirect()) {
      giveOne(message, place, cause, subscribed, delivery, from++, null);
    }
    if (from == count) {
      return;
    }
    var round = new Round(message, cause, config.maxCausalDepth(), clock.coarseNanos());
    int first = from;
    ScopedValue.where(Handling.CURRENT, round)
        .run(() -> {
          for (int i = first; i < count; i++) {
            giveOne(message, place, cause, subscribed, delivery, i, round);
          }
        });
    if (delivery != null) {
      delivery.notedHere(round.allSettled());
    }
  }

  private void giveOne(
      Message<?> message,
      @Nullable Place place,
      @Nullable Handling cause,
      TopicValues<LocalSubscription<?>> subscribed,
      @Nullable LocalDelivery delivery,
      int index,
      @Nullable Round round) {
    LocalSubscription<?> subscription = subscribed.value(index);
    if (delivery == null && subscription.wantsPayloadsOnly() && around.isEmpty()) {
      subscription.hear(message.payload());
    } else {
      subscription.accept(message, place, cause, delivery, index, round);
    }
  }

  private LocalDelivery told(LocalDelivery delivery) {
    if (config.explainsDispatch()) {
      DispatchLog.log(delivery);
    }
    return delivery;
  }

  /** Publishes a message of the bus's own, past all that users have put in the way. */
  <T> void publishOwn(
      Topic<T> topic,
      T payload,
      @Nullable Handling cause,
      TopicValues<LocalSubscription<?>> subscribed) {
    Publisher own = publisher(topic.name());
    Message<T> message = message(topic, payload, own, own.next(), PublishOptions.NONE, cause);
    giveAll(message, null, cause, subscribed, null);
  }

  /** {@return what becomes of a message that must not be published; null if it may be} */
  private @Nullable LocalDelivery refusal(Topic<?> topic, @Nullable Handling cause) {
    if (!enabled) {
      refused.increment();
      return refusal(topic, "the bus is disabled", false);
    }
    Optional<String> circle = circle(topic, cause);
    if (circle.isPresent()) {
      refused.increment();
      return refusal(topic, circle.get(), true);
    }
    return null;
  }

  private LocalDelivery refusal(Topic<?> topic, String reason, boolean poisons) {
    return new LocalDelivery(events, topic.name(), new Outcome.Refused("publish", reason, poisons));
  }

  private void notHeard(Message<?> message, @Nullable Handling cause) {
    unheard.increment();
    notices.notHeard(message, cause);
  }

  // ── rules ──

  void check(Topic<?> topic, Object payload) {
    checkOpen();
    if (!topic.type().isInstance(payload)) {
      throw new IllegalArgumentException(
          "a payload must be of its topic's type: topic=%s, payload=%s"
              .formatted(topic, payload == null ? "null" : payload.getClass().getName()));
    }
  }

  void checkOpen() {
    if (!open) {
      throw new IllegalStateException("a bus must be open: bus=\"" + config.name() + "\"");
    }
  }

  /** {@return why a message must not be published, if it goes in circles} */
  private Optional<String> circle(Topic<?> topic, @Nullable Handling cause) {
    if (cause == null || config.cycles() == CyclePolicy.OFF) {
      return Optional.empty();
    }
    Optional<String> circle = cause.circle(config);
    if (circle.isEmpty() || cause.message().topic().equals(BusTopics.CYCLE)) {
      return Optional.empty();
    }
    boolean isRefused = config.cycles() == CyclePolicy.REFUSE;
    LOG.log(Level.WARNING, circle.get() + " > " + topic.name());
    notices.tell(new BusNotice.CycleDetected(topic.name(), circle.get(), isRefused));
    return isRefused ? circle : Optional.empty();
  }

  private <T> Message<T> message(
      Topic<T> topic,
      T payload,
      Publisher publisher,
      long sequence,
      PublishOptions options,
      @Nullable Handling cause) {
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
        correlation == null && cause != null ? cause.message().correlationId() : correlation,
        cause == null ? null : cause.message().id(),
        cause == null ? 0 : cause.nextDepth());
  }
}
