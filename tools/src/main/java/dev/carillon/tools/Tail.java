package dev.carillon.tools;

import static dev.carillon.tools.Terminal.count;

import dev.carillon.bus.Bus;
import dev.carillon.bus.Message;
import dev.carillon.bus.Subscription;
import dev.carillon.bus.TopicPattern;
import dev.carillon.bus.WhenFull;
import java.io.PrintWriter;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Prints the messages of a pattern as they pass, until enough are printed or nobody reads. */
final class Tail {
  /*
   * One lane, one message at a time. When as many wait as may, their publisher waits too: whoever
   * reads slowly slows down what is watched, but sees all of it. So there is no limit to how long a
   * line may take to print either.
   */
  private static final int MOST_WAITING = 1024;

  /** Why nothing more is printed. */
  private enum Ending {
    /** It is. */
    NONE,
    /** As many were printed as were asked for. */
    LIMIT,
    /** The reader has closed the pipe. */
    UNREAD
  }

  private final PrintWriter out;
  private final Function<MessageLine, String> format;
  private final long limit;
  private final AtomicLong printed = new AtomicLong();

  // `ending` is written by the handler, which then looks for the subscription; `subscription` by
  // the
  // constructor, which then looks for an ending: one of them sees both, and closes it
  private volatile Ending ending = Ending.NONE;
  private volatile @Nullable Subscription subscription;

  /**
   * Subscribes.
   *
   * @param limit after how many messages to end
   */
  Tail(
      Bus bus,
      TopicPattern pattern,
      PrintWriter out,
      Function<MessageLine, String> format,
      long limit) {
    this.out = out;
    this.format = format;
    this.limit = limit;
    Subscription opened =
        bus.subscribe(
            pattern,
            Object.class,
            this::print,
            s ->
                s.named("tail")
                    .capacity(MOST_WAITING, WhenFull.BLOCK)
                    .timeout(null)
                    .blockAtMost(null)
                    .onError(e -> e.disableAfter(0, e.probeAfter())));
    subscription = opened;
    if (ending != Ending.NONE) {
      opened.close();
    }
  }

  private void print(Message<?> message) {
    if (ending != Ending.NONE) {
      return; // it waited already
    }
    out.println(format.apply(MessageLine.of(message)));
    if (out.checkError()) {
      end(Ending.UNREAD);
    } else if (printed.incrementAndGet() == limit) {
      end(Ending.LIMIT);
    }
  }

  private void end(Ending why) {
    ending = why;
    Subscription opened = subscription;
    if (opened != null) {
      opened.close();
    }
  }

  /** {@return how many were printed, and lost if so} To be asked for when the bus is closed. */
  String summary() {
    String passed = count(printed.get()) + (printed.get() == 1 ? " message" : " messages");
    return switch (ending) {
      case NONE -> passed + lost();
      case LIMIT -> passed + ", as many as asked for";
      case UNREAD -> passed + ", then nobody read any more";
    };
  }

  private String lost() {
    Subscription opened = Objects.requireNonNull(subscription);
    Subscription.Stats stats = opened.stats();
    long lost = stats.dropped() + stats.refused() + stats.failed();
    return lost == 0
        ? ""
        : ", %s lost: dropped=%d refused=%d failed=%d"
            .formatted(count(lost), stats.dropped(), stats.refused(), stats.failed());
  }
}
