package dev.carillon.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What each thread of a process has used so far, as Linux counts it: looking at {@code /proc} costs
 * the process nothing.
 *
 * @param atNanos when that was, by {@link System#nanoTime}
 * @param byThread by the system's number of the thread
 */
record ThreadLoads(long atNanos, Map<String, Load> byThread) {
  private static final Path PROC = Path.of("/proc");
  private static final double SECOND = 1e9;

  /**
   * What a thread has used.
   *
   * @param name the first 15 characters of its name
   * @param nanos on a processor
   * @param wakeUps how often it has left a processor, and so must have been given one again
   */
  record Load(String name, double nanos, double wakeUps) {
    private static Load of(Path thread) throws IOException {
      double wakeUps = 0;
      for (String line : Files.readAllLines(thread.resolve("status"))) {
        if (line.contains("_ctxt_switches:")) {
          wakeUps += Double.parseDouble(line.substring(line.indexOf(':') + 1).strip());
        }
      }
      String used = Files.readString(thread.resolve("schedstat"));
      double nanos = Double.parseDouble(used.substring(0, used.indexOf(' ')));
      return new Load(Files.readString(thread.resolve("comm")).strip(), nanos, wakeUps);
    }

    /** {@return this and another of the same name} */
    Load plus(Load other) {
      return new Load(name, nanos + other.nanos, wakeUps + other.wakeUps);
    }

    private Load per(double seconds) {
      return new Load(name, nanos / seconds, wakeUps / seconds);
    }
  }

  /** {@return whether this system counts what threads use} */
  static boolean areKnown() {
    return Files.isReadable(PROC.resolve("self/task"))
        && Files.isReadable(PROC.resolve("self/schedstat"));
  }

  /**
   * Checks that this system counts what threads use.
   *
   * @param group what needs that
   * @throws BenchmarkException if it does not
   */
  static void require(String group) {
    if (!areKnown()) {
      throw new BenchmarkException(
          "group %s needs what Linux says of threads in /proc: os=%s"
              .formatted(group, System.getProperty("os.name")));
    }
  }

  /**
   * {@return what the threads of a process have used}
   *
   * @throws BenchmarkException if the process is gone
   */
  static ThreadLoads of(long process) {
    var byThread = new HashMap<String, Load>();
    try (var threads = Files.newDirectoryStream(PROC.resolve(process + "/task"))) {
      for (Path thread : threads) {
        try {
          byThread.put(thread.getFileName().toString(), Load.of(thread));
        } catch (IOException e) {
          // the thread has ended meanwhile
        }
      }
    } catch (IOException e) {
      throw new BenchmarkException("a process ended while it was watched: process=" + process, e);
    }
    return new ThreadLoads(System.nanoTime(), byThread);
  }

  /**
   * {@return what was used a second since then, by name} Threads that have ended since are left
   * out.
   *
   * @param before of the same process
   */
  Map<String, Load> perSecondSince(ThreadLoads before) {
    double seconds = (atNanos - before.atNanos) / SECOND;
    var byName = new TreeMap<String, Load>();
    byThread.forEach((thread, now) -> {
      Load then = before.byThread.getOrDefault(thread, new Load(now.name, 0, 0));
      var used = new Load(now.name, now.nanos - then.nanos, now.wakeUps - then.wakeUps);
      byName.merge(now.name, used.per(seconds), Load::plus);
    });
    return byName;
  }
}
