package dev.carillon.cuda;

import dev.carillon.spi.DeviceInfo;

/**
 * A GPU of NVIDIA's: what it has beyond streams and events, which is memory and programs. Had by
 * {@code device.as(CudaDevice.class)}.
 *
 * <p>Safe for use by any thread. Its methods throw {@link dev.carillon.spi.DeviceException} with
 * the driver's text if the driver refuses, and after the devices were closed. What it gives belongs
 * to it as it is then: {@code renew} ends it all. Allocating and loading may wait for what runs on
 * the device, if its driver does.
 */
public sealed interface CudaDevice permits CudaGpu {

  /** {@return what is known of it} */
  DeviceInfo info();

  /** {@return how much memory it has now} */
  CudaMemory memory();

  /**
   * {@return memory on the device, whose contents are not defined}
   *
   * @param bytes 1 or more
   * @throws IllegalArgumentException if it is less
   */
  CudaBuffer allocate(long bytes);

  /**
   * {@return memory of this process that the device can reach, filled with zeros} It is locked in
   * place, so it is scarce: take some and keep it. It counts towards what the JVM may have outside
   * its heap, {@code -XX:MaxDirectMemorySize}.
   *
   * @param bytes 1 or more
   * @throws IllegalArgumentException if it is less
   */
  CudaHostBuffer allocateHost(long bytes);

  /**
   * {@return a program, compiled for the device}
   *
   * @param ptx NVIDIA's portable assembly, for this device's compute capability or a lower one
   * @throws dev.carillon.spi.DeviceException if it does not compile, with what the compiler says
   */
  CudaModule load(String ptx);

  /**
   * {@return a program}
   *
   * @param image a cubin or fat binary, or PTX in ASCII
   * @throws dev.carillon.spi.DeviceException if it is none for this device, with what is said of it
   */
  CudaModule load(byte[] image);
}
