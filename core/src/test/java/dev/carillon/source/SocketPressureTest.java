package dev.carillon.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.carillon.build.Covers;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Handlers that are slow slow down those who send, and fill no memory. */
@Timeout(60)
class SocketPressureTest {
  private static final int LINE = 4096;
  private static final int CLIENTS = 4;
  private static final int LINES = 6000; // of each client: 24 MiB, far more than sockets buffer

  private static long heap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static byte[] line(int number) {
    String text = number + " ";
    return (text + "x".repeat(LINE - text.length() - 1) + "\n").getBytes(StandardCharsets.US_ASCII);
  }

  @ParameterizedTest
  @EnumSource(SocketLimitsTest.Way.class)
  @Covers({"C17", "C18"})
  void handlers_thatAreBlocked_stopTheClientsAndLoseNothing(SocketLimitsTest.Way way)
      throws Exception {
    var open = new CountDownLatch(1);
    Map<Long, AtomicInteger> next = new ConcurrentHashMap<>();
    var faults = new AtomicInteger();
    Outlet<SocketMessage> outlet =
        Outlet.handler(item -> {
          open.await();
          SocketMessage message = item.payload();
          int expected =
              next.computeIfAbsent(message.connection().id(), _ -> new AtomicInteger())
                  .getAndIncrement();
          if (!message.text().startsWith(expected + " ") || message.data().length != LINE - 1) {
            faults.incrementAndGet();
          }
        });
    var written = new AtomicLong();
    try (var source = SocketClient.serve(way.with(c -> c), outlet, c -> c.withWindow(16));
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      long before = heap();
      List<Future<Boolean>> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(threads.submit(() -> writeAll(source, written)));
      }
      var last = new AtomicLong();
      await()
          .pollInterval(Duration.ofMillis(200))
          .until(() -> written.get() > 0 && last.getAndSet(written.get()) == written.get());
      assertThat(written.get()).isLessThan((long) CLIENTS * LINES * LINE / 2);
      assertThat(source.stats().underWay()).isEqualTo(16);
      assertThat(heap() - before).isLessThan(8 << 20);
      open.countDown();
      for (Future<Boolean> client : clients) {
        assertThat(client.get()).isTrue();
      }
      await().until(() -> source.stats().settled() == (long) CLIENTS * LINES);
      assertThat(faults).hasValue(0);
      assertThat(source.stats().refused()).isEmpty();
    }
  }

  /** {@return whether all was written, and the server closed when it had all} */
  private static boolean writeAll(Source<?> source, AtomicLong written) throws Exception {
    try (var client = SocketClient.connect(source)) {
      for (int i = 0; i < LINES; i++) {
        client.write(line(i));
        written.addAndGet(LINE);
      }
      client.channel.shutdownOutput();
      return client.isAtEnd();
    }
  }

  @ParameterizedTest
  @EnumSource(SocketLimitsTest.Way.class)
  @Covers({"C17", "C18"})
  void connection_withManyFramesUnderWay_leavesRoomForOthers(SocketLimitsTest.Way way)
      throws Exception {
    var permits = new Semaphore(0);
    Outlet<SocketMessage> outlet =
        Outlet.concurrent(
            100,
            item -> {
              if (item.payload().text().startsWith("slow")) {
                permits.acquire();
              }
              item.payload().reply(item.payload().data());
            });
    try (var source = SocketClient.serve(way.with(c -> c.withMaxUnderWay(4)), outlet);
        var greedy = SocketClient.connect(source);
        var modest = SocketClient.connect(source)) {
      greedy.write("slow\n".repeat(50));
      await().until(() -> source.stats().underWay() == 4);
      modest.write("quick\n");
      assertThat(modest.readLine()).isEqualTo("quick");
      assertThat(source.stats().underWay()).isEqualTo(4);
      permits.release(50);
      for (int i = 0; i < 50; i++) {
        assertThat(greedy.readLine()).isEqualTo("slow");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(SocketLimitsTest.Way.class)
  @Covers({"C17", "C18"})
  void connections_thatWaitForRoom_haveTheirTurns(SocketLimitsTest.Way way) throws Exception {
    var permits = new Semaphore(0);
    List<String> handled = java.util.Collections.synchronizedList(new ArrayList<>());
    Outlet<SocketMessage> outlet =
        Outlet.handler(item -> {
          permits.acquire();
          handled.add(item.payload().text());
        });
    try (var source = SocketClient.serve(way.with(c -> c), outlet, c -> c.withWindow(1));
        var greedy = SocketClient.connect(source);
        var modest = SocketClient.connect(source)) {
      greedy.write("much\n".repeat(5000));
      await().until(() -> source.stats().underWay() == 1);
      modest.write("little\n");
      await()
          .until(() -> {
            permits.release();
            return handled.contains("little");
          });
      assertThat(handled).hasSizeLessThan(2000);
      permits.release(5001);
      await().until(() -> handled.size() == 5001);
    }
  }

  @ParameterizedTest
  @EnumSource(SocketLimitsTest.Way.class)
  @Covers({"C17", "C18"})
  void threads_whileNothingCanBeDone_rest(SocketLimitsTest.Way way) throws Exception {
    var gate = new CountDownLatch(1);
    Outlet<SocketMessage> outlet = Outlet.handler(_ -> gate.await());
    try (var source =
            SocketClient.serve(
                way.with(c -> c),
                outlet,
                c -> c.named("resting").withWindow(2).withRate(4, Duration.ofHours(1)));
        var client = SocketClient.connect(source);
        var idle = SocketClient.connect(source)) {
      client.write("x\n".repeat(10_000));
      await().until(() -> source.stats().underWay() == 2);
      long before = cpu("resting");
      await().pollDelay(Duration.ofMillis(250)).until(() -> true);
      assertThat(cpu("resting") - before).isLessThan(Duration.ofMillis(120).toNanos());
      gate.countDown(); // from here on the rate holds it back
      await().until(() -> source.stats().settled() == 4);
      before = cpu("resting");
      await().pollDelay(Duration.ofMillis(250)).until(() -> true);
      assertThat(cpu("resting") - before).isLessThan(Duration.ofMillis(120).toNanos());
      assertThat(idle.channel.isConnected()).isTrue();
    }
  }

  /** {@return the processor time of a source's platform threads} */
  private static long cpu(String name) {
    var threads = ManagementFactory.getThreadMXBean();
    long sum = 0;
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("carillon-source-" + name)
          || thread.getName().startsWith("ForkJoinPool-1-worker")) { // carriers of virtual ones
        sum += Math.max(0, threads.getThreadCpuTime(thread.threadId()));
      }
    }
    return sum;
  }
}
