/**
 * Values and messages of the bus in formats of foreign libraries. {@link
 * dev.carillon.codec.CloudEventsJson} and {@link dev.carillon.codec.CloudEventsProtobuf} turn a
 * message into a CloudEvent 1.0 and back, and publish what was read; {@link
 * dev.carillon.codec.ForyCodec} turns any object into bytes and back.
 */
package dev.carillon.codec;
