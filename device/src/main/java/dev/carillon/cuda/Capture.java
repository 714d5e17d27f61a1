package dev.carillon.cuda;

import dev.carillon.spi.DeviceException;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The making of a graph out of what a stream is given. Used under the stream's lock. */
final class Capture {
  /*
   * The mode is "relaxed", in which other threads may call the driver as they like while one
   * captures, such as the one that polls events, and a virtual thread may end on another carrier
   * what it began on the first.
   */
  private final CudaContext context;
  private final long stream;
  private final Fence before;
  private final Thread owner = Thread.currentThread();
  private final Set<Resource> kept = new LinkedHashSet<>(); // taken, for the graph
  private boolean isOver;

  private Capture(CudaContext context, long stream, Fence before) {
    this.context = context;
    this.stream = stream;
    this.before = before;
  }

  static Capture begin(CudaContext context, long stream) {
    Fence before = Fence.behind(context, stream);
    long entered = context.enter();
    try {
      CudaApi api = context.api();
      api.check("cuStreamBeginCapture", api.beginCapture(stream, CudaApi.CAPTURE_RELAXED));
      return new Capture(context, stream, before);
    } finally {
      context.exit(entered);
    }
  }

  boolean isOfThisThread() {
    return Thread.currentThread().equals(owner);
  }

  Thread owner() {
    return owner;
  }

  /** {@return a fence behind all that the stream was given to do} */
  Fence before() {
    return before;
  }

  /** Keeps something as long as the graph. Only while it is taken. */
  void keep(Resource resource) {
    if (kept.add(resource)) {
      resource.take();
    }
  }

  /** Ends it without a graph. Idempotent. */
  void giveUp() {
    if (isOver) {
      return;
    }
    isOver = true;
    long entered = context.tryEnter();
    if (entered != 0) {
      try {
        CudaApi api = context.api();
        long graph = context.created("cuStreamEndCapture", out -> endedOrNone(api, out));
        if (graph != 0) {
          context.said("cuGraphDestroy", api.graphDestroy(graph));
        }
      } finally {
        context.exit(entered);
      }
    }
  }

  /** What made the capture fail was told already. */
  private int endedOrNone(CudaApi api, MemorySegment out) {
    context.said("cuStreamEndCapture", api.endCapture(stream, out));
    return CudaApi.SUCCESS;
  }

  /** {@return the graph, ready to be launched, which has what this kept} */
  LocalGraph end() {
    if (isOver) {
      throw new DeviceException("a stream must not be closed while a graph is captured");
    }
    isOver = true;
    long entered = context.enter();
    try {
      CudaApi api = context.api();
      long graph = context.created("cuStreamEndCapture", out -> api.endCapture(stream, out));
      long executable;
      try {
        executable =
            context.created(
                "cuGraphInstantiateWithFlags", out -> api.graphInstantiate(out, graph, 0));
      } finally {
        context.said("cuGraphDestroy", api.graphDestroy(graph));
      }
      entered = context.leave(entered);
      return new LocalGraph(context, executable, List.copyOf(kept));
    } finally {
      context.exit(entered);
    }
  }

  /** Gives back what it kept, when there is no graph. Called once it is over, without a lock. */
  void letGo() {
    List<Resource> mine;
    synchronized (kept) {
      mine = List.copyOf(kept);
      kept.clear();
    }
    mine.forEach(Resource::give);
  }
}
