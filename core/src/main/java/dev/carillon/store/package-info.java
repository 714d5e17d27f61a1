/**
 * Stores of messages: {@link dev.carillon.store.Stores#inMemory} for as long as the process lives,
 * and {@link dev.carillon.store.Stores#segments} in files, which outlives it.
 *
 * <p>Both are a {@link dev.carillon.spi.MessageStore}. What each proves, and what it does after a
 * crash, is told in {@code docs/stores.md}.
 */
package dev.carillon.store;
