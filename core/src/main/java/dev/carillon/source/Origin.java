package dev.carillon.source;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where an item came from, in general: the same object for all items of a source, or of one of its
 * connections.
 *
 * @param source name of the source
 * @param kind kind of the source, such as {@code file-watch}
 * @param resource what it was read from, as a URI; null if that has none
 * @param user who sent it, as far as it was authenticated; null if nobody was
 * @param system which machine or program sent it; null if that is not known
 */
public record Origin(
    String source,
    String kind,
    @Nullable String resource,
    @Nullable String user,
    @Nullable String system) {

  /** Header: the name of the source. */
  public static final String SOURCE = "source-name";

  /** Header: the kind of the source. */
  public static final String KIND = "source-kind";

  /** Header: what it was read from, as a URI. */
  public static final String RESOURCE = "source-resource";

  /** Header: who sent it. */
  public static final String USER = "source-user";

  /** Header: which machine or program sent it. */
  public static final String SYSTEM = "source-system";

  /** Header: the position of the item in its source. */
  public static final String POSITION = "source-position";

  /** Header: when it happened, as the source says, in ISO 8601. */
  public static final String TIME = "source-time";

  /** Checks that nothing is missing. */
  public Origin {
    Objects.requireNonNull(source, "source");
    Objects.requireNonNull(kind, "kind");
  }

  /**
   * {@return this origin with a resource}
   *
   * @param uri what is read from
   */
  public Origin withResource(String uri) {
    return new Origin(source, kind, uri, user, system);
  }

  /**
   * {@return this origin with a user}
   *
   * @param id who sends, authenticated
   */
  public Origin withUser(String id) {
    return new Origin(source, kind, resource, id, system);
  }

  /**
   * {@return this origin with a system}
   *
   * @param id which machine or program sends
   */
  public Origin withSystem(String id) {
    return new Origin(source, kind, resource, user, id);
  }

  /** Adds what is known as headers. */
  void addTo(Map<String, String> headers) {
    headers.put(SOURCE, source);
    headers.put(KIND, kind);
    put(headers, RESOURCE, resource);
    put(headers, USER, user);
    put(headers, SYSTEM, system);
  }

  private static void put(Map<String, String> headers, String name, @Nullable String value) {
    if (value != null) {
      headers.put(name, value);
    }
  }

  /** {@return the headers of this origin alone} */
  public Map<String, String> headers() {
    var headers = new HashMap<String, String>();
    addTo(headers);
    return Map.copyOf(headers);
  }
}
