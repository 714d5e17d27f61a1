package dev.carillon.bench;

import com.lmax.disruptor.BlockingWaitStrategy;
import com.lmax.disruptor.dsl.Disruptor;
import com.lmax.disruptor.dsl.ProducerType;
import dev.carillon.schedule.Lane;
import dev.carillon.schedule.Scheduler;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SubmissionPublisher;
import org.jctools.queues.MpscArrayQueue;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * E2: so many items handed from one thread, or from three, to a consumer on another, through a
 * queue of {@value #CAPACITY} places, whose ends wait without spinning except where a subject says
 * so.
 */
@State(Scope.Thread)
public class HandOff {
  private static final int CAPACITY = 1 << 16;
  private static final String PRODUCERS = "carillon.producers";
  private static final String ONE = "1 producer";
  private static final String THREE = "3 producers";
  private static final long MOST = 1_000_000;
  private static final String[] SUBJECTS = {
    "carillon",
    "arrayBlockingQueue",
    "linkedBlockingQueue",
    "submissionPublisher",
    "disruptor",
    "jctools"
  };

  static final Group GROUP =
      Group.of(
          "E2",
          "hand-off to another thread",
          Group.Unit.NS,
          "item",
          "carillon",
          List.of(session(1, ONE), session(3, THREE)),
          List.of(
              Goal.time("≤ 25 ns, 1 producer", 25, "carillon", ONE, MOST),
              Goal.time("≤ 35 ns, 3 producers", 35, "carillon", THREE, MOST)));

  private static Session session(int producers, String variant) {
    return Session.of(HandOff.class, SUBJECTS)
        .withSizes(10_000, 100_000, MOST)
        .withJvmArgs("-D" + PRODUCERS + "=" + producers)
        .withVariant(variant);
  }

  @Param({"10000", "100000", "1000000"})
  public int size;

  private final int producers = Integer.getInteger(PRODUCERS, 1);
  private final Integer item = 1;
  private final ExecutorService threads = Executors.newCachedThreadPool(HandOff::daemon);
  private long sum; // of the consumer
  private @Nullable Scheduler scheduler;
  private @Nullable Lane<Integer> lane;
  private @Nullable SubmissionPublisher<Integer> publisher;
  private @Nullable Disruptor<Integer[]> disruptor;
  private CountDownLatch consumed = new CountDownLatch(0);
  private int left; // of the consumer

  private static Thread daemon(Runnable run) {
    return Thread.ofPlatform().daemon().unstarted(run);
  }

  @TearDown
  public void close() {
    if (scheduler != null) {
      scheduler.close();
    }
    if (publisher != null) {
      publisher.close();
    }
    if (disruptor != null) {
      disruptor.shutdown();
    }
    threads.shutdownNow();
  }

  /** What a producer does for each item. */
  private interface Put {
    void put(Integer item) throws InterruptedException;
  }

  /** Starts the producers, and waits until everything was consumed. */
  private long run(Put put) throws InterruptedException {
    sum = 0;
    left = size;
    consumed = new CountDownLatch(1);
    for (int p = 1; p < producers; p++) {
      threads.execute(() -> produce(put, size / producers));
    }
    produce(put, size - (producers - 1) * (size / producers));
    consumed.await();
    return sum;
  }

  private void produce(Put put, int count) {
    try {
      for (int i = 0; i < count; i++) {
        put.put(item);
      }
    } catch (InterruptedException e) {
      throw new BenchmarkException("interrupted", e);
    }
  }

  private void consume(Integer value) {
    sum += value;
    if (--left == 0) {
      consumed.countDown();
    }
  }

  @Benchmark
  @Subject("Carillon lane")
  public long carillon() throws InterruptedException {
    if (lane == null) {
      scheduler = Scheduler.open();
      lane =
          scheduler.lane(
              c -> c.withCapacity(CAPACITY),
              batch -> {
                for (Integer value : batch) {
                  consume(value);
                }
              });
    }
    return run(lane::put);
  }

  @Benchmark
  @Subject("ArrayBlockingQueue")
  public long arrayBlockingQueue() throws InterruptedException {
    return blocking(new ArrayBlockingQueue<>(CAPACITY));
  }

  @Benchmark
  @Subject("LinkedBlockingQueue")
  public long linkedBlockingQueue() throws InterruptedException {
    return blocking(new LinkedBlockingQueue<>(CAPACITY));
  }

  private long blocking(BlockingQueue<Integer> queue) throws InterruptedException {
    threads.execute(() -> {
      try {
        for (int i = size; i > 0; i--) {
          consume(queue.take());
        }
      } catch (InterruptedException e) {
        throw new BenchmarkException("interrupted", e);
      }
    });
    return run(queue::put);
  }

  @Benchmark
  @Subject("SubmissionPublisher")
  public long submissionPublisher() throws InterruptedException {
    if (publisher == null) {
      publisher = new SubmissionPublisher<>(threads, CAPACITY);
      publisher.subscribe(
          new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
              subscription.request(Long.MAX_VALUE);
            }

            @Override
            public void onNext(Integer value) {
              consume(value);
            }

            @Override
            public void onError(Throwable failure) {
              throw new BenchmarkException("failed", failure);
            }

            @Override
            public void onComplete() {}
          });
    }
    return run(publisher::submit);
  }

  @Benchmark
  @Subject("Disruptor, blocking wait")
  public long disruptor() throws InterruptedException {
    if (disruptor == null) {
      disruptor =
          new Disruptor<>(
              () -> new Integer[1],
              CAPACITY,
              HandOff::daemon,
              producers == 1 ? ProducerType.SINGLE : ProducerType.MULTI,
              new BlockingWaitStrategy());
      disruptor.handleEventsWith((place, sequence, isLast) -> consume(place[0]));
      disruptor.start();
    }
    var ring = disruptor.getRingBuffer();
    return run(value -> ring.publishEvent((place, sequence, arg) -> place[0] = arg, value));
  }

  @Benchmark
  @Subject("JCTools MpscArrayQueue, polling")
  public long jctools() throws InterruptedException {
    var queue = new MpscArrayQueue<Integer>(CAPACITY);
    threads.execute(() -> {
      for (int i = size; i > 0; i--) {
        Integer value = queue.poll();
        while (value == null) {
          Thread.onSpinWait();
          value = queue.poll();
        }
        consume(value);
      }
    });
    return run(value -> {
      while (!queue.offer(value)) {
        Thread.onSpinWait();
      }
    });
  }
}
