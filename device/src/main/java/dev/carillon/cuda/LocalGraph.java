package dev.carillon.cuda;

import java.util.List;

/** A graph of the driver, ready to be launched. */
final class LocalGraph extends Resource implements CudaGraph {
  private final long handle;
  private List<Resource> kept; // given once; emptied by the one that frees it, or ends the context

  /** The context is held. */
  LocalGraph(CudaContext context, long handle, List<Resource> kept) {
    super(context, "a graph");
    this.handle = handle;
    this.kept = kept;
    context.add(this);
  }

  long handle() {
    return handle;
  }

  @Override
  int free() {
    return context().api().graphExecDestroy(handle);
  }

  @Override
  synchronized List<Resource> kept() {
    return kept;
  }

  @Override
  void drop() {
    List<Resource> mine;
    synchronized (this) {
      mine = kept;
      kept = List.of();
    }
    mine.forEach(Resource::give);
  }

  @Override
  public void close() {
    closeOnce();
  }
}
