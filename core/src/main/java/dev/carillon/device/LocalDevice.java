package dev.carillon.device;

import dev.carillon.event.EventSystem;
import dev.carillon.spi.DeviceException;
import dev.carillon.spi.DeviceInfo;
import dev.carillon.spi.StreamOptions;
import java.lang.System.Logger.Level;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/** A device that is open. */
final class LocalDevice implements Device {
  private static final System.Logger LOG = System.getLogger("dev.carillon.device");

  private final LocalDevices devices;
  private final OpenDriver driver;
  private final DeviceInfo info;
  private final EventPool untimed;
  private final EventPool timed;
  private final Set<LocalStream> streams = ConcurrentHashMap.newKeySet(); // those that are open
  private final AtomicLong names = new AtomicLong();

  LocalDevice(LocalDevices devices, OpenDriver driver, DeviceInfo info, int pooled) {
    this.devices = devices;
    this.driver = driver;
    this.info = info;
    this.untimed = new EventPool(driver, info.index(), false, pooled, devices.counts());
    this.timed = new EventPool(driver, info.index(), true, pooled, devices.counts());
  }

  @Override
  public DeviceInfo info() {
    return info;
  }

  String id() {
    return info.id();
  }

  OpenDriver driver() {
    return driver;
  }

  EventPool pool(boolean isTimed) {
    return isTimed ? timed : untimed;
  }

  Counts counts() {
    return devices.counts();
  }

  EventSystem events() {
    return devices.events();
  }

  Watcher watcher() {
    return devices.watcher();
  }

  /** {@return whether the driver gives everything up, so that no event is used again} */
  boolean isClosed() {
    return devices.isClosed();
  }

  Duration closePatience() {
    return devices.config().closePatience();
  }

  long now() {
    return devices.clock().nanos();
  }

  /** Has an occurrence that is recorded looked after until it has finished. */
  void watch(Occurrence occurrence) {
    devices.watcher().watch(occurrence);
  }

  // ── streams and events ──

  @Override
  public DeviceStream newStream() {
    return newStream(o -> o);
  }

  @Override
  public DeviceStream newStream(UnaryOperator<StreamOptions> configure) {
    StreamOptions options = configure.apply(StreamOptions.DEFAULT);
    if (options.name().isEmpty()) {
      options = options.withName("stream-" + names.incrementAndGet());
    }
    devices.checkOpen();
    LocalStream stream = new LocalStream(this, options, driver.openStream(info.index(), options));
    streams.add(stream);
    if (devices.isClosing()) { // which may have looked before
      stream.close();
      devices.checkOpen();
    }
    return stream;
  }

  /** Forgets a stream that was closed. */
  void closed(LocalStream stream) {
    streams.remove(stream);
  }

  /** {@return the streams that are open} */
  List<LocalStream> streams() {
    return List.copyOf(streams);
  }

  @Override
  public DeviceEvent newEvent() {
    return new LocalDeviceEvent(this, null, false);
  }

  @Override
  public DeviceEvent newEvent(String name) {
    return new LocalDeviceEvent(this, Objects.requireNonNull(name, "name"), false);
  }

  @Override
  public DeviceEvent newTimedEvent(String name) {
    return new LocalDeviceEvent(this, Objects.requireNonNull(name, "name"), true);
  }

  // ── the driver ──

  @Override
  public <T> T as(Class<T> type) {
    return as(type, driver.device(info.index()), "device " + id());
  }

  static <T> T as(Class<T> type, Object has, String what) {
    if (!type.isInstance(has)) {
      throw new IllegalArgumentException(
          "%s is a %s: type=%s".formatted(what, face(has.getClass()), type.getName()));
    }
    return type.cast(has);
  }

  /** {@return the name of a type as users can use it: its public interface's, if it has one} */
  private static String face(Class<?> type) {
    for (Class<?> face : type.getInterfaces()) {
      if (Modifier.isPublic(face.getModifiers())) {
        return face.getName();
      }
    }
    return type.getName();
  }

  @Override
  public void renew() {
    devices.checkOpen();
    DeviceException cause = new DeviceException("its device was made new: " + id());
    for (LocalStream stream : streams()) {
      try {
        stream.end().abandon(cause);
      } catch (
          RuntimeException e) { // of a driver that has lost it anyway; the others are to end too
        LOG.log(Level.WARNING, "closing " + stream.describe() + ", as its device is made new", e);
      }
      streams.remove(stream);
    }
    timed.clear();
    untimed.clear();
    driver.renew(info.index());
  }

  void releasePools() {
    timed.clear();
    untimed.clear();
  }

  @Override
  public String toString() {
    return id() + " " + info.name();
  }
}
