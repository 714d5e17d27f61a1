package dev.carillon.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.carillon.spi.DeviceUnavailableException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The driver's library, opened: finds it and its functions, or says what is missing. It stays
 * loaded until the process ends, as a driver has threads of its own.
 */
@SuppressWarnings("restricted") // needs --enable-native-access, as the module says
final class CudaLibrary {
  /** The library to use instead of those that are looked for, for tests of drivers. */
  static final String LIBRARY_PROPERTY = "carillon.cuda.library";

  /** The names of the library, in the order in which they are tried. */
  static final List<String> NAMES =
      System.getProperty("os.name", "").startsWith("Windows")
          ? List.of("nvcuda.dll")
          : List.of("libcuda.so.1", "libcuda.so");

  static final int OLDEST = 12000;
  private static final int THOUSAND = 1000;
  private static final int TEN = 10;
  private static final String HOW_TO_GET =
      "Install NVIDIA's driver, 525 or newer, from nvidia.com or the system's own package (Debian:"
          + " apt-get install nvidia-driver); in a container have the host's driver passed in.";

  // No constants, so that this class can be loaded by those who must not call drivers.
  private final MethodHandle onePointer =
      Linker.nativeLinker().downcallHandle(FunctionDescriptor.of(JAVA_INT, ADDRESS));
  private final MethodHandle getAddressForm =
      Linker.nativeLinker()
          .downcallHandle(
              FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, JAVA_LONG, ADDRESS));

  private final String name;
  private final SymbolLookup symbols;
  private final @Nullable MemorySegment getAddress; // cuGetProcAddress_v2
  private final int version;

  private CudaLibrary(String name, SymbolLookup symbols) {
    this.name = name;
    this.symbols = symbols;
    this.version = askVersion();
    if (version < OLDEST) {
      throw new DeviceUnavailableException(
          "CUDA's driver must be of version %s or newer: version=%s, library=%s. %s"
              .formatted(dotted(OLDEST), dotted(version), name, HOW_TO_GET));
    }
    this.getAddress = symbols.find("cuGetProcAddress_v2").orElse(null);
  }

  /** {@return the names to look for: what the property says, or the usual ones} */
  static List<String> names() {
    String instead = System.getProperty(LIBRARY_PROPERTY);
    return instead == null ? NAMES : List.of(instead);
  }

  /**
   * {@return the first of some libraries that can be opened}
   *
   * @throws DeviceUnavailableException if there is none, it is too old, or this module must not
   *     call it
   */
  static CudaLibrary open(List<String> names) {
    var reasons = new ArrayList<String>();
    for (String name : names) {
      try {
        return new CudaLibrary(name, SymbolLookup.libraryLookup(name, Arena.global()));
      } catch (IllegalArgumentException e) {
        reasons.add(e.getMessage());
      } catch (IllegalCallerException e) {
        throw new DeviceUnavailableException(
            "calling CUDA must be allowed to this module: start the JVM with"
                + " --enable-native-access=dev.carillon.drivers, or with ALL-UNNAMED where it is on"
                + " the class path",
            e);
      }
    }
    throw new DeviceUnavailableException(
        "no driver of CUDA was found: libraries=%s, looked for where the system's loader looks (%s)."
                .formatted(names, String.join("; ", reasons))
            + " "
            + HOW_TO_GET);
  }

  /** {@return the functions, bound, the driver initialized} */
  CudaApi api() {
    var api = new CudaApi(this::required, this::newer);
    int code = api.init(0);
    if (code != CudaApi.SUCCESS) {
      throw unavailable(api.describe("cuInit", code), null);
    }
    return api;
  }

  /** {@return what is said of a driver that is here, and cannot be used} */
  DeviceUnavailableException unavailable(String why, @Nullable Throwable cause) {
    return new DeviceUnavailableException(
        "%s was found, and cannot be used: %s. A GPU of NVIDIA has to be here and visible to this process (nvidia-smi lists those that are). %s"
            .formatted(this, why, HOW_TO_GET),
        cause);
  }

  /** {@return the driver's name and version} */
  @Override
  public String toString() {
    return "CUDA driver " + dotted(version) + " (" + name + ")";
  }

  private static String dotted(int version) {
    return version / THOUSAND + "." + version % THOUSAND / TEN;
  }

  private int askVersion() {
    MemorySegment function = exported("cuDriverGetVersion");
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_INT);
      int code = (int) onePointer.invokeExact(function, out);
      return code == CudaApi.SUCCESS ? out.get(JAVA_INT, 0) : 0;
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  private MemorySegment required(String plainName, String exportedName) {
    MemorySegment found = versioned(plainName, OLDEST);
    return found == null ? exported(exportedName) : found;
  }

  private @Nullable MemorySegment newer(String plainName, int since) {
    return version < since ? null : versioned(plainName, since);
  }

  private MemorySegment exported(String exportedName) {
    return symbols
        .find(exportedName)
        .orElseThrow(() ->
            new DeviceUnavailableException(
                "CUDA's driver must have the function %s: library=%s. %s"
                    .formatted(exportedName, name, HOW_TO_GET)));
  }

  /** {@return the function as drivers of a version had it; null if this one does not tell} */
  private @Nullable MemorySegment versioned(String plainName, int as) {
    if (getAddress == null) {
      return null;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ADDRESS);
      MemorySegment status = arena.allocate(JAVA_INT);
      int code =
          (int)
              getAddressForm.invokeExact(
                  getAddress, arena.allocateFrom(plainName), out, as, 0L, status);
      MemorySegment found = out.get(ADDRESS, 0);
      return code == CudaApi.SUCCESS && found.address() != 0 ? found : null;
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  private static IllegalStateException broken(Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    }
    return new IllegalStateException("a native function threw something", thrown);
  }
}
