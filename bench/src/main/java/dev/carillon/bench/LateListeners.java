package dev.carillon.bench;

import com.google.common.util.concurrent.MoreExecutors;
import com.google.common.util.concurrent.SettableFuture;
import dev.carillon.event.CompletionListener;
import dev.carillon.event.Event;
import dev.carillon.event.EventSystem;
import io.netty.util.concurrent.DefaultPromise;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A2, second part: give a listener to an event that is complete. */
@State(Scope.Thread)
public class LateListeners {
  private final EventSystem events = EventSystem.create();
  private final Event event = events.newEvent();
  private final CompletableFuture<Boolean> future = CompletableFuture.completedFuture(Boolean.TRUE);
  private final SettableFuture<Boolean> settable = SettableFuture.create();
  private final DefaultPromise<Boolean> promise =
      new DefaultPromise<>(ImmediateEventExecutor.INSTANCE);

  private long calls; // counted by every listener
  final CompletionListener listener = poison -> calls++;
  final Runnable action = () -> calls++;
  final FutureListener<Boolean> nettyListener = this::called;

  /** Completes everything. */
  public LateListeners() {
    event.trigger();
    settable.set(Boolean.TRUE);
    promise.setSuccess(Boolean.TRUE);
  }

  private void called(Future<Boolean> completed) {
    calls++;
  }

  @TearDown
  public void close() {
    events.close();
  }

  @Benchmark
  @Subject("Carillon")
  public Object carillon() {
    return event.whenComplete(listener);
  }

  @Benchmark
  @Subject("Guava addListener")
  public void guava() {
    settable.addListener(action, MoreExecutors.directExecutor());
  }

  @Benchmark
  @Subject("CompletableFuture.thenRun")
  public Object completableFuture() {
    return future.thenRun(action);
  }

  @Benchmark
  @Subject("Netty addListener")
  public Object netty() {
    return promise.addListener(nettyListener);
  }
}
