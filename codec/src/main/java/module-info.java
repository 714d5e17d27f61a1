import org.jspecify.annotations.NullMarked;

/**
 * Values and messages of the bus in the formats of foreign libraries: CloudEvents in JSON and
 * protobuf, any object by Fory. A module of its own because of Jackson, which the core does
 * without, and of protobuf and Fory, which only their users need: both are optional, here and in
 * Maven. No type of any of them is part of the API.
 */
@NullMarked
@SuppressWarnings("requires-automatic") // protobuf has no module-info yet
module dev.carillon.codec {
  requires transitive dev.carillon;
  requires static transitive org.jspecify;
  requires tools.jackson.databind;
  requires static com.google.protobuf;
  requires static org.apache.fory.core;

  exports dev.carillon.codec;

  provides dev.carillon.spi.EventFormat with
      dev.carillon.codec.JsonEvents,
      dev.carillon.codec.ProtobufEvents;
}
