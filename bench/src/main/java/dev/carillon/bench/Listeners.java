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

/** A2, first part: create an event, give it a listener, trigger it. */
@State(Scope.Thread)
public class Listeners {
  private static final String LATE = "complete already";

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
                  "floorTable",
                  "guava",
                  "completableFuture",
                  "netty"),
              Session.of(
                      Listeners.class,
                      "carillon",
                      "floor",
                      "floorTable",
                      "guava",
                      "completableFuture")
                  .withJvmArgs("-XX:+UseParallelGC")
                  .withVariant("ParallelGC"),
              Session.of(LateListeners.class, "carillon", "guava", "completableFuture", "netty")
                  .withPercent(60)
                  .withVariant(LATE)),
          List.of(
              Goal.time("≤ 12 ns", 12, "carillon", "", 0),
              Goal.bytes("≤ 32 B", 32, "carillon", 0),
              Goal.time("≤ 5 ns when complete already", 5, "carillon", LATE, 0)));

  private final EventSystem events = EventSystem.create();
  private final RawEvents raw = events.raw();

  private final FloorTable table = new FloorTable();

  private long calls; // counted by every listener
  final CompletionListener listener = poison -> calls++;
  final Runnable action = () -> calls++;
  final FutureListener<Boolean> nettyListener = this::called;

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
  @Subject("floor: one object, a table, two atomics")
  public Object floorTable() {
    FloorTable.Ticket event = table.create();
    table.listen(event.number(), action);
    table.complete(event.number());
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
}
