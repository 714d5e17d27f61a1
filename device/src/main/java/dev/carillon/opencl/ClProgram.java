package dev.carillon.opencl;

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
        return new ClKernel(device, kept, name, cl.kernelArguments(kernel));
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
