package dev.carillon.bench;

import java.lang.ref.Reference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * N: what a whole process costs that waits for much and has nothing to do, beside a JVM that does
 * nothing else than wait. All processes are watched at the same time, from outside, after they have
 * worked, collected their garbage and settled. Also shown is what the subject's own threads have of
 * that, told from the JVM's by their names.
 */
final class Idle {
  private static final String OWN = "own threads";
  private static final String QUIET = "quiet JVM";

  /**
   * Two threads of the JVM look every 10 s for what there is to tidy up, not every 0.25 and 1 s.
   */
  static final List<String> QUIET_FLAGS =
      List.of(
          "-XX:+UnlockDiagnosticVMOptions",
          "-XX:AsyncDeflationInterval=10000",
          "-XX:ServiceThreadCleanupInterval=10000");

  private static final List<Variant> VARIANTS =
      List.of(
          new Variant("", List.of(), true),
          new Variant(QUIET, QUIET_FLAGS, true),
          new Variant(QUIET + ", ParallelGC", with(QUIET_FLAGS, "-XX:+UseParallelGC"), false),
          new Variant(QUIET + ", ZGC", with(QUIET_FLAGS, "-XX:+UseZGC"), false));

  private static final List<Kind> KINDS =
      List.of(
          new Kind("bare", "bare JVM", "", List::of),
          new Kind("carillon", "Carillon", "carillon", IdleWork::carillon),
          new Kind("futures", "pools and futures", IdleWork.PEER, IdleWork::futures),
          new Kind(
              "netty100",
              "Netty timer, 100 ms",
              IdleWork.PEER,
              () -> IdleWork.netty(Duration.ofMillis(100))),
          new Kind(
              "netty1",
              "Netty timer, 1 ms",
              IdleWork.PEER,
              () -> IdleWork.netty(Duration.ofMillis(1))));

  private static final Watch WATCH = new Watch();

  static final Group GROUP =
      new Group(
          "N",
          "an idle process: its time on processors and its wake-ups",
          Group.Unit.US,
          "second",
          "carillon",
          List.of(WATCH),
          List.of(
              new Goal(
                  "≤ 0.1 % of a processor, quiet JVM",
                  rows -> rows.find("carillon", QUIET, 0).map(Row::time), 1e6, false),
              Goal.wakeUps("≤ 2 wake-ups, quiet JVM", 2, "carillon", QUIET),
              Goal.wakeUps("≤ 0.2 wake-ups of own threads", 0.2, "carillon", OWN)),
          WATCH::notes);

  private Idle() {}

  private static List<String> with(List<String> flags, String another) {
    return Stream.concat(flags.stream(), Stream.of(another)).toList();
  }

  /** How the JVM is started, and whether peers are of interest then. */
  private record Variant(String name, List<String> jvmArgs, boolean peers) {
    List<Kind> kinds() {
      return KINDS.stream().filter(kind -> peers || !kind.isPeer()).toList();
    }
  }

  /** What waits: its name for goals and for tables, how its threads' names begin, its making. */
  private record Kind(
      String name, String subject, String threads, Callable<? extends Collection<?>> make) {
    boolean isPeer() {
      return threads.equals(IdleWork.PEER);
    }
  }

  /** Makes a kind, args[0], says so, and waits until its input ends. */
  public static void main(String[] args) throws Exception {
    Kind kind = KINDS.stream().filter(k -> k.name().equals(args[0])).findFirst().orElseThrow();
    Collection<?> kept = kind.make().call();
    try {
      System.gc();
      System.out.println("idle");
      int ended = System.in.read();
      System.exit(ended + 1); // 0 if nobody wrote
    } finally {
      Reference.reachabilityFence(kept);
    }
  }

  /** A process that is watched, and what its threads used a second, by name, in each window. */
  private record Watched(
      Variant variant, Kind kind, Process process, List<Map<String, ThreadLoads.Load>> windows) {

    static Watched start(Variant variant, Kind kind) {
      Process process = Fork.ready(Idle.class, variant.jvmArgs(), kind.name());
      return new Watched(variant, kind, process, new ArrayList<>());
    }

    List<Row> rows() {
      Row whole = row(variant.name(), name -> true);
      if (kind.threads().isEmpty()) {
        return List.of(whole);
      }
      if (windows.stream().noneMatch(w -> w.keySet().stream().anyMatch(this::isOwn))) {
        throw new BenchmarkException(
            "a subject must have threads of its own: subject=%s, name of its threads=%s"
                .formatted(kind.subject(), kind.threads()));
      }
      String own = variant.name().isEmpty() ? OWN : OWN + ", " + variant.name();
      return List.of(whole, row(own, this::isOwn));
    }

    private boolean isOwn(String thread) {
      return thread.startsWith(kind.threads());
    }

    private Row row(String rowVariant, Predicate<String> names) {
      Score nanos = mean(names, ThreadLoads.Load::nanos);
      Score wakeUps = mean(names, ThreadLoads.Load::wakeUps);
      return new Row(kind.name(), kind.subject(), rowVariant, 0, nanos, null, Double.NaN, wakeUps);
    }

    private Score mean(Predicate<String> names, ToDoubleFunction<ThreadLoads.Load> what) {
      return Score.mean(
          windows.stream()
              .mapToDouble(window ->
                  window.values().stream()
                      .filter(load -> names.test(load.name()))
                      .mapToDouble(what)
                      .sum())
              .toArray());
    }

    /** {@return the names of the threads, and how often a second each woke up} */
    String whoWokeUp() {
      var sums = new TreeMap<String, ThreadLoads.Load>();
      windows.forEach(
          window -> window.values().forEach(l -> sums.merge(l.name(), l, ThreadLoads.Load::plus)));
      String who =
          sums.values().stream()
              .filter(load -> load.wakeUps() > 0)
              .sorted(Comparator.comparingDouble(ThreadLoads.Load::wakeUps).reversed())
              .map(l -> "%s %.2f".formatted(l.name(), l.wakeUps() / windows.size()))
              .collect(Collectors.joining(", "));
      String name = variant.name().isEmpty() ? "" : ", " + variant.name();
      return "%s%s: %s".formatted(kind.subject(), name, who.isEmpty() ? "nobody" : who);
    }
  }

  /** Watches all kinds in all variants at once. */
  private static final class Watch implements Source {
    private static final int SETTLING = 25; // of the plan's iterations
    private static final int WINDOW = 15; // of the plan's iterations
    private static final int LONGEST_SETTLING = 10_000; // ms
    private static final int LONGEST_WINDOW = 6_000; // ms

    private final List<Watched> all = new ArrayList<>();

    @Override
    public int count() {
      return 1 + VARIANTS.stream().mapToInt(variant -> variant.kinds().size()).sum();
    }

    @Override
    public List<Row> measure(Plan plan, Progress progress) {
      ThreadLoads.require("N");
      all.clear();
      try {
        for (Variant variant : VARIANTS) {
          for (Kind kind : variant.kinds()) {
            progress.begin("Idle." + kind.name() + " " + variant.name());
            all.add(Watched.start(variant, kind));
          }
        }
        progress.begin("Idle, all at once");
        Thread.sleep(Math.min(SETTLING * plan.millis(), LONGEST_SETTLING));
        watch(plan.iterations(), Math.min(WINDOW * plan.millis(), LONGEST_WINDOW));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new BenchmarkException("interrupted while processes were watched", e);
      } finally {
        all.forEach(watched -> watched.process().destroyForcibly());
      }
      return all.stream().flatMap(watched -> watched.rows().stream()).toList();
    }

    private void watch(int windows, long millis) throws InterruptedException {
      var before = new ArrayList<ThreadLoads>();
      all.forEach(watched -> before.add(ThreadLoads.of(watched.process().pid())));
      for (int window = 0; window < windows; window++) {
        Thread.sleep(millis);
        for (int i = 0; i < all.size(); i++) {
          ThreadLoads now = ThreadLoads.of(all.get(i).process().pid());
          all.get(i).windows().add(now.perSecondSince(before.set(i, now)));
        }
      }
    }

    /** {@return which threads of the bare JVM and of ours woke up, and how often a second} */
    List<String> notes() {
      return Stream.concat(
              all.stream().filter(watched -> !watched.kind().isPeer()).map(Watched::whoWokeUp),
              Stream.of(QUIET + " means " + String.join(" ", QUIET_FLAGS)))
          .toList();
    }
  }
}
