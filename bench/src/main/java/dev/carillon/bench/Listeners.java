package dev.carillon.bench;

import com.google.common.util.concurrent.MoreExecutors;
import com.google.common.util.concurrent.SettableFuture;
import dev.carillon.event.CompletionListener;
import dev.carillon.event.Event;
import dev.carillon.event.EventSystem;
import dev.carillon.event.RawEvents;
import io.netty.util.concurrent.DefaultPromise;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A2: create an event, give it a listener, trigger it; and a listener on a complete event. */
@State(Scope.Thread)
public class Listeners {
  static final Group GROUP =
      Group.of(
          "A2",
          "create + listener + trigger, object surface",
          Group.Unit.NS,
          "event",
          "carillon",
          List.of(
              Session.of(
                  Listeners.class,
                  "carillon",
                  "carillonPrimitive",
                  "floor",
                  "guava",
                  "completableFuture",
                  "netty"),
              Session.of(Listeners.class, "carillon", "floor", "guava", "completableFuture")
                  .withJvmArgs("-XX:+UseParallelGC")
                  .withVariant("ParallelGC")),
          List.of(
              Goal.time("≤ 12 ns", 12, "carillon", "", 0),
              Goal.bytes("≤ 32 B", 32, "carillon", 0)));

  static final Group AFTER_COMPLETION =
      Group.of(
          "A2+",
          "listener after completion",
          Group.Unit.NS,
          "listener",
          "carillonAfter",
          List.of(
              Session.of(
                      Listeners.class,
                      "carillonAfter",
                      "guavaAfter",
                      "completableFutureAfter",
                      "nettyAfter")
                  .withPercent(60)),
          List.of(Goal.time("≤ 5 ns", 5, "carillonAfter", "", 0)));

  private final EventSystem events = EventSystem.create();
  private final RawEvents raw = events.raw();

  private long calls; // counted by every listener
  private final CompletionListener listener = poison -> calls++;
  private final Runnable action = () -> calls++;
  private final FutureListener<Boolean> nettyListener = this::called;

  private final Event complete = events.newEvent();
  private final CompletableFuture<Boolean> completeFuture =
      CompletableFuture.completedFuture(Boolean.TRUE);
  private final SettableFuture<Boolean> completeGuava = SettableFuture.create();
  private final DefaultPromise<Boolean> completeNetty =
      new DefaultPromise<>(ImmediateEventExecutor.INSTANCE);

  /** Completes what is to be complete. */
  public Listeners() {
    complete.trigger();
    completeGuava.set(Boolean.TRUE);
    completeNetty.setSuccess(Boolean.TRUE);
  }

  private void called(Future<Boolean> future) {
    calls++;
  }

  @TearDown
  public void close() {
    events.close();
  }

  @Benchmark
  @Subject("Carillon")
  public Event carillon() {
    Event event = events.newEvent();
    event.whenComplete(listener);
    event.trigger();
    return event;
  }

  @Benchmark
  @Subject("Carillon, primitive")
  public long carillonPrimitive() {
    long event = raw.create();
    raw.whenComplete(event, listener);
    raw.trigger(event);
    return event;
  }

  @Benchmark
  @Subject("floor: one object, two atomics")
  public Object floor() {
    var event = new Floor();
    event.listen(action);
    event.complete();
    return event;
  }

  @Benchmark
  @Subject("Guava addListener")
  public Object guava() {
    SettableFuture<Boolean> future = SettableFuture.create();
    future.addListener(action, MoreExecutors.directExecutor());
    future.set(Boolean.TRUE);
    return future;
  }

  @Benchmark
  @Subject("CompletableFuture.thenRun")
  public Object completableFuture() {
    var future = new CompletableFuture<Boolean>();
    future.thenRun(action);
    future.complete(Boolean.TRUE);
    return future;
  }

  @Benchmark
  @Subject("Netty addListener")
  public Object netty() {
    var promise = new DefaultPromise<Boolean>(ImmediateEventExecutor.INSTANCE);
    promise.addListener(nettyListener);
    promise.setSuccess(Boolean.TRUE);
    return promise;
  }

  @Benchmark
  @Subject("Carillon")
  public Object carillonAfter() {
    return complete.whenComplete(listener);
  }

  @Benchmark
  @Subject("Guava addListener")
  public void guavaAfter() {
    completeGuava.addListener(action, MoreExecutors.directExecutor());
  }

  @Benchmark
  @Subject("CompletableFuture.thenRun")
  public Object completableFutureAfter() {
    return completeFuture.thenRun(action);
  }

  @Benchmark
  @Subject("Netty addListener")
  public Object nettyAfter() {
    return completeNetty.addListener(nettyListener);
  }
}
