package dev.carillon.cuda;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.carillon.spi.DeviceDriver;
import dev.carillon.spi.DeviceException;
import dev.carillon.spi.DeviceFunctions;
import dev.carillon.spi.DeviceInfo;
import dev.carillon.spi.StreamOptions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.IntStream;

/** The driver, opened: its devices, their streams, and what it does with events. */
final class CudaDriver implements DeviceDriver<LocalCudaStream, CudaEvent> {
  private final String version;
  private final List<CudaGpu> gpus;
  private final DeviceFunctions<LocalCudaStream, CudaEvent> functions;

  private volatile boolean isClosed; // written under this

  private CudaDriver(String version, List<CudaGpu> gpus, CudaConfig config) {
    this.version = version;
    this.gpus = gpus;
    this.functions = EventTable.of(gpus, config);
  }

  static CudaDriver open(CudaLibrary library, CudaConfig config) {
    CudaApi api = library.api();
    int count;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_INT);
      int code = api.deviceGetCount(out);
      if (code != CudaApi.SUCCESS) {
        throw library.unavailable(api.describe("cuDeviceGetCount", code), null);
      }
      count = out.get(JAVA_INT, 0);
    }
    if (count < 1) {
      throw library.unavailable("it has no device", null);
    }
    try {
      var gpus = IntStream.range(0, count).mapToObj(index -> new CudaGpu(api, index)).toList();
      return new CudaDriver(library.toString(), gpus, config);
    } catch (DeviceException e) {
      throw library.unavailable("a device does not say what it is", e);
    }
  }

  private void checkOpen() {
    if (isClosed) {
      throw new DeviceException("a driver must not be used after it was closed: " + version);
    }
  }

  private CudaGpu gpu(int device) {
    checkOpen();
    if (device < 0 || device >= gpus.size()) {
      throw new DeviceException(
          "a device must be one of the driver's: device=%d, devices=%d"
              .formatted(device, gpus.size()));
    }
    return gpus.get(device);
  }

  @Override
  public String version() {
    checkOpen();
    return version;
  }

  @Override
  public List<DeviceInfo> devices() {
    checkOpen();
    return gpus.stream().map(CudaGpu::info).toList();
  }

  @Override
  public DeviceFunctions<LocalCudaStream, CudaEvent> functions() {
    checkOpen();
    return functions;
  }

  @Override
  public LocalCudaStream openStream(int device, StreamOptions options) {
    return gpu(device).openStream(options);
  }

  @Override
  public void closeStream(LocalCudaStream stream) {
    checkOpen();
    stream.close();
  }

  @Override
  public CudaDevice device(int device) {
    return gpu(device);
  }

  /** One at a time: who ends a context waits for calls that may hold another's. */
  @Override
  public synchronized void renew(int device) {
    gpu(device).renew();
  }

  @Override
  public synchronized void close() {
    if (!isClosed) {
      gpus.forEach(CudaGpu::close);
      isClosed = true;
    }
  }
}
