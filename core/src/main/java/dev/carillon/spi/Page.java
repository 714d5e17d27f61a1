package dev.carillon.spi;

import java.util.List;

/**
 * What a read found.
 *
 * @param messages in the order of their sequences; fewer than the limit if the end was reached
 * @param next where to read on: all before it was looked at
 */
public record Page(List<StoredMessage> messages, long next) {}
