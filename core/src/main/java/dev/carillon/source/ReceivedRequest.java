package dev.carillon.source;

import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A request as it was received. */
final class ReceivedRequest implements WebRequest {
  private static final Pattern CHARSET =
      Pattern.compile(";\\s*charset\\s*=\\s*\"?([^\";\\s]+)", Pattern.CASE_INSENSITIVE);

  private final RequestHead head;
  private final @Nullable String user;
  private final Map<String, String> event;
  private final String contentType;
  private final byte[] body;
  private final Reply reply;

  private ReceivedRequest(
      RequestHead head,
      @Nullable String user,
      Map<String, String> event,
      String contentType,
      byte[] body,
      Reply reply) {
    this.head = head;
    this.user = user;
    this.event = event;
    this.contentType = contentType;
    this.body = body;
    this.reply = reply;
  }

  ReceivedRequest(RequestHead head, byte[] body, Reply reply) {
    this(head, null, Map.of(), head.contentType(), body, reply);
  }

  /**
   * {@return this request with its sender}
   *
   * @param someone who was authenticated, if anybody was
   * @param isShown whether the headers show who it is, and so are left out from now on
   */
  ReceivedRequest of(@Nullable String someone, boolean isShown) {
    RequestHead kept = isShown ? head.withoutCredentials() : head;
    return new ReceivedRequest(kept, someone, event, contentType, body, reply);
  }

  /** {@return this request as an event} */
  ReceivedRequest as(Map<String, String> attributes, String type, byte[] data) {
    return new ReceivedRequest(head, user, attributes, type, data, reply);
  }

  @Override
  public String id() {
    return head.id();
  }

  @Override
  public String method() {
    return head.method();
  }

  @Override
  public String path() {
    return head.path();
  }

  @Override
  public String query() {
    return head.query();
  }

  @Override
  public Optional<String> parameter(String name) {
    for (String pair : query().split("&", -1)) {
      int equals = pair.indexOf('=');
      String key = equals < 0 ? pair : pair.substring(0, equals);
      if (decoded(key).equals(name)) {
        return Optional.of(equals < 0 ? "" : decoded(pair.substring(equals + 1)));
      }
    }
    return Optional.empty();
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) { // it stands for itself then
      return text;
    }
  }

  @Override
  public Map<String, List<String>> headers() {
    return head.headers();
  }

  @Override
  public Optional<String> header(String name) {
    return head.header(name);
  }

  @Override
  public String contentType() {
    return contentType;
  }

  @Override
  public byte[] body() {
    return body.clone();
  }

  /** {@return the body itself, not to be changed} */
  byte[] shared() {
    return body;
  }

  @Override
  public int length() {
    return body.length;
  }

  @Override
  public String text() {
    Matcher named = CHARSET.matcher(contentType);
    Charset charset = StandardCharsets.UTF_8;
    if (named.find()) {
      try {
        charset = Charset.forName(Objects.requireNonNull(named.group(1)));
      } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
        charset = StandardCharsets.UTF_8;
      }
    }
    return new String(body, charset);
  }

  @Override
  public InetSocketAddress remote() {
    return head.remote();
  }

  @Override
  public Optional<String> user() {
    return Optional.ofNullable(user);
  }

  @Override
  public Map<String, String> event() {
    return event;
  }

  @Override
  public boolean answer(WebAnswer answer) {
    return reply.give(Objects.requireNonNull(answer, "answer"));
  }

  /** {@return what may stand in a log: no header, and no query} */
  @Override
  public String toString() {
    return "WebRequest[id=%s, %s %s, bytes=%d, from %s%s]"
        .formatted(
            id(),
            method(),
            RefusedRequest.show(path()),
            length(),
            remote().getAddress().getHostAddress(),
            user == null ? "" : ", user=" + RefusedRequest.show(user));
  }
}
