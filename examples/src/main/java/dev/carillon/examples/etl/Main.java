package dev.carillon.examples.etl;

import dev.carillon.Carillon;
import dev.carillon.examples.SeededExample;
import dev.carillon.flow.PartFailure;
import dev.carillon.flow.Run;
import dev.carillon.flow.RunExplanation.PartExplanation;
import dev.carillon.flow.RunStatus;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Loads a few days at once, and prints what became of each. */
public final class Main {
  static final List<LocalDate> DAYS =
      Stream.iterate(LocalDate.of(2026, 3, 2), day -> day.plusDays(1)).limit(7).toList();

  private static final String HELP =
      """
      fetches the orders and rates of seven days from a server that fails now and then, cleans them
      and writes a file for each day; tells of each day whether it was loaded, and if not, why
      """;

  private Main() {}

  /**
   * Runs it.
   *
   * @param arguments see {@code --help}
   * @return the exit code
   * @throws Exception if it fails
   */
  public static int run(String... arguments) throws Exception {
    return SeededExample.run("etl", HELP, Main::load, arguments);
  }

  private static void load(PrintStream out, long seed) throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("carillon-etl");
    try (var shop = new Shop(seed);
        var client = new ShopClient(shop.address());
        var carillon = Carillon.open(c -> c.named("etl"))) {
      var warehouse = new Warehouse(directory);
      var etl = new Etl(client, warehouse);
      var cycle = etl.define();
      Map<LocalDate, Run<Warehouse.Loaded>> runs = new TreeMap<>();
      for (LocalDate day : DAYS) {
        runs.put(day, carillon.flow().start(cycle, day, r -> r.named("etl-" + day)));
      }
      for (LocalDate day : runs.keySet()) {
        print(out, day, runs.get(day));
      }
      out.printf("%n%d runs have ended; in the warehouse: %s%n", etl.ended(), warehouse.days());
    } finally {
      delete(directory);
    }
  }

  private static void print(PrintStream out, LocalDate day, Run<Warehouse.Loaded> run)
      throws InterruptedException {
    RunStatus status = run.await();
    String what =
        status == RunStatus.ERROR
            ? ""
            : run.output().map(l -> l.orders() + " orders, " + l.usd() + " USD").orElse("");
    out.printf("%s %-8s %s%n", day, status, what);
    long leftOut = run.failures().stream().filter(f -> f.severity() == RunStatus.OK).count();
    if (leftOut > 0) {
      out.printf("  %d damaged lines are left out%n", leftOut);
    }
    for (PartFailure failure : run.failures()) {
      if (failure.severity() != RunStatus.OK) {
        out.printf(
            "  %s, attempt %d: %s%n",
            failure.part(), failure.attempts(), failure.cause().getMessage());
      }
    }
    if (status == RunStatus.ERROR) {
      for (PartExplanation part : run.explain().parts()) {
        out.printf("    %-8s %s%n", part.name(), String.join("; ", part.why()));
      }
    }
  }

  private static void delete(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }
}
