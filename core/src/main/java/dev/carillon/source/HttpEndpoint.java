package dev.carillon.source;

import dev.carillon.spi.EventFormat;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;

/**
 * Takes requests in by HTTP: webhooks, CloudEvents, or requests that a handler answers. Immutable,
 * changed by its methods, which return others.
 *
 * {@snippet :
 * Topic<WebRequest> hooks = Topic.of("shop.hooks", WebRequest.class);
 * HttpEndpoint endpoint =
 *     HttpEndpoint.on(8080)
 *         .path("/hooks")
 *         .accepting("application/json")
 *         .auth(WebAuth.hmac("github", secret));
 * try (var source = Source.open(endpoint, Outlet.to(bus, hooks)).start()) {
 *   …
 * }
 * }
 *
 * <p>It listens on the loopback address, for {@code POST} on all paths, and answers 204 when a
 * request has been handled, unless told otherwise. A request that finds no room in the source's
 * window is refused by 503, so slow handlers slow the senders down. Each request has a virtual
 * thread. An {@link Outlet#direct} outlet is called on these, by one after another, and no answer
 * goes out before it has returned, a 504 neither.
 *
 * <p>A request that is a CloudEvent, in binary mode or in a format that an {@link EventFormat}
 * reads, becomes one item for each event: its payload's body is the data, and its headers are those
 * which {@code docs/cloudevents.md} names. Items of all requests say what they came by, {@code
 * http-method} and {@code http-id}, and carry {@code traceparent} and {@code tracestate} on.
 *
 * <p>It has no positions: what was not answered by a status of success has to be sent again by the
 * sender. It uses the JDK's server, which reads limits of its own once in the life of the process:
 * {@code jdk.httpserver.maxConnections} and {@code sun.net.httpserver.maxReqHeaderSize} are set to
 * 1,024 and 65,536 when the first endpoint starts, unless they are set; at most 200 connections may
 * be idle at a time, for 30 s at most.
 */
public final class HttpEndpoint implements SourceKind<WebRequest> {
  private final HttpSettings settings;

  private HttpEndpoint(HttpSettings settings) {
    this.settings = settings;
  }

  /**
   * {@return an endpoint on the loopback address}
   *
   * @param port to listen on, 0 to 65,535; 0 for any that is free, as {@link Source#address} tells
   * @throws IllegalArgumentException if it is outside its range
   */
  public static HttpEndpoint on(int port) {
    Checks.range("port", port, 0, 65_535);
    return new HttpEndpoint(
        HttpSettings.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
  }

  private HttpEndpoint change(Consumer<HttpSettings.Draft> change) {
    return new HttpEndpoint(settings.change(change));
  }

  /**
   * {@return this at another address} Beyond loopback it should have {@link #auth} and {@link
   * #tls}.
   *
   * @param address to listen on
   * @throws IllegalArgumentException if it is not resolved
   */
  public HttpEndpoint at(InetSocketAddress address) {
    if (address.isUnresolved()) {
      throw new IllegalArgumentException("an address must be resolved: address=" + address);
    }
    return change(d -> d.address = address);
  }

  /**
   * {@return this for a path and those below it} The first call replaces all paths, later ones add
   * to it; of several that fit, the longest counts.
   *
   * @param path begins with a slash
   * @param methods that are taken there; {@code POST} if none is named
   * @throws IllegalArgumentException if the path does not begin with a slash, or a method is not of
   *     capital letters
   */
  public HttpEndpoint path(String path, String... methods) {
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException("a path must begin with a slash: path=\"" + path + "\"");
    }
    Set<String> taken = new TreeSet<>(methods.length == 0 ? List.of("POST") : List.of(methods));
    for (String method : taken) {
      if (method.isEmpty() || !method.chars().allMatch(c -> c >= 'A' && c <= 'Z')) {
        throw new IllegalArgumentException(
            "a method must be of capital letters: method=\"" + method + "\"");
      }
    }
    Map<String, Set<String>> paths = new TreeMap<>(settings.paths());
    paths.put(path, Set.copyOf(taken));
    return change(d -> d.paths = paths);
  }

  /**
   * {@return this for bodies of some media types; others are refused by 415}
   *
   * @param mediaTypes such as {@code application/json}, or {@code text/*} for all of them
   * @throws IllegalArgumentException if one is not of that form
   */
  public HttpEndpoint accepting(String... mediaTypes) {
    for (String type : mediaTypes) {
      if (!type.matches("[A-Za-z0-9!#$&^_.+-]+/([A-Za-z0-9!#$&^_.+-]+|\\*)")) {
        throw new IllegalArgumentException(
            "a media type must be type/subtype or type/*: type=\"" + type + "\"");
      }
    }
    List<String> types =
        Arrays.stream(mediaTypes).map(type -> type.toLowerCase(Locale.ROOT)).toList();
    return change(d -> d.contentTypes = types);
  }

  /**
   * {@return this with TLS, of versions 1.2 and 1.3}
   *
   * @param context with the key and the certificate
   */
  public HttpEndpoint tls(SSLContext context) {
    return change(d -> d.tls = Objects.requireNonNull(context, "context"));
  }

  /**
   * {@return this for clients that show a certificate which the TLS context trusts} Its subject is
   * the user, unless {@link #auth} says who it is.
   *
   * @throws IllegalStateException if it has no TLS
   */
  public HttpEndpoint needingClientCertificate() {
    if (settings.tls() == null) {
      throw new IllegalStateException("certificates of clients need TLS: call tls first");
    }
    return change(d -> d.needsCertificate = true);
  }

  /**
   * {@return this with authentication}
   *
   * @param auth says who has sent a request
   */
  public HttpEndpoint auth(WebAuth auth) {
    return change(d -> d.auth = Objects.requireNonNull(auth, "auth"));
  }

  /**
   * {@return this with answers at another time}
   *
   * @param reply when requests are answered
   */
  public HttpEndpoint replying(WebReply reply) {
    return change(d -> d.reply = Objects.requireNonNull(reply, "reply"));
  }

  /**
   * {@return this with other limits}
   *
   * @param limits changes them
   */
  public HttpEndpoint limits(UnaryOperator<HttpLimits> limits) {
    HttpLimits changed = limits.apply(settings.limits());
    return change(d -> d.limits = Objects.requireNonNull(changed, "limits"));
  }

  /**
   * {@return this with formats of CloudEvents, instead of those that are found}
   *
   * @param formats the first that reads a media type is used; none leaves binary mode only
   */
  public HttpEndpoint withFormats(EventFormat... formats) {
    List<EventFormat> all = List.of(formats);
    return change(d -> d.formats = all);
  }

  /** {@return this for CloudEvents only; other requests are refused by 415} */
  public HttpEndpoint onlyEvents() {
    return change(d -> d.onlyEvents = true);
  }

  /**
   * {@return this without repeats} A CloudEvent is told by its source and id, any other request by
   * one of those headers; both within what one user sends. One that was taken care of before is
   * answered by success and not taken in again; one that is still under way is answered by 503.
   *
   * @param most how many are remembered, 1 to 2²⁴, of some 200 bytes each; the oldest are forgotten
   * @param headers such as {@code X-GitHub-Delivery} or {@code Idempotency-Key}; the first that a
   *     request has counts, and one that has none is never a repeat
   * @throws IllegalArgumentException if the number is outside its range
   */
  public HttpEndpoint withoutRepeats(int most, String... headers) {
    Checks.range("most", most, 1, 1 << 24);
    List<String> names = List.of(headers);
    return change(d -> {
      d.repeats = most;
      d.repeatHeaders = names;
    });
  }

  /**
   * {@return this with headers of requests as headers of items, under their names in lower case}
   *
   * @param names such as {@code X-GitHub-Event}
   */
  public HttpEndpoint keepingHeaders(String... names) {
    List<String> kept = Arrays.stream(names).map(name -> name.toLowerCase(Locale.ROOT)).toList();
    return change(d -> d.keptHeaders = kept);
  }

  /**
   * {@return a kind that takes in what requests hold}
   *
   * @param reader makes payloads of requests; where it throws, the request is refused by 400
   * @param <T> type of the payloads
   */
  public <T> SourceKind<T> as(WebReader<T> reader) {
    return new Reading<>(settings, Objects.requireNonNull(reader, "reader"));
  }

  @Override
  public void run(Intake<WebRequest> intake) throws Exception {
    HttpServing.run(settings, request -> request, intake);
  }

  @Override
  public String kind() {
    return "http";
  }

  @Override
  public String toString() {
    return "HttpEndpoint[%s://%s, paths=%s, auth=%s]"
        .formatted(
            settings.tls() == null ? "http" : "https",
            settings.address(),
            settings.paths().keySet(),
            settings.auth() == null ? "none" : settings.auth());
  }

  /** An endpoint for what requests hold. */
  private record Reading<T>(HttpSettings settings, WebReader<T> reader) implements SourceKind<T> {

    @Override
    public void run(Intake<T> intake) throws Exception {
      HttpServing.run(settings, reader, intake);
    }

    @Override
    public String kind() {
      return "http";
    }
  }
}
