package dev.carillon.source;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * Limits of an {@link HttpEndpoint}: immutable, changed by {@code with} methods, checked when made.
 * What breaks one is refused and counted. Times are measured by the source's clock.
 *
 * @param maxBody bytes of a request's body: else 413
 * @param maxBytes bytes of all bodies under way together: else 503
 * @param maxHeaders headers of a request: else 431
 * @param maxHeaderBytes characters of all headers of a request, names and values: else 431
 * @param maxUri characters of the URI: else 414
 * @param maxBatch events of a batch: else 400
 * @param maxRequests requests that are being read or handled at the same time: else 503
 * @param maxBusy connections on which something is going on, requests of which the headers are not
 *     complete included: else the connection is closed
 * @param headersWithin how long from the first byte to the end of the headers, for TLS also the
 *     handshake: else the connection is closed
 * @param bodyWithin how long for the body: else the connection is closed
 * @param replyWithin how long a handler may take, and before it a batch of which not all has room:
 *     else 504
 * @param writtenWithin how long until the answer is taken: else the connection is closed
 * @param perSecond requests of one remote address a second, as many at once after a pause: else
 *     429. Addresses of IPv6 count by their first 64 bits. A request whose sender is not
 *     authenticated counts as 20
 * @param maxAddresses remote addresses that are counted one by one; further ones together
 */
public record HttpLimits(
    int maxBody,
    long maxBytes,
    int maxHeaders,
    int maxHeaderBytes,
    int maxUri,
    int maxBatch,
    int maxRequests,
    int maxBusy,
    Duration headersWithin,
    Duration bodyWithin,
    Duration replyWithin,
    Duration writtenWithin,
    int perSecond,
    int maxAddresses) {

  private static final int MEBI = 1 << 20;

  /**
   * The default limits: 1 MiB a body, 64 MiB in all; 100 headers of 16,384 characters, a URI of
   * 8,192; batches of 1,000; 256 requests and 1,024 busy connections; 10 s for headers, 30 s for a
   * body, 30 s to reply, 10 s to write; 1,000 requests a second for each of 10,000 addresses.
   */
  public static final HttpLimits DEFAULT =
      new HttpLimits(
          MEBI,
          64L * MEBI,
          100,
          16_384,
          8192,
          1000,
          256,
          1024,
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          Duration.ofSeconds(30),
          Duration.ofSeconds(10),
          1000,
          10_000);

  /**
   * Checks the limits.
   *
   * @throws IllegalArgumentException if one is outside its range
   */
  public HttpLimits {
    Checks.range("maxBody", maxBody, 0, 1 << 30);
    Checks.range("maxBytes", maxBytes, maxBody, Long.MAX_VALUE);
    Checks.range("maxHeaders", maxHeaders, 1, 10_000);
    Checks.range("maxHeaderBytes", maxHeaderBytes, 1, MEBI);
    Checks.range("maxUri", maxUri, 1, MEBI);
    Checks.range("maxBatch", maxBatch, 1, MEBI);
    Checks.range("maxRequests", maxRequests, 1, MEBI);
    Checks.range("maxBusy", maxBusy, maxRequests, MEBI);
    Checks.positive("headersWithin", headersWithin);
    Checks.positive("bodyWithin", bodyWithin);
    Checks.positive("replyWithin", replyWithin);
    Checks.positive("writtenWithin", writtenWithin);
    Checks.range("perSecond", perSecond, 1, Integer.MAX_VALUE);
    Checks.range("maxAddresses", maxAddresses, 1, MEBI);
  }

  /**
   * {@return these limits with others for bodies}
   *
   * @param each bytes of a body, 0 to 2³⁰
   * @param all bytes of all bodies under way, at least as many
   */
  public HttpLimits withBodies(int each, long all) {
    return change(d -> {
      d.maxBody = each;
      d.maxBytes = all;
    });
  }

  /**
   * {@return these limits with others for what comes before the body}
   *
   * @param headers how many, 1 to 10,000
   * @param bytes characters of all of them, 1 to 2²⁰
   * @param uri characters of the URI, 1 to 2²⁰
   */
  public HttpLimits withHeaders(int headers, int bytes, int uri) {
    return change(d -> {
      d.maxHeaders = headers;
      d.maxHeaderBytes = bytes;
      d.maxUri = uri;
    });
  }

  /**
   * {@return these limits with another one for batches}
   *
   * @param events in a batch, 1 to 2²⁰
   */
  public HttpLimits withBatch(int events) {
    return change(d -> d.maxBatch = events);
  }

  /**
   * {@return these limits with others for what goes on at the same time}
   *
   * @param requests being read or handled, 1 to 2²⁰
   * @param busy connections on which something is going on, at least as many, to 2²⁰
   */
  public HttpLimits withConcurrency(int requests, int busy) {
    return change(d -> {
      d.maxRequests = requests;
      d.maxBusy = busy;
    });
  }

  /**
   * {@return these limits with other times for senders}
   *
   * @param headers from the first byte to the end of the headers
   * @param body for the body
   * @param written until the answer is taken
   */
  public HttpLimits withTimes(Duration headers, Duration body, Duration written) {
    return change(d -> {
      d.headersWithin = headers;
      d.bodyWithin = body;
      d.writtenWithin = written;
    });
  }

  /**
   * {@return these limits with another time for handlers} A handler of {@link Outlet#direct} runs
   * on the thread of the request: the 504 goes out only when it has returned.
   *
   * @param time until a request is handled or answered
   */
  public HttpLimits withReplyWithin(Duration time) {
    return change(d -> d.replyWithin = time);
  }

  /**
   * {@return these limits with another rate for each remote address}
   *
   * @param requests a second, at least 1
   */
  public HttpLimits withRatePerAddress(int requests) {
    return change(d -> d.perSecond = requests);
  }

  /**
   * {@return these limits with another number of remote addresses that are counted one by one}
   *
   * @param addresses how many, 1 to 2²⁰
   */
  public HttpLimits withAddresses(int addresses) {
    return change(d -> d.maxAddresses = addresses);
  }

  private HttpLimits change(Consumer<Draft> change) {
    var d = new Draft(this);
    change.accept(d);
    return new HttpLimits(
        d.maxBody,
        d.maxBytes,
        d.maxHeaders,
        d.maxHeaderBytes,
        d.maxUri,
        d.maxBatch,
        d.maxRequests,
        d.maxBusy,
        d.headersWithin,
        d.bodyWithin,
        d.replyWithin,
        d.writtenWithin,
        d.perSecond,
        d.maxAddresses);
  }

  /** Limits that are being changed. */
  private static final class Draft {
    int maxBody;
    long maxBytes;
    int maxHeaders;
    int maxHeaderBytes;
    int maxUri;
    int maxBatch;
    int maxRequests;
    int maxBusy;
    Duration headersWithin;
    Duration bodyWithin;
    Duration replyWithin;
    Duration writtenWithin;
    int perSecond;
    int maxAddresses;

    Draft(HttpLimits from) {
      this.maxBody = from.maxBody;
      this.maxBytes = from.maxBytes;
      this.maxHeaders = from.maxHeaders;
      this.maxHeaderBytes = from.maxHeaderBytes;
      this.maxUri = from.maxUri;
      this.maxBatch = from.maxBatch;
      this.maxRequests = from.maxRequests;
      this.maxBusy = from.maxBusy;
      this.headersWithin = from.headersWithin;
      this.bodyWithin = from.bodyWithin;
      this.replyWithin = from.replyWithin;
      this.writtenWithin = from.writtenWithin;
      this.perSecond = from.perSecond;
      this.maxAddresses = from.maxAddresses;
    }
  }
}
