/**
 * Files that others write are polled at a bounded rate, each at its own pace, and what is new goes
 * to a bus. Begin with {@code Polling}; {@code Feed} is a file.
 */
package dev.carillon.examples.polling;
