package dev.carillon.source;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a {@link SocketReactor} or {@link SocketProactor}: immutable, changed by {@code with}
 * methods, checked when made.
 *
 * @param framing how bytes are cut into frames
 * @param maxConnections how many may be open at a time; more are closed at once
 * @param maxPerAddress how many of them may come from one address, or from all IPv6 addresses with
 *     the same first 64 bits; more are closed at once
 * @param acceptsPerSecond how many may come in a second on average; more wait in the backlog
 * @param backlog how many may wait to be accepted
 * @param idleTimeout how long a connection may be silent, while nothing of it is under way, until
 *     it is closed
 * @param frameTimeout how long a frame may take from its first byte to its last, a token from the
 *     connection on, and the other side to take any of what is to be sent, until it is closed
 * @param framesPerSecond how many frames one connection may send in a second on average; more are
 *     not read until then
 * @param bytesPerSecond how many bytes one connection may send in a second on average; more are not
 *     read until then
 * @param maxUnderWay how many frames of one connection may be under way; no more are read until
 *     half of them are done
 * @param sendBuffer how many bytes may wait to be sent over one connection
 * @param maxBuffered how many bytes may wait for all connections together: parts of frames, and
 *     what is to be sent. A connection that needs more is closed; what is to be sent is refused
 * @param tokens what those who connect must show as their first frame, which has 4,096 bytes at
 *     most; none is asked if there are no tokens
 * @param noDelay whether small packets are sent at once, on TCP
 * @param tls makes connections TLS; null for plain ones
 */
public record SocketConfig(
    Framing framing,
    int maxConnections,
    int maxPerAddress,
    int acceptsPerSecond,
    int backlog,
    Duration idleTimeout,
    Duration frameTimeout,
    int framesPerSecond,
    long bytesPerSecond,
    int maxUnderWay,
    int sendBuffer,
    long maxBuffered,
    Tokens tokens,
    boolean noDelay,
    @Nullable SSLContext tls) {

  private static final int MOST = 1_000_000;
  private static final int MOST_A_SECOND = 1_000_000_000;
  private static final long MOST_BYTES = 1L << 40;
  private static final int MOST_UNSENT = 1 << 30;

  /**
   * The default settings: lines of at most 64 KiB; 16,384 connections, 1,024 from one address,
   * 10,000 new ones a second; closed after 5 minutes of silence, or when a frame takes 10 s; each
   * may send 100,000 frames and 64 MiB a second, and have 256 frames under way and 1 MiB to be
   * sent; 64 MiB of all that waits; no tokens, no TLS.
   */
  public static final SocketConfig DEFAULT =
      new SocketConfig(
          Framing.lines(64 << 10),
          16_384,
          1024,
          10_000,
          1024,
          Duration.ofMinutes(5),
          Duration.ofSeconds(10),
          100_000,
          64L << 20,
          256,
          1 << 20,
          64L << 20,
          Tokens.NONE,
          true,
          null);

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if one is outside its range, or tokens are asked for where
   *     there are no frames
   */
  public SocketConfig {
    Objects.requireNonNull(framing, "framing");
    Objects.requireNonNull(tokens, "tokens");
    Checks.range("maxConnections", maxConnections, 1, MOST);
    Checks.range("maxPerAddress", maxPerAddress, 1, MOST);
    Checks.range("acceptsPerSecond", acceptsPerSecond, 1, MOST);
    Checks.range("backlog", backlog, 1, 65_535);
    Checks.positive("idleTimeout", idleTimeout);
    Checks.positive("frameTimeout", frameTimeout);
    Checks.range("framesPerSecond", framesPerSecond, 1, MOST_A_SECOND);
    Checks.range("bytesPerSecond", bytesPerSecond, 1, MOST_BYTES);
    Checks.range("maxUnderWay", maxUnderWay, 1, 65_536);
    Checks.range("sendBuffer", sendBuffer, 1, MOST_UNSENT);
    Checks.range("maxBuffered", maxBuffered, 1, MOST_BYTES);
    if (!tokens.isEmpty() && framing.form() == Framing.Form.RAW) {
      throw new IllegalArgumentException(
          "a token is a frame, so tokens need lines or length-prefixed frames: framing=" + framing);
    }
  }

  /**
   * {@return these settings with another framing}
   *
   * @param newFraming how bytes are cut into frames
   */
  public SocketConfig withFraming(Framing newFraming) {
    return change(d -> d.framing = newFraming);
  }

  /**
   * {@return these settings with another number of connections}
   *
   * @param most at a time, 1 to 1,000,000; each takes a file descriptor
   */
  public SocketConfig withMaxConnections(int most) {
    return change(d -> d.maxConnections = most);
  }

  /**
   * {@return these settings with another number of connections from one address}
   *
   * @param most at a time, 1 to 1,000,000
   */
  public SocketConfig withMaxPerAddress(int most) {
    return change(d -> d.maxPerAddress = most);
  }

  /**
   * {@return these settings with another rate of new connections}
   *
   * @param perSecond how many on average, 1 to 1,000,000
   */
  public SocketConfig withAcceptRate(int perSecond) {
    return change(d -> d.acceptsPerSecond = perSecond);
  }

  /**
   * {@return these settings with another backlog}
   *
   * @param most that may wait to be accepted, 1 to 65,535; the system may allow fewer
   */
  public SocketConfig withBacklog(int most) {
    return change(d -> d.backlog = most);
  }

  /**
   * {@return these settings with another time of silence}
   *
   * @param time until a silent connection is closed
   */
  public SocketConfig withIdleTimeout(Duration time) {
    return change(d -> d.idleTimeout = time);
  }

  /**
   * {@return these settings with another time for a frame}
   *
   * @param time from the first byte to the last
   */
  public SocketConfig withFrameTimeout(Duration time) {
    return change(d -> d.frameTimeout = time);
  }

  /**
   * {@return these settings with other rates for each connection}
   *
   * @param frames a second on average, 1 to 1,000,000,000
   * @param bytes a second on average, 1 to 2⁴⁰
   */
  public SocketConfig withRates(int frames, long bytes) {
    return change(d -> {
      d.framesPerSecond = frames;
      d.bytesPerSecond = bytes;
    });
  }

  /**
   * {@return these settings with another number of frames under way for each connection}
   *
   * @param most 1 to 65,536
   */
  public SocketConfig withMaxUnderWay(int most) {
    return change(d -> d.maxUnderWay = most);
  }

  /**
   * {@return these settings with another bound on what waits to be sent over each connection}
   *
   * @param bytes 1 to 2³⁰
   */
  public SocketConfig withSendBuffer(int bytes) {
    return change(d -> d.sendBuffer = bytes);
  }

  /**
   * {@return these settings with another bound on what waits for all connections together}
   *
   * @param bytes 1 to 2⁴⁰
   */
  public SocketConfig withMaxBuffered(long bytes) {
    return change(d -> d.maxBuffered = bytes);
  }

  /**
   * {@return these settings with tokens, one of which must be the first frame of each connection}
   * They go over the wire as they are: use TLS where others can listen.
   *
   * @param newTokens by user
   */
  public SocketConfig withTokens(Tokens newTokens) {
    return change(d -> d.tokens = newTokens);
  }

  /**
   * {@return these settings with or without TCP's delay of small packets}
   *
   * @param isOn whether they are sent at once
   */
  public SocketConfig withNoDelay(boolean isOn) {
    return change(d -> d.noDelay = isOn);
  }

  /**
   * {@return these settings with TLS}
   *
   * @param context has the server's key and certificate
   */
  public SocketConfig withTls(SSLContext context) {
    return change(d -> d.tls = Objects.requireNonNull(context, "context"));
  }

  private SocketConfig change(Consumer<Draft> change) {
    var draft = new Draft(this);
    change.accept(draft);
    return new SocketConfig(
        draft.framing,
        draft.maxConnections,
        draft.maxPerAddress,
        draft.acceptsPerSecond,
        draft.backlog,
        draft.idleTimeout,
        draft.frameTimeout,
        draft.framesPerSecond,
        draft.bytesPerSecond,
        draft.maxUnderWay,
        draft.sendBuffer,
        draft.maxBuffered,
        draft.tokens,
        draft.noDelay,
        draft.tls);
  }

  /** Settings that are being changed. */
  private static final class Draft {
    Framing framing;
    int maxConnections;
    int maxPerAddress;
    int acceptsPerSecond;
    int backlog;
    Duration idleTimeout;
    Duration frameTimeout;
    int framesPerSecond;
    long bytesPerSecond;
    int maxUnderWay;
    int sendBuffer;
    long maxBuffered;
    Tokens tokens;
    boolean noDelay;
    @Nullable SSLContext tls;

    Draft(SocketConfig from) {
      this.framing = from.framing;
      this.maxConnections = from.maxConnections;
      this.maxPerAddress = from.maxPerAddress;
      this.acceptsPerSecond = from.acceptsPerSecond;
      this.backlog = from.backlog;
      this.idleTimeout = from.idleTimeout;
      this.frameTimeout = from.frameTimeout;
      this.framesPerSecond = from.framesPerSecond;
      this.bytesPerSecond = from.bytesPerSecond;
      this.maxUnderWay = from.maxUnderWay;
      this.sendBuffer = from.sendBuffer;
      this.maxBuffered = from.maxBuffered;
      this.tokens = from.tokens;
      this.noDelay = from.noDelay;
      this.tls = from.tls;
    }
  }
}
