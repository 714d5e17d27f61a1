package dev.carillon.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** {@code carillon bench}: measures groups of subjects, ours beside their peers. */
public final class Main {
  private static final List<Group> GROUPS =
      List.of(
          CreateTrigger.ALONE,
          Listeners.GROUP,
          CreateTrigger.ON_ALL_CORES,
          Merges.GROUP,
          Chains.GROUP,
          Graphs.GROUP,
          PartRuns.GROUP,
          PlanRuns.BUILD,
          PlanRuns.REPLAY,
          PlanRuns.MEMORY,
          WaitingParts.GROUP,
          WakeUps.GROUP,
          DirectPublish.GROUP,
          HandOff.GROUP,
          TopicMatches.GROUP,
          TopicChurn.GROUP,
          Appends.UNSYNCED,
          Appends.SYNCED,
          Appends.READ,
          Codecs.WRITE,
          Codecs.READ,
          BoundCalls.GROUP,
          Memory.GROUP,
          TimerChurn.GROUP,
          DeviceEvents.OF_CUDA,
          DeviceEvents.OF_OPENCL,
          Tasks.GROUP,
          TaskStart.GROUP,
          Idle.GROUP,
          Census.GROUP,
          Gates.BREAKER,
          Gates.RETRY,
          Gates.FAILURES,
          Gates.WINDOW_OF_TIME,
          Sockets.OF_MESSAGES,
          Sockets.OF_CONNECTIONS,
          Sockets.IDLE_ONES);

  private static final int USAGE = 2;

  private Main() {}

  /** Runs the groups named, or all. */
  public static void main(String[] args) {
    Locale.setDefault(Locale.ROOT);
    System.setProperty("jmh.ignoreLock", "true");
    var chosen = new ArrayList<Group>();
    Plan plan = Plan.SHORT;
    boolean json = false;
    for (String arg : args) {
      switch (arg) {
        case "--json" -> json = true;
        case "--long" -> plan = Plan.LONG;
        case "--smoke" -> plan = Plan.SMOKE;
        case "-h", "--help" -> {
          System.out.print(usage());
          return;
        }
        default -> chosen.addAll(named(arg));
      }
    }
    run(
        chosen.isEmpty() ? everything() : chosen,
        plan,
        json,
        "./carillon bench " + String.join(" ", args));
  }

  /** {@return all groups that this system can measure} */
  private static List<Group> everything() {
    if (ThreadLoads.areKnown()) {
      return GROUPS;
    }
    System.err.println("carillon bench: N and R are left out, they need what Linux says in /proc");
    var watched =
        List.of(Idle.GROUP, Sockets.OF_MESSAGES, Sockets.OF_CONNECTIONS, Sockets.IDLE_ONES);
    return GROUPS.stream().filter(group -> !watched.contains(group)).toList();
  }

  private static List<Group> named(String name) {
    List<Group> found =
        GROUPS.stream()
            .filter(g -> g.id().toUpperCase(Locale.ROOT).startsWith(name.toUpperCase(Locale.ROOT)))
            .toList();
    if (found.isEmpty() || name.isEmpty()) {
      System.err.printf(
          "carillon bench: there is no such group or option: %s%n%n%s", name, usage());
      System.exit(USAGE);
    }
    return found;
  }

  private static String usage() {
    return """
    usage: carillon bench [GROUP...] [--json] [--long | --smoke]

      --json   print one object instead of tables; times in nanoseconds
      --long   more and longer iterations, for figures that are published
      --smoke  hardly any, to see that everything runs

    Groups (a letter alone takes all that begin with it; none takes all):
    %s
    """
        .formatted(
            GROUPS.stream()
                .map(g -> "  %-4s %s".formatted(g.id(), g.title()))
                .collect(Collectors.joining("\n")));
  }

  private static void run(List<Group> groups, Plan plan, boolean json, String command) {
    Host host = Host.here();
    var progress = new Progress(System.err);
    double slower = Speed.slower();
    if (!json) {
      System.out.print(header(host, plan, slower, command));
    }
    var results = new ArrayList<Object>();
    for (Group group : groups) {
      Result result = Result.of(group, plan, progress, slower);
      results.add(result.json());
      if (!json) {
        System.out.print(result.text());
      }
    }
    if (json) {
      var all = new LinkedHashMap<String, Object>();
      all.put("cpu", host.cpu());
      all.put("os", host.os());
      all.put("jdk", host.jdk());
      all.put("load", host.load());
      all.put("slower", slower);
      all.put("command", command);
      all.put("set", plan.name());
      all.put("groups", results);
      System.out.println(Json.of(all));
    }
  }

  private static String header(Host host, Plan plan, double slower, String command) {
    return """
    cpu      %s
    os       %s
    jdk      %s
    load     %.2f before
    speed    one CAS takes %.2f times as long as where the goals were set
    command  %s
    set      %s: %s
    """
        .formatted(
            host.cpu(),
            host.os(),
            host.jdk(),
            host.load(),
            slower,
            command,
            plan.name(),
            told(plan));
  }

  private static String told(Plan plan) {
    return "%d forks, %d warm-ups and %d iterations of %d ms each"
        .formatted(plan.forks(), plan.warmups(), plan.iterations(), plan.millis());
  }
}
