package dev.carillon.tools;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.carillon.spi.PayloadCodec;
import dev.carillon.spi.PayloadException;
import dev.carillon.tools.CensusMessage.Failed;
import dev.carillon.tools.CensusMessage.Finished;
import dev.carillon.tools.CensusMessage.Measured;
import dev.carillon.tools.CensusMessage.Poisoned;
import dev.carillon.tools.CensusMessage.Progress;
import dev.carillon.tools.CensusMessage.Started;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes what is published of a census as JSON, an object with the components of the record, and
 * reads it. Members that it does not know are passed over.
 */
final class CensusCodec implements PayloadCodec {
  // the names that the classes have now; they stay when the classes are renamed
  private static final String KINDS = "dev.carillon.tools.CensusMessage$";
  private static final String STARTED = KINDS + "Started";
  private static final String PROGRESS = KINDS + "Progress";
  private static final String FINISHED = KINDS + "Finished";
  private static final String FAILED = KINDS + "Failed";
  private static final String MEASURED = KINDS + "Measured";
  private static final String POISONED = KINDS + "Poisoned";

  @Override
  public String typeOf(Object payload) {
    return switch (message(payload)) {
      case Started _ -> STARTED;
      case Progress _ -> PROGRESS;
      case Finished _ -> FINISHED;
      case Failed _ -> FAILED;
      case Measured _ -> MEASURED;
      case Poisoned _ -> POISONED;
    };
  }

  @Override
  public byte[] encode(Object payload) {
    var json = new JsonText.Line();
    switch (message(payload)) {
      case Started(String jdk, int cores, String fault) ->
          json.with("jdk", jdk).with("cores", cores).with("fault", fault);
      case Progress(long read, long pending) -> json.with("read", read).with("pending", pending);
      case Finished finished ->
          json.with("digest", finished.digest())
              .with("classes", finished.classes())
              .with("modules", finished.modules())
              .with("edges", finished.edges())
              .with("maxDepth", finished.maxDepth())
              .with("missing", finished.missing())
              .with("seconds", finished.seconds());
      case Failed(String reason) -> json.with("reason", reason);
      case Measured(String name, int depth, int ancestors) ->
          json.with("name", name).with("depth", depth).with("ancestors", ancestors);
      case Poisoned(String name, String reason) -> json.with("name", name).with("reason", reason);
    }
    return json.end().getBytes(UTF_8);
  }

  private static CensusMessage message(Object payload) {
    if (payload instanceof CensusMessage message) {
      return message;
    }
    throw new PayloadException(
        "a payload must be a message of a census: class=" + payload.getClass().getName(), null);
  }

  @Override
  public CensusMessage decode(String type, byte[] bytes) {
    Fields fields = Fields.of(type, bytes);
    return switch (type) {
      case STARTED -> new Started(fields.text("jdk"), fields.count("cores"), fields.text("fault"));
      case PROGRESS -> new Progress(fields.whole("read"), fields.whole("pending"));
      case FINISHED ->
          new Finished(
              fields.text("digest"),
              fields.count("classes"),
              fields.count("modules"),
              fields.whole("edges"),
              fields.count("maxDepth"),
              fields.count("missing"),
              fields.number("seconds"));
      case FAILED -> new Failed(fields.text("reason"));
      case MEASURED ->
          new Measured(fields.text("name"), fields.count("depth"), fields.count("ancestors"));
      case POISONED -> new Poisoned(fields.text("name"), fields.text("reason"));
      default ->
          throw new PayloadException("a type must be one of a census: type=\"" + type + "\"", null);
    };
  }

  /** What was read of a payload. */
  private record Fields(String type, Map<String, @Nullable Object> byName) {
    static Fields of(String type, byte[] bytes) {
      return PayloadFields.text(bytes)
          .flatMap(JsonFields::parse)
          .map(byName -> new Fields(type, byName))
          .orElseThrow(() ->
              new PayloadException(
                  "a message of a census must be a JSON object in UTF-8: type=\"%s\", bytes=%d"
                      .formatted(type, bytes.length),
                  null));
    }

    String text(String name) {
      return of(String.class, name);
    }

    long whole(String name) {
      return of(Long.class, name);
    }

    int count(String name) {
      long value = whole(name);
      if (value != (int) value) {
        throw unfit(name, value);
      }
      return (int) value;
    }

    double number(String name) {
      return of(Number.class, name).doubleValue();
    }

    private <T> T of(Class<T> kind, String name) {
      Object value = byName.get(name);
      if (!kind.isInstance(value)) {
        throw unfit(name, value);
      }
      return kind.cast(value);
    }

    private PayloadException unfit(String name, @Nullable Object value) {
      return new PayloadException(
          "a member must be there and fit: type=\"%s\", %s=%s".formatted(type, name, value), null);
    }
  }
}
