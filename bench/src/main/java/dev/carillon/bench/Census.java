package dev.carillon.bench;

import dev.carillon.tools.CensusRuns;
import java.io.IOException;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;

/** P: the census of the JDK that {@code carillon demo} takes, whole. */
public class Census {
  static final Group GROUP =
      Group.of(
          "P",
          "demo: census of the JDK, whole",
          Group.Unit.MS,
          "census",
          "carillon",
          List.of(
              Session.of(Census.class, "carillon", "loops", "completableFuture", "reading")
                  .withPercent(200),
              Session.of(Census.class, "carillon", "loops", "completableFuture", "reading")
                  .withPercent(200)
                  .withJvmArgs("-XX:+UseParallelGC")
                  .withVariant("ParallelGC")),
          List.of(
              Goal.ratio("≤ 0.6 × plain loops on one thread", 0.6, "carillon", "loops", ""),
              Goal.ratio("< 1 × CompletableFuture", 1, "carillon", "completableFuture", "")));

  @Benchmark
  @Subject("Carillon")
  public long carillon() throws IOException, InterruptedException {
    return CensusRuns.events();
  }

  @Benchmark
  @Subject("plain loops, one thread")
  public long loops() throws IOException {
    return CensusRuns.loops();
  }

  @Benchmark
  @Subject("floor: read on all cores, wait for nothing")
  public long reading() {
    return CensusRuns.reading();
  }

  @Benchmark
  @Subject("CompletableFuture")
  public long completableFuture() throws IOException {
    return CensusRuns.futures();
  }
}
