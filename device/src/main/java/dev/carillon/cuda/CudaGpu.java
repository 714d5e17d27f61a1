package dev.carillon.cuda;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.carillon.spi.DeviceException;
import dev.carillon.spi.DeviceInfo;
import dev.carillon.spi.DeviceKind;
import dev.carillon.spi.StreamOptions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A GPU and its context, which is retained when it is needed first. */
final class CudaGpu implements CudaDevice {
  private static final int LONGEST_NAME = 256;

  private final CudaApi api;
  private final int handle;
  private final DeviceInfo info;
  private final boolean hasGates;
  private final boolean hasPools;

  private volatile @Nullable CudaContext context; // written under this
  private boolean isClosed; // guarded by this

  CudaGpu(CudaApi api, int index) {
    this.api = api;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment device = arena.allocate(JAVA_INT);
      api.check("cuDeviceGet", api.deviceGet(device, index));
      handle = device.get(JAVA_INT, 0);
      MemorySegment name = arena.allocate(LONGEST_NAME);
      api.check("cuDeviceGetName", api.deviceGetName(name, LONGEST_NAME, handle));
      MemorySegment bytes = arena.allocate(JAVA_LONG);
      api.check("cuDeviceTotalMem", api.deviceTotalMem(bytes, handle));
      hasGates =
          attribute(CudaApi.STREAM_MEMORY_OPERATIONS) != 0
              || attribute(CudaApi.STREAM_MEMORY_OPERATIONS_64) != 0;
      hasPools = attribute(CudaApi.MEMORY_POOLS) != 0;
      String capability =
          attribute(CudaApi.COMPUTE_CAPABILITY_MAJOR)
              + "."
              + attribute(CudaApi.COMPUTE_CAPABILITY_MINOR);
      info =
          new DeviceInfo(
              DeviceKind.CUDA,
              index,
              name.getString(0),
              bytes.get(JAVA_LONG, 0),
              Map.of(
                  "compute capability", capability,
                  "multiprocessors", String.valueOf(attribute(CudaApi.MULTIPROCESSOR_COUNT)),
                  "gates", String.valueOf(hasGates),
                  "memory pools", String.valueOf(hasPools)));
    }
  }

  private int attribute(int attribute) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(JAVA_INT);
      api.check("cuDeviceGetAttribute", api.deviceGetAttribute(value, attribute, handle));
      return value.get(JAVA_INT, 0);
    }
  }

  int handle() {
    return handle;
  }

  String id() {
    return info.id();
  }

  boolean hasGates() {
    return hasGates;
  }

  boolean hasPools() {
    return hasPools;
  }

  @Override
  public DeviceInfo info() {
    return info;
  }

  /** {@return the context, retained if it is needed first now} */
  CudaContext context() {
    CudaContext known = context;
    return known != null ? known : retained();
  }

  private synchronized CudaContext retained() {
    if (isClosed) {
      throw closed();
    }
    CudaContext known = context;
    if (known == null) {
      known = new CudaContext(api, this);
      context = known;
    }
    return known;
  }

  private DeviceException closed() {
    return new DeviceException(
        "a device must not be used after its driver was closed: device=" + id());
  }

  LocalCudaStream openStream(StreamOptions options) {
    CudaContext in = context();
    in.sweep();
    long entered = in.enter();
    try {
      return new LocalCudaStream(in, in.newStream(options.priority()));
    } finally {
      in.exit(entered);
    }
  }

  /** Destroys the context, and makes the next one to see whether the device is well. */
  synchronized void renew() {
    if (isClosed) {
      throw closed();
    }
    CudaContext before = context;
    if (before != null) {
      before.reset("it was renewed");
      context = null;
    }
    retained().check();
  }

  synchronized void close() {
    isClosed = true;
    CudaContext before = context;
    if (before != null) {
      before.release("it was closed");
      context = null;
    }
  }

  @Override
  public CudaMemory memory() {
    CudaContext in = context();
    long entered = in.enter();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment free = arena.allocate(JAVA_LONG);
      MemorySegment total = arena.allocate(JAVA_LONG);
      api.check("cuMemGetInfo", api.memGetInfo(free, total));
      return new CudaMemory(free.get(JAVA_LONG, 0), total.get(JAVA_LONG, 0));
    } finally {
      in.exit(entered);
    }
  }

  @Override
  public CudaBuffer allocate(long bytes) {
    return LocalBuffer.allocate(context(), bytes);
  }

  @Override
  public CudaHostBuffer allocateHost(long bytes) {
    return LocalHostBuffer.allocate(context(), bytes);
  }

  @Override
  public CudaModule load(String ptx) {
    return LocalModule.load(context(), ptx);
  }

  @Override
  public CudaModule load(byte[] image) {
    return LocalModule.load(context(), image);
  }

  @Override
  public String toString() {
    return id() + " " + info.name();
  }
}
