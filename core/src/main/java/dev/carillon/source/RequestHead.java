package dev.carillon.source;

import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What comes before the body of a request.
 *
 * @param id of our own
 * @param method in upper case, as it came
 * @param path decoded
 * @param query as it came; empty if there is none
 * @param headers by names in any case
 * @param remote where it comes from
 * @param resource its URI, without the query, which may hold secrets
 * @param principal of the client's certificate; null if it showed none
 */
record RequestHead(
    String id,
    String method,
    String path,
    String query,
    Map<String, List<String>> headers,
    InetSocketAddress remote,
    String resource,
    @Nullable String principal) {

  private static final List<String> CREDENTIALS =
      List.of("Authorization", "Proxy-Authorization", "Cookie");

  RequestHead {
    var sorted = new TreeMap<String, List<String>>(String.CASE_INSENSITIVE_ORDER);
    headers.forEach((name, values) -> sorted.put(name, List.copyOf(values)));
    headers = Collections.unmodifiableMap(sorted);
  }

  RequestHead withoutCredentials() {
    var left = new TreeMap<String, List<String>>(String.CASE_INSENSITIVE_ORDER);
    left.putAll(headers);
    CREDENTIALS.forEach(left::remove);
    return new RequestHead(id, method, path, query, left, remote, resource, principal);
  }

  Optional<String> header(String name) {
    List<String> values = headers.get(name);
    return values == null || values.isEmpty() ? Optional.empty() : Optional.of(values.getFirst());
  }

  String contentType() {
    return header("Content-Type").orElse("");
  }
}
