package dev.carillon.bus;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Covers;
import dev.carillon.schedule.Scheduler;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.testng.annotations.AfterMethod;

/**
 * The publisher of a topic, against the Reactive Streams TCK; none of its tests is skipped.
 *
 * <p>Rules that it does not test, as it says: 1.6 and 1.7 after an error, 1.8, 1.10, 3.4 and 3.5.
 */
class TopicPublisherTckTest {
  private static final Topic<Integer> NUMBERS = Topic.of("numbers", Integer.class);

  @TestFactory
  @Covers("C39")
  Stream<DynamicTest> publisher() {
    return Tck.tests(Verification.class, Verification::new, Map.of());
  }

  /**
   * A topic's publisher gives what is published after subscribing, for ever. The TCK wants one that
   * begins when elements are requested, so that several subscribers have the same, and ends after
   * so many: so the first request starts a thread that publishes, and closes the view of the bus
   * then.
   */
  static final class Verification extends FlowPublisherVerification<Message<Integer>> {
    private static final long TIMEOUT_MILLIS = 10_000;
    private static final long SILENCE_MILLIS = 50;
    private static final long COLLECTION_MILLIS = 300;

    private final CapturedLog log = new CapturedLog("dev.carillon.bus");
    private final Scheduler scheduler =
        Scheduler.open(c -> c.withGrace(Duration.ofMillis(500)).withName("tck"));
    private final Bus whole = Bus.open(scheduler, c -> c);
    private int views;

    Verification() {
      super(new TestEnvironment(TIMEOUT_MILLIS, SILENCE_MILLIS, SILENCE_MILLIS), COLLECTION_MILLIS);
    }

    @Override
    public Flow.Publisher<Message<Integer>> createFlowPublisher(long elements) {
      Bus bus = whole.child("tck" + views++);
      Flow.Publisher<Message<Integer>> publisher =
          bus.publisher(NUMBERS, s -> s.capacity(16, WhenFull.BLOCK));
      var started = new AtomicBoolean();
      Runnable start =
          () -> {
            if (started.compareAndSet(false, true)) {
              Thread.ofVirtual().name("feeds").start(() -> feed(bus, elements));
            }
          };
      if (elements == 0) {
        return subscriber -> {
          publisher.subscribe(subscriber);
          bus.close();
        };
      }
      return subscriber ->
          publisher.subscribe(subscriber == null ? null : new Starter<>(subscriber, start));
    }

    private static void feed(Bus bus, long elements) {
      for (long i = 0; i < elements && bus.subscriberCount(NUMBERS) > 0; i++) {
        bus.publish(NUMBERS, (int) i);
      }
      bus.close();
    }

    @Override
    public Flow.Publisher<Message<Integer>> createFailedFlowPublisher() {
      Bus closed = Bus.open(scheduler, c -> c);
      closed.close();
      return closed.publisher(NUMBERS);
    }

    @AfterMethod
    public void close() {
      whole.close();
      scheduler.close();
      log.close();
    }
  }

  /** Hands everything on, and begins with something at the first request. */
  private record Starter<T>(Flow.Subscriber<? super T> subscriber, Runnable start)
      implements Flow.Subscriber<T> {
    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscriber.onSubscribe(
          new Flow.Subscription() {
            @Override
            public void request(long n) {
              subscription.request(n);
              start.run();
            }

            @Override
            public void cancel() {
              subscription.cancel();
            }
          });
    }

    @Override
    public void onNext(T item) {
      subscriber.onNext(item);
    }

    @Override
    public void onError(Throwable cause) {
      subscriber.onError(cause);
    }

    @Override
    public void onComplete() {
      subscriber.onComplete();
    }
  }
}
