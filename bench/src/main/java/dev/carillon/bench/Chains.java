package dev.carillon.bench;

import com.google.common.util.concurrent.MoreExecutors;
import com.google.common.util.concurrent.SettableFuture;
import dev.carillon.event.EventStatus;
import dev.carillon.event.EventSystem;
import dev.carillon.event.RawEvents;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** C1: a chain in which each event waits for the one before; build it, trigger the first. */
@State(Scope.Thread)
public class Chains {
  static final Group GROUP =
      new Group(
          "C1",
          "chain: build, trigger the first, look at the last",
          Group.Unit.NS,
          "link",
          "carillon",
          List.of(
              Session.of(Chains.class, "carillon", "guava").withSizes(100).withPercent(60),
              Session.of(Chains.class, "carillon").withSizes(10_000, 100_000).withPercent(60),
              Session.of(
                      Chains.class, "carillon", "carillonListeners", "floor", "completableFuture")
                  .withSizes(1_000, 1_000_000)),
          List.of(
              Goal.time("≤ 13 ns at 1 000", 13, "carillon", "", 1_000),
              Goal.time("≤ 13 ns at 1 M", 13, "carillon", "", 1_000_000)),
          Chains::longest);

  @Param({"1000", "1000000"})
  public int size;

  private final EventSystem events = EventSystem.create();
  private final RawEvents raw = events.raw();
  private final long[] one = new long[1];

  @TearDown
  public void close() {
    events.close();
  }

  @Benchmark
  @Subject("Carillon, merges of one")
  public EventStatus carillon() throws InterruptedException {
    long first = raw.create();
    long last = first;
    for (int i = 0; i < size; i++) {
      one[0] = last;
      last = raw.merge(one);
    }
    raw.trigger(first);
    raw.await(last); // a long chain may be finished by another thread
    return raw.status(last);
  }

  @Benchmark
  @Subject("Carillon, listeners that trigger")
  public EventStatus carillonListeners() throws InterruptedException {
    long first = raw.create();
    long last = first;
    for (int i = 0; i < size; i++) {
      long next = raw.create();
      raw.whenComplete(last, poison -> raw.trigger(next));
      last = next;
    }
    raw.trigger(first);
    raw.await(last); // a long chain may be finished by another thread
    return raw.status(last);
  }

  @Benchmark
  @Subject("floor: linked objects, a loop")
  public boolean floor() {
    var first = new FloorLink();
    FloorLink last = first;
    for (int i = 0; i < size; i++) {
      last = last.then();
    }
    first.complete();
    return last.isComplete();
  }

  @Benchmark
  @Subject("CompletableFuture.thenRun")
  public boolean completableFuture() {
    var first = new CompletableFuture<Void>();
    CompletableFuture<Void> last = first;
    for (int i = 0; i < size; i++) {
      last = last.thenRun(() -> {});
    }
    first.complete(null);
    return last.isDone();
  }

  @Benchmark
  @Subject("Guava addListener")
  public boolean guava() {
    SettableFuture<Boolean> first = SettableFuture.create();
    SettableFuture<Boolean> last = first;
    for (int i = 0; i < size; i++) {
      SettableFuture<Boolean> next = SettableFuture.create();
      last.addListener(() -> next.set(Boolean.TRUE), MoreExecutors.directExecutor());
      last = next;
    }
    first.set(Boolean.TRUE);
    return last.isDone();
  }

  /** {@return how long a chain of each subject can be, by trying powers of ten} */
  private static List<String> longest() {
    var notes = new ArrayList<String>();
    for (String subject : List.of("carillonListeners", "completableFuture", "guava")) {
      notes.add(subject + ": " + Fork.output(Longest.class, List.of(), subject).strip());
    }
    return notes;
  }

  /** Says at which power of ten a chain overflows the stack of a thread. */
  static final class Longest {
    private static final int MOST = 1_000_000;

    private Longest() {}

    /** Builds a chain and completes it. */
    private interface Links {
      Object run() throws InterruptedException;
    }

    /** Tries the subject named. */
    public static void main(String[] args) throws InterruptedException {
      for (int length = 100; length <= MOST; length *= 10) {
        var chain = new Chains();
        chain.size = length;
        Links subject =
            switch (args[0]) {
              case "carillonListeners" -> chain::carillonListeners;
              case "completableFuture" -> chain::completableFuture;
              case "guava" -> chain::guava;
              default -> throw new IllegalArgumentException("subject=" + args[0]);
            };
        if (overflows(subject)) {
          System.out.printf("overflows the stack at %,d links%n", length);
          return;
        }
      }
      System.out.printf("%,d links and no overflow%n", MOST);
    }

    private static boolean overflows(Links subject) throws InterruptedException {
      boolean[] overflow = new boolean[1];
      var thread =
          new Thread(() -> {
            try {
              subject.run();
            } catch (StackOverflowError e) {
              overflow[0] = true;
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
      thread.start();
      thread.join();
      return overflow[0];
    }
  }
}
