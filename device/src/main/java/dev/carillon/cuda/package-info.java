/**
 * GPUs with NVIDIA's driver: streams, events, gates, memory, programs and graphs, by the driver API
 * of {@code libcuda}. {@link dev.carillon.cuda.CudaProvider} is found by itself; what a device and
 * a stream can do beyond events is had by {@code device.as(CudaDevice.class)} and {@code
 * stream.as(CudaStream.class)}.
 */
package dev.carillon.cuda;
