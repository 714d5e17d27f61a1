package dev.carillon.bench;

import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Measures all kinds of servers at some works. Each server has a process of its own; one client, a
 * single thread of this process, goes from one to the next and begins again, so that what else the
 * machine does meets all of them alike.
 */
final class SocketRounds implements Source {
  /** What is added to a variant whose times are of the server's processor, and not of the clock. */
  static final String PROCESSOR = "processor time";

  /** What is added to a variant whose times are of single messages, there and back. */
  static final String ROUND_TRIP = "round trip";

  private static final List<String> JVM_ARGS =
      List.of("-Xms256m", "-Xmx256m", "-XX:+AlwaysPreTouch");
  private static final int SHARE = 2; // of an iteration, is the length of a round that counts
  private static final double SECOND = 1e9;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final List<Work> works;
  private final Map<Work, Map<SocketServer.Kind, Samples>> measured = new LinkedHashMap<>();

  SocketRounds(Work... works) {
    this.works = List.of(works);
  }

  /**
   * What a client does.
   *
   * @param variant for tables
   * @param isAlone whether one message is under way at a time, so that its round trip says it all
   * @param open makes a client for a server at a port
   */
  record Work(String variant, boolean isAlone, IntFunction<SocketClient> open) {}

  /** What was measured of one server at one work, round by round, per message or connection. */
  private static final class Samples {
    private final List<Double> nanos = new ArrayList<>();
    private final List<Double> processor = new ArrayList<>();
    private final List<Double> medians = new ArrayList<>();
    private final List<Double> tails = new ArrayList<>();

    void add(SocketClient.Run run, double processorNanos) {
      nanos.add((double) run.nanos() / run.count());
      processor.add(processorNanos / run.count());
      if (run.median() > 0) {
        medians.add(run.median());
        tails.add(run.tail());
      }
    }

    /** {@return times in another's, of each round} */
    List<Double> ratiosTo(Samples other) {
      return IntStream.range(0, nanos.size())
          .mapToObj(i -> nanos.get(i) / other.nanos.get(i))
          .toList();
    }
  }

  private static Score score(List<Double> samples) {
    return Score.of(samples.stream().mapToDouble(Double::doubleValue).toArray());
  }

  /** {@return the name of a variant whose times are of something} */
  static String variant(String work, String times) {
    return work.isEmpty() ? times : work + ", " + times;
  }

  @Override
  public int count() {
    return works.size();
  }

  @Override
  public List<Row> measure(Plan plan, Progress progress) {
    ThreadLoads.require("R");
    measured.clear();
    for (Work work : works) {
      progress.begin("Sockets " + work.variant());
      var samples = new LinkedHashMap<SocketServer.Kind, Samples>();
      SocketServer.KINDS.forEach(kind -> samples.put(kind, new Samples()));
      measured.put(work, samples);
      for (int fork = 0; fork < plan.forks(); fork++) {
        measure(work, samples, plan);
      }
    }
    return measured.keySet().stream().flatMap(work -> rows(work).stream()).toList();
  }

  private static void measure(Work work, Map<SocketServer.Kind, Samples> samples, Plan plan) {
    var servers = new ArrayList<SocketServer>();
    var clients = new ArrayList<SocketClient>();
    try {
      for (SocketServer.Kind kind : samples.keySet()) {
        servers.add(SocketServer.start(kind, JVM_ARGS));
        clients.add(work.open().apply(servers.getLast().port()));
      }
      for (int round = 0; round < plan.warmups() + plan.iterations(); round++) {
        boolean counts = round >= plan.warmups();
        long nanos = plan.millis() * NANOS_PER_MILLI / (counts ? SHARE : 1);
        for (int i = 0; i < servers.size(); i++) {
          ThreadLoads before = servers.get(i).loads();
          SocketClient.Run run = clients.get(i).run(nanos);
          if (counts) {
            Samples of = samples.get(servers.get(i).kind());
            of.add(run, servers.get(i).nanosSince(before));
          }
        }
      }
    } finally {
      clients.forEach(SocketClient::close);
      servers.forEach(SocketServer::close);
    }
  }

  private List<Row> rows(Work work) {
    Map<SocketServer.Kind, Samples> samples = measured.get(work);
    var rows = new ArrayList<Row>();
    if (!work.isAlone()) {
      samples.forEach((kind, of) -> rows.add(row(kind, work.variant(), score(of.nanos), null)));
    }
    samples.forEach((kind, of) -> {
      if (!of.medians.isEmpty()) {
        String variant = variant(work.variant(), ROUND_TRIP);
        rows.add(row(kind, variant, score(of.medians), score(of.tails)));
      }
    });
    samples.forEach((kind, of) ->
        rows.add(row(kind, variant(work.variant(), PROCESSOR), score(of.processor), null)));
    return rows;
  }

  private static Row row(SocketServer.Kind kind, String variant, Score time, @Nullable Score tail) {
    return new Row(kind.name(), kind.subject(), variant, 0, time, tail, Double.NaN);
  }

  /** {@return how many a second each server did, and its times in the reference's} */
  List<String> notes() {
    return measured.entrySet().stream().map(e -> note(e.getKey(), e.getValue())).toList();
  }

  private static String note(Work work, Map<SocketServer.Kind, Samples> samples) {
    Samples ours = samples.get(SocketServer.OURS);
    return samples.entrySet().stream()
        .map(e -> note(e.getKey(), e.getValue(), ours))
        .collect(Collectors.joining("; ", variant(work.variant(), "a second: "), ""));
  }

  private static String note(SocketServer.Kind kind, Samples theirs, Samples ours) {
    String rate = "%s %,.0f".formatted(kind.subject(), SECOND / score(theirs.nanos).value());
    if (kind.equals(SocketServer.OURS)) {
      return rate;
    }
    DoubleSummaryStatistics ratios =
        ours.ratiosTo(theirs).stream().collect(Collectors.summarizingDouble(r -> r));
    return "%s (ours/theirs round by round %.2f, %.2f to %.2f)"
        .formatted(rate, score(ours.ratiosTo(theirs)).value(), ratios.getMin(), ratios.getMax());
  }
}
