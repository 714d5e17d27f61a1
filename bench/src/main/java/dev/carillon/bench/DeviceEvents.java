package dev.carillon.bench;

import static dev.carillon.bench.DeviceCalls.EVENTS_OF_USERS;
import static dev.carillon.bench.DeviceCalls.FUNCTIONS;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * M: events of a GPU, and the same calls from C. The system property {@code carillon.cuda.library}
 * names the driver's library for both, as in {@code CARILLON_JAVA_OPTS=-Dcarillon.cuda.library=…}.
 */
final class DeviceEvents {
  private static final String C = "c";
  private static final String LIBRARY = "carillon.cuda.library";
  private static final List<String> LIBRARIES = List.of("libcuda.so.1", "libcuda.so");
  private static final double MOST = 1.2;

  /** In what order, and how, subjects are shown. */
  private static final Map<String, String> SUBJECTS =
      Map.of(
          EVENTS_OF_USERS,
          "Carillon",
          FUNCTIONS,
          "Carillon, functions alone",
          C,
          "C, the same calls");

  private static final Measured MEASURED = new Measured();

  static final Group GROUP =
      new Group(
          "M",
          "events of a GPU by CUDA's driver",
          Group.Unit.US,
          "operation",
          EVENTS_OF_USERS,
          List.of(MEASURED),
          List.of(
              likeC(DeviceCalls.RECORD),
              likeC(DeviceCalls.RECORD_QUERY),
              likeC(DeviceCalls.WAIT),
              likeC(DeviceCalls.GRAPH),
              Goal.ratio(
                  "polling ≤ 1/3 × host function",
                  1.0 / 3,
                  EVENTS_OF_USERS,
                  DeviceCalls.POLLED,
                  EVENTS_OF_USERS,
                  DeviceCalls.TOLD)),
          MEASURED::notes);

  private DeviceEvents() {}

  private static Goal likeC(String operation) {
    return Goal.ratio(
        "≤ %s × C, %s".formatted(MOST, operation), MOST, EVENTS_OF_USERS, C, operation);
  }

  /** Runs both programs in turn. */
  private static final class Measured implements Source {
    private final List<String> missing = new ArrayList<>();

    @Override
    public int count() {
      return 1;
    }

    @Override
    public List<Row> measure(Plan plan, Progress progress) {
      missing.clear();
      progress.begin("DeviceEvents, from Java and from C");
      var values = new LinkedHashMap<String, List<double[]>>();
      Path directory = null;
      try {
        directory = Files.createTempDirectory("carillon-bench");
        Path program = null;
        for (int fork = 0; fork < plan.forks(); fork++) {
          take(java(plan), "", values);
          if (!missing.isEmpty()) {
            return List.of();
          }
          if (fork == 0) {
            program = compiled(directory);
          }
          if (program != null) {
            take(output(command(program, plan)), C + "\t", values);
          }
        }
      } catch (IOException e) {
        throw new BenchmarkException("the calls from C could not be measured", e);
      } finally {
        remove(directory);
      }
      return values.entrySet().stream().map(each -> row(each.getKey(), each.getValue())).toList();
    }

    private static String java(Plan plan) {
      var options = new ArrayList<>(List.of("--enable-native-access=ALL-UNNAMED"));
      String library = System.getProperty(LIBRARY);
      if (library != null) {
        options.add("-D" + LIBRARY + "=" + library);
      }
      return Fork.output(
          DeviceCalls.class,
          options,
          String.valueOf(plan.warmups()),
          String.valueOf(plan.iterations()),
          String.valueOf(plan.millis()));
    }

    private static List<String> command(Path program, Plan plan) {
      String library = System.getProperty(LIBRARY);
      var command =
          new ArrayList<>(
              List.of(
                  program.toString(),
                  String.valueOf(plan.warmups()),
                  String.valueOf(plan.iterations()),
                  String.valueOf(plan.millis())));
      command.addAll(library == null ? LIBRARIES : List.of(library));
      return command;
    }

    /** {@return the program in C; null, and a note, if there is no compiler} */
    private @Nullable Path compiled(Path directory) throws IOException {
      Path source = directory.resolve("device_events.c");
      try (InputStream text = DeviceEvents.class.getResourceAsStream("device_events.c")) {
        if (text == null) {
          throw new BenchmarkException("a resource is missing: device_events.c");
        }
        Files.copy(text, source);
      }
      Path made = directory.resolve("device_events");
      try {
        var _ =
            output(
                List.of(
                    "cc", "-O2", "-o", made.toString(), source.toString(), "-ldl", "-lpthread"));
      } catch (IOException e) {
        missing.add(
            "not measured from C, as there is no C compiler (apt-get install gcc): "
                + e.getMessage());
        return null;
      }
      return made;
    }

    private static String output(List<String> command) throws IOException {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      try {
        int exit = process.waitFor();
        if (exit != 0) {
          throw new BenchmarkException("a program failed: exit=" + exit + " command=" + command);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new BenchmarkException("interrupted while a program ran: command=" + command, e);
      }
      return output;
    }

    private void take(String output, String before, Map<String, List<double[]>> values) {
      for (String line : output.lines().toList()) {
        String[] parts = (before + line).split("\t", -1);
        if (parts[0].equals(DeviceCalls.MISSING)) {
          missing.add("not measured: " + parts[1]);
          return;
        }
        double[] numbers = Stream.of(parts).skip(2).mapToDouble(Double::parseDouble).toArray();
        values.computeIfAbsent(parts[1] + "\t" + parts[0], none -> new ArrayList<>()).add(numbers);
      }
    }

    private static Row row(String operationAndSubject, List<double[]> iterations) {
      String[] parts = operationAndSubject.split("\t", -1);
      Score time = Score.of(iterations.stream().mapToDouble(each -> each[0]).toArray());
      Score tail =
          iterations.getFirst().length < 2
              ? null
              : Score.of(iterations.stream().mapToDouble(each -> each[1]).toArray());
      return new Row(
          parts[1], SUBJECTS.getOrDefault(parts[1], parts[1]), parts[0], 0, time, tail, Double.NaN);
    }

    private static void remove(@Nullable Path directory) {
      if (directory == null) {
        return;
      }
      try (Stream<Path> all = Files.walk(directory)) {
        for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      } catch (IOException e) {
        throw new BenchmarkException("a directory could not be removed: " + directory, e);
      }
    }

    /** {@return what could not be measured, and why} */
    List<String> notes() {
      return List.copyOf(missing);
    }
  }
}
