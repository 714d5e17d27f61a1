package dev.carillon.source;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The items of one request, from when they are put in until all of them are settled. */
final class InHand {
  /** What is answered while the source is stopped. */
  static final WebAnswer STOPPING =
      WebAnswer.text(503, "the source is being stopped\n").withHeader("Retry-After", "1");

  private final WebReply mode;
  private final Reply reply;
  private final Bodies.Share share;
  private final @Nullable Repeats repeats;
  private final Runnable notTaken;
  private final AtomicInteger left = new AtomicInteger(1); // items, and whoever puts them in
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  /**
   * Makes one without any.
   *
   * @param notTaken is run once if all are settled and one has failed, unless the sender has got
   *     another answer by then than that nobody waits any longer
   */
  InHand(
      WebReply mode,
      Reply reply,
      Bodies.Share share,
      @Nullable Repeats repeats,
      Runnable notTaken) {
    this.mode = mode;
    this.reply = reply;
    this.share = share;
    this.repeats = repeats;
    this.notTaken = notTaken;
  }

  /**
   * Counts an item that is about to be put in.
   *
   * @param key what it is a repeat by, or null
   * @return to be told what becomes of it; or, if it is not taken, that it is refused
   */
  SettledListener add(@Nullable String key) {
    left.incrementAndGet();
    share.hold();
    return cause -> {
      if (key != null && repeats != null) {
        if (cause == null) {
          repeats.done(key);
        } else {
          repeats.forget(key);
        }
      }
      if (cause != null) {
        failure.compareAndSet(null, cause);
      }
      share.release();
      countDown();
    };
  }

  /** All items have been put in. */
  void allAreIn() {
    if (mode == WebReply.ACCEPTED) {
      reply.give(WebAnswer.of(202));
    }
    countDown();
  }

  /** No more will be put in, and one was refused. */
  void noMoreAreIn() {
    countDown();
  }

  private void countDown() {
    if (left.decrementAndGet() > 0) {
      return;
    }
    Throwable cause = failure.get();
    if (cause != null) {
      failed(cause);
    } else if (mode == WebReply.HANDLED) {
      reply.give(WebAnswer.of(204));
    }
  }

  private void failed(Throwable cause) {
    try {
      if (!reply.isDecided()) {
        notTaken.run(); // before the answer, as the sender may try again as soon as it has that
      }
    } finally {
      boolean isEnd =
          cause instanceof InterruptedException || cause instanceof OutletClosedException;
      reply.give(
          isEnd
              ? STOPPING
              : WebAnswer.text(500, "the request was taken in, but not taken care of\n"));
    }
  }
}
