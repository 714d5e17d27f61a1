package dev.carillon.opencl;

import dev.carillon.spi.DeviceException;
import dev.carillon.spi.DeviceGate;
import dev.carillon.spi.StreamOptions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A stream: one queue of the driver if it is ordered, and two if it is not. */
final class CommandQueue implements OpenClStream {
  /*
   * An ordered stream is an in-order queue. An unordered one is an out-of-order queue for commands
   * and an in-order one, called control, for all that orders them: markers, which wait for the
   * commands given since the one before, and barriers, which each command given afterwards waits
   * for. Markers and barriers are not put into the out-of-order queue itself, as drivers look
   * through all that it holds for each of them: a thousand of them took PoCL two seconds, and more
   * of them took for ever. As the control queue keeps its order, what is given behind a barrier
   * also runs after all that was before an earlier marker, which is more order than was asked for.
   *
   * Only a queue that measures knows times, and measuring costs on some devices, so a stream begins
   * without: when the first timed event is recorded, the control queue is replaced by one that
   * measures, whose first command is a barrier behind all that the old one has.
   *
   * The lock is held for calls that give something to the driver. A driver may run callbacks within
   * them; what those do is told not to wait for anything.
   */
  private static final int FEW = 256;
  private static final MemorySegment NOTHING = MemorySegment.NULL;

  /** Something that waits for a list of events. */
  @FunctionalInterface
  private interface Enqueue {
    long with(MemorySegment waits);
  }

  /** A command, for the driver's queue and the list of what it waits for. */
  @FunctionalInterface
  private interface Give {
    long to(long queue, MemorySegment waits);
  }

  private final DeviceContext device;
  private final OpenCl cl;
  private final StreamOptions options;
  private final boolean isOrdered;
  private final Object lock = new Object();

  // guarded by lock
  private long control;
  private long work; // the same as control if ordered
  private boolean isMeasuring;
  private boolean isClosed;
  private long barrier; // the last one in control, for commands of an unordered stream; 0 if none
  private List<Command> commands = new ArrayList<>(); // since the last marker
  private int pruneAt = FEW;

  CommandQueue(DeviceContext device, StreamOptions options) {
    this.device = device;
    this.cl = device.context().cl;
    this.options = options;
    this.isOrdered = options.isOrdered() || !device.isUnordered();
    this.control = device.newQueue(0, options.priority());
    try {
      this.work =
          isOrdered ? control : device.newQueue(OpenCl.QUEUE_OUT_OF_ORDER, options.priority());
    } catch (RuntimeException | Error e) {
      cl.releaseQueue(control);
      throw e;
    }
  }

  DeviceContext device() {
    return device;
  }

  /** Puts an event behind all that was given so far. */
  void record(MarkerEvent event) {
    if (event.isRecorded()) {
      throw new DeviceException("an event of OpenCL must be reset before it is recorded again");
    }
    synchronized (lock) {
      checkOpen();
      if (event.isTimed && !isMeasuring) {
        measure();
      }
      long marker = isOrdered ? cl.enqueueMarker(control, NOTHING) : markerAfterCommands();
      event.recorded(marker, commands.isEmpty() ? List.of() : commands);
      commands = commands.isEmpty() ? commands : new ArrayList<>();
      pruneAt = FEW;
      flush();
    }
  }

  /**
   * Has what is given from now on run after an event.
   *
   * @return false if it is of another context
   */
  boolean waitFor(Object event) {
    if (!(event instanceof MarkerEvent other) || other.device.context() != device.context()) {
      return false;
    }
    synchronized (lock) {
      checkOpen();
      long marker = other.marker();
      if (cl.eventStatus(marker) > 0) {
        putBarrier(marker);
      }
      return true;
    }
  }

  /** {@return a new gate behind all that was given so far} */
  DeviceGate gate() {
    long context = device.context().handle.use();
    long user;
    try {
      user = cl.createUserEvent(context);
    } finally {
      device.context().handle.done();
    }
    var gate = new Gate(device.context(), user);
    try {
      synchronized (lock) {
        checkOpen();
        putBarrier(user);
        flush();
      }
      return gate;
    } catch (RuntimeException | Error e) {
      gate.open(false); // which releases it, and what may be behind it already
      throw e;
    }
  }

  private void putBarrier(long event) {
    long next = after(event, waits -> cl.enqueueBarrier(control, waits));
    if (isOrdered) {
      cl.releaseEvent(next);
    } else {
      long last = barrier;
      barrier = next;
      releaseBarrier(last);
    }
  }

  private void dropBarrier() {
    long last = barrier;
    barrier = 0; // first, as it is gone even if the driver complains
    releaseBarrier(last);
  }

  private void releaseBarrier(long event) {
    if (event != 0) {
      cl.releaseEvent(event);
    }
  }

  private long markerAfterCommands() {
    try (Arena arena = Arena.ofConfined()) { // the driver copies the list
      long[] events = commands.stream().mapToLong(Command::event).toArray();
      return cl.enqueueMarker(control, arena.allocateFrom(ValueLayout.JAVA_LONG, events));
    }
  }

  private static long after(long event, Enqueue enqueue) {
    Scratch scratch = Scratch.take();
    try {
      return enqueue.with(scratch.listOf(event)); // the driver copies the list
    } finally {
      scratch.give();
    }
  }

  private void measure() {
    long next = device.newQueue(OpenCl.QUEUE_PROFILING, options.priority());
    long before = control;
    try {
      control = behind(before, next);
    } finally {
      isMeasuring = control == next;
      if (isMeasuring && isOrdered) {
        work = next;
      }
      cl.releaseQueue(isMeasuring ? before : next);
    }
  }

  /** {@return a queue, whose first command waits for all that another one has} */
  private long behind(long before, long next) {
    long last = cl.enqueueMarker(before, NOTHING);
    try {
      cl.flush(before);
      cl.releaseEvent(after(last, waits -> cl.enqueueBarrier(next, waits)));
    } finally {
      cl.releaseEvent(last);
    }
    return next;
  }

  private void flush() {
    cl.flush(control);
    if (!isOrdered) {
      cl.flush(work);
    }
  }

  private void checkOpen() {
    if (isClosed) {
      throw new DeviceException("a stream must not be used after it was closed");
    }
  }

  /** Gives it up; the driver finishes what it has. */
  void close() {
    List<Command> rest;
    synchronized (lock) {
      if (isClosed) {
        return;
      }
      isClosed = true;
      rest = commands;
      commands = List.of();
    }
    // Nobody gives it anything any more.
    Releases.all(
        this::flush,
        this::dropBarrier,
        () -> {
          if (!isOrdered) {
            cl.releaseQueue(work);
          }
        },
        () -> cl.releaseQueue(control),
        () -> device.context().giveUp(rest));
  }

  @Override
  public void write(OpenClBuffer target, long offset, MemorySegment source) {
    ClBuffer buffer = buffer(target, offset, source.byteSize());
    MemorySegment memory = source;
    if (!source.isNative()) {
      memory = Arena.ofAuto().allocate(source.byteSize(), Long.BYTES).copyFrom(source);
    }
    MemorySegment from = memory;
    use(
        buffer,
        id -> give(from, (queue, waits) -> cl.enqueueWrite(queue, waits, id, offset, from)));
  }

  @Override
  public void read(OpenClBuffer source, long offset, MemorySegment target) {
    ClBuffer buffer = buffer(source, offset, target.byteSize());
    if (!target.isNative() || target.isReadOnly()) {
      throw new IllegalArgumentException(
          "what a device writes to must be native memory that may be written: segment=" + target);
    }
    use(
        buffer,
        id -> give(target, (queue, waits) -> cl.enqueueRead(queue, waits, id, offset, target)));
  }

  @Override
  public void copy(
      OpenClBuffer source, long sourceOffset, OpenClBuffer target, long targetOffset, long bytes) {
    ClBuffer from = buffer(source, sourceOffset, bytes);
    ClBuffer to = buffer(target, targetOffset, bytes);
    if (from.equals(to) && Math.abs(sourceOffset - targetOffset) < bytes) {
      throw new IllegalArgumentException(
          "what is copied within one buffer must not overlap: sourceOffset=%d targetOffset=%d bytes=%d"
              .formatted(sourceOffset, targetOffset, bytes));
    }
    use(
        from,
        a ->
            use(
                to,
                b ->
                    give(
                        null,
                        (queue, waits) ->
                            cl.enqueueCopy(
                                queue, waits, a, sourceOffset, b, targetOffset, bytes))));
  }

  @Override
  public void fill(OpenClBuffer target, long offset, long bytes, int pattern) {
    ClBuffer buffer = buffer(target, offset, bytes);
    if (offset % Integer.BYTES != 0 || bytes % Integer.BYTES != 0) {
      throw new IllegalArgumentException(
          "what is filled must begin and end at multiples of 4 bytes: offset=%d bytes=%d"
              .formatted(offset, bytes));
    }
    try (Arena arena = Arena.ofConfined()) { // the driver copies the pattern
      MemorySegment value = arena.allocateFrom(ValueLayout.JAVA_INT, pattern);
      use(
          buffer,
          id ->
              give(null, (queue, waits) -> cl.enqueueFill(queue, waits, id, offset, bytes, value)));
    }
  }

  @Override
  public void launch(OpenClKernel kernel, OpenClRange range, Object... arguments) {
    if (!(kernel instanceof ClKernel code) || !code.device().equals(device)) {
      throw new IllegalArgumentException(
          "a kernel must be of the device of the stream: kernel=%s stream of %s"
              .formatted(kernel, device.info().id()));
    }
    try (Arena arena = Arena.ofConfined()) { // the driver copies sizes and arguments
      MemorySegment global = arena.allocateFrom(ValueLayout.JAVA_LONG, range.globalArray());
      MemorySegment local =
          range.local().isEmpty()
              ? MemorySegment.NULL
              : arena.allocateFrom(ValueLayout.JAVA_LONG, range.localArray());
      code.with(
          arguments,
          id ->
              give(
                  null,
                  (queue, waits) ->
                      cl.enqueueKernel(queue, waits, id, range.global().size(), global, local)));
    }
  }

  private ClBuffer buffer(OpenClBuffer any, long offset, long bytes) {
    ClBuffer buffer = (ClBuffer) any;
    if (buffer.context() != device.context()) {
      throw new IllegalArgumentException(
          "a buffer must be of the platform of the stream's device: stream of "
              + device.info().id());
    }
    buffer.checkRange(offset, bytes);
    return buffer;
  }

  private static void use(ClBuffer buffer, LongConsumer user) {
    long id = buffer.handle().use();
    try {
      user.accept(id);
    } finally {
      buffer.handle().done();
    }
  }

  private void give(@Nullable Object memory, Give command) {
    synchronized (lock) {
      checkOpen();
      prune();
      if (barrier != 0 && cl.eventStatus(barrier) <= OpenCl.COMPLETE) {
        dropBarrier();
      }
      long event =
          barrier == 0
              ? command.to(work, NOTHING)
              : after(barrier, waits -> command.to(work, waits));
      commands.add(new Command(event, memory));
    }
  }

  // Those that went well are of no interest any more.
  private void prune() {
    if (commands.size() < pruneAt) {
      return;
    }
    Set<Command> done =
        commands.stream()
            .filter(command -> cl.eventStatus(command.event()) == OpenCl.COMPLETE)
            .collect(Collectors.toSet());
    commands.removeAll(done);
    pruneAt = Math.max(FEW, 2 * commands.size());
    Releases.each(done, command -> cl.releaseEvent(command.event()));
  }
}
