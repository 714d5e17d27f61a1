package dev.carillon.bench;

import java.lang.ref.Reference;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Measures how much heap something takes, in JVMs of their own.
 *
 * @param main prints the bytes for each of so many, args[1], of a kind, args[0]
 * @param kind the kind, and the name for goals
 * @param subject the name shown
 * @param variant what is special, for tables
 * @param jvmArgs of the JVMs
 * @param sizes how many
 */
record HeapProbe(
    Class<?> main,
    String kind,
    String subject,
    String variant,
    List<String> jvmArgs,
    List<Integer> sizes)
    implements Source {
  private static final int COLLECTIONS = 3;

  static HeapProbe of(Class<?> main, String kind, String subject) {
    return new HeapProbe(main, kind, subject, "", List.of(), List.of());
  }

  HeapProbe withVariant(String to) {
    return new HeapProbe(main, kind, subject, to, jvmArgs, sizes);
  }

  HeapProbe withJvmArgs(List<String> to) {
    return new HeapProbe(main, kind, subject, variant, to, sizes);
  }

  HeapProbe withSizes(int... to) {
    List<Integer> boxed = IntStream.of(to).boxed().toList();
    return new HeapProbe(main, kind, subject, variant, jvmArgs, boxed);
  }

  /** {@return the bytes of heap that something keeps which is made now and held by {@code by}} */
  static double held(Object by, Runnable make) {
    long before = used();
    try {
      make.run();
      return used() - before;
    } finally {
      Reference.reachabilityFence(by);
    }
  }

  private static long used() {
    Runtime runtime = Runtime.getRuntime();
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
    }
    return runtime.totalMemory() - runtime.freeMemory();
  }

  @Override
  public int count() {
    return sizes.size();
  }

  @Override
  public List<Row> measure(Plan plan, Progress progress) {
    return sizes.stream().map(size -> row(size, progress)).toList();
  }

  private Row row(int size, Progress progress) {
    progress.begin(main.getSimpleName() + "." + kind + " " + size);
    String bytes = Fork.output(main, jvmArgs, kind, String.valueOf(size));
    double each = Double.parseDouble(bytes.strip());
    return new Row(kind, subject, variant, size, null, null, each);
  }
}
