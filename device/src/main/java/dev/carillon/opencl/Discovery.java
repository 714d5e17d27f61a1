package dev.carillon.opencl;

import dev.carillon.spi.DeviceException;
import dev.carillon.spi.DeviceInfo;
import dev.carillon.spi.DeviceKind;
import dev.carillon.spi.DeviceUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the platforms of a library and their devices. */
final class Discovery {
  private static final Pattern VERSION = Pattern.compile("OpenCL (\\d{1,4})\\.(\\d{1,2})\\b.*");
  private static final Object LOCK = new Object();

  private static final String POCL = "Portable Computing Language";

  private final OpenCl cl;
  private final List<DeviceContext> devices = new ArrayList<>();
  private final List<String> versions = new ArrayList<>();
  private final List<String> reasons = new ArrayList<>(); // of platforms that cannot be used

  private Discovery(OpenCl cl) {
    this.cl = cl;
  }

  /** {@return the driver of all devices, numbered as the library names platforms and devices} */
  static ClDriver open(List<String> names) {
    // One at a time, or a thread would keep, as the JVM's, what another's driver has made of them.
    try {
      synchronized (LOCK) {
        try (var _ = JvmSignals.keep()) {
          var discovery = new Discovery(OpenCl.load(names));
          for (long platform : discovery.cl.platforms()) {
            discovery.tryPlatform(platform);
          }
          return discovery.driver();
        }
      }
    } catch (IllegalCallerException e) {
      throw new DeviceUnavailableException(
          "calling OpenCL must be allowed to this module: start the JVM with"
              + " --enable-native-access=dev.carillon.drivers, or with ALL-UNNAMED where it is on the"
              + " class path",
          e);
    }
  }

  private ClDriver driver() {
    if (devices.isEmpty()) {
      throw new DeviceUnavailableException(
          "there is no device of OpenCL: looked for platforms by the library "
              + cl.name()
              + ", which reads the drivers' names from /etc/OpenCL/vendors or where the environment's"
              + " OCL_ICD_VENDORS says, and found "
              + (reasons.isEmpty() ? "none" : reasons)
              + "; "
              + OpenCl.HOW_TO_GET_IT);
    }
    return new ClDriver(devices, String.join("; ", versions));
  }

  // A platform that fails must not hide the others.
  private void tryPlatform(long platform) {
    String name = "a platform without a name";
    try {
      name = cl.platformText(platform, OpenCl.PLATFORM_NAME);
      addPlatform(platform, name);
    } catch (DeviceException e) {
      reasons.add(name + ": " + e.getMessage());
    }
  }

  private void addPlatform(long platform, String name) {
    String version = cl.platformText(platform, OpenCl.PLATFORM_VERSION);
    Matcher numbers = VERSION.matcher(version);
    int known =
        numbers.matches()
            ? 100 * Integer.parseInt(numbers.group(1)) + Integer.parseInt(numbers.group(2))
            : 0;
    if (known < 102) {
      reasons.add(name + ": it must be OpenCL 1.2 or newer: version=" + version);
      return;
    }
    long[] ids = cl.devices(platform);
    if (ids.length == 0) {
      reasons.add(name + ": without a device");
      return;
    }
    var context = new PlatformContext(cl, cl.createContext(platform, ids), !name.equals(POCL));
    int before = devices.size();
    try {
      for (long id : ids) {
        devices.add(describe(context, id, name, version, known >= 200));
      }
    } catch (RuntimeException | Error e) { // all of its devices, or none
      devices.subList(before, devices.size()).clear();
      context.close();
      throw e;
    }
    versions.add(name + " " + version);
  }

  private DeviceContext describe(
      PlatformContext context, long id, String platform, String version, boolean isNew) {
    long queues = cl.deviceNumber(id, OpenCl.DEVICE_QUEUE_PROPERTIES);
    boolean isUnordered = (queues & OpenCl.QUEUE_OUT_OF_ORDER) != 0;
    boolean hasPriorities =
        isNew
            && cl.hasPriorities()
            && cl.deviceText(id, OpenCl.DEVICE_EXTENSIONS).contains("cl_khr_priority_hints");
    Map<String, String> properties = new TreeMap<>();
    properties.put("platform", platform);
    properties.put("platform version", version);
    properties.put("vendor", cl.deviceText(id, OpenCl.DEVICE_VENDOR));
    properties.put("version", cl.deviceText(id, OpenCl.DEVICE_VERSION));
    properties.put("driver", cl.deviceText(id, OpenCl.DRIVER_VERSION));
    properties.put("type", type(cl.deviceNumber(id, OpenCl.DEVICE_TYPE)));
    properties.put("compute units", number(id, OpenCl.DEVICE_MAX_COMPUTE_UNITS));
    properties.put("clock MHz", number(id, OpenCl.DEVICE_MAX_CLOCK_FREQUENCY));
    properties.put("largest work group", number(id, OpenCl.DEVICE_MAX_WORK_GROUP_SIZE));
    properties.put("largest buffer bytes", number(id, OpenCl.DEVICE_MAX_MEM_ALLOC_SIZE));
    long local = cl.deviceNumber(id, OpenCl.DEVICE_LOCAL_MEM_SIZE);
    properties.put("local memory bytes", Long.toUnsignedString(local));
    properties.put("unordered streams", String.valueOf(isUnordered));
    properties.put("priorities", String.valueOf(hasPriorities));
    long memory = Math.max(0, cl.deviceNumber(id, OpenCl.DEVICE_GLOBAL_MEM_SIZE));
    String name = cl.deviceText(id, OpenCl.DEVICE_NAME);
    var info = new DeviceInfo(DeviceKind.OPENCL, devices.size(), name, memory, properties);
    return new DeviceContext(context, id, info, isUnordered, hasPriorities, local);
  }

  private String number(long id, int what) {
    return Long.toUnsignedString(cl.deviceNumber(id, what));
  }

  private static String type(long bits) {
    return (bits & 4) != 0
        ? "gpu"
        : (bits & 2) != 0 ? "cpu" : (bits & 8) != 0 ? "accelerator" : "other";
  }
}
