package dev.carillon.source;

import dev.carillon.spi.EventFormat;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Settings of an {@link HttpEndpoint}.
 *
 * @param address where it listens
 * @param paths methods by path; all paths, for POST, if empty
 * @param contentTypes what bodies may be; all if empty
 * @param tls null for HTTP without it
 * @param needsCertificate of the client
 * @param auth null if nobody is asked
 * @param reply when requests are answered
 * @param limits what is refused
 * @param formats instead of those that are found; null for those
 * @param onlyEvents whether all else is refused
 * @param repeats how many keys are remembered; 0 for none
 * @param repeatHeaders headers that tell a request from others, the first that is there
 * @param keptHeaders that become headers of items, in lower case
 */
record HttpSettings(
    InetSocketAddress address,
    Map<String, Set<String>> paths,
    List<String> contentTypes,
    @Nullable SSLContext tls,
    boolean needsCertificate,
    @Nullable WebAuth auth,
    WebReply reply,
    HttpLimits limits,
    @Nullable List<EventFormat> formats,
    boolean onlyEvents,
    int repeats,
    List<String> repeatHeaders,
    List<String> keptHeaders) {

  HttpSettings {
    paths = Map.copyOf(paths);
    contentTypes = List.copyOf(contentTypes);
    formats = formats == null ? null : List.copyOf(formats);
    repeatHeaders = List.copyOf(repeatHeaders);
    keptHeaders = List.copyOf(keptHeaders);
  }

  static HttpSettings at(InetSocketAddress address) {
    return new HttpSettings(
        address,
        Map.of(),
        List.of(),
        null,
        false,
        null,
        WebReply.HANDLED,
        HttpLimits.DEFAULT,
        null,
        false,
        0,
        List.of(),
        List.of());
  }

  HttpSettings change(Consumer<Draft> change) {
    var d = new Draft(this);
    change.accept(d);
    return new HttpSettings(
        d.address,
        d.paths,
        d.contentTypes,
        d.tls,
        d.needsCertificate,
        d.auth,
        d.reply,
        d.limits,
        d.formats,
        d.onlyEvents,
        d.repeats,
        d.repeatHeaders,
        d.keptHeaders);
  }

  /** Settings that are being changed. */
  static final class Draft {
    InetSocketAddress address;
    Map<String, Set<String>> paths;
    List<String> contentTypes;
    @Nullable SSLContext tls;
    boolean needsCertificate;
    @Nullable WebAuth auth;
    WebReply reply;
    HttpLimits limits;
    @Nullable List<EventFormat> formats;
    boolean onlyEvents;
    int repeats;
    List<String> repeatHeaders;
    List<String> keptHeaders;

    Draft(HttpSettings from) {
      this.address = from.address;
      this.paths = from.paths;
      this.contentTypes = from.contentTypes;
      this.tls = from.tls;
      this.needsCertificate = from.needsCertificate;
      this.auth = from.auth;
      this.reply = from.reply;
      this.limits = from.limits;
      this.formats = from.formats;
      this.onlyEvents = from.onlyEvents;
      this.repeats = from.repeats;
      this.repeatHeaders = from.repeatHeaders;
      this.keptHeaders = from.keptHeaders;
    }
  }
}
