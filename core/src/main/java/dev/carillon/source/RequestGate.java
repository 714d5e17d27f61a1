package dev.carillon.source;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Refuses requests for what is known of them before their bodies are read. */
final class RequestGate {
  private static final Map<String, Set<String>> ALL = Map.of("/", Set.of("POST"));

  private final HttpSettings settings;
  private final HttpLimits limits;
  private final RateTable rates;
  private final Bodies bodies;
  private final Formats formats;

  RequestGate(HttpSettings settings, RateTable rates, Bodies bodies, Formats formats) {
    this.settings = settings;
    this.limits = settings.limits();
    this.rates = rates;
    this.bodies = bodies;
    this.formats = formats;
  }

  void check(RequestHead head, int uriLength) throws RefusedRequest {
    if (!rates.admits(head.remote().getAddress())) {
      throw RefusedRequest.later(
          "rate", 429, "at most %d requests a second".formatted(limits.perSecond()));
    }
    if (uriLength > limits.maxUri()) {
      throw new RefusedRequest(
          "max-uri",
          414,
          "a URI must be at most %d characters: characters=%d"
              .formatted(limits.maxUri(), uriLength));
    }
    checkHeaders(head);
    checkMethod(head);
    checkType(head);
    String length = head.header("Content-Length").orElse(null);
    if (length != null) {
      bodies.check(length);
    }
    checkNoBody(head, length);
  }

  /** Refuses a body where the answer cannot have one: it would be handled, then not answered. */
  private static void checkNoBody(RequestHead head, @Nullable String length) throws RefusedRequest {
    boolean hasBody =
        head.header("Transfer-Encoding").isPresent()
            || (length != null && Long.parseLong(length) > 0);
    if (hasBody && head.method().equals("HEAD")) {
      throw new RefusedRequest("head-body", 400, "a request by HEAD must have no body");
    }
  }

  private void checkHeaders(RequestHead head) throws RefusedRequest {
    int number = 0;
    long bytes = 0;
    for (Map.Entry<String, List<String>> header : head.headers().entrySet()) {
      for (String value : header.getValue()) {
        number++;
        bytes += header.getKey().length() + value.length();
      }
    }
    if (number > limits.maxHeaders() || bytes > limits.maxHeaderBytes()) {
      throw new RefusedRequest(
          "max-headers",
          431,
          "headers must be at most %d of %d characters: headers=%d, characters=%d"
              .formatted(limits.maxHeaders(), limits.maxHeaderBytes(), number, bytes));
    }
  }

  private void checkMethod(RequestHead head) throws RefusedRequest {
    Set<String> methods = methods(head.path());
    if (methods == null) {
      throw new RefusedRequest("path", 404, "nothing is here: " + RefusedRequest.show(head.path()));
    }
    if (!methods.contains(head.method())) {
      String allowed = String.join(", ", new TreeSet<>(methods));
      String message = "a method here must be one of " + allowed;
      throw new RefusedRequest(
          "method",
          WebAnswer.text(405, message + "\n").withHeader("Allow", allowed),
          message + ": " + RefusedRequest.show(head.method()));
    }
  }

  private @Nullable Set<String> methods(String path) {
    Map<String, Set<String>> paths = settings.paths().isEmpty() ? ALL : settings.paths();
    String longest = null;
    for (String one : paths.keySet()) {
      boolean fits = path.equals(one) || path.startsWith(one.endsWith("/") ? one : one + "/");
      if (fits && (longest == null || one.length() > longest.length())) {
        longest = one;
      }
    }
    return longest == null ? null : paths.get(longest);
  }

  private void checkType(RequestHead head) throws RefusedRequest {
    String media = Formats.media(head.contentType());
    if (CloudEventAttributes.areIn(head)) {
      checkType(head.contentType());
    } else if (Formats.isStructured(media)) {
      formats.find(media);
    } else if (settings.onlyEvents()) {
      throw new RefusedRequest("content-type", 415, "requests must be CloudEvents");
    } else {
      checkType(head.contentType());
    }
  }

  /** Refuses a media type that is not taken. */
  void checkType(String contentType) throws RefusedRequest {
    List<String> taken = settings.contentTypes();
    String media = Formats.media(contentType);
    boolean fits =
        taken.isEmpty()
            || taken.stream()
                .anyMatch(one ->
                    one.equals(media)
                        || (one.endsWith("/*")
                            && media.startsWith(one.substring(0, one.length() - 1))));
    if (!fits) {
      throw new RefusedRequest(
          "content-type",
          415,
          "a body must be of %s: %s".formatted(taken, RefusedRequest.show(contentType)));
    }
  }

  /** {@return a header's name as headers of items have it} */
  static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
