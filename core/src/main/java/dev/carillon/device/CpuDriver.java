package dev.carillon.device;

import dev.carillon.spi.DeviceDriver;
import dev.carillon.spi.DeviceException;
import dev.carillon.spi.DeviceFunctions;
import dev.carillon.spi.DeviceInfo;
import dev.carillon.spi.DeviceKind;
import dev.carillon.spi.StreamOptions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Runs the streams of the CPU on threads that they share, and that end when they are idle. */
final class CpuDriver implements DeviceDriver<CpuQueue, CpuMarker> {
  private static final int IDLE_SECONDS = 10;

  private final DeviceInfo info;
  private final ThreadPoolExecutor threads;
  private final DeviceFunctions<CpuQueue, CpuMarker> functions =
      DeviceFunctions.<CpuQueue, CpuMarker>of(
              (_, isTimed) -> new CpuMarker(isTimed),
              (marker, queue) -> queue.record(marker),
              CpuMarker::status)
          .withErrorMessage(CpuMarker::message)
          .withSetFinished(CpuMarker::finish)
          .withSetCallback(CpuMarker::whenFinished)
          .withTime(CpuMarker::nanos)
          .withGate(CpuQueue::gate)
          .withWait(
              DeviceKind.CPU,
              (queue, marker) -> {
                queue.waitFor((CpuMarker) marker);
                return true;
              })
          .finishedByHost();

  CpuDriver(int most) {
    int processors = Runtime.getRuntime().availableProcessors();
    info =
        new DeviceInfo(
            DeviceKind.CPU,
            0,
            processors + (processors == 1 ? " processor" : " processors"),
            Runtime.getRuntime().maxMemory(),
            Map.of("architecture", System.getProperty("os.arch", ""), "threads", most + ""));
    var numbers = new AtomicInteger();
    // A queue is in the pool once at most, so the pool's own is as long as there are streams.
    threads =
        new ThreadPoolExecutor(
            most,
            most,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            work ->
                Thread.ofPlatform()
                    .daemon()
                    .name("carillon-devices-cpu-" + numbers.incrementAndGet())
                    .unstarted(work));
    threads.allowCoreThreadTimeOut(true);
  }

  @Override
  public String version() {
    return System.getProperty("java.vm.name", "") + " " + Runtime.version();
  }

  @Override
  public List<DeviceInfo> devices() {
    return List.of(info);
  }

  @Override
  public DeviceFunctions<CpuQueue, CpuMarker> functions() {
    return functions;
  }

  @Override
  public CpuQueue openStream(int device, StreamOptions options) {
    if (threads.isShutdown()) {
      throw new DeviceException("the CPU's streams were closed");
    }
    return new CpuQueue(threads, options);
  }

  @Override
  public void closeStream(CpuQueue stream) {
    stream.end();
  }

  @Override
  public Object device(int device) {
    return info;
  }

  @Override
  public void close() {
    threads.shutdown(); // no stream is left, so nothing waits in it
  }
}
