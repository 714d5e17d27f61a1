package dev.carillon.bench;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Methods of one JMH class that are measured the same way.
 *
 * @param benchmark the class
 * @param methods its methods, each with a {@link Subject}
 * @param sizes values of the parameter "size", by which scores are divided; empty for no size
 * @param mode average time, sampled time or single shots
 * @param threads how many threads call the method; -1 for as many as there are processors
 * @param jvmArgs options of the forked JVM beside the common ones
 * @param variant what is special about this session, for tables
 * @param percent length of the iterations, of what the plan says
 */
record Session(
    Class<?> benchmark,
    List<String> methods,
    List<Long> sizes,
    Mode mode,
    int threads,
    List<String> jvmArgs,
    String variant,
    int percent)
    implements Source {

  private static final List<String> COMMON = List.of("-Xms1g", "-Xmx1g", "-XX:+AlwaysPreTouch");
  private static final String ALLOCATED = "gc.alloc.rate.norm";

  /** {@return a session of average times} */
  static Session of(Class<?> benchmark, String... methods) {
    return new Session(
        benchmark, List.of(methods), List.of(), Mode.AverageTime, 1, List.of(), "", 100);
  }

  Session withSizes(long... to) {
    List<Long> boxed = LongStream.of(to).boxed().toList();
    return new Session(benchmark, methods, boxed, mode, threads, jvmArgs, variant, percent);
  }

  Session withMode(Mode to) {
    return new Session(benchmark, methods, sizes, to, threads, jvmArgs, variant, percent);
  }

  Session withThreads(int to) {
    return new Session(benchmark, methods, sizes, mode, to, jvmArgs, variant, percent);
  }

  Session withJvmArgs(String... to) {
    return new Session(benchmark, methods, sizes, mode, threads, List.of(to), variant, percent);
  }

  Session withVariant(String to) {
    return new Session(benchmark, methods, sizes, mode, threads, jvmArgs, to, percent);
  }

  /** {@return this session, its iterations shorter or longer} */
  Session withPercent(int to) {
    return new Session(benchmark, methods, sizes, mode, threads, jvmArgs, variant, to);
  }

  @Override
  public int count() {
    return methods.size() * Math.max(1, sizes.size());
  }

  @Override
  public List<Row> measure(Plan plan, Progress progress) {
    var length = TimeValue.milliseconds((long) plan.millis() * percent / 100);
    var options =
        new OptionsBuilder()
            .include(pattern())
            .mode(mode)
            .threads(threads)
            .timeUnit(TimeUnit.NANOSECONDS)
            .forks(plan.forks())
            .warmupIterations(plan.warmups())
            .warmupTime(length)
            .measurementIterations(plan.iterations())
            .measurementTime(length)
            .addProfiler(GCProfiler.class)
            .shouldFailOnError(true)
            .jvmArgs(Stream.concat(COMMON.stream(), jvmArgs.stream()).toArray(String[]::new));
    if (!sizes.isEmpty()) {
      options.param("size", sizes.stream().map(String::valueOf).toArray(String[]::new));
    }
    try {
      Collection<RunResult> results = new Runner(options.build(), progress).run();
      return inOrder(results.stream().map(this::row).toList());
    } catch (RunnerException e) {
      throw new BenchmarkException(pattern() + " failed:\n" + progress.said(), e);
    }
  }

  private String pattern() {
    return "^" + benchmark.getName() + "\\.(" + String.join("|", methods) + ")$";
  }

  /** {@return the rows by size, then in the order of the methods} */
  private List<Row> inOrder(List<Row> rows) {
    var ordered = new ArrayList<Row>();
    for (long size : sizes.isEmpty() ? List.of(0L) : sizes) {
      for (String method : methods) {
        rows.stream()
            .filter(r -> r.size() == size && r.method().equals(method))
            .forEach(ordered::add);
      }
    }
    return ordered;
  }

  private Row row(RunResult result) {
    String name = result.getParams().getBenchmark();
    String method = name.substring(name.lastIndexOf('.') + 1);
    String param = result.getParams().getParam("size");
    long size = param == null || sizes.isEmpty() ? 0 : Long.parseLong(param);
    double divisor = size == 0 ? 1 : (double) size;
    boolean sampled = mode == Mode.SampleTime;
    Score time =
        sampled ? percentile(result, 50) : score(result, i -> i.getPrimaryResult().getScore());
    Score tail = sampled ? percentile(result, 99) : null;
    double bytes = score(result, Session::allocated).over(divisor).value();
    return new Row(method, shown(method), variant, size, time.over(divisor), tail, bytes);
  }

  private static double allocated(IterationResult iteration) {
    var result = iteration.getSecondaryResults().get(ALLOCATED);
    return result == null ? Double.NaN : result.getScore();
  }

  private static Score percentile(RunResult result, double percent) {
    return score(result, i -> i.getPrimaryResult().getStatistics().getPercentile(percent));
  }

  private static Score score(RunResult result, ToDoubleFunction<IterationResult> of) {
    return Score.of(
        result.getBenchmarkResults().stream()
            .flatMap(fork -> fork.getIterationResults().stream())
            .mapToDouble(of)
            .toArray());
  }

  private String shown(String method) {
    return Stream.of(benchmark.getMethods())
        .filter(m -> m.getName().equals(method))
        .map(m -> m.getAnnotation(Subject.class).value())
        .findFirst()
        .orElseThrow();
  }
}
