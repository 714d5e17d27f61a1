package dev.carillon.cuda;

/**
 * How much memory a GPU has.
 *
 * @param free bytes that nobody uses, of any process
 * @param total bytes in all
 */
public record CudaMemory(long free, long total) {}
