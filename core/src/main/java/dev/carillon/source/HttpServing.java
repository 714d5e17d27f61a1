package dev.carillon.source;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsExchange;
import dev.carillon.time.Timer;
import dev.carillon.time.Timers;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** One run of an endpoint: its server, from the start to the last answer. */
final class HttpServing<T> implements HttpHandler {
  /*
   * When the source stops, the server goes on until those whose items are under way have their
   * answers; what comes new is refused meanwhile. That ends with the source's time of grace.
   *
   * The JDK's server forgets to uncount a connection that breaks while the rest of a body is thrown
   * away behind an answer without a body. So an answer that comes before all of the body was read
   * always has one itself, or the connection is closed by an exception, which is counted right. That
   * to a HEAD never has one: so all is read before it is sent, or the connection is closed.
   */
  private static final System.Logger LOG = System.getLogger("dev.carillon.source");
  private static final Duration TO_WRITE = Duration.ofSeconds(1);
  private static final Duration TO_LINGER = Duration.ofSeconds(1);

  private final HttpSettings settings;
  private final HttpLimits limits;
  private final Intake<T> intake;
  private final Timers timers;
  private final HttpServer server;
  private final RequestDesk<T> desk;
  private final AtomicInteger requests = new AtomicInteger();
  private final Object idle = new Object(); // notified at the end, when a request is done with

  private volatile long stoppedAt;
  private volatile boolean isEnding;

  private HttpServing(
      HttpSettings settings,
      WebReader<T> reader,
      Intake<T> intake,
      Timers timers,
      HttpServer server) {
    this.settings = settings;
    this.limits = settings.limits();
    this.intake = intake;
    this.timers = timers;
    this.server = server;
    this.desk = new RequestDesk<>(settings, reader, intake, timers);
  }

  static <T> void run(HttpSettings settings, WebReader<T> reader, Intake<T> intake)
      throws Exception {
    Timers timers = SharedTimers.acquire(intake.clock());
    HttpServer server;
    try {
      server = JdkServer.bound(settings);
    } catch (IOException | RuntimeException e) {
      SharedTimers.release(intake.clock());
      throw new IOException("cannot listen at " + settings.address() + ": " + e.getMessage(), e);
    }
    var serving = new HttpServing<>(settings, reader, intake, timers, server);
    intake.onEnd(serving::end);
    intake.onStop(serving::stop);
    serving.start();
    intake.awaitStop();
  }

  private void start() {
    server.setExecutor(new ServingThreads(intake, limits, timers));
    server.createContext("/", this);
    server.start();
    if (!settings.address().getAddress().isLoopbackAddress()
        && (settings.auth() == null && !settings.needsCertificate())) {
      LOG.log(
          Level.WARNING,
          "source \"%s\" takes requests of anybody, and from other machines: %s"
              .formatted(intake.config().name(), server.getAddress()));
    }
    intake.ready(server.getAddress());
  }

  // ── requests ──

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    Watch watch = ServingThreads.watch();
    watch.begin(limits.bodyWithin());
    if (requests.incrementAndGet() > limits.maxRequests()) {
      requests.decrementAndGet(); // so that those who are refused take nobody's place
      send(exchange, tooMany(), watch);
      return;
    }
    try {
      serve(exchange, watch);
    } finally {
      requests.decrementAndGet();
      if (isEnding) {
        synchronized (idle) {
          idle.notifyAll();
        }
      }
    }
  }

  private void serve(HttpExchange exchange, Watch watch) throws IOException {
    Error failed = null;
    WebAnswer answer;
    try {
      answer = answer(exchange, watch);
    } catch (Error e) { // of a handler that runs on this thread: the sender gets its answer first
      failed = e;
      answer = desk.fault(e);
    }
    send(exchange, answer, watch);
    if (failed != null) {
      throw failed;
    }
  }

  private WebAnswer tooMany() {
    RefusedRequest refused =
        RefusedRequest.later(
            "max-requests", 503, "at most %d requests at a time".formatted(limits.maxRequests()));
    intake.refuse(refused.rule(), refused.what());
    return refused.answer();
  }

  private WebAnswer answer(HttpExchange exchange, Watch watch) throws IOException {
    URI uri = exchange.getRequestURI();
    try {
      return desk.serve(
          head(exchange, uri), uri.toString().length(), exchange.getRequestBody(), watch);
    } catch (RuntimeException e) {
      return desk.fault(e);
    }
  }

  private RequestHead head(HttpExchange exchange, URI uri) {
    return new RequestHead(
        UUID.randomUUID().toString(),
        exchange.getRequestMethod(),
        uri.getPath(),
        Objects.requireNonNullElse(uri.getRawQuery(), ""),
        exchange.getRequestHeaders(),
        exchange.getRemoteAddress(),
        resource(exchange.getLocalAddress(), uri),
        principal(exchange));
  }

  private String resource(InetSocketAddress local, URI uri) {
    String host = local.getAddress().getHostAddress();
    int zone = host.indexOf('%');
    String plain = zone < 0 ? host : host.substring(0, zone);
    return "%s://%s:%d%s"
        .formatted(
            settings.tls() == null ? "http" : "https",
            plain.indexOf(':') < 0 ? plain : "[" + plain + "]",
            local.getPort(),
            uri.getRawPath());
  }

  private @Nullable String principal(HttpExchange exchange) {
    if (!settings.needsCertificate() || !(exchange instanceof HttpsExchange secured)) {
      return null;
    }
    try {
      return secured.getSSLSession().getPeerPrincipal().getName();
    } catch (SSLPeerUnverifiedException e) { // the handshake has required it
      throw new IllegalStateException("a client showed no certificate", e);
    }
  }

  private void send(HttpExchange exchange, WebAnswer answer, Watch watch) throws IOException {
    watch.begin(limits.writtenWithin());
    boolean isHead = exchange.getRequestMethod().equals("HEAD");
    if (isHead) {
      readOff(exchange.getRequestBody());
    }
    answer.headers().forEach(exchange.getResponseHeaders()::set);
    if (answer.status() == 413 || answer.status() == 431 || answer.status() == 414) {
      exchange.getResponseHeaders().set("Connection", "close");
    }
    byte[] body = answer.shared();
    if (body.length == 0 || isHead) {
      exchange.sendResponseHeaders(answer.status(), -1);
      return;
    }
    exchange.sendResponseHeaders(answer.status(), body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
      out.flush();
      if (!answer.isSuccess()) { // perhaps not all was read: the server throws some of it away
        watch.linger(TO_LINGER);
      }
    }
  }

  /** Reads what a request by HEAD has that it must not have, as its answer has no body. */
  private void readOff(InputStream body) throws IOException {
    int most = limits.maxBody();
    if (body.skip(most) == most && body.read() >= 0) {
      throw new IOException("a request by HEAD must have no body, and this one is over " + most);
    }
  }

  // ── the end ──

  private void stop() {
    stoppedAt = intake.clock().nanos();
    desk.wake();
  }

  private void end() throws InterruptedException {
    try {
      Duration since = Duration.ofNanos(intake.clock().nanos() - stoppedAt);
      Duration left = intake.config().grace().minus(since);
      isEnding = true;
      desk.wake(); // if the kind returned by itself, it is only now being stopped
      await(desk::isIdle, left.isNegative() ? Duration.ZERO : left);
      desk.giveUp();
      await(() -> requests.get() == 0, TO_WRITE);
    } finally {
      server.stop(0);
      SharedTimers.release(intake.clock());
    }
  }

  private void await(BooleanSupplier holds, Duration most) throws InterruptedException {
    var isLate = new AtomicBoolean();
    Timer timer =
        timers.schedule(
            most,
            () -> {
              synchronized (idle) {
                isLate.set(true);
                idle.notifyAll();
              }
            });
    synchronized (idle) {
      while (!holds.getAsBoolean() && !isLate.get()) {
        idle.wait();
      }
    }
    timer.cancel();
  }
}
