/**
 * Values as bytes, with nothing but the JDK: records, enums, sealed hierarchies, collections,
 * arrays, times and registered classes, by the names that they were registered under.
 *
 * <p>{@link dev.carillon.binary.BinaryCodec#of} makes a {@link dev.carillon.spi.Codec}; {@link
 * dev.carillon.binary.Codecs} lets a bus keep its payloads with one. The format, what may change in
 * a record while its old bytes stay readable, and what is done against hostile bytes is told in
 * {@code docs/codec.md}.
 */
package dev.carillon.binary;
