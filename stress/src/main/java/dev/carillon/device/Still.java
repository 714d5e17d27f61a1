package dev.carillon.device;

import dev.carillon.event.EventSystem;
import dev.carillon.spi.DeviceDriver;
import dev.carillon.spi.DeviceFunctions;
import dev.carillon.spi.DeviceInfo;
import dev.carillon.spi.DeviceKind;
import dev.carillon.spi.DeviceProvider;
import dev.carillon.spi.DriverStatus;
import dev.carillon.spi.StreamOptions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Devices that do nothing by themselves, so that only what the actors do happens. */
final class Still implements DeviceProvider, DeviceDriver<Object, Still.Mark> {
  /** An event of the driver, which counts what is done to it. */
  static final class Mark {
    final AtomicInteger told = new AtomicInteger(); // that the host has finished it
    final AtomicInteger returned = new AtomicInteger();
    volatile boolean isUsedAfterwards;

    void use() {
      isUsedAfterwards |= returned.get() > 0;
    }
  }

  private static final EventSystem EVENTS =
      EventSystem.create(c -> c.withName("stress").withTraceEvery(0));
  private static final DeviceKind DRIVEN = new DeviceKind("driven");
  private static final DeviceKind HOSTED = new DeviceKind("hosted");
  private static final Devices DEVICES =
      Devices.open(
          EVENTS,
          c ->
              c.withoutDiscovery()
                  .withProvider(new Still(DRIVEN, false))
                  .withProvider(new Still(HOSTED, true)));

  /** Where the driver finishes events: each has finished as soon as it is recorded. */
  static final Device BY_DRIVER = DEVICES.device(DRIVEN, 0);

  /** Where the host finishes events. */
  static final Device BY_HOST = DEVICES.device(HOSTED, 0);

  private final DeviceKind kind;
  private final DeviceFunctions<Object, Mark> functions;

  private Still(DeviceKind kind, boolean isHosted) {
    this.kind = kind;
    DeviceFunctions<Object, Mark> table =
        DeviceFunctions.<Object, Mark>of(
                (_, _) -> new Mark(),
                (mark, stream) -> ((Stream) stream).last = mark,
                mark -> {
                  mark.use();
                  return isHosted ? DriverStatus.PENDING : DriverStatus.COMPLETE;
                })
            .withSetFinished((mark, _) -> mark.told.incrementAndGet())
            .withRelease(mark -> mark.returned.incrementAndGet())
            .withGate(_ -> _ -> {}) // or who waits for what is not recorded would be blocked
            .withWait(
                kind,
                (_, mark) -> {
                  ((Mark) mark).use();
                  return true;
                });
    this.functions = isHosted ? table.finishedByHost() : table;
  }

  /** A stream, which knows what was recorded on it last. */
  static final class Stream {
    volatile Mark last = new Mark();
  }

  static DeviceStream stream(Device device) {
    LocalDevice open = (LocalDevice) device;
    return new LocalStream(open, StreamOptions.DEFAULT, new Stream()); // kept by nobody
  }

  static Mark last(DeviceStream stream) {
    return stream.as(Stream.class).last;
  }

  @Override
  public DeviceKind kind() {
    return kind;
  }

  @Override
  public DeviceDriver<?, ?> open() {
    return this;
  }

  @Override
  public String version() {
    return "still";
  }

  @Override
  public List<DeviceInfo> devices() {
    return List.of(new DeviceInfo(kind, 0, "still", 0, Map.of()));
  }

  @Override
  public DeviceFunctions<Object, Mark> functions() {
    return functions;
  }

  @Override
  public Object openStream(int device, StreamOptions options) {
    return new Stream();
  }

  @Override
  public void closeStream(Object stream) {}

  @Override
  public Object device(int device) {
    return this;
  }

  @Override
  public void close() {}
}
