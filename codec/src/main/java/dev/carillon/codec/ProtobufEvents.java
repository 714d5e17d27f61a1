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
import java.util.HashMap;
import java.util.List;

/**
 * CloudEvents in protobuf, single ones and batches, for endpoints that take them in as a whole:
 * found by them when this artifact is there. Their data is given on as bytes, so no types need be
 * known. Without {@code com.google.protobuf:protobuf-java} it reads no media type.
 *
 * <p>Immutable, and safe for use by any thread.
 */
public final class ProtobufEvents implements EventFormat {
  private final CloudEventsConfig config;

  /** Makes a format with the default limits: 1 MiB a document. */
  public ProtobufEvents() {
    this(CloudEventsConfig.DEFAULT);
  }

  /**
   * Makes a format.
   *
   * @param config its limits hold; its types are not used
   */
  public ProtobufEvents(CloudEventsConfig config) {
    this.config = config;
  }

  @Override
  public boolean reads(String mediaType) {
    boolean isOurs =
        mediaType.equals(CloudEventsProtobuf.MEDIA_TYPE)
            || mediaType.equals(CloudEventsProtobuf.BATCH_MEDIA_TYPE);
    return isOurs && Protobuf.isThere();
  }

  @Override
  public List<EventRecord> read(String mediaType, byte[] document, int most) {
    Protobuf.require("ProtobufEvents");
    var reader = new WireReader(config);
    try {
      return mediaType.equals(CloudEventsProtobuf.BATCH_MEDIA_TYPE)
          ? reader.batch(document, most, ProtobufEvents::toRecord)
          : List.of(reader.one(document, ProtobufEvents::toRecord));
    } catch (CodecException e) {
      throw new PayloadException(String.valueOf(e.getMessage()), e);
    }
  }

  private static EventRecord toRecord(CloudEvent event) {
    var attributes = new HashMap<>(event.attributes());
    String contentType = attributes.get(Names.DATACONTENTTYPE);
    if (contentType != null) {
      ContentTypes.check(contentType);
    }
    byte[] data =
        switch (event.data()) {
          case None _ -> new byte[0];
          case Binary binary -> binary.bytes();
          case Text(var text) -> text.getBytes(StandardCharsets.UTF_8);
          case Proto message -> {
            attributes.putIfAbsent(Names.DATACONTENTTYPE, ContentTypes.PROTOBUF);
            yield message.bytes();
          }
          case Json _, Raw _, Value _ ->
              throw new IllegalStateException("data is read as it was written");
        };
    return new EventRecord(attributes, data);
  }
}
