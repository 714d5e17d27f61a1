package dev.carillon.bench;

import dev.carillon.event.CompletionListener;
import dev.carillon.event.EventSystem;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;

/** K: how much heap a pending event takes, by what the heap holds with and without many. */
final class Memory {
  private static final int MOST = 10_000_000;
  private static final List<String> JVM_ARGS = List.of("-XX:+UseSerialGC", "-Xms6g", "-Xmx6g");

  private static final List<Kind> KINDS =
      List.of(
          new Kind("primitive", "Carillon, primitive", Memory::primitive),
          new Kind("object", "Carillon, object", Memory::objects),
          new Kind("future", "CompletableFuture", Memory::futures),
          new Kind(
              "primitiveListener",
              "Carillon, primitive with a listener",
              Memory::primitiveWithListener),
          new Kind(
              "objectListener", "Carillon, object with a listener", Memory::objectsWithListener),
          new Kind(
              "futureListener", "CompletableFuture with thenRun", Memory::futuresWithListener));

  static final Group GROUP =
      Group.of(
          "K",
          "heap per live pending event",
          Group.Unit.NS,
          "event",
          "primitive",
          List.of(
              probe("primitive").withSizes(100_000, 1_000_000, MOST),
              probe("object").withSizes(100_000, 1_000_000, MOST),
              probe("future").withSizes(MOST),
              probe("primitiveListener").withSizes(MOST),
              probe("objectListener").withSizes(MOST),
              probe("futureListener").withSizes(MOST)),
          List.of(
              Goal.bytes("≤ 24 B primitive, 10 M alive", 24, "primitive", MOST),
              Goal.bytes("≤ 64 B object, 10 M alive", 64, "object", MOST)));

  private Memory() {}

  /** What is kept alive: its name for goals and for tables, and how to make so many. */
  private record Kind(String name, String subject, IntFunction<Filler> make) {}

  private static HeapProbe probe(String name) {
    return HeapProbe.of(Memory.class, name, kind(name).subject()).withJvmArgs(JVM_ARGS);
  }

  private static Kind kind(String name) {
    return KINDS.stream().filter(kind -> kind.name().equals(name)).findFirst().orElseThrow();
  }

  /** Creates events and keeps them; what it needs to keep them exists before. */
  private interface Filler {
    void fill();
  }

  private static Filler primitive(int count) {
    var events = EventSystem.create();
    long[] kept = new long[count];
    return () -> {
      for (int i = 0; i < count; i++) {
        kept[i] = events.raw().create();
      }
    };
  }

  private static Filler primitiveWithListener(int count) {
    var events = EventSystem.create();
    long[] kept = new long[count];
    CompletionListener listener = poison -> {};
    return () -> {
      for (int i = 0; i < count; i++) {
        kept[i] = events.raw().create();
        events.raw().whenComplete(kept[i], listener);
      }
    };
  }

  private static Filler objects(int count) {
    var events = EventSystem.create();
    Object[] kept = new Object[count];
    return () -> {
      for (int i = 0; i < count; i++) {
        kept[i] = events.newEvent();
      }
    };
  }

  private static Filler objectsWithListener(int count) {
    var events = EventSystem.create();
    Object[] kept = new Object[count];
    CompletionListener listener = poison -> {};
    return () -> {
      for (int i = 0; i < count; i++) {
        var event = events.newEvent();
        event.whenComplete(listener);
        kept[i] = event;
      }
    };
  }

  private static Filler futures(int count) {
    Object[] kept = new Object[count];
    return () -> {
      for (int i = 0; i < count; i++) {
        kept[i] = new CompletableFuture<Boolean>();
      }
    };
  }

  private static Filler futuresWithListener(int count) {
    Object[] kept = new Object[count];
    Runnable listener = () -> {};
    return () -> {
      for (int i = 0; i < count; i++) {
        var future = new CompletableFuture<Boolean>();
        future.thenRun(listener);
        kept[i] = future;
      }
    };
  }

  /** Prints bytes per event of a kind, args[0], with so many alive, args[1]. */
  public static void main(String[] args) {
    int count = Integer.parseInt(args[1]);
    IntFunction<Filler> make = kind(args[0]).make();
    make.apply(1).fill(); // loads the classes
    Filler filler = make.apply(count);
    System.out.println(HeapProbe.held(filler, filler::fill) / count);
  }
}
