package dev.carillon.source;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** What is answered to a {@link WebRequest}: a status, headers and a body. Immutable. */
public final class WebAnswer {
  private static final int LEAST_STATUS = 200;
  private static final int MOST_STATUS = 599;
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");
  private static final Set<String> OF_THE_SERVER =
      Set.of("connection", "content-length", "date", "transfer-encoding");

  private final int status;
  private final Map<String, String> headers;
  private final byte[] body;

  private WebAnswer(int status, Map<String, String> headers, byte[] body) {
    this.status = status;
    this.headers = headers;
    this.body = body;
  }

  /**
   * {@return an answer without a body}
   *
   * @param status 200 to 599
   * @throws IllegalArgumentException if the status is outside its range
   */
  public static WebAnswer of(int status) {
    return of(status, Map.of(), new byte[0]);
  }

  /**
   * {@return an answer with a text}
   *
   * @param status 200 to 599
   * @param text the body, in UTF-8
   * @throws IllegalArgumentException if the status is outside its range
   */
  public static WebAnswer text(int status, String text) {
    return of(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * {@return the answer 200 with JSON}
   *
   * @param json the body, in UTF-8
   */
  public static WebAnswer json(String json) {
    return of(200, "application/json", json.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * {@return an answer with a body}
   *
   * @param status 200 to 599; 204 and 304 have no body
   * @param contentType the media type of the body
   * @param body copied
   * @throws IllegalArgumentException if the status is outside its range or has no body, or the type
   *     is no value of a header
   */
  public static WebAnswer of(int status, String contentType, byte[] body) {
    return of(status, Map.of(), body.clone()).withHeader("Content-Type", contentType);
  }

  private static WebAnswer of(int status, Map<String, String> headers, byte[] body) {
    Checks.range("status", status, LEAST_STATUS, MOST_STATUS);
    if (body.length > 0 && (status == 204 || status == 304)) {
      throw new IllegalArgumentException(
          "an answer of this status must have no body: status=%d, bytes=%d"
              .formatted(status, body.length));
    }
    return new WebAnswer(status, headers, body);
  }

  /**
   * {@return this answer with a header, in place of one of that name}
   *
   * @param name its name; not one that the server sets: {@code Connection}, {@code Content-Length},
   *     {@code Date}, {@code Transfer-Encoding}
   * @param value visible characters of ASCII, spaces and tabs
   * @throws IllegalArgumentException if the name or the value cannot be sent
   */
  public WebAnswer withHeader(String name, String value) {
    if (!NAME.matcher(name).matches() || OF_THE_SERVER.contains(name.toLowerCase(Locale.ROOT))) {
      throw new IllegalArgumentException(
          "a header's name must be a token, and none that the server sets: name=\"" + name + "\"");
    }
    if (!value.chars().allMatch(c -> c == '\t' || (c >= ' ' && c <= '~'))) {
      throw new IllegalArgumentException(
          "a header's value must be of visible ASCII, spaces and tabs: name=" + name);
    }
    var more = new LinkedHashMap<>(headers);
    more.keySet().removeIf(name::equalsIgnoreCase);
    more.put(name, value);
    return new WebAnswer(status, more, body);
  }

  /** {@return the status, 200 to 599} */
  public int status() {
    return status;
  }

  /** {@return the headers, by name} */
  public Map<String, String> headers() {
    return Map.copyOf(headers);
  }

  /** {@return a copy of the body} */
  public byte[] body() {
    return body.clone();
  }

  /** {@return the body itself, not to be changed} */
  byte[] shared() {
    return body;
  }

  /** {@return whether the request was taken care of} */
  boolean isSuccess() {
    return status < 300;
  }

  @Override
  public String toString() {
    return "WebAnswer[status=%d, bytes=%d]".formatted(status, body.length);
  }
}
