/**
 * A small inference server: requests become messages, messages become batches, batches wait for one
 * model, HIGH before LOW. Begin with {@code InferenceServer}; the rest is digits, HTTP and a load.
 */
package dev.carillon.examples.inference;
