package dev.carillon.bench;

import dev.carillon.event.EventSystem;
import dev.carillon.event.RawEvents;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A1, second part: create many events, trigger them all, ask them all for their status. */
@State(Scope.Thread)
public class ManyPending {
  @Param({"100", "1000", "10000"})
  public int size;

  private final EventSystem events = EventSystem.create();
  private final RawEvents raw = events.raw();

  @TearDown
  public void close() {
    events.close();
  }

  @Benchmark
  @Subject("Carillon")
  public int carillon() {
    long[] pending = new long[size];
    for (int i = 0; i < size; i++) {
      pending[i] = raw.create();
    }
    for (long event : pending) {
      raw.trigger(event);
    }
    int complete = 0;
    for (long event : pending) {
      complete += raw.status(event).isComplete() ? 1 : 0;
    }
    return complete;
  }

  @Benchmark
  @Subject("CompletableFuture")
  public int completableFuture() {
    var pending = new CompletableFuture<?>[size];
    for (int i = 0; i < size; i++) {
      pending[i] = new CompletableFuture<Boolean>();
    }
    for (var future : pending) {
      future.complete(null);
    }
    int complete = 0;
    for (var future : pending) {
      complete += future.isDone() ? 1 : 0;
    }
    return complete;
  }
}
