package dev.carillon.flow;

import dev.carillon.bus.Bus;
import dev.carillon.bus.Subscription;
import dev.carillon.bus.Topic;
import dev.carillon.bus.TopicPattern;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The messages of a topic, of which each is the input of an iteration. */
final class RunMessages {
  /*
   * The subscription has one message under way: the next comes when the stage of the one before is
   * complete, which it is when its iteration has ended. So no more than one waits here, and those
   * behind it wait in the subscription's lane, under its rules.
   */
  private record Waiting(Object payload, CompletableFuture<Done> handled) {}

  private final CycleDraft.Messages<?> from;

  // guarded by this
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private final ArrayDeque<Waiting> underWay = new ArrayDeque<>();
  private @Nullable Runnable poke;
  private @Nullable Subscription subscription;
  private boolean isClosed;

  RunMessages(CycleDraft.Messages<?> from) {
    this.from = from;
  }

  void open() {
    Subscription opened = subscribe(from.bus(), from.topic());
    boolean late;
    synchronized (this) {
      late = isClosed;
      subscription = opened;
    }
    if (late) {
      opened.close();
    }
  }

  private <T> Subscription subscribe(Bus bus, Topic<T> topic) {
    return bus.subscribeAsync(
        TopicPattern.of(topic.name()),
        topic.type(),
        message -> take(message.payload()),
        options -> options);
  }

  private CompletionStage<Done> take(Object payload) {
    var handled = new CompletableFuture<Done>();
    Runnable told;
    synchronized (this) {
      if (isClosed) {
        throw new IllegalStateException("the run that takes these messages has ended");
      }
      waiting.add(new Waiting(payload, handled));
      told = poke;
      poke = null;
    }
    if (told != null) {
      told.run();
    }
    return handled;
  }

  /** {@return whether there is a message; if not, somebody is told when there is} */
  synchronized boolean hasNext(Runnable whenThereIs) {
    if (waiting.isEmpty()) {
      poke = whenThereIs;
      return false;
    }
    return true;
  }

  synchronized Object next() {
    Waiting next = waiting.remove();
    underWay.add(next);
    return next.payload();
  }

  /** The oldest iteration has ended. */
  void done() {
    Waiting over;
    synchronized (this) {
      over = underWay.poll();
    }
    if (over != null) {
      over.handled().complete(Done.DONE);
    }
  }

  void close() {
    Subscription open;
    ArrayDeque<Waiting> left;
    synchronized (this) {
      isClosed = true;
      open = subscription;
      left = new ArrayDeque<>(waiting);
      waiting.clear();
      left.addAll(underWay); // whose iterations could not be written down
      underWay.clear();
    }
    if (open != null) {
      open.close();
    }
    for (Waiting each : left) {
      each.handled()
          .completeExceptionally(
              new IllegalStateException("the run that takes these messages has ended"));
    }
  }
}
