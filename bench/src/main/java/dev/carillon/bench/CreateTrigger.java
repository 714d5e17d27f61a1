package dev.carillon.bench;

import dev.carillon.event.Event;
import dev.carillon.event.EventStatus;
import dev.carillon.event.EventSystem;
import dev.carillon.event.RawEvents;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;

/** A1, first part, and A3: create an event, trigger it, ask for its status. */
public class CreateTrigger {
  static final Group ALONE =
      Group.of(
          "A1",
          "create + trigger + status, primitive surface",
          Group.Unit.NS,
          "event",
          "carillon",
          List.of(
              Session.of(
                  CreateTrigger.class, "carillon", "carillonObject", "cas", "completableFuture"),
              Session.of(ManyPending.class, "carillon", "completableFuture")
                  .withSizes(100, 1_000, 10_000)
                  .withPercent(60)
                  .withVariant("many pending")),
          List.of(
              Goal.time("≤ 15 ns", 15, "carillon", "", 0), Goal.bytes("0 B", 0.05, "carillon", 0)));

  static final Group ON_ALL_CORES =
      Group.of(
          "A3",
          "A1 on all cores at once, one event system",
          Group.Unit.NS,
          "event and thread",
          "carillon",
          List.of(
              Session.of(CreateTrigger.class, "carillon", "cas", "completableFuture")
                  .withVariant("1 thread"),
              Session.of(CreateTrigger.class, "carillon", "cas", "completableFuture")
                  .withThreads(-1)
                  .withVariant("all cores")),
          List.of(
              Goal.ratio(
                  "≤ 1.3 × one thread", 1.3, "carillon", "all cores", "carillon", "1 thread")));

  /** An event system that all threads share. */
  @State(Scope.Benchmark)
  public static class Shared {
    final EventSystem events = EventSystem.create();
    final RawEvents raw = events.raw();

    @TearDown
    public void close() {
      events.close();
    }
  }

  /** A word of a thread's own. */
  @State(Scope.Thread)
  public static class Word {
    static final VarHandle VALUE;

    static {
      try {
        VALUE = MethodHandles.lookup().findVarHandle(Word.class, "value", long.class);
      } catch (ReflectiveOperationException e) {
        throw new ExceptionInInitializerError(e);
      }
    }

    @SuppressWarnings("unused")
    private long value;
  }

  @Benchmark
  @Subject("Carillon")
  public EventStatus carillon(Shared shared, Blackhole escape) {
    long event = shared.raw.create();
    escape.consume(event);
    shared.raw.trigger(event);
    return shared.raw.status(event);
  }

  @Benchmark
  @Subject("Carillon, objects")
  public EventStatus carillonObject(Shared shared, Blackhole escape) {
    Event event = shared.events.newEvent();
    escape.consume(event);
    event.trigger();
    return event.status();
  }

  @Benchmark
  @Subject("floor: one CAS")
  public boolean cas(Word word) {
    long before = (long) Word.VALUE.getOpaque(word);
    Word.VALUE.compareAndSet(word, before, before + 1);
    return (long) Word.VALUE.getAcquire(word) != before;
  }

  @Benchmark
  @Subject("CompletableFuture")
  public boolean completableFuture(Blackhole escape) {
    var future = new CompletableFuture<Boolean>();
    escape.consume(future);
    future.complete(Boolean.TRUE);
    return future.isDone();
  }
}
