package dev.carillon.opencl;

import dev.carillon.spi.DeviceDriver;
import dev.carillon.spi.DeviceException;
import dev.carillon.spi.DeviceFunctions;
import dev.carillon.spi.DeviceInfo;
import dev.carillon.spi.DeviceKind;
import dev.carillon.spi.StreamOptions;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** All platforms of a library that were found. */
final class ClDriver implements DeviceDriver<CommandQueue, MarkerEvent> {
  private final List<DeviceContext> devices;
  private final String version;
  private final AtomicBoolean isClosed = new AtomicBoolean();
  private final DeviceFunctions<CommandQueue, MarkerEvent> functions =
      DeviceFunctions.<CommandQueue, MarkerEvent>of(
              (device, isTimed) -> new MarkerEvent(context(device), isTimed),
              (event, stream) -> stream.record(event),
              MarkerEvent::query)
          .withErrorMessage(MarkerEvent::errorMessage)
          .withSetCallback(MarkerEvent::callBack)
          .withReset(MarkerEvent::reset)
          .withRelease(MarkerEvent::reset)
          .withTime(MarkerEvent::nanos)
          .withGate(CommandQueue::gate)
          .withWait(DeviceKind.OPENCL, CommandQueue::waitFor);

  ClDriver(List<DeviceContext> devices, String version) {
    this.devices = List.copyOf(devices);
    this.version = version;
  }

  @Override
  public String version() {
    checkOpen();
    return version;
  }

  @Override
  public List<DeviceInfo> devices() {
    checkOpen();
    return devices.stream().map(DeviceContext::info).toList();
  }

  @Override
  public DeviceFunctions<CommandQueue, MarkerEvent> functions() {
    checkOpen();
    return functions;
  }

  @Override
  public CommandQueue openStream(int device, StreamOptions options) {
    return new CommandQueue(context(device), options);
  }

  @Override
  public void closeStream(CommandQueue stream) {
    stream.close(); // also after the driver, or its queues would stay for ever
    checkOpen();
  }

  @Override
  public ClDevice device(int index) {
    return new ClDevice(context(index));
  }

  private DeviceContext context(int index) {
    checkOpen();
    if (index < 0 || index >= devices.size()) {
      throw new IllegalArgumentException(
          "the index of a device must be less than %d: index=%d".formatted(devices.size(), index));
    }
    return devices.get(index);
  }

  private void checkOpen() {
    if (isClosed.get()) {
      throw new DeviceException("the driver of OpenCL must not be used after it was closed");
    }
  }

  @Override
  public void close() {
    if (!isClosed.getAndSet(true)) {
      var contexts = devices.stream().map(DeviceContext::context).distinct().toList();
      Releases.each(contexts, PlatformContext::close);
    }
  }
}
