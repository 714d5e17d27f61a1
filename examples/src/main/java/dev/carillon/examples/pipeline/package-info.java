/**
 * Matrices multiplied on every device: a CPU stage, a device stage, a CPU stage, joined by events.
 */
package dev.carillon.examples.pipeline;
