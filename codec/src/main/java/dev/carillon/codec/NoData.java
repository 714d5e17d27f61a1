package dev.carillon.codec;

/**
 * The payload of a message whose CloudEvent has no data: only its type and its attributes say
 * something. A type of event that never has data is added by {@code
 * CloudEventsConfig.withType("com.shop.opened", NoData.class)}.
 */
public record NoData() {}
