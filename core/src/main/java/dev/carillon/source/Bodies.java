package dev.carillon.source;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Reads bodies of requests, within limits for each and for all together. */
final class Bodies {
  /*
   * What counts is what has arrived, not what was announced: a sender who announces much and sends
   * nothing takes no memory, and no part of the limit, from the others.
   */
  private static final int PIECE = 16_384;

  private final HttpLimits limits;
  private final AtomicLong held = new AtomicLong();

  Bodies(HttpLimits limits) {
    this.limits = limits;
  }

  /**
   * The bytes that one request holds of the limit for all, until each of those who hold the request
   * has let it go.
   */
  final class Share {
    private final AtomicInteger holders = new AtomicInteger(1);
    private long bytes; // written by the thread that reads, before anybody else holds it

    /**
     * {@return all of a body}
     *
     * @throws RefusedRequest if a limit is reached; the rest is not read
     * @throws IOException if it ends too early, or is malformed
     */
    byte[] read(InputStream in) throws IOException, RefusedRequest {
      var read = new ByteArrayOutputStream();
      byte[] piece = new byte[PIECE];
      while (true) {
        int length = in.read(piece);
        if (length < 0) {
          return read.toByteArray();
        }
        if (read.size() + length > limits.maxBody()) {
          throw tooLong("more");
        }
        take(length);
        read.write(piece, 0, length);
      }
    }

    private void take(int length) throws RefusedRequest {
      if (held.addAndGet(length) > limits.maxBytes()) {
        held.addAndGet(-length);
        throw RefusedRequest.later(
            "max-bytes", 503, "all bodies together must be at most " + limits.maxBytes());
      }
      bytes += length;
    }

    /** Keeps it for one more holder. */
    void hold() {
      holders.incrementAndGet();
    }

    /** Lets it go for one holder; the last one gives everything back. */
    void release() {
      if (holders.decrementAndGet() == 0) {
        held.addAndGet(-bytes);
      }
    }
  }

  /** {@return a share that its maker holds} */
  Share newShare() {
    return new Share();
  }

  long held() {
    return held.get();
  }

  /** Refuses a body that is announced to be too long. */
  void check(String length) throws RefusedRequest {
    try {
      if (Long.parseLong(length) > limits.maxBody()) {
        throw tooLong(length);
      }
    } catch (NumberFormatException e) { // the server has refused it already
      throw new RefusedRequest("bad-request", 400, "Content-Length must be a number");
    }
  }

  private RefusedRequest tooLong(String what) {
    return new RefusedRequest(
        "max-body",
        413,
        "a body must be at most %d bytes: bytes=%s".formatted(limits.maxBody(), what));
  }
}
