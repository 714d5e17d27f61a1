package dev.carillon.bus;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.carillon.build.Covers;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What publishing costs beyond the calls of subscribers: bytes, which can be counted. */
class EmitFootprintTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final Topic<Integer> NUMBERS = Topic.of("numbers", Integer.class);
  private static final int OPERATIONS = 100_000;
  private static final int MOST_ROUNDS = 50;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 10, 100})
  @Covers("R9")
  void emit_toPayloadSubscribers_makesNoGarbage(int subscribers) {
    try (var bus = Bus.open();
        Emitter<Integer> out = bus.emitter(NUMBERS)) {
      var heard = new long[1];
      for (int i = 0; i < subscribers; i++) {
        bus.onPayload(NUMBERS, payload -> heard[0] += payload);
      }
      Integer one = 1;
      long least = Long.MAX_VALUE;
      int rounds = 0;
      while (rounds < MOST_ROUNDS && least >= OPERATIONS / 10) { // until it is compiled
        long before = THREADS.getCurrentThreadAllocatedBytes();
        emit(out, one);
        least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
        rounds++;
      }
      assertThat((double) least / OPERATIONS).as("bytes each, once warm").isLessThan(0.1);
      assertThat(heard[0]).isEqualTo((long) rounds * OPERATIONS * subscribers);
      assertThat(bus.stats().published()).isEqualTo((long) rounds * OPERATIONS);
    }
  }

  private static void emit(Emitter<Integer> out, Integer payload) {
    for (int i = 0; i < OPERATIONS; i++) {
      out.emit(payload);
    }
  }
}
