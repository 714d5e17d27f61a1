package dev.carillon.cuda;

import dev.carillon.spi.DeviceException;
import dev.carillon.spi.DeviceFunctions;
import dev.carillon.spi.DeviceKind;
import dev.carillon.spi.DriverStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What CUDA does with events. */
final class EventTable {
  private final List<CudaGpu> gpus;

  private EventTable(List<CudaGpu> gpus) {
    this.gpus = gpus;
  }

  /** {@return the functions for the events of some devices} */
  static DeviceFunctions<LocalCudaStream, CudaEvent> of(List<CudaGpu> gpus, CudaConfig config) {
    var table = new EventTable(gpus);
    boolean areHostFunctions = config.completion() == CudaCompletion.HOST_FUNCTION;
    DeviceFunctions<LocalCudaStream, CudaEvent> functions =
        DeviceFunctions.<LocalCudaStream, CudaEvent>of(
                table::create,
                (event, stream) -> stream.record(event, areHostFunctions),
                EventTable::query)
            .withErrorMessage(EventTable::errorMessage)
            .withReset(CudaEvent::clear)
            .withRelease(EventTable::release)
            .withTime(EventTable::nanos)
            .withWait(DeviceKind.CUDA, (stream, event) -> stream.waitFor(event));
    if (gpus.stream().allMatch(CudaGpu::hasGates)) {
      functions = functions.withGate(LocalCudaStream::gate);
    }
    if (areHostFunctions) {
      functions = functions.withSetCallback(EventTable::setCallback);
    }
    return functions;
  }

  private CudaEvent create(int device, boolean isTimed) {
    CudaContext context = gpus.get(device).context();
    long entered = context.enter();
    try {
      return new CudaEvent(context, isTimed);
    } finally {
      context.exit(entered);
    }
  }

  /**
   * Drivers that want a context to be current for this say so, and are asked once more; also if
   * what is current was destroyed, as another of this process's.
   */
  private static DriverStatus query(CudaEvent event) {
    CudaContext context = event.context();
    long held = context.hold();
    if (held == 0) {
      return DriverStatus.FAILED;
    }
    int code;
    try {
      code = context.api().eventQuery(event.handle());
    } finally {
      context.exit(held);
    }
    if (code == CudaApi.INVALID_CONTEXT || code == CudaApi.CONTEXT_IS_DESTROYED) {
      long entered = context.tryEnter();
      if (entered == 0) {
        return DriverStatus.FAILED;
      }
      try {
        code = context.api().eventQuery(event.handle());
      } finally {
        context.exit(entered);
      }
    }
    if (code == CudaApi.NOT_READY) {
      return DriverStatus.PENDING;
    }
    if (code == CudaApi.SUCCESS) {
      return DriverStatus.COMPLETE;
    }
    event.failed(code);
    return DriverStatus.FAILED;
  }

  private static String errorMessage(CudaEvent event) {
    CudaContext context = event.context();
    int code = event.error();
    return code == CudaApi.SUCCESS
        ? context.goneText("an event")
        : context.api().describe("cuEventQuery", code);
  }

  private static void release(CudaEvent event) {
    event.clear();
    if (event.isTimed()) {
      synchronized (event.context().clock()) {
        destroy(event);
      }
    } else {
      destroy(event);
    }
  }

  private static void destroy(CudaEvent event) {
    CudaContext context = event.context();
    long entered = context.tryEnter();
    if (entered != 0) {
      try {
        event.stopClock();
        context.said("cuEventDestroy", context.api().eventDestroy(event.handle()));
      } finally {
        context.exit(entered);
      }
    }
  }

  private static long nanos(CudaEvent event) {
    CudaContext context = event.context();
    CudaClock.@Nullable Epoch epoch = event.epoch();
    if (epoch == null) {
      throw new DeviceException("an event must be timed and recorded for its time to be known");
    }
    synchronized (context.clock()) {
      long entered = context.enter();
      try {
        return context.clock().nanos(epoch, event.handle());
      } finally {
        context.exit(entered);
      }
    }
  }

  private static void setCallback(CudaEvent event, Runnable action) {
    HostSignal signal = event.signal();
    if (signal != null) {
      signal.then(action);
    }
  }
}
