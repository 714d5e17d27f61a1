package dev.carillon.bus;

import org.jspecify.annotations.Nullable;

/**
 * A message that nobody handled, published on {@code $dead.} and its topic.
 *
 * @param message the message
 * @param subscription whose handler failed for good; null if there was no subscription
 * @param cause why it failed; null if there was no subscription
 */
public record DeadLetter(
    Message<?> message, @Nullable String subscription, @Nullable Throwable cause) {}
