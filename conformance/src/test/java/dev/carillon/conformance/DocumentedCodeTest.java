package dev.carillon.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Compiles the Java code that the documents and the Javadoc show. */
class DocumentedCodeTest {
  /** What the shown code may use without declaring it. */
  private static final String SURROUNDINGS =
      """
      import dev.carillon.*;
      import dev.carillon.binary.*;
      import dev.carillon.bus.*;
      import dev.carillon.codec.*;
      import dev.carillon.cuda.*;
      import dev.carillon.device.*;
      import dev.carillon.event.*;
      import dev.carillon.flow.*;
      import dev.carillon.function.*;
      import dev.carillon.opencl.*;
      import dev.carillon.schedule.*;
      import dev.carillon.source.*;
      import dev.carillon.spi.*;
      import dev.carillon.store.*;
      import dev.carillon.testkit.*;
      import dev.carillon.time.*;
      import dev.carillon.time.Clock;
      import java.nio.file.*;
      import java.time.*;
      import java.util.*;
      import static dev.carillon.testkit.CarillonAssertions.assertThat;
      import static dev.carillon.testkit.ExpectedMessage.on;
      %s
      class Shown %s {
        static EventSystem events;
        static Event ready;
        static Scheduler scheduler;
        static Devices devices;
        static void train() {}
        static void load() throws java.io.IOException {}
        static Bus bus;
        static Path directory, state, log, file;
        static Process process;
        static ProcessBuilder builder;
        static String secret;
        static ZoneId zone;
        static Topic<FileChange> topic;
        static Topic<String> lines, printed;
        static Topic<Tick> opens;
        static SourceKind<String> kind;
        static void log(Object what) {}
        static void run(Object what) {}
        static Outlet<Object> outlet;
        static String text;
        record Receipt() {}
        record Report() {}
        static class Mailer {
          static Receipt send(String to, String text) { return new Receipt(); }
        }
        static class Reports {
          static Report make(String title, int year) { return new Report(); }
        }
        static class Parser {
          void parse(String text) {}
        }
        static class JsonParser extends Parser {}
        static Parser yaml;
        record Line(String article) {}
        record Order(String id, List<Line> lines) {}
        static Order order;
        static Message<Order> message;
        static List<Order> orders;
        static FunctionCodec receiver;
        sealed interface Shape permits Circle {}
        record Circle(double radius) implements Shape {}
        static void reload() {}
        static void finishWork() {}
        record Reading(double value) {}
        static class Port implements AutoCloseable {
          static Port open(String name) { return new Port(); }
          Reading read() { return new Reading(0); }
          public void close() {}
        }
        static void shown() throws Exception {
      %s
        }
      }
      """;

  /**
   * What code about cycles means by names that other layers have, too, and what it uses besides.
   */
  private static final String OF_CYCLES =
      """
      import dev.carillon.flow.OnError;
      import dev.carillon.flow.Outcome;
      import static java.time.Duration.*;
      class Page {}
      record Rates() { static final Rates LAST = new Rates(); }
      class Client { Page get(String url) { return new Page(); } }
      class Api {
        static Api api = new Api();
        List<String> orders(LocalDate day) { return List.of(); }
        Rates rates(LocalDate day) { return Rates.LAST; }
        Shown.Report upsert(List<String> orders, Rates rates) { return new Shown.Report(); }
      }
      class Given {
        static Flow flow;
        static Api api, db;
        static Client client;
        static LocalDate today;
        static Backoff backoff;
        static Key<Double> LOSS;
        static Cycle<LocalDate, Shown.Report> etl;
        static Part<Object, Object> load, check, count, save, report;
      }
      """;

  private static final Pattern IN_MARKDOWN = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);
  private static final Pattern IN_JAVADOC =
      Pattern.compile("\\{@snippet :\\n(.*?)\\n \\* }\\n \\*[\\n/]", Pattern.DOTALL);

  private record Shown(String where, boolean isOfCycles, String code) {}

  @TestFactory
  Stream<DynamicTest> shownCode_compiles(@TempDir Path out) throws IOException {
    Path root = Repository.root();
    var shown = new ArrayList<Shown>();
    for (Path file :
        List.of(
            root.resolve("README.md"),
            root.resolve("docs/events.md"),
            root.resolve("docs/bus.md"),
            root.resolve("docs/cloudevents.md"),
            root.resolve("docs/bus-durable.md"),
            root.resolve("docs/scheduling.md"),
            root.resolve("docs/gates.md"),
            root.resolve("docs/schedules.md"),
            root.resolve("docs/sources.md"),
            root.resolve("docs/source-kinds.md"),
            root.resolve("docs/source-network.md"),
            root.resolve("docs/flow.md"),
            root.resolve("docs/flow-journal.md"),
            root.resolve("docs/functions.md"),
            root.resolve("docs/shared-maps.md"),
            root.resolve("docs/codec.md"),
            root.resolve("docs/stores.md"),
            root.resolve("docs/devices.md"),
            root.resolve("docs/devices-cuda.md"),
            root.resolve("docs/testing.md"))) {
      add(shown, file, IN_MARKDOWN, "");
    }
    for (String module : List.of("core", "codec", "device")) {
      try (Stream<Path> sources = Files.walk(root.resolve(module).resolve("src/main/java"))) {
        for (Path file : sources.filter(f -> f.toString().endsWith(".java")).toList()) {
          add(shown, file, IN_JAVADOC, "(?m)^ *\\* ?");
        }
      }
    }
    assertThat(shown).hasSizeGreaterThanOrEqualTo(6);
    return shown.stream()
        .map(s -> DynamicTest.dynamicTest(s.where, () -> assertThat(errors(s, out)).isEmpty()));
  }

  @Test
  void readmeCensus_isTheRegionOfTheExample() throws IOException {
    Path example =
        Repository.root().resolve("examples/src/main/java/dev/carillon/examples/Census.java");
    var region =
        Pattern.compile("// @start region=census\\n(.*?)\\n *// @end", Pattern.DOTALL)
            .matcher(Files.readString(example));
    assertThat(region.find()).isTrue();
    assertThat(Files.readString(Repository.root().resolve("README.md")))
        .contains("```java\n" + region.group(1).stripIndent() + "\n```");
  }

  private static void add(List<Shown> shown, Path file, Pattern pattern, String margin)
      throws IOException {
    var matcher = pattern.matcher(Files.readString(file));
    while (matcher.find()) {
      String code = matcher.group(1).replaceAll(margin, "").replace("…", "");
      if (code.contains("Census::read")) {
        continue; // the region of the example, compiled there
      }
      boolean isOfCycles = file.toString().replace('\\', '/').matches(".*/(docs/)?flow.*");
      shown.add(new Shown(file.getFileName() + " #" + shown.size(), isOfCycles, code));
    }
  }

  private static String errors(Shown shown, Path out) {
    String besides = shown.isOfCycles ? OF_CYCLES : "";
    String inherits = shown.isOfCycles ? "extends Given" : "";
    var source =
        new SimpleJavaFileObject(URI.create("string:///Shown.java"), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return SURROUNDINGS.formatted(besides, inherits, shown.code);
          }
        };
    var messages = new StringWriter();
    String classPath =
        System.getProperty("java.class.path")
            + File.pathSeparator
            + Repository.root().resolve("testkit/target/classes");
    boolean compiled =
        ToolProvider.getSystemJavaCompiler()
            .getTask(
                messages,
                null,
                null,
                List.of("-proc:none", "-cp", classPath, "-d", out.toString()),
                null,
                List.of(source))
            .call();
    return compiled
        ? ""
        : messages + shown.code.lines().collect(Collectors.joining("\n", "\n", ""));
  }
}
