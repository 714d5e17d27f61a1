package dev.carillon.cuda;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.carillon.spi.DeviceException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.StampedLock;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** A device's primary context, from when it is retained until it is reset or given back. */
final class CudaContext {
  /*
   * Handles of a context must not be passed to the driver once the context is gone: it would read
   * freed memory. So whoever makes a call holds the context, by the read side of a lock; who ends it
   * has the write side, waits for the calls under way, and marks it as gone for all that come later.
   * No code of users runs while the lock is held, and no call under it waits for a device.
   *
   * A thread has a stack of contexts, and most calls go by its top. It is the carrier's, so a virtual
   * thread must not block between enter and leave, or it might go on with another: no monitor is
   * entered there, no log written, and nothing put into a map that has locks. What is to be guarded
   * by a monitor has it taken before the context is held: the order of locks is a stream's, a
   * fence's, the clock's or the gate words', the context's. So whoever has the write side takes none
   * of them, and needs none, as nobody else is within.
   *
   * What is current may be another after each exit. So each sequence of calls begins by looking: if
   * our context is current, nothing is to be done; if none is, ours is set and left there, which is
   * in nobody's way and makes the next look cheap; if it is somebody else's, ours is pushed, and
   * popped in the end. What exit has to do is told by the sign of the stamp, as stamps are never
   * negative. A primary context that was destroyed has its old handle when it is retained again, and
   * threads that still have that as current need it set anew; so looking suffices only for handles
   * that were never given up.
   *
   * What users free may still be in use by streams. It is freed when those have passed a fence that
   * is recorded as it is closed: whenever somebody allocates, closes or opens something, and at the
   * end of the context. So nothing blocks, and nothing is freed early. What streams still use when
   * all is closed is waited for a little, and then left to the end of the process.
   */

  private static final System.Logger LOG = System.getLogger(CudaContext.class.getName());

  /** Written by the driver, read by nobody. */
  private static final MemorySegment POPPED = Arena.global().allocate(JAVA_LONG);

  /** Of contexts that were given up; threads may have them as current. */
  private static final Set<Long> GIVEN_UP = ConcurrentHashMap.newKeySet();

  /** How long what streams still use is waited for as all is closed. */
  private static final long PATIENCE_NANOS = 2_000_000_000;

  /** The largest page of hosts with GPUs; no two parts of memory that are registered share one. */
  static final long PAGE = 1 << 16;

  private static final long PAUSE_NANOS = 50_000;

  private final StampedLock calls = new StampedLock();
  private volatile @Nullable String gone; // why; set under the write lock

  private final Set<Resource> resources = ConcurrentHashMap.newKeySet(); // not freed yet
  private final Set<Fence> fences = ConcurrentHashMap.newKeySet(); // in its streams
  private final ArrayDeque<Retired> retired = new ArrayDeque<>(); // guarded by itself

  private final CudaApi api;
  private final CudaGpu gpu;
  private final long handle;
  private final boolean isFirst;
  private final int leastPriority;
  private final int greatestPriority;

  /** On which nothing of users waits; the most urgent, so that it shares no queue with theirs. */
  private final long serviceStream;

  private final CudaClock clock;
  private final GateWords gateWords;

  /** What was closed; or of a device that was renewed, while a stream of this one used it. */
  private record Retired(Resource resource, List<Fence> fences) {
    boolean isPassed() {
      return fences.stream().allMatch(Fence::isPassed);
    }
  }

  /** Retains the context of a device. */
  CudaContext(CudaApi api, CudaGpu gpu) {
    this.api = api;
    this.gpu = gpu;
    this.handle =
        created("cuDevicePrimaryCtxRetain", out -> api.primaryCtxRetain(out, gpu.handle()));
    this.isFirst = !GIVEN_UP.contains(handle);
    this.clock = new CudaClock(this);
    this.gateWords = new GateWords(this);
    boolean isWell = false;
    try {
      long entered = enter();
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment least = arena.allocate(JAVA_INT);
        MemorySegment greatest = arena.allocate(JAVA_INT);
        api.check("cuCtxGetStreamPriorityRange", api.streamPriorityRange(least, greatest));
        leastPriority = least.get(JAVA_INT, 0);
        greatestPriority = greatest.get(JAVA_INT, 0);
        serviceStream = newStream(Integer.MAX_VALUE);
      } finally {
        exit(entered);
      }
      isWell = true;
    } finally {
      if (!isWell) {
        api.primaryCtxRelease(gpu.handle());
      }
    }
  }

  CudaApi api() {
    return api;
  }

  CudaGpu gpu() {
    return gpu;
  }

  long handle() {
    return handle;
  }

  long serviceStream() {
    return serviceStream;
  }

  CudaClock clock() {
    return clock;
  }

  GateWords gateWords() {
    return gateWords;
  }

  /** {@return why it is gone; null while it is not} */
  @Nullable String gone() {
    return gone;
  }

  /** {@return the exception for who uses what is gone} */
  DeviceException isGone(String what) {
    return new DeviceException(goneText(what));
  }

  /** {@return what is said to who uses what is gone} */
  String goneText(String what) {
    return "%s must not be used after its device was renewed or closed: device=%s, what happened=%s"
        .formatted(what, gpu.id(), gone);
  }

  /**
   * Holds the context and makes it current.
   *
   * @return what {@link #exit} needs; never 0
   * @throws DeviceException if the context is gone
   */
  long enter() {
    long entered = tryEnter();
    if (entered == 0) {
      throw isGone("a stream, an event or memory");
    }
    return entered;
  }

  /** {@return the same; 0 if the context is gone} */
  long tryEnter() {
    long held = hold();
    return held == 0 ? 0 : current(held);
  }

  /** Makes it current for who holds it. The thread must not block from now on until it leaves. */
  private long current(long held) {
    long current = api.current();
    if (current == handle && isFirst) {
      return held;
    }
    boolean isFree = current == 0 || current == handle;
    int code = isFree ? api.ctxSetCurrent(handle) : api.ctxPushCurrent(handle);
    if (code != CudaApi.SUCCESS) {
      calls.unlockRead(held);
      throw api.failure(isFree ? "cuCtxSetCurrent" : "cuCtxPushCurrent", code);
    }
    return isFree ? held : -held;
  }

  /** {@return what {@link #exit} needs for a context that is held, and need not be current} */
  long leave(long entered) {
    if (entered < 0) {
      api.ctxPopCurrent(POPPED);
    }
    return Math.abs(entered);
  }

  /** Ends what {@link #enter} or {@link #hold} began. */
  void exit(long entered) {
    calls.unlockRead(leave(entered));
  }

  /** {@return as of {@link #tryEnter}, but the context need not be current} */
  long hold() {
    long stamp = calls.readLock();
    if (gone != null) {
      calls.unlockRead(stamp);
      return 0;
    }
    return stamp;
  }

  /** {@return what a call writes to where it is told to} */
  long created(String call, ToIntFunction<MemorySegment> function) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_LONG);
      api.check(call, function.applyAsInt(out));
      return out.get(JAVA_LONG, 0);
    }
  }

  /** {@return a new stream; the context has been entered} */
  long newStream(int priority) {
    int nearest = Math.clamp(-(long) priority, greatestPriority, leastPriority);
    return created(
        "cuStreamCreateWithPriority",
        out -> api.streamCreate(out, CudaApi.STREAM_NON_BLOCKING, nearest));
  }

  /** {@return a new event; the context has been entered} */
  long newEvent(boolean isTimed) {
    int flags = isTimed ? CudaApi.EVENT_DEFAULT : CudaApi.EVENT_DISABLE_TIMING;
    return created("cuEventCreate", out -> api.eventCreate(out, flags));
  }

  /** Keeps something that is to be freed at the latest when the context ends; it is held. */
  void add(Resource resource) {
    resources.add(resource);
  }

  /** Keeps something whose event is to be destroyed when it is passed. */
  void add(Fence fence) {
    fences.add(fence);
  }

  /** Frees something once the streams that use it have come so far. */
  void retire(Resource resource, List<Fence> fences) {
    synchronized (retired) {
      retired.add(new Retired(resource, fences));
    }
    sweep();
  }

  /** Frees what was retired and is not in use any more. Does not block. */
  void sweep() {
    fences.removeIf(Fence::isPassed);
    var free = new ArrayList<Retired>();
    synchronized (retired) {
      retired.removeIf(each -> {
        boolean isPassed = each.isPassed();
        if (isPassed) {
          free.add(each);
        }
        return isPassed;
      });
    }
    for (Retired each : free) {
      if (free(each.resource()) || each.resource().context() != this) {
        each.resource().drop();
      } // or it was dropped with this context
    }
  }

  /** {@return whether the context is there} */
  private boolean free(Resource resource) {
    long entered = hold();
    if (entered == 0) {
      return false;
    }
    boolean isKept = resources.remove(resource);
    if (isKept) {
      entered = current(entered);
    }
    try {
      if (isKept) {
        said("freeing " + resource.what(), resource.free());
      }
    } finally {
      exit(entered);
    }
    return true;
  }

  /**
   * Says what there is no use in throwing: a context with a fault cannot free anything. A log may
   * block, so it is another thread that writes it for a virtual one.
   */
  void said(String what, int code) {
    if (code == CudaApi.SUCCESS || !LOG.isLoggable(System.Logger.Level.DEBUG)) {
      return;
    }
    String text = api.describe(what, code);
    if (Thread.currentThread().isVirtual()) {
      Thread.ofPlatform().daemon().start(() -> LOG.log(System.Logger.Level.DEBUG, text));
    } else {
      LOG.log(System.Logger.Level.DEBUG, text);
    }
  }

  /**
   * Gives it back, and what was allocated in it. Waits for calls that are under way, and a little
   * for work that uses what is left. Idempotent.
   */
  void release(String why) {
    Set<Resource> inUse = inUse();
    end(why, inUse, () -> freeAll(inUse));
  }

  /** {@return what streams use also when that was waited for} */
  private Set<Resource> inUse() {
    var uses = new HashMap<Resource, List<Fence>>();
    synchronized (retired) {
      retired.forEach(each -> uses.put(each.resource(), each.fences()));
    }
    resources.forEach(each -> uses.putIfAbsent(each, each.fences()));
    long began = System.nanoTime();
    while (true) {
      uses.values().removeIf(each -> each.stream().allMatch(Fence::isPassedOrUnknown));
      fences.removeIf(Fence::isPassed);
      if (uses.isEmpty() && fences.isEmpty()) {
        return Set.of();
      }
      if (System.nanoTime() - began > PATIENCE_NANOS) {
        var inUse = new HashSet<>(uses.keySet());
        uses.keySet().forEach(each -> inUse.addAll(each.kept()));
        LOG.log(
            System.Logger.Level.WARNING,
            () ->
                "streams still work when %s is closed, and what they use is not freed: %s"
                    .formatted(gpu.id(), inUse.stream().map(Resource::what).toList()));
        return inUse;
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private void freeAll(Set<Resource> inUse) {
    long current = api.current();
    int pushed = api.ctxPushCurrent(handle);
    said("cuCtxPushCurrent", pushed);
    if (pushed != CudaApi.SUCCESS) {
      return;
    }
    for (Resource each : resources) {
      if (!inUse.contains(each)) {
        said("freeing " + each.what(), each.free());
      }
    }
    if (fences.isEmpty()) {
      gateWords.end();
    } else {
      gateWords.leave();
    }
    fences.forEach(Fence::end);
    clock.end();
    said("cuStreamDestroy", api.streamDestroy(serviceStream));
    said("cuCtxPopCurrent", api.ctxPopCurrent(POPPED));
    if (current == handle) {
      said("cuCtxSetCurrent", api.ctxSetCurrent(0));
    }
  }

  /**
   * Destroys it with all that is in it. Waits for calls that are under way. Idempotent. A driver
   * may answer with the fault that is the reason; whether it helped, the next context shows.
   */
  void reset(String why) {
    end(why, Set.of(), () -> said("cuDevicePrimaryCtxReset", api.primaryCtxReset(gpu.handle())));
  }

  /**
   * Checks that the device works.
   *
   * @throws DeviceException if it does not
   */
  void check() {
    long entered = enter();
    try {
      api.check("cuStreamSynchronize", api.streamSynchronize(serviceStream));
    } finally {
      exit(entered);
    }
  }

  private void end(String why, Set<Resource> inUse, Runnable last) {
    List<Resource> left;
    long stamp = calls.writeLock();
    try {
      if (gone != null) {
        return;
      }
      left = resources.stream().filter(each -> !inUse.contains(each)).toList();
      GIVEN_UP.add(handle);
      last.run();
      gone = why;
      said("cuDevicePrimaryCtxRelease", api.primaryCtxRelease(gpu.handle()));
    } finally {
      calls.unlockWrite(stamp);
    }
    var ends = new HashMap<Resource, List<Fence>>();
    synchronized (retired) {
      retired.forEach(each -> ends.put(each.resource(), each.fences()));
      retired.clear();
    }
    left.forEach(each -> ends.putIfAbsent(each, each.fences()));
    inUse.forEach(ends::remove);
    resources.clear();
    fences.clear();
    ends.forEach(CudaContext::drop);
  }

  /** Drops something whose context has ended, once streams of other devices are past it. */
  private static void drop(Resource resource, List<Fence> ends) {
    for (Fence each : ends) {
      if (!each.isPassedOrUnknown()) {
        resource.end();
        each.context().retire(resource, ends);
        return;
      }
    }
    resource.drop();
  }
}
