package dev.carillon.source;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A request that came in by HTTP. Safe for use by any thread; only {@link #answer} changes
 * anything.
 */
public sealed interface WebRequest permits ReceivedRequest {

  /** {@return its id in this process and outside: a UUID} */
  String id();

  /** {@return its method, such as {@code POST}} */
  String method();

  /** {@return the path of its URI, decoded} */
  String path();

  /** {@return the query of its URI as it came; empty if it has none} */
  String query();

  /**
   * {@return the first parameter of that name in the query, decoded}
   *
   * @param name its name
   */
  Optional<String> parameter(String name);

  /**
   * {@return all headers; their names are found in upper and lower case} {@code Authorization} and
   * {@code Cookie} are left out if the endpoint authenticates.
   */
  Map<String, List<String>> headers();

  /**
   * {@return the first header of that name}
   *
   * @param name in upper or lower case
   */
  Optional<String> header(String name);

  /** {@return the media type of the body, as it came; empty if nothing is said} */
  String contentType();

  /** {@return a copy of the body; of a CloudEvent, its data} */
  byte[] body();

  /** {@return the length of the body in bytes} */
  int length();

  /**
   * {@return the body as a text} In the charset that its media type names, if that is known, else
   * in UTF-8; what is malformed is replaced.
   */
  String text();

  /** {@return who sent it, as far as the machine is concerned} */
  InetSocketAddress remote();

  /** {@return who sent it, if that was authenticated} */
  Optional<String> user();

  /**
   * {@return the attributes of the CloudEvent that it is, the media type of the data apart; empty
   * if it is none} Extensions are texts.
   */
  Map<String, String> event();

  /**
   * Answers it, unless it has been answered. Whether the answer has reached the sender is not
   * known.
   *
   * @param answer what to answer
   * @return whether this is the answer; false if it was answered before, by whomever, or came too
   *     late
   */
  boolean answer(WebAnswer answer);
}
