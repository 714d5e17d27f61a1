package dev.carillon.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Patience;
import dev.carillon.event.EventStatus;
import dev.carillon.event.PoisonedException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams that are published on a topic; see the TCK's tests as well. */
class FeedTest {
  private static final Topic<Integer> NUMBERS = Topic.of("numbers", Integer.class);

  private final CapturedLog log = new CapturedLog("dev.carillon.bus");
  private final Bus bus = Bus.open();
  private final List<Integer> heard = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch gate = new CountDownLatch(1);

  @AfterEach
  void close() {
    gate.countDown();
    bus.close();
    log.close();
  }

  /** What upstream is asked for. */
  private static final class Asked implements Flow.Subscription {
    private final AtomicLong requested = new AtomicLong();
    private final AtomicInteger cancels = new AtomicInteger();
    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicBoolean overlapped = new AtomicBoolean();

    @Override
    public void request(long n) {
      enter();
      requested.addAndGet(n);
      inside.decrementAndGet();
    }

    @Override
    public void cancel() {
      enter();
      cancels.incrementAndGet();
      inside.decrementAndGet();
    }

    private void enter() {
      if (inside.getAndIncrement() > 0) {
        overlapped.set(true);
      }
    }

    long requested() {
      return requested.get();
    }

    int cancels() {
      return cancels.get();
    }
  }

  private void listen() {
    bus.subscribe(
        NUMBERS,
        m -> {
          gate.await();
          heard.add(m.payload());
        });
  }

  // ── the window ──

  @Test
  void feed_asksForItsWindowAndForMoreWhenThatIsHandled() throws Exception {
    listen();
    Feed<Integer> feed = bus.subscriber(NUMBERS, 4);
    var asked = new Asked();
    feed.onSubscribe(asked);
    for (int i = 0; i < 4; i++) {
      feed.onNext(i);
    }
    assertThat(asked.requested()).isEqualTo(4);
    gate.countDown();
    Patience.until("as many again are asked for", () -> asked.requested() == 8);
    assertThat(heard).containsExactly(0, 1, 2, 3);
    assertThat(feed.topic()).isEqualTo(NUMBERS);
    feed.close();
  }

  @Test
  void feed_fromAPublisherOfTheJdk_publishesAllInOrder() throws Exception {
    gate.countDown();
    listen();
    Feed<Integer> feed = bus.subscriber(NUMBERS, 8);
    try (var publisher = new SubmissionPublisher<Integer>()) {
      publisher.subscribe(feed);
      for (int i = 0; i < 1_000; i++) {
        publisher.submit(i);
      }
    }
    feed.done().await(Patience.LONG);
    assertThat(heard).containsExactlyElementsOf(IntStream.range(0, 1_000).boxed().toList());
    assertThat(bus.stats().emitters()).isZero();
  }

  @Test
  void feed_handledByManyAtOnce_callsUpstreamOneAtATime() throws Exception {
    gate.countDown();
    bus.subscribe(NUMBERS, m -> heard.add(m.payload()), s -> s.concurrent(8));
    Feed<Integer> feed = bus.subscriber(NUMBERS, 2);
    var asked = new Asked();
    feed.onSubscribe(asked);
    for (int i = 0; i < 1_000; i++) {
      int next = i;
      Patience.until("one more is asked for", () -> asked.requested() > next);
      feed.onNext(i);
    }
    feed.onComplete();
    feed.done().await(Patience.LONG);
    assertThat(heard).hasSize(1_000);
    assertThat(asked.overlapped).isFalse();
    assertThat(asked.requested()).isBetween(1_000L, 1_002L);
  }

  @Test
  void feed_fromAStreamThatSendsAsItIsAsked_doesNotRecurse() throws Exception {
    int all = 100_000;
    var count = new AtomicInteger();
    bus.onPayload(NUMBERS, _ -> count.incrementAndGet());
    Feed<Integer> feed = bus.subscriber(NUMBERS, 1);
    feed.onSubscribe(
        new Flow.Subscription() {
          private int sent;

          @Override
          public void request(long n) {
            for (long i = 0; i < n && sent < all; i++) {
              feed.onNext(sent++);
            }
            if (sent == all) {
              feed.onComplete();
            }
          }

          @Override
          public void cancel() {}
        });
    feed.done().await(Patience.LONG);
    assertThat(count).hasValue(all);
  }

  // ── ends ──

  @Test
  void done_afterOnComplete_waitsForWhatIsUnderWay() throws Exception {
    listen();
    Feed<Integer> feed = bus.subscriber(NUMBERS);
    var asked = new Asked();
    feed.onSubscribe(asked);
    feed.onNext(1);
    feed.onNext(2);
    feed.onComplete();
    assertThat(feed.done().status()).isEqualTo(EventStatus.PENDING);
    gate.countDown();
    feed.done().await(Patience.LONG);
    assertThat(heard).containsExactly(1, 2);
    assertThat(asked.cancels()).isZero();
    assertThat(asked.requested()).isEqualTo(256);
    assertThat(bus.stats().emitters()).isZero();
  }

  @Test
  void done_afterOnError_isPoisonedWithIt() {
    Feed<Integer> feed = bus.subscriber(NUMBERS);
    feed.onSubscribe(new Asked());
    feed.onError(new IllegalStateException("upstream"));
    feed.onComplete();
    feed.onNext(1);
    assertThatExceptionOfType(PoisonedException.class)
        .isThrownBy(() -> feed.done().await(Patience.LONG))
        .withMessageContaining("upstream");
    assertThat(bus.stats().published()).isZero();
    assertThat(bus.stats().emitters()).isZero();
  }

  @Test
  void done_whenAHandlerFails_isNotPoisoned() throws Exception {
    bus.subscribe(
        NUMBERS,
        _ -> {
          throw new IllegalStateException("handler");
        },
        s -> s.onError(OnError::propagate));
    Feed<Integer> feed = bus.subscriber(NUMBERS);
    feed.onSubscribe(new Asked());
    feed.onNext(1);
    feed.onComplete();
    assertThat(feed.done().await(Patience.LONG)).isTrue();
  }

  @Test
  void onNext_thatCannotBePublished_cancelsAndPoisons() {
    Bus closed = Bus.open(bus.scheduler(), c -> c);
    Feed<Integer> feed = closed.subscriber(NUMBERS);
    var asked = new Asked();
    feed.onSubscribe(asked);
    closed.close();
    feed.onNext(1);
    feed.onNext(2);
    assertThat(asked.cancels()).isEqualTo(1);
    assertThatExceptionOfType(PoisonedException.class)
        .isThrownBy(() -> feed.done().await(Patience.LONG))
        .withMessageContaining("must be open");
    assertThat(log.messages()).hasSize(1);
  }

  @Test
  @SuppressWarnings({"unchecked", "rawtypes"})
  void onNext_ofAnotherType_cancelsAndPoisons() {
    Feed feed = bus.subscriber(NUMBERS);
    var asked = new Asked();
    feed.onSubscribe(asked);
    feed.onNext("one");
    assertThat(asked.cancels()).isEqualTo(1);
    assertThat(feed.done().status()).isEqualTo(EventStatus.POISONED);
  }

  @Test
  void close_cancelsAndPublishesNothingMore() throws Exception {
    Feed<Integer> feed = bus.subscriber(NUMBERS);
    var asked = new Asked();
    feed.onSubscribe(asked);
    feed.onNext(1);
    feed.close();
    feed.close();
    feed.onNext(2);
    assertThat(asked.cancels()).isEqualTo(1);
    assertThat(feed.done().await(Patience.LONG)).isTrue();
    assertThat(bus.stats().published()).isEqualTo(1);
    assertThat(bus.stats().emitters()).isZero();
  }

  @Test
  void onSubscribe_whenItIsClosedOrHasAnother_isCancelled() {
    Feed<Integer> feed = bus.subscriber(NUMBERS);
    var first = new Asked();
    var second = new Asked();
    feed.onSubscribe(first);
    feed.onSubscribe(second);
    assertThat(first.cancels()).isZero();
    assertThat(second.cancels()).isEqualTo(1);
    feed.close();
    Feed<Integer> closed = bus.subscriber(NUMBERS);
    closed.close();
    var third = new Asked();
    closed.onSubscribe(third);
    assertThat(third.cancels()).isEqualTo(1);
    assertThat(third.requested()).isZero();
  }

  // ── refused ──

  @ParameterizedTest
  @ValueSource(ints = {0, -1, (1 << 16) + 1})
  void subscriber_windowOutsideItsRange_isRefused(int window) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> bus.subscriber(NUMBERS, window))
        .withMessageContaining("window=" + window);
    assertThat(bus.stats().emitters()).isZero();
  }

  @Test
  void subscriber_ofAnotherTypeOrOnAClosedBus_isRefused() {
    bus.subscribe(Topic.of("numbers", String.class), _ -> {});
    assertThatExceptionOfType(TopicTypeException.class).isThrownBy(() -> bus.subscriber(NUMBERS));
    Bus closed = Bus.open(bus.scheduler(), c -> c);
    closed.close();
    assertThatIllegalStateException().isThrownBy(() -> closed.subscriber(NUMBERS));
  }

  @Test
  void subscriber_ofAView_publishesBelowIt() throws Exception {
    bus.subscribe(Topic.of("a.numbers", Integer.class), m -> heard.add(m.payload()));
    Feed<Integer> feed = bus.child("a").subscriber(NUMBERS);
    feed.onSubscribe(new Asked());
    feed.onNext(1);
    feed.onComplete();
    feed.done().await(Patience.LONG);
    assertThat(heard).containsExactly(1);
  }
}
