package dev.carillon.device;

import dev.carillon.spi.DeviceDriver;
import dev.carillon.spi.DeviceException;
import dev.carillon.spi.DeviceFunctions;
import dev.carillon.spi.DeviceGate;
import dev.carillon.spi.DeviceInfo;
import dev.carillon.spi.DeviceKind;
import dev.carillon.spi.DeviceUnavailableException;
import dev.carillon.spi.DriverStatus;
import dev.carillon.spi.StreamOptions;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A driver with the table to use for it, and the defaults for what is missing there. */
final class OpenDriver {
  private final DeviceKind kind;
  private final DeviceDriver<Object, Object> driver;
  private final DeviceFunctions<Object, Object> table;
  private final List<DeviceInfo> infos;
  private final String version;

  /* A driver's streams and events are only ever handed back to it, and to those who change its table. */
  @SuppressWarnings("unchecked")
  OpenDriver(
      DeviceKind kind,
      DeviceDriver<?, ?> driver,
      UnaryOperator<DeviceFunctions<Object, Object>> change) {
    this.kind = kind;
    this.driver = (DeviceDriver<Object, Object>) driver;
    boolean isWhole = false;
    try {
      this.table = change.apply(this.driver.functions());
      this.infos = List.copyOf(driver.devices());
      this.version = driver.version();
      check(infos, kind);
      isWhole = true;
    } finally {
      if (!isWhole) {
        driver.close(); // nobody else knows of it
      }
    }
  }

  private static void check(List<DeviceInfo> infos, DeviceKind kind) {
    if (infos.isEmpty()) {
      throw new DeviceUnavailableException("a driver must have a device: kind=" + kind);
    }
    for (int i = 0; i < infos.size(); i++) {
      if (infos.get(i).index() != i || !infos.get(i).kind().equals(kind)) {
        throw new DeviceException(
            "a driver's devices must be of its kind, each at the place of its index: kind=%s, place=%d, device=%s"
                .formatted(kind, i, infos.get(i).id()));
      }
    }
  }

  DeviceKind kind() {
    return kind;
  }

  String version() {
    return version;
  }

  List<DeviceInfo> infos() {
    return infos;
  }

  Object openStream(int device, StreamOptions options) {
    return driver.openStream(device, options);
  }

  void closeStream(Object stream) {
    driver.closeStream(stream);
  }

  Object device(int device) {
    return driver.device(device);
  }

  void renew(int device) {
    driver.renew(device);
  }

  void close() {
    driver.close();
  }

  // ── the table ──

  boolean isFinishedByHost() {
    return table.isFinishedByHost();
  }

  boolean callsBack() {
    return table.setCallback() != null;
  }

  boolean blocks() {
    return table.finish() != null;
  }

  /** {@return whether the driver's events are to be given back to it} */
  boolean takesBack() {
    return table.release() != null || table.reset() != null;
  }

  Object create(int device, boolean isTimed) {
    return table.create().create(device, isTimed);
  }

  void record(Object event, Object stream) {
    table.record().record(event, stream);
  }

  DriverStatus query(Object event) {
    return table.query().query(event);
  }

  /** {@return how an event failed, in the driver's words} */
  Throwable failure(Object event, LocalDeviceEvent of) {
    if (event instanceof CpuMarker marker && marker.failure() != null) {
      return marker.failure();
    }
    var function = table.errorMessage();
    if (function == null) {
      return new DeviceException("the driver says that it failed: " + of.describe());
    }
    return new DeviceException(function.errorMessage(event));
  }

  /** Blocks until an event has finished. Only if it {@link #blocks}. */
  void finish(Object event) throws InterruptedException {
    var function = table.finish();
    if (function != null) {
      function.finish(event);
    }
  }

  void setFinished(Object event, @Nullable String error) {
    var function = table.setFinished();
    if (function != null) {
      function.setFinished(event, error);
    }
  }

  /** Has an action run when an event has finished, if the driver can do that. */
  void setCallback(Object event, Runnable action) {
    var function = table.setCallback();
    if (function != null) {
      function.setCallback(event, action);
    }
  }

  /** {@return whether an event can be recorded again} */
  boolean reset(Object event) {
    var function = table.reset();
    if (function == null) {
      return false;
    }
    function.reset(event);
    return true;
  }

  void release(Object event) {
    var function = table.release();
    if (function != null) {
      function.release(event);
    }
  }

  OptionalLong nanos(Object event) {
    var function = table.time();
    return function == null ? OptionalLong.empty() : OptionalLong.of(function.nanos(event));
  }

  /** {@return a gate in a stream; null if this driver has none} */
  @Nullable DeviceGate gate(Object stream) {
    var function = table.gate();
    return function == null ? null : function.gate(stream);
  }

  /** {@return whether the driver has a stream wait for an event of some driver} */
  boolean waits(Object stream, DeviceKind eventKind, Object event) {
    var function = table.waits().get(eventKind);
    return function != null && function.wait(stream, event);
  }

  /** {@return how its streams wait for pending events of a kind, at best} */
  WaitPath path(DeviceKind eventKind) {
    if (table.waits().containsKey(eventKind)) {
      return WaitPath.NATIVE;
    }
    return table.gate() == null ? WaitPath.BLOCKING : WaitPath.GATE;
  }
}
