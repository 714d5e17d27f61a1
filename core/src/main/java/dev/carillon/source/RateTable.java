package dev.carillon.source;

import dev.carillon.time.Clock;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** How often remote addresses may send: a token bucket for each of a bounded number of them. */
final class RateTable {
  /*
   * Buckets are kept in the order of their last use, so the first one has had the longest time to
   * fill up. One that is full again says nothing, and is dropped for a newcomer. If even the first
   * is not full, all are in use: then newcomers share one bucket, so that a flood from many
   * addresses is bounded as a whole, and nobody who is counted already gets a fresh start by it.
   */
  private static final long SECOND = 1_000_000_000;
  private static final int IPV6_NETWORK = 8; // bytes: a single sender has all addresses below

  private final int perSecond;
  private final int most;
  private final Clock clock;

  // guarded by this
  private final Map<String, Bucket> buckets = new LinkedHashMap<>(16, 0.75f, true);
  private final Bucket others;

  RateTable(int perSecond, int most, Clock clock) {
    this.perSecond = perSecond;
    this.most = most;
    this.clock = clock;
    this.others = new Bucket(perSecond, clock.nanos());
  }

  /** {@return whether an address may send once more now; if so that is counted} */
  synchronized boolean admits(InetAddress address) {
    Bucket bucket = bucket(address);
    if (bucket.tokens < 1) {
      return false;
    }
    bucket.tokens--;
    return true;
  }

  /** Counts more for an address, whether it has as much left or not. */
  synchronized void charge(InetAddress address, int tokens) {
    Bucket bucket = bucket(address);
    bucket.tokens = Math.max(-perSecond, bucket.tokens - tokens);
  }

  synchronized int size() {
    return buckets.size();
  }

  private Bucket bucket(InetAddress address) {
    long now = clock.nanos();
    String key = key(address);
    Bucket bucket = buckets.get(key);
    if (bucket == null) {
      bucket = newBucket(key, now);
    }
    fill(bucket, now);
    return bucket;
  }

  private Bucket newBucket(String key, long now) {
    if (buckets.size() >= most) {
      Iterator<Bucket> oldest = buckets.values().iterator();
      Bucket first = oldest.next();
      fill(first, now);
      if (first.tokens < perSecond) {
        return others;
      }
      oldest.remove();
    }
    var bucket = new Bucket(perSecond, now);
    buckets.put(key, bucket);
    return bucket;
  }

  private void fill(Bucket bucket, long now) {
    double more = (double) (now - bucket.filled) / SECOND * perSecond;
    bucket.tokens = Math.min(perSecond, bucket.tokens + more);
    bucket.filled = now;
  }

  /** {@return what stands for a sender, who may have many addresses} */
  static String key(InetAddress address) {
    byte[] bytes = address.getAddress();
    return HexFormat.of()
        .formatHex(address instanceof Inet6Address ? Arrays.copyOf(bytes, IPV6_NETWORK) : bytes);
  }

  private static final class Bucket {
    double tokens;
    long filled;

    Bucket(double tokens, long filled) {
      this.tokens = tokens;
      this.filled = filled;
    }
  }
}
