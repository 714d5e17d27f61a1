package dev.carillon.source;

import dev.carillon.time.Clock;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Authentication by a signature in a header, made of the body and a secret that both sides know: as
 * GitHub does it, unless it is changed by its methods, which return others. Signatures are compared
 * in constant time.
 *
 * {@snippet :
 * WebAuth slack = WebAuth.hmac("slack", secret)
 *     .inHeader("X-Slack-Signature", "v0=")
 *     .signing("v0:{X-Slack-Request-Timestamp}:{body}")
 *     .notOlderThan("X-Slack-Request-Timestamp", Duration.ofMinutes(5));
 * WebAuth standardWebhooks = WebAuth.hmac("shop", secret)
 *     .inHeader("webhook-signature", "v1,").inBase64()
 *     .signing("{webhook-id}.{webhook-timestamp}.{body}")
 *     .notOlderThan("webhook-timestamp", Duration.ofMinutes(5));
 * }
 *
 * <p>A signature without a time can be sent again by whoever has seen it: use TLS, and {@link
 * #once} where the sender signs something that is new each time. A time that is checked must be
 * signed as well. Remembers signatures of its own, so one object is for one endpoint.
 */
public final class HmacAuth implements WebAuth {
  private static final int MOST_SEEN = 10_000;
  private static final String BODY = "body";

  private final Draft settings;
  private final List<SecretKeySpec> keys;
  private final List<String> signed; // literals at even places, names of headers or the body at odd
  private final @Nullable Repeats seen;

  private HmacAuth(Draft settings) {
    this.settings = settings;
    this.signed = parse(settings.signed);
    this.keys =
        settings.secrets.stream()
            .map(s -> new SecretKeySpec(s.getBytes(StandardCharsets.UTF_8), settings.algorithm))
            .toList();
    this.seen = settings.mostSeen == 0 ? null : new Repeats(settings.mostSeen);
    mac(keys.getFirst()); // so that an unknown algorithm fails now
    String timestamp = settings.timestamp;
    if (timestamp != null && signed.stream().noneMatch(timestamp::equalsIgnoreCase)) {
      throw new IllegalArgumentException(
          "the time that is checked must be signed: header=%s, signed=\"%s\""
              .formatted(timestamp, settings.signed));
    }
  }

  static HmacAuth of(String user, String secret) {
    var draft = new Draft();
    draft.user = Objects.requireNonNull(user, "user");
    draft.secrets = List.of(Secrets.check(user, secret));
    return new HmacAuth(draft);
  }

  /**
   * {@return this with one more secret, while senders change from one to the other}
   *
   * @param secret of at least 16 characters
   * @throws IllegalArgumentException if it is shorter
   */
  public HmacAuth orSecret(String secret) {
    return change(d -> {
      d.secrets = new ArrayList<>(d.secrets);
      d.secrets.add(Secrets.check(d.user, secret));
    });
  }

  /**
   * {@return this with the signature in another header} As GitHub does it: {@code
   * X-Hub-Signature-256}, after {@code sha256=}.
   *
   * @param name of the header
   * @param prefix what comes before the signature; may be empty
   */
  public HmacAuth inHeader(String name, String prefix) {
    return change(d -> {
      d.header = Objects.requireNonNull(name, "name");
      d.prefix = Objects.requireNonNull(prefix, "prefix");
    });
  }

  /** {@return this with signatures in Base64, not in hexadecimal digits} */
  public HmacAuth inBase64() {
    return change(d -> d.isBase64 = true);
  }

  /**
   * {@return this with another algorithm}
   *
   * @param name as the JDK calls it, such as {@code HmacSHA512}; {@code HmacSHA256} by default
   * @throws IllegalArgumentException if it is not known
   */
  public HmacAuth withAlgorithm(String name) {
    return change(d -> d.algorithm = Objects.requireNonNull(name, "name"));
  }

  /**
   * {@return this for signatures of more than the body}
   *
   * @param format what is signed: a text in which <code>{body}</code> stands for the body and
   *     another name in braces for the header of that name
   * @throws IllegalArgumentException if the body is not in it, or a brace is left over
   */
  public HmacAuth signing(String format) {
    return change(d -> d.signed = Objects.requireNonNull(format, "format"));
  }

  /**
   * {@return this, for requests that were signed a short time ago} Within that time each signature
   * is taken once; of more than 10,000 in that time the oldest could be taken again, or as {@link
   * #once} says.
   *
   * @param header the name of the header with the time, in seconds since 1970, which must be signed
   * @param most how old it may be, and how far ahead
   * @throws IllegalArgumentException if the header is not signed
   */
  public HmacAuth notOlderThan(String header, Duration most) {
    Checks.positive("most", most);
    return change(d -> {
      d.timestamp = Objects.requireNonNull(header, "header");
      d.tolerance = most;
      d.mostSeen = d.mostSeen == 0 ? MOST_SEEN : d.mostSeen;
    });
  }

  /**
   * {@return this, taking each signature once} That of a request which was not taken care of may
   * come again.
   *
   * @param most how many signatures are remembered, 1 to 2²⁴; the oldest are forgotten
   */
  public HmacAuth once(int most) {
    Checks.range("most", most, 1, 1 << 24);
    return change(d -> d.mostSeen = most);
  }

  /**
   * {@return this with another clock}
   *
   * @param clock what counts as time
   */
  public HmacAuth withClock(Clock clock) {
    return change(d -> d.clock = Objects.requireNonNull(clock, "clock"));
  }

  private HmacAuth change(Consumer<Draft> change) {
    Draft draft = settings.copy();
    change.accept(draft);
    return new HmacAuth(draft);
  }

  private static List<String> parse(String format) {
    var parts = new ArrayList<String>();
    int from = 0;
    for (int open = format.indexOf('{'); open >= 0; open = format.indexOf('{', from)) {
      int close = format.indexOf('}', open);
      if (close < 0) {
        break;
      }
      parts.add(format.substring(from, open));
      parts.add(format.substring(open + 1, close));
      from = close + 1;
    }
    parts.add(format.substring(from));
    boolean isWhole = format.indexOf('{', from) < 0;
    boolean hasBody = false;
    for (int i = 1; i < parts.size(); i += 2) {
      hasBody |= parts.get(i).equals(BODY);
    }
    if (!isWhole || !hasBody) {
      throw new IllegalArgumentException(
          "what is signed must have {body} in it, and no other brace: format=\"" + format + "\"");
    }
    return parts;
  }

  @Override
  public Verdict check(WebRequest request) {
    byte[] shown = signature(request);
    if (shown == null) {
      return new Unknown("no signature of the right form: header=" + settings.header);
    }
    boolean isRight = false;
    for (SecretKeySpec key : keys) {
      isRight |= MessageDigest.isEqual(sign(key, request), shown);
    }
    if (!isRight) {
      return new Unknown("a wrong signature");
    }
    if (settings.timestamp != null && !isInTime(request, settings.timestamp)) {
      return new Unknown("signed too long ago, or ahead: most=" + settings.tolerance);
    }
    if (seen != null && seen.begin(HexFormat.of().formatHex(shown)) != Repeats.Seen.NEW) {
      return new Unknown("a signature that came before");
    }
    return new User(settings.user);
  }

  private byte @Nullable [] signature(WebRequest request) {
    List<String> values = request.headers().getOrDefault(settings.header, List.of());
    if (values.size() != 1 || !values.getFirst().startsWith(settings.prefix)) {
      return null;
    }
    String text = values.getFirst().substring(settings.prefix.length());
    try {
      return settings.isBase64 ? Base64.getDecoder().decode(text) : HexFormat.of().parseHex(text);
    } catch (IllegalArgumentException e) { // then it is no signature
      return null;
    }
  }

  private byte[] sign(SecretKeySpec key, WebRequest request) {
    Mac mac = mac(key);
    for (int i = 0; i < signed.size(); i++) {
      String part = signed.get(i);
      if (i % 2 == 0) {
        mac.update(part.getBytes(StandardCharsets.UTF_8));
      } else if (part.equals(BODY)) {
        mac.update(((ReceivedRequest) request).shared());
      } else {
        mac.update(request.header(part).orElse("").getBytes(StandardCharsets.UTF_8));
      }
    }
    return mac.doFinal();
  }

  private static Mac mac(SecretKeySpec key) {
    try {
      Mac mac = Mac.getInstance(key.getAlgorithm());
      mac.init(key);
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "the algorithm must be a Mac of the JDK: algorithm=" + key.getAlgorithm(), e);
    }
  }

  private boolean isInTime(WebRequest request, String header) {
    try {
      long signedAt = Long.parseLong(request.header(header).orElse(""));
      long now = settings.clock.now().getEpochSecond();
      return Math.abs(Math.subtractExact(now, signedAt)) <= settings.tolerance.toSeconds();
    } catch (NumberFormatException | ArithmeticException e) { // then it is no time
      return false;
    }
  }

  @Override
  public String challenge() {
    return "Signature header=\"" + settings.header + "\"";
  }

  @Override
  public void notTaken(WebRequest request) {
    byte[] shown = signature(request);
    if (seen != null && shown != null) {
      seen.forget(HexFormat.of().formatHex(shown));
    }
  }

  @Override
  public String toString() {
    return "WebAuth[%s in %s, user=%s, secrets=%d]"
        .formatted(
            settings.algorithm,
            settings.header,
            RefusedRequest.show(settings.user),
            settings.secrets.size());
  }

  /** Settings that are being changed. */
  private static final class Draft {
    String user = "";
    List<String> secrets = List.of();
    String header = "X-Hub-Signature-256";
    String prefix = "sha256=";
    boolean isBase64;
    String algorithm = "HmacSHA256";
    String signed = "{" + BODY + "}";
    @Nullable String timestamp;
    Duration tolerance = Duration.ZERO;
    int mostSeen;
    Clock clock = Clock.system();

    Draft copy() {
      var copy = new Draft();
      copy.user = user;
      copy.secrets = secrets;
      copy.header = header;
      copy.prefix = prefix;
      copy.isBase64 = isBase64;
      copy.algorithm = algorithm;
      copy.signed = signed;
      copy.timestamp = timestamp;
      copy.tolerance = tolerance;
      copy.mostSeen = mostSeen;
      copy.clock = clock;
      return copy;
    }
  }
}
