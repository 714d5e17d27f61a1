package dev.carillon.bench;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import com.google.common.util.concurrent.SettableFuture;
import dev.carillon.event.Event;
import dev.carillon.event.EventStatus;
import dev.carillon.event.EventSystem;
import dev.carillon.event.RawEvents;
import io.netty.util.concurrent.DefaultPromise;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.PromiseCombiner;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * B: create the inputs, merge them, complete them all, look at the merge. Every subject keeps its
 * inputs in an array or list made for the occasion.
 */
@State(Scope.Thread)
public class Merges {
  private static final String[] SUBJECTS = {
    "carillon", "carillonObject", "counter", "completableFuture", "guava", "netty"
  };

  static final Group GROUP =
      Group.of(
          "B",
          "merge: create inputs, merge, complete all, observe",
          Group.Unit.NS,
          "input",
          "carillon",
          List.of(
              Session.of(Merges.class, SUBJECTS).withSizes(2, 16, 256, 4_096).withPercent(50),
              Session.of(Merges.class, "carillon", "carillonObject", "counter", "completableFuture")
                  .withSizes(256)
                  .withPercent(50)
                  .withJvmArgs("-XX:+UseParallelGC")
                  .withVariant("ParallelGC")),
          List.of(
              Goal.time("≤ 20 ns at 2", 20, "carillon", "", 2),
              Goal.time("≤ 16 ns at 16", 16, "carillon", "", 16),
              Goal.time("≤ 16 ns at 256", 16, "carillon", "", 256),
              Goal.time("≤ 16 ns at 4 096", 16, "carillon", "", 4_096),
              Goal.bytes("≤ 32 B at 256", 32, "carillon", 256)));

  @Param({"2", "16", "256", "4096"})
  public int size;

  private final EventSystem events = EventSystem.create();
  private final RawEvents raw = events.raw();

  @TearDown
  public void close() {
    events.close();
  }

  @Benchmark
  @Subject("Carillon")
  public EventStatus carillon() {
    long[] inputs = new long[size];
    for (int i = 0; i < size; i++) {
      inputs[i] = raw.create();
    }
    long merge = raw.merge(inputs);
    for (long input : inputs) {
      raw.trigger(input);
    }
    return raw.status(merge);
  }

  @Benchmark
  @Subject("Carillon, objects")
  public EventStatus carillonObject() {
    Event[] inputs = new Event[size];
    for (int i = 0; i < size; i++) {
      inputs[i] = events.newEvent();
    }
    Event merge = events.merge(inputs);
    for (Event input : inputs) {
      input.trigger();
    }
    return merge.status();
  }

  @Benchmark
  @Subject("floor: atomic counter")
  public boolean counter() {
    Floor[] inputs = new Floor[size];
    for (int i = 0; i < size; i++) {
      inputs[i] = new Floor();
    }
    var merge = new CounterMerge(size);
    for (Floor input : inputs) {
      input.listen(merge);
    }
    for (Floor input : inputs) {
      input.complete();
    }
    return merge.get() == 0;
  }

  @Benchmark
  @Subject("CompletableFuture.allOf")
  public boolean completableFuture() {
    var inputs = new CompletableFuture<?>[size];
    for (int i = 0; i < size; i++) {
      inputs[i] = new CompletableFuture<Boolean>();
    }
    var merge = CompletableFuture.allOf(inputs);
    for (var input : inputs) {
      input.complete(null);
    }
    return merge.isDone();
  }

  @Benchmark
  @Subject("Guava whenAllComplete")
  public boolean guava() {
    var inputs = new ArrayList<SettableFuture<Boolean>>(size);
    for (int i = 0; i < size; i++) {
      inputs.add(SettableFuture.create());
    }
    ListenableFuture<?> merge =
        Futures.whenAllComplete(inputs).run(() -> {}, MoreExecutors.directExecutor());
    for (var input : inputs) {
      input.set(Boolean.TRUE);
    }
    return merge.isDone();
  }

  @Benchmark
  @Subject("Guava allAsList")
  public boolean guavaList() {
    var inputs = new ArrayList<SettableFuture<Boolean>>(size);
    for (int i = 0; i < size; i++) {
      inputs.add(SettableFuture.create());
    }
    var merge = Futures.allAsList(inputs);
    for (var input : inputs) {
      input.set(Boolean.TRUE);
    }
    return merge.isDone();
  }

  @Benchmark
  @Subject("Netty PromiseCombiner")
  public boolean netty() {
    var inputs = new ArrayList<DefaultPromise<Void>>(size);
    for (int i = 0; i < size; i++) {
      inputs.add(new DefaultPromise<>(ImmediateEventExecutor.INSTANCE));
    }
    var combiner = new PromiseCombiner(ImmediateEventExecutor.INSTANCE);
    for (Future<Void> input : inputs) {
      combiner.add(input);
    }
    var merge = new DefaultPromise<Void>(ImmediateEventExecutor.INSTANCE);
    combiner.finish(merge);
    for (var input : inputs) {
      input.setSuccess(null);
    }
    return merge.isSuccess();
  }

  private static final class CounterMerge extends AtomicInteger implements Runnable {
    private static final long serialVersionUID = 1;

    CounterMerge(int inputs) {
      super(inputs);
    }

    @Override
    public void run() {
      getAndDecrement();
    }
  }
}
