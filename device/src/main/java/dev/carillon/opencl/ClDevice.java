package dev.carillon.opencl;

import dev.carillon.spi.DeviceException;
import dev.carillon.spi.DeviceInfo;
import java.util.function.LongFunction;

/** A device of the driver. */
record ClDevice(DeviceContext device) implements OpenClDevice {
  private static final String ARGUMENTS = " -cl-kernel-arg-info"; // so that kernels can check them

  @Override
  public DeviceInfo info() {
    return device.info();
  }

  @Override
  public OpenClBuffer newBuffer(long bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException("a buffer must have 1 byte or more: bytes=" + bytes);
    }
    PlatformContext context = device.context();
    long buffer = inContext(id -> context.cl.createBuffer(id, bytes));
    var handle = new NativeHandle("a buffer", buffer, context.cl::releaseMemory);
    return new ClBuffer(context, handle, bytes);
  }

  @Override
  public OpenClProgram build(String source, String options) {
    OpenCl cl = device.context().cl;
    long program = inContext(id -> cl.createProgram(id, source));
    var handle = new NativeHandle("a program", program, cl::releaseProgram);
    try {
      int code = cl.buildProgram(program, device.id(), options + ARGUMENTS);
      String log = cl.buildLog(program, device.id());
      if (code != 0) {
        DeviceException failure = OpenCl.failed("clBuildProgram", code);
        throw new DeviceException(failure.getMessage() + "; the compiler says:\n" + log);
      }
      return new ClProgram(device, handle, log);
    } catch (RuntimeException | Error e) {
      handle.close();
      throw e;
    }
  }

  private <T> T inContext(LongFunction<T> make) {
    NativeHandle context = device.context().handle;
    long id = context.use();
    try {
      return make.apply(id);
    } finally {
      context.done();
    }
  }
}
