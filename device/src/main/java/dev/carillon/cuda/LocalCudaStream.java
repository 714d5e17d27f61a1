package dev.carillon.cuda;

import dev.carillon.spi.DeviceException;
import dev.carillon.spi.DeviceGate;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A stream of the driver. */
final class LocalCudaStream implements CudaStream {
  /*
   * Each call with the handle is made under this stream's lock, which orders a record and the host
   * function behind it, gates and their numbers, and calls and the end of the handle. CudaContext
   * tells the order of locks; no code of users runs under any, not even as a graph is captured.
   * Resources are given back under none, since they may be freed then, for which fences are put into
   * other streams; and a context that is held is not entered again, which would wait for one who
   * waits to end it.
   */
  private final CudaContext context;
  private final long handle;

  // guarded by this
  private boolean isClosed;
  private @Nullable StreamGates gates;
  private @Nullable Capture capture;

  /** Behind all that it was given, once it is closed; written under this. */
  private volatile @Nullable Fence tail;

  LocalCudaStream(CudaContext context, long handle) {
    this.context = context;
    this.handle = handle;
  }

  CudaContext context() {
    return context;
  }

  @Override
  public synchronized long handle() {
    checkUsable();
    return handle;
  }

  private void checkUsable() {
    if (isClosed) {
      throw new DeviceException(
          "a stream must not be used after it was closed: device=" + context.gpu().id());
    }
    if (capture != null && !capture.isOfThisThread()) {
      throw new DeviceException(
          "a stream must not be used by other threads while one captures a graph: captured by="
              + capture.owner().getName());
    }
  }

  private void checkNotCaptured(String what) {
    checkUsable();
    if (capture != null) {
      throw new DeviceException(what + " must not be in a graph: give it to the stream before");
    }
  }

  // Events.

  /** Records an event, and has a host function called behind it if that is how its end is told. */
  synchronized void record(CudaEvent event, boolean isSignalled) {
    checkNotCaptured("an event");
    HostSignal signal = isSignalled ? new HostSignal() : null;
    boolean isToBeCalled = false;
    try {
      if (event.isTimed()) {
        synchronized (context.clock()) {
          isToBeCalled = record(event, signal);
        }
      } else {
        isToBeCalled = record(event, signal);
      }
    } finally {
      if (signal != null && !isToBeCalled) {
        signal.forget();
      }
    }
  }

  /** {@return whether the signal will be given; if not, the event is polled} */
  private boolean record(CudaEvent event, @Nullable HostSignal signal) {
    CudaApi api = context.api();
    long entered = context.enter();
    try {
      if (event.context() != context) {
        if (event.context().gone() == null) {
          throw new DeviceException(
              "an event must be recorded on a stream of its device: event's device=%s, stream's=%s"
                  .formatted(event.context().gpu().id(), context.gpu().id()));
        }
        event.moveTo(context);
      }
      if (event.isTimed()) {
        event.startClock();
      }
      api.check("cuEventRecord", api.eventRecord(event.handle(), handle));
      if (signal == null) {
        return false;
      }
      event.signalBy(signal);
      int code = api.launchHostFunc(handle, HostSignal.FUNCTION, signal.number());
      context.said("cuLaunchHostFunc", code);
      return code == CudaApi.SUCCESS;
    } finally {
      context.exit(entered);
    }
  }

  /** Waits for an event of the driver, of this device or another. */
  boolean waitFor(Object other) {
    if (!(other instanceof CudaEvent event) || event.context().api() != context.api()) {
      return false;
    }
    synchronized (this) {
      checkNotCaptured("a wait");
      CudaContext its = event.context();
      long held = its == context ? 0 : its.hold();
      if (its != context && held == 0) {
        return true; // its device was renewed: it has failed, and there is nothing to wait for
      }
      try {
        long entered = context.enter();
        try {
          CudaApi api = context.api();
          api.check("cuStreamWaitEvent", api.streamWaitEvent(handle, event.handle(), 0));
        } finally {
          context.exit(entered);
        }
      } finally {
        if (held != 0) {
          its.exit(held);
        }
      }
    }
    return true;
  }

  synchronized DeviceGate gate() {
    checkNotCaptured("a gate");
    StreamGates known = gates;
    if (known == null) {
      known = new StreamGates(context.gateWords().take());
      gates = known;
    }
    int number = known.next();
    CudaApi api = context.api();
    long entered = context.enter();
    try {
      api.check(
          "cuStreamWaitValue32",
          api.streamWaitValue32(handle, known.word().address(), number, CudaApi.WAIT_VALUE_GEQ));
    } finally {
      context.exit(entered);
    }
    return known.add();
  }

  // The end.

  /** {@return a fence behind all that it was given so far} */
  synchronized Fence fence() {
    Fence end = tail;
    if (end != null) {
      return end;
    }
    return capture != null ? capture.before() : Fence.behind(context, handle);
  }

  /** {@return whether it was closed and has come to its end} Takes no lock of this stream. */
  boolean isPast() {
    Fence end = tail;
    return end != null && end.isPassed();
  }

  /** Gives it up; what it was given goes on. Idempotent, does not block. */
  void close() {
    Capture given;
    synchronized (this) {
      if (isClosed) {
        return;
      }
      isClosed = true;
      given = capture;
      if (gates != null) { // first, so that the device goes on, whatever its driver answers
        gates.end();
        context.gateWords().give(gates.word());
      }
      try {
        if (given != null) {
          given.giveUp();
        }
      } finally {
        tail = Fence.behind(context, handle);
        destroy();
      }
    }
    if (given != null) {
      given.letGo();
    }
    context.sweep();
  }

  private void destroy() {
    long entered = context.tryEnter();
    if (entered != 0) {
      try {
        context.said("cuStreamDestroy", context.api().streamDestroy(handle));
      } finally {
        context.exit(entered);
      }
    }
  }

  // Work.

  private void give(String call, List<Resource> used, IntSupplier function) {
    give(call, used, null, function);
  }

  /**
   * Makes a call with some resources, which are not freed before the stream is past it.
   *
   * @param other another context that it needs, too
   */
  private void give(
      String call, List<Resource> used, @Nullable CudaContext other, IntSupplier function) {
    int taken = 0;
    try {
      for (Resource resource : used) {
        resource.take();
        taken++;
      }
      synchronized (this) {
        checkUsable();
        if (other == null) {
          use(used);
          call(call, function);
        } else {
          checkNotCaptured("what is of two devices");
          callHolding(other, used, call, function);
        }
      }
    } finally {
      used.subList(0, taken).forEach(Resource::give);
    }
  }

  private void call(String call, IntSupplier function) {
    long entered = context.enter();
    try {
      context.api().check(call, function.getAsInt());
    } finally {
      context.exit(entered);
    }
  }

  /** Before the call, so that who ends a context that is held here knows of it. */
  private void use(List<Resource> used) {
    for (Resource resource : used) {
      if (capture == null) {
        resource.isUsedBy(this);
      } else {
        capture.keep(resource);
      }
    }
  }

  private void callHolding(
      CudaContext other, List<Resource> used, String call, IntSupplier function) {
    long held = other.hold();
    if (held == 0) {
      throw other.isGone("memory");
    }
    try {
      use(used);
      call(call, function);
    } finally {
      other.exit(held);
    }
  }

  private @Nullable CudaContext otherThanMine(Resource resource) {
    return resource.context() == context ? null : resource.context();
  }

  private void checkHere(Resource resource) {
    if (resource.context() != context) {
      throw new DeviceException(
          "%s must be of the stream's device, and not from before it was renewed: its device=%s, stream's=%s"
              .formatted(resource.what(), resource.context().gpu().id(), context.gpu().id()));
    }
  }

  private static void checkPart(String which, long offset, long bytes, long size) {
    if (bytes < 1 || offset < 0 || offset > size - bytes) {
      throw new IllegalArgumentException(
          "a part of a buffer must be in it, and 1 byte or more: buffer=%s, offset=%d, bytes=%d, buffer's bytes=%d"
              .formatted(which, offset, bytes, size));
    }
  }

  @Override
  public void copy(CudaHostBuffer from, long fromOffset, CudaBuffer to, long toOffset, long bytes) {
    checkPart("from", fromOffset, bytes, from.bytes());
    checkPart("to", toOffset, bytes, to.bytes());
    var host = (LocalHostBuffer) from;
    var device = (LocalBuffer) to;
    checkHere(device);
    give(
        "cuMemcpyHtoDAsync",
        List.of(host, device),
        otherThanMine(host),
        () ->
            context
                .api()
                .memcpyHtoD(device.place() + toOffset, host.place() + fromOffset, bytes, handle));
  }

  @Override
  public void copy(CudaBuffer from, long fromOffset, CudaHostBuffer to, long toOffset, long bytes) {
    checkPart("from", fromOffset, bytes, from.bytes());
    checkPart("to", toOffset, bytes, to.bytes());
    var device = (LocalBuffer) from;
    var host = (LocalHostBuffer) to;
    checkHere(device);
    give(
        "cuMemcpyDtoHAsync",
        List.of(device, host),
        otherThanMine(host),
        () ->
            context
                .api()
                .memcpyDtoH(host.place() + toOffset, device.place() + fromOffset, bytes, handle));
  }

  @Override
  public void copy(CudaBuffer from, long fromOffset, CudaBuffer to, long toOffset, long bytes) {
    checkPart("from", fromOffset, bytes, from.bytes());
    checkPart("to", toOffset, bytes, to.bytes());
    var source = (LocalBuffer) from;
    var target = (LocalBuffer) to;
    if (source.context() == target.context()) {
      checkHere(source);
      give(
          "cuMemcpyDtoDAsync",
          List.of(source, target),
          () ->
              context
                  .api()
                  .memcpyDtoD(
                      target.place() + toOffset, source.place() + fromOffset, bytes, handle));
      return;
    }
    checkHere(source.context() == context ? source : target);
    CudaContext other = source.context() == context ? target.context() : source.context();
    give(
        "cuMemcpyPeerAsync",
        List.of(source, target),
        other,
        () ->
            context
                .api()
                .memcpyPeer(
                    target.place() + toOffset,
                    target.context().handle(),
                    source.place() + fromOffset,
                    source.context().handle(),
                    bytes,
                    handle));
  }

  @Override
  public void fill(CudaBuffer buffer, byte value) {
    var target = (LocalBuffer) buffer;
    checkHere(target);
    give(
        "cuMemsetD8Async",
        List.of(target),
        () ->
            context
                .api()
                .memsetD8(target.place(), Byte.toUnsignedInt(value), target.bytes(), handle));
  }

  @Override
  public void fill(CudaBuffer buffer, long offset, long count, int value) {
    if (count < 1 || count > Long.MAX_VALUE / Integer.BYTES || offset % Integer.BYTES != 0) {
      throw new IllegalArgumentException(
          "ints must be 1 or more, begin at a multiple of 4, and be within the buffer: offset=%d, count=%d"
              .formatted(offset, count));
    }
    checkPart("buffer", offset, count * Integer.BYTES, buffer.bytes());
    var target = (LocalBuffer) buffer;
    checkHere(target);
    give(
        "cuMemsetD32Async",
        List.of(target),
        () -> context.api().memsetD32(target.place() + offset, value, count, handle));
  }

  @Override
  public void launch(CudaFunction function, LaunchShape shape, Object... arguments) {
    var kernel = (LocalFunction) function;
    checkHere(kernel.module());
    var buffers =
        Stream.of(arguments)
            .filter(Resource.class::isInstance)
            .map(Resource.class::cast)
            .peek(this::checkHere)
            .toList();
    var used = Stream.concat(Stream.<Resource>of(kernel.module()), buffers.stream()).toList();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment packed = KernelArguments.pack(arena, kernel, arguments);
      give(
          "cuLaunchKernel",
          used,
          () -> context.api().launchKernel(kernel.handle(), shape, handle, packed));
    }
  }

  @Override
  public CudaGraph capture(Consumer<CudaStream> work) {
    Capture begun;
    synchronized (this) {
      checkNotCaptured("a graph");
      begun = Capture.begin(context, handle);
      capture = begun;
    }
    boolean isWell = false;
    try {
      work.accept(this);
      LocalGraph graph;
      synchronized (this) {
        capture = null;
        graph = begun.end();
      }
      isWell = true;
      return graph;
    } finally {
      if (!isWell) {
        synchronized (this) {
          capture = null;
          begun.giveUp();
        }
        begun.letGo();
      }
    }
  }

  @Override
  public void launch(CudaGraph graph) {
    var executable = (LocalGraph) graph;
    checkHere(executable);
    synchronized (this) {
      checkNotCaptured("a graph");
    }
    give(
        "cuGraphLaunch",
        List.of(executable),
        () -> context.api().graphLaunch(executable.handle(), handle));
  }

  @Override
  public String toString() {
    return "stream of " + context.gpu().id();
  }
}
