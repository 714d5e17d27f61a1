package dev.carillon.opencl;

import java.util.stream.IntStream;

/** A program of the driver. */
record ClProgram(DeviceContext device, NativeHandle handle, String log) implements OpenClProgram {

  @Override
  public OpenClKernel newKernel(String name) {
    OpenCl cl = device.context().cl;
    long program = handle.use();
    try {
      long kernel = cl.createKernel(program, name);
      var kept = new NativeHandle("the kernel \"" + name + "\"", kernel, cl::releaseKernel);
      try {
        int parameters = cl.kernelArguments(kernel);
        var places =
            IntStream.range(0, parameters).map(i -> cl.kernelArgumentPlace(kernel, i)).boxed();
        return new ClKernel(device, kept, name, places.toList());
      } catch (RuntimeException | Error e) {
        kept.close();
        throw e;
      }
    } finally {
      handle.done();
    }
  }

  @Override
  public void close() {
    handle.close();
  }
}
