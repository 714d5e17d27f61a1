/**
 * What can be put below Carillon: interfaces, and the records and exceptions they speak in.
 *
 * <p>{@link dev.carillon.spi.MessageStore} keeps messages. Two implementations are in {@code
 * dev.carillon.store}; the testkit has the contract that every other one has to keep.
 */
package dev.carillon.spi;
