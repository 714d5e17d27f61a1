package dev.carillon.bus;

import dev.carillon.spi.MessageStore;
import dev.carillon.store.Stores;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;

/** Publishes, spills and handles until it is killed, and prints what was spilled and handled. */
final class SpillKillProgram {
  static final Topic<Long> NUMBERS = Topic.of("kill.numbers", Long.class);
  static final byte SPILLED = 0;
  static final byte HANDLED = 1;
  private static final int THREADS = 2;
  private static final int MOST = 400; // that wait

  private SpillKillProgram() {}

  static Bus open(MessageStore store) {
    return Bus.open(c -> c.withStore(store, Stores.basicCodec()));
  }

  static Subscription subscribe(Bus bus, LongConsumer handler) {
    return bus.subscribe(
        NUMBERS,
        m -> handler.accept(m.payload()),
        s -> s.named("slow").capacity(4, WhenFull.SPILL));
  }

  /** Runs on a bus whose store is in a directory; the second argument numbers the run. */
  public static void main(String[] args) {
    var out = new DataOutputStream(System.out); // unbuffered: what is written is in the pipe
    int run = Integer.parseInt(args[1]);
    Bus bus = open(Stores.segments(Path.of(args[0]), c -> c.withSegmentBytes(1 << 13)));
    Subscription subscription = subscribe(bus, number -> print(out, HANDLED, number));
    for (int thread = 0; thread < THREADS; thread++) {
      int number = thread;
      Thread.ofPlatform().start(() -> publish(bus, subscription, run, number, out));
    }
  }

  private static void publish(
      Bus bus, Subscription subscription, int run, int thread, DataOutputStream out) {
    for (long number = 1; ; number++) {
      long payload = DurableKillProgram.payload(run, thread, number);
      Outcome outcome = firstOutcome(bus.publish(NUMBERS, payload));
      if (outcome instanceof Outcome.Spilled) {
        print(out, SPILLED, payload);
      }
      while (subscription.stats().queued() > MOST) {
        LockSupport.parkNanos(100_000);
      }
    }
  }

  private static Outcome firstOutcome(Delivery delivery) {
    return delivery.outcomes().isEmpty()
        ? new Outcome.NoSubscriber()
        : delivery.outcomes().getFirst();
  }

  private static void print(DataOutputStream out, byte what, long payload) {
    try {
      out.write(ByteBuffer.allocate(1 + Long.BYTES).put(what).putLong(payload).array());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
