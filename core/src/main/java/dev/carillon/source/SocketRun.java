package dev.carillon.source;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What the connections of one run share: settings, counts and the source itself. */
final class SocketRun {
  private static final long LEAST_SCAN_NANOS = 10_000_000;
  private static final long MOST_SCAN_NANOS = 2_500_000_000L; // each wakes threads and looks at all

  final Intake<SocketMessage> intake;
  final SocketConfig config;
  final Origin origin; // of all of them, as far as it is the same
  final long idleNanos;
  final long frameNanos;

  private final AtomicLong buffered = new AtomicLong(); // bytes that wait, of all

  // guarded by this
  private final Map<String, Integer> bySender = new HashMap<>();
  private int open;

  SocketRun(Intake<SocketMessage> intake, SocketConfig config, SocketAddress listens) {
    this.intake = intake;
    this.config = config;
    this.origin = intake.origin().withResource(uri(listens));
    this.idleNanos = nanos(config.idleTimeout());
    this.frameNanos = nanos(config.frameTimeout());
  }

  private static String uri(SocketAddress address) {
    return address instanceof UnixDomainSocketAddress unix
        ? unix.getPath().toUri().toString().replaceFirst("^file:", "unix:")
        : "tcp:/" + '/' + name(address);
  }

  /** {@return an address as host and port; a Unix socket's name, if it has one} */
  static String name(SocketAddress address) {
    if (address instanceof InetSocketAddress inet && inet.getAddress() != null) {
      String host = inet.getAddress().getHostAddress();
      return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + inet.getPort();
    }
    return address.toString();
  }

  static long nanos(Duration time) {
    try {
      return Math.min(time.toNanos(), Long.MAX_VALUE / 4);
    } catch (ArithmeticException e) { // centuries
      return Long.MAX_VALUE / 4;
    }
  }

  long now() {
    return intake.clock().nanos();
  }

  /** Counts a connection if there may be one more: {@return the rule that it breaks, or null} */
  synchronized @Nullable String admit(SocketAddress remote) {
    if (open >= config.maxConnections()) {
      return "max-connections";
    }
    if (remote instanceof InetSocketAddress inet && inet.getAddress() != null) {
      String sender = RateTable.key(inet.getAddress());
      int now = bySender.getOrDefault(sender, 0);
      if (now >= config.maxPerAddress()) {
        return "max-per-address";
      }
      bySender.put(sender, now + 1);
    }
    open++;
    return null;
  }

  /** Counts a connection no longer. */
  synchronized void release(SocketAddress remote) {
    open--;
    if (remote instanceof InetSocketAddress inet && inet.getAddress() != null) {
      bySender.computeIfPresent(
          RateTable.key(inet.getAddress()), (_, count) -> count == 1 ? null : count - 1);
    }
  }

  synchronized int open() {
    return open;
  }

  /** Counts bytes that wait: {@return whether they are within the limit}; counted in any case. */
  boolean charge(long bytes) {
    return buffered.addAndGet(bytes) <= config.maxBuffered();
  }

  /** {@return whether more bytes wait than may} */
  boolean isOverBuffered() {
    return buffered.get() > config.maxBuffered();
  }

  /** {@return how many bytes wait} */
  long buffered() {
    return buffered.get();
  }

  /** {@return the shortest limit of time} */
  long shortestLimit() {
    return Math.min(idleNanos, frameNanos);
  }

  /** {@return how often at most to look for what is overdue} */
  long scanNanos() {
    return Math.clamp(shortestLimit() / 4, LEAST_SCAN_NANOS, MOST_SCAN_NANOS);
  }
}
