import org.jspecify.annotations.NullMarked;

/**
 * Messages of the bus in formats that others read and write: CloudEvents in JSON. A module of its
 * own because of Jackson, which the core does without; no type of Jackson is part of the API.
 */
@NullMarked
module dev.carillon.codec {
  requires transitive dev.carillon;
  requires static transitive org.jspecify;
  requires tools.jackson.databind;

  exports dev.carillon.codec;

  provides dev.carillon.spi.EventFormat with
      dev.carillon.codec.JsonEvents;
}
