package dev.carillon.codec;

import dev.carillon.codec.CloudEvent.Binary;
import dev.carillon.codec.CloudEvent.Json;
import dev.carillon.codec.CloudEvent.None;
import dev.carillon.codec.CloudEvent.Proto;
import dev.carillon.codec.CloudEvent.Raw;
import dev.carillon.codec.CloudEvent.Text;
import dev.carillon.codec.CloudEvent.Value;
import dev.carillon.spi.EventFormat;
import dev.carillon.spi.EventRecord;
import dev.carillon.spi.PayloadException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * CloudEvents in JSON, single ones and batches, for endpoints that take them in as a whole: found
 * by them when this artifact is there. Their data is given on as bytes, so no types need be known.
 *
 * <p>Immutable, and safe for use by any thread.
 */
public final class JsonEvents implements EventFormat {
  private final JsonMapping json;
  private final EventReader reader;

  /** Makes a format with the default limits: 1 MiB a document. */
  public JsonEvents() {
    this(CloudEventsConfig.DEFAULT);
  }

  /**
   * Makes a format.
   *
   * @param config its limits hold; its types are not used
   */
  public JsonEvents(CloudEventsConfig config) {
    this.json = new JsonMapping(config);
    this.reader = new EventReader(config, json, true);
  }

  @Override
  public boolean reads(String mediaType) {
    return mediaType.equals(CloudEventsJson.MEDIA_TYPE)
        || mediaType.equals(CloudEventsJson.BATCH_MEDIA_TYPE);
  }

  @Override
  public List<EventRecord> read(String mediaType, byte[] document, int most) {
    try {
      if (mediaType.equals(CloudEventsJson.BATCH_MEDIA_TYPE)) {
        return reader.batch(reader.text(document, "a batch"), most, this::toRecord);
      }
      return List.of(reader.one(reader.text(document, "an event"), this::toRecord));
    } catch (CodecException e) {
      throw new PayloadException(String.valueOf(e.getMessage()), e);
    }
  }

  private EventRecord toRecord(CloudEvent event) {
    Map<String, String> attributes = event.attributes();
    String contentType = attributes.get(Names.DATACONTENTTYPE);
    if (contentType != null) {
      ContentTypes.check(contentType);
    }
    boolean isJson = contentType == null || ContentTypes.isJson(contentType);
    byte[] data =
        switch (event.data()) {
          case None _ -> new byte[0];
          case Binary binary -> binary.bytes();
          case Raw(var text) -> (isJson ? text : string(text)).getBytes(StandardCharsets.UTF_8);
          case Json _, Value _, Text _, Proto _ ->
              throw new IllegalStateException("data is read as it was written");
        };
    return new EventRecord(attributes, data);
  }

  private String string(String text) {
    try (JsonParser parser = json.parser(text)) {
      if (parser.nextToken() != JsonToken.VALUE_STRING) {
        throw new CodecException("data of a datacontenttype that is not JSON must be a string");
      }
      return parser.getString();
    }
  }
}
