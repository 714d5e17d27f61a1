package dev.carillon.device;

import dev.carillon.event.EventSystem;
import dev.carillon.spi.DeviceException;
import dev.carillon.spi.DeviceFunctions;
import dev.carillon.spi.DeviceInfo;
import dev.carillon.spi.DeviceKind;
import dev.carillon.spi.DeviceProvider;
import dev.carillon.spi.DeviceUnavailableException;
import dev.carillon.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The devices that are open. */
final class LocalDevices implements Devices {
  private final EventSystem events;
  private final DevicesConfig config;
  private final Counts counts = new Counts();
  private final Watcher watcher = new Watcher("carillon-devices");
  private final List<OpenDriver> drivers = new ArrayList<>();
  private final List<DeviceSupport> support = new ArrayList<>();
  private final Map<DeviceKind, List<LocalDevice>> devices = new TreeMap<>();
  private volatile boolean isClosing; // written under the monitor, once
  private volatile boolean isClosed;
  private @Nullable Thread closer; // guarded by this
  private final CountDownLatch closed = new CountDownLatch(1);

  private LocalDevices(EventSystem events, DevicesConfig config) {
    this.events = events;
    this.config = config;
  }

  static LocalDevices open(EventSystem events, DevicesConfig config) {
    LocalDevices opened = new LocalDevices(events, config);
    opened.ask(new CpuProvider(config.cpuThreads()));
    Map<DeviceKind, DeviceProvider> given = new TreeMap<>();
    config.providers().forEach(provider -> given.put(provider.kind(), provider));
    if (config.isDiscovering()) {
      opened.discover(given);
    }
    given.values().forEach(opened::ask);
    opened.support.sort(Comparator.comparing(DeviceSupport::kind));
    return opened;
  }

  /** Adds the providers that are found, where none of that kind is given. */
  private void discover(Map<DeviceKind, DeviceProvider> given) {
    Iterator<DeviceProvider> found = ServiceLoader.load(DeviceProvider.class).iterator();
    while (true) {
      try {
        if (!found.hasNext()) {
          return;
        }
        DeviceProvider provider = found.next();
        if (!provider.kind().equals(DeviceKind.CPU)) {
          given.putIfAbsent(provider.kind(), provider);
        }
      } catch (ServiceConfigurationError
          | RuntimeException e) { // one that cannot be loaded; there may be others
        support.add(new DeviceSupport(new DeviceKind("unknown"), "", List.of(), Failures.text(e)));
      }
    }
  }

  private void ask(DeviceProvider provider) {
    DeviceKind kind = provider.kind();
    OpenDriver driver;
    try {
      UnaryOperator<DeviceFunctions<Object, Object>> change =
          config.functions().getOrDefault(kind, UnaryOperator.identity());
      driver = new OpenDriver(kind, provider.open(), change);
    } catch (RuntimeException | LinkageError e) { // it disturbs nobody; support tells
      support.add(new DeviceSupport(kind, "", List.of(), Failures.text(e)));
      return;
    }
    drivers.add(driver);
    support.add(new DeviceSupport(kind, driver.version(), driver.infos(), null));
    List<LocalDevice> opened = new ArrayList<>();
    for (DeviceInfo info : driver.infos()) {
      opened.add(new LocalDevice(this, driver, info, config.pooledEvents()));
    }
    devices.put(kind, List.copyOf(opened));
  }

  EventSystem events() {
    return events;
  }

  DevicesConfig config() {
    return config;
  }

  Counts counts() {
    return counts;
  }

  Watcher watcher() {
    return watcher;
  }

  Clock clock() {
    return Clock.system();
  }

  boolean isClosing() {
    return isClosing;
  }

  void checkOpen() {
    if (isClosing) {
      throw new DeviceException("devices give nothing after they were closed");
    }
  }

  List<OpenDriver> drivers() {
    return drivers;
  }

  List<LocalDevice> open() {
    return devices.values().stream().flatMap(List::stream).toList();
  }

  @Override
  public List<Device> devices() {
    return List.copyOf(open());
  }

  @Override
  public List<Device> devices(DeviceKind kind) {
    return List.copyOf(devices.getOrDefault(kind, List.of()));
  }

  @Override
  public Device device(DeviceKind kind, int index) {
    List<LocalDevice> known = devices.get(kind);
    if (known == null) {
      throw new DeviceUnavailableException(whyNone(kind));
    }
    if (index < 0 || index >= known.size()) {
      throw new DeviceUnavailableException(
          "there is no device %s:%d, but %d of that kind".formatted(kind, index, known.size()));
    }
    return known.get(index);
  }

  private String whyNone(DeviceKind kind) {
    for (DeviceSupport asked : support) {
      String missing = asked.missing();
      if (asked.kind().equals(kind) && missing != null) {
        return missing;
      }
    }
    return "no provider of devices of kind \""
        + kind
        + "\" is on the module or class path, nor given: kinds="
        + support.stream().map(DeviceSupport::kind).toList();
  }

  @Override
  public List<DeviceSupport> support() {
    return List.copyOf(support);
  }

  @Override
  public WaitPath path(DeviceKind waiter, DeviceKind event) {
    OpenDriver waits = driver(waiter);
    return waits.path(driver(event).kind());
  }

  private OpenDriver driver(DeviceKind kind) {
    for (OpenDriver driver : drivers) {
      if (driver.kind().equals(kind)) {
        return driver;
      }
    }
    throw new DeviceUnavailableException(whyNone(kind));
  }

  @Override
  public DeviceStats stats() {
    return counts.stats(watcher.watched());
  }

  @Override
  public String explain() {
    return Explaining.devices(this);
  }

  @Override
  public void close() {
    if (watcher.isCurrent()) {
      throw new DeviceMisuseException("a callback must not close the devices, which wait for it");
    }
    openStreams().forEach(LocalStream::checkMayWait);
    boolean isFirst;
    boolean isWithin; // in a callback of an event that this thread has failed
    synchronized (this) {
      isFirst = !isClosing;
      isClosing = true;
      if (isFirst) {
        closer = Thread.currentThread();
      }
      isWithin = !isFirst && Thread.currentThread().equals(closer);
    }
    if (isFirst) {
      closeAll();
    } else if (!isWithin) {
      awaitClosed();
    }
  }

  private List<LocalStream> openStreams() {
    return open().stream().flatMap(device -> device.streams().stream()).toList();
  }

  private void closeAll() {
    var failures = new ArrayList<Throwable>(); // what is left is closed all the same
    List<LocalStream> streams = openStreams();
    List<LocalStream> shut = new ArrayList<>();
    // All gates first: a stream may wait, by its driver, for another that waits at one.
    for (LocalStream stream : streams) {
      closing(
          failures,
          () -> {
            if (stream.end().shut()) {
              shut.add(stream);
            }
          });
    }
    shut.forEach(stream -> closing(failures, () -> stream.end().end(config.closePatience())));
    streams.forEach(stream -> closing(failures, stream::close)); // that others are closing
    closing(failures, watcher::close);
    isClosed = true; // first: who gives an event back after that looks at the pools again
    open().forEach(device -> closing(failures, device::releasePools));
    drivers.forEach(driver -> closing(failures, driver::close));
    closed.countDown();
    if (!failures.isEmpty()) {
      Throwable first = failures.removeFirst();
      failures.forEach(first::addSuppressed);
      if (first instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) first;
    }
  }

  private static void closing(List<Throwable> failures, Runnable part) {
    try {
      part.run();
    } catch (RuntimeException | Error e) {
      failures.add(e);
    }
  }

  /** Waits for another thread that closes them; not if interrupted. */
  private void awaitClosed() {
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** {@return whether the drivers give everything up, so that no event is used again} */
  boolean isClosed() {
    return isClosed;
  }
}
