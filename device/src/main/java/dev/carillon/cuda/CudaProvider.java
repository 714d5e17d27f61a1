package dev.carillon.cuda;

import dev.carillon.spi.DeviceDriver;
import dev.carillon.spi.DeviceKind;
import dev.carillon.spi.DeviceProvider;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * The GPUs that NVIDIA's driver serves, version 12.0 or newer. Found by {@link
 * java.util.ServiceLoader}; {@link #create} is for other settings than the usual ones.
 *
 * <p>The JVM has to be started with {@code --enable-native-access=dev.carillon.drivers}, or {@code
 * ALL-UNNAMED} on the class path. The system property {@code carillon.cuda.library} names a library
 * to be used instead of {@code libcuda.so.1}, {@code libcuda.so} or {@code nvcuda.dll}.
 *
 * <p>Each device is used by its primary context, the one that CUDA's runtime uses too, so that both
 * may share memory and streams in one process. Safe for use by any thread.
 */
public final class CudaProvider implements DeviceProvider {
  private final CudaConfig config;
  private final List<String> libraries;

  /** For {@link java.util.ServiceLoader}: the usual settings. */
  public CudaProvider() {
    this(CudaConfig.DEFAULT, CudaLibrary.names());
  }

  CudaProvider(CudaConfig config, List<String> libraries) {
    this.config = Objects.requireNonNull(config, "config");
    this.libraries = List.copyOf(libraries);
  }

  /**
   * {@return a provider}
   *
   * @param configure changes the usual settings, {@code c ->
   *     c.withCompletion(CudaCompletion.HOST_FUNCTION)}
   */
  public static CudaProvider create(UnaryOperator<CudaConfig> configure) {
    return new CudaProvider(configure.apply(CudaConfig.DEFAULT), CudaLibrary.names());
  }

  /** {@return {@link DeviceKind#CUDA}} */
  @Override
  public DeviceKind kind() {
    return DeviceKind.CUDA;
  }

  /**
   * {@return the driver}
   *
   * @throws dev.carillon.spi.DeviceUnavailableException if there is no driver, it is too old or
   *     lacks a function, there is no GPU, or the JVM was started without the option above
   */
  @Override
  public DeviceDriver<?, ?> open() {
    return CudaDriver.open(CudaLibrary.open(libraries), config);
  }
}
