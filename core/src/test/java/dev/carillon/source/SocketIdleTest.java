package dev.carillon.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.carillon.build.ChildJvm;
import dev.carillon.build.Covers;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many connections that are silent cost one thread and little memory. */
@Timeout(120)
class SocketIdleTest {
  private static final int CONNECTIONS = 10_000;
  private static final int MOST_BYTES = 3000; // of heap for each, with the JDK's channel and key

  private static long heap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** {@return how many connections this process may have} */
  private static int possible() {
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
      long free = unix.getMaxFileDescriptorCount() - unix.getOpenFileDescriptorCount();
      return (int) Math.min(CONNECTIONS, free - 500);
    }
    return CONNECTIONS;
  }

  @Test
  @Covers({"C17"})
  void tenThousandConnections_onOneThread_costLittle() throws Exception {
    int count = possible();
    var kind =
        SocketReactor.tcp(0).with(c -> c.withMaxPerAddress(count + 1).withAcceptRate(1_000_000));
    try (var source = SocketClient.serve(kind, SocketClient.echo(), c -> c.named("many"))) {
      int port = ((InetSocketAddress) source.address().orElseThrow()).getPort();
      try (var first = SocketClient.connect(source)) { // so that classes are loaded
        first.write("first\n");
        assertThat(first.readLine()).isEqualTo("first");
        int threads = threads();
        long filesBefore = files();
        long before = heap();
        Process clients = start(port, count - 1);
        await()
            .atMost(Duration.ofSeconds(60))
            .pollInterval(Duration.ofMillis(50))
            .until(() -> files() >= filesBefore + count - 1);
        first.write("still\n");
        assertThat(first.readLine()).isEqualTo("still");
        long each = (heap() - before) / (count - 1);
        System.getLogger("dev.carillon.source")
            .log(System.Logger.Level.DEBUG, "{0} connections, {1} bytes of heap each", count, each);
        assertThat(each).as("heap of each of %d", count).isBetween(100L, (long) MOST_BYTES);
        assertThat(threads()).isLessThanOrEqualTo(threads);
        clients.getOutputStream().close();
        assertThat(clients.waitFor(30, TimeUnit.SECONDS)).isTrue();
        await().until(() -> files() <= filesBefore + 1);
        assertThat(source.stats().refused()).isEmpty();
      }
    }
  }

  private static long files() {
    return ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getOpenFileDescriptorCount();
  }

  private static int threads() {
    return (int)
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().startsWith("carillon-source"))
            .count();
  }

  private static Process start(int port, int count) throws Exception {
    return new ProcessBuilder(
            ChildJvm.command(
                List.of("-Xmx256m"),
                IdleClients.class,
                Integer.toString(port),
                Integer.toString(count)))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }
}
