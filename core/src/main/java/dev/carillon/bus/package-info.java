/**
 * The bus: messages on typed topics, to whoever has subscribed to a pattern of their names. {@link
 * dev.carillon.bus.Topic} names what is published, {@link dev.carillon.bus.TopicPattern} what is
 * heard, and {@link dev.carillon.bus.Topics} makes a catalogue of topics from an enum or a sealed
 * type.
 */
package dev.carillon.bus;
