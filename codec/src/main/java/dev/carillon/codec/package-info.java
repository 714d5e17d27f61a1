/**
 * Messages of the bus in formats that others read and write. {@link
 * dev.carillon.codec.CloudEventsJson} turns a message into a CloudEvent 1.0 in JSON and back, and
 * publishes what was read.
 */
package dev.carillon.codec;
