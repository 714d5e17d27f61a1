package dev.carillon.bench;

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

/** Calls to a driver: measured in a JVM of their own, and in a program in C, in turn. */
final class CallsInTurn implements Source {
  private static final String HEADER = "measuring.h";

  private final DeviceCalls.Driver driver;
  private final String program;
  private final @Nullable String option;
  private final List<String> libraries;

  private final List<String> missing = new ArrayList<>();

  /**
   * Calls to a driver.
   *
   * @param driver whose
   * @param program the program in C, without its ending
   * @param option a system property that names the driver's library for both; null if none does
   * @param libraries the names that the library may have otherwise
   */
  CallsInTurn(
      DeviceCalls.Driver driver, String program, @Nullable String option, List<String> libraries) {
    this.driver = driver;
    this.program = program;
    this.option = option;
    this.libraries = libraries;
  }

  @Override
  public int count() {
    return 1;
  }

  @Override
  public List<Row> measure(Plan plan, Progress progress) {
    missing.clear();
    progress.begin(driver + ", from Java and from C");
    var values = new LinkedHashMap<String, List<double[]>>();
    Path directory = null;
    try {
      directory = Files.createTempDirectory("carillon-bench");
      Path compiled = null;
      for (int fork = 0; fork < plan.forks(); fork++) {
        take(java(plan), "", values);
        if (!missing.isEmpty()) {
          return List.of();
        }
        if (fork == 0) {
          compiled = compiled(directory);
        }
        if (compiled != null) {
          take(output(command(compiled, plan)), DeviceEvents.C + "\t", values);
        }
      }
    } catch (IOException e) {
      throw new BenchmarkException("the calls from C could not be measured", e);
    } finally {
      remove(directory);
    }
    return values.entrySet().stream().map(each -> row(each.getKey(), each.getValue())).toList();
  }

  private String java(Plan plan) {
    var options = new ArrayList<>(List.of("--enable-native-access=ALL-UNNAMED"));
    String library = library();
    if (library != null) {
      options.add("-D" + option + "=" + library);
    }
    return Fork.output(
        DeviceCalls.class,
        options,
        driver.name(),
        String.valueOf(plan.warmups()),
        String.valueOf(plan.iterations()),
        String.valueOf(plan.millis()));
  }

  private @Nullable String library() {
    return option == null ? null : System.getProperty(option);
  }

  private List<String> command(Path compiled, Plan plan) {
    String library = library();
    var command =
        new ArrayList<>(
            List.of(
                compiled.toString(),
                String.valueOf(plan.warmups()),
                String.valueOf(plan.iterations()),
                String.valueOf(plan.millis())));
    command.addAll(library == null ? libraries : List.of(library));
    return command;
  }

  /** {@return the program in C; null, and a note, if there is no compiler} */
  private @Nullable Path compiled(Path directory) throws IOException {
    Path source = copied(program + ".c", directory);
    var _ = copied(HEADER, directory);
    Path made = directory.resolve(program);
    try {
      var _ =
          output(
              List.of("cc", "-O2", "-o", made.toString(), source.toString(), "-ldl", "-lpthread"));
    } catch (IOException e) {
      missing.add(
          "not measured from C, as there is no C compiler (apt-get install gcc): "
              + e.getMessage());
      return null;
    }
    return made;
  }

  private static Path copied(String resource, Path directory) throws IOException {
    Path file = directory.resolve(resource);
    try (InputStream text = CallsInTurn.class.getResourceAsStream(resource)) {
      if (text == null) {
        throw new BenchmarkException("a resource is missing: " + resource);
      }
      Files.copy(text, file);
    }
    return file;
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
    return new Row(parts[1], DeviceEvents.shown(parts[1]), parts[0], 0, time, tail, Double.NaN);
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
