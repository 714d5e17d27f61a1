package dev.carillon.bus;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Covers;
import java.util.Map;
import java.util.concurrent.Flow;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.reactivestreams.tck.SubscriberWhiteboxVerification.SubscriberPuppet;
import org.reactivestreams.tck.SubscriberWhiteboxVerification.WhiteboxSubscriberProbe;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowSubscriberBlackboxVerification;
import org.reactivestreams.tck.flow.FlowSubscriberWhiteboxVerification;
import org.testng.annotations.AfterMethod;

/** The subscriber that publishes on a topic, against the Reactive Streams TCK. */
class FeedTckTest {
  private static final Topic<Integer> NUMBERS = Topic.of("numbers", Integer.class);
  private static final long TIMEOUT_MILLIS = 10_000;
  private static final long SILENCE_MILLIS = 50;

  private static TestEnvironment environment() {
    return new TestEnvironment(TIMEOUT_MILLIS, SILENCE_MILLIS, SILENCE_MILLIS);
  }

  @TestFactory
  @Covers("C39")
  Stream<DynamicTest> subscriber_seenFromOutside() {
    return Tck.tests(Blackbox.class, Blackbox::new, Map.of());
  }

  @TestFactory
  @Covers("C39")
  Stream<DynamicTest> subscriber_seenFromInside() {
    return Tck.tests(Whitebox.class, Whitebox::new, Map.of());
  }

  static final class Blackbox extends FlowSubscriberBlackboxVerification<Integer> {
    private final CapturedLog log = new CapturedLog("dev.carillon.bus");
    private final Bus bus = Bus.open();

    Blackbox() {
      super(environment());
    }

    @Override
    public Flow.Subscriber<Integer> createFlowSubscriber() {
      return bus.subscriber(NUMBERS);
    }

    @Override
    public Integer createElement(int element) {
      return element;
    }

    @AfterMethod
    public void close() {
      bus.close();
      log.close();
    }
  }

  /**
   * Looks into a feed from both sides: what it was signalled, and the subscription that it was
   * given. The TCK asks for single elements, which a feed does on its own with a window of one.
   */
  static final class Whitebox extends FlowSubscriberWhiteboxVerification<Integer> {
    private final CapturedLog log = new CapturedLog("dev.carillon.bus");
    private final Bus bus = Bus.open();

    Whitebox() {
      super(environment());
    }

    @Override
    protected Flow.Subscriber<Integer> createFlowSubscriber(
        WhiteboxSubscriberProbe<Integer> probe) {
      return new Probed(bus.subscriber(NUMBERS, 1), probe);
    }

    @Override
    public Integer createElement(int element) {
      return element;
    }

    @AfterMethod
    public void close() {
      bus.close();
      log.close();
    }
  }

  private record Probed(Feed<Integer> feed, WhiteboxSubscriberProbe<Integer> probe)
      implements Flow.Subscriber<Integer> {
    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      feed.onSubscribe(subscription);
      probe.registerOnSubscribe(
          new SubscriberPuppet() {
            @Override
            public void triggerRequest(long elements) {
              subscription.request(elements);
            }

            @Override
            public void signalCancel() {
              feed.close();
            }
          });
    }

    @Override
    public void onNext(Integer item) {
      feed.onNext(item);
      probe.registerOnNext(item);
    }

    @Override
    public void onError(Throwable cause) {
      feed.onError(cause);
      probe.registerOnError(cause);
    }

    @Override
    public void onComplete() {
      feed.onComplete();
      probe.registerOnComplete();
    }
  }
}
