package dev.carillon.bus;

import dev.carillon.spi.Durability;
import dev.carillon.spi.MessageStore;
import dev.carillon.store.Stores;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Publishes until it is killed, and prints what was acknowledged as stored. */
final class DurableKillProgram {
  static final Topic<Long> NUMBERS = Topic.of("kill.numbers", Long.class);
  static final int THREADS = 3;
  private static final int AHEAD = 32; // messages that may wait to be acknowledged

  private DurableKillProgram() {}

  /** {@return a payload that says who has published it, and as what number} */
  static long payload(int run, int thread, long number) {
    return (long) run << 48 | (long) thread << 40 | number;
  }

  static Bus open(MessageStore store) {
    return Bus.open(c ->
        c.withStore(store, Stores.basicCodec())
            .withHistory("kill.>", h -> h.count(1 << 24).durable("kill", Durability.FSYNCED)));
  }

  /** Publishes on a bus whose store is in a directory; the second argument numbers the run. */
  public static void main(String[] args) {
    var out = new DataOutputStream(System.out); // unbuffered: what is written is in the pipe
    int run = Integer.parseInt(args[1]);
    Bus bus = open(Stores.segments(Path.of(args[0]), c -> c.withSegmentBytes(1 << 18)));
    bus.subscribe(NUMBERS, m -> {});
    for (int thread = 0; thread < THREADS; thread++) {
      int number = thread;
      Thread.ofPlatform().start(() -> publish(bus, run, number, out));
    }
  }

  private static void publish(Bus bus, int run, int thread, DataOutputStream out) {
    try {
      for (long number = 1; ; number++) {
        long payload = payload(run, thread, number);
        Delivery delivery = bus.publish(NUMBERS, payload);
        delivery
            .event()
            .whenComplete(poison -> {
              if (poison == null) {
                print(out, payload);
              }
            });
        if (number % AHEAD == 0) {
          delivery.event().await();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void print(DataOutputStream out, long payload) {
    try {
      out.write(ByteBuffer.allocate(Long.BYTES).putLong(payload).array());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
