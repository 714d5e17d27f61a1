import org.jspecify.annotations.NullMarked;

/**
 * Devices that foreign drivers serve: GPUs by NVIDIA's CUDA, and whatever has an OpenCL runtime. A
 * module of its own because calling drivers needs the JVM flag {@code
 * --enable-native-access=dev.carillon.drivers}, or {@code ALL-UNNAMED} on the class path. Nothing
 * is linked: a driver is looked for when it is asked for.
 */
@NullMarked
module dev.carillon.drivers {
  requires transitive dev.carillon;
  requires static transitive org.jspecify;

  exports dev.carillon.cuda;
  exports dev.carillon.opencl;

  provides dev.carillon.spi.DeviceProvider with
      dev.carillon.cuda.CudaProvider,
      dev.carillon.opencl.OpenClProvider;
}
