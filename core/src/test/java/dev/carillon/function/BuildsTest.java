package dev.carillon.function;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Functions between JVMs that have different builds of the same classes. */
class BuildsTest {
  private static final String CLASS_PATH = System.getProperty("java.class.path");

  /** The same in both builds: sends to standard output, or calls what comes from standard input. */
  private static final String PROGRAM =
      """
      package sample;

      import dev.carillon.binary.BinaryCodec;
      import dev.carillon.function.*;
      import dev.carillon.spi.CodingException;
      import java.io.*;

      public class Program {
        public static void main(String[] args) throws Exception {
          Functions functions = Functions.open("jobs");
          functions.register(Bound.of(Jobs::report));
          FunctionCodec codec =
              FunctionCodec.open(
                  functions,
                  BinaryCodec.of(c -> c.register("order", Order.class)),
                  c -> c.allow(Jobs.class));
          if (args[0].equals("send")) {
            var out = new DataOutputStream(System.out);
            for (Bound<String> each : Jobs.all()) {
              byte[] bytes = codec.encode(each);
              out.writeInt(bytes.length);
              out.write(bytes);
            }
            out.flush();
            return;
          }
          var in = new DataInputStream(System.in);
          for (int i = 0; i < 3; i++) {
            byte[] bytes = in.readNBytes(in.readInt());
            try {
              System.out.println(codec.decode(bytes, String.class).call("kg"));
            } catch (CodingException e) {
              System.out.println(e.getMessage());
            }
          }
        }
      }
      """;

  private static final String JOBS =
      """
      package sample;

      import dev.carillon.function.*;
      import java.util.List;

      @Sendable
      public class Jobs {
        static String report(Order order, String unit) {
          return "%s " + order + " " + unit;
        }

        static Bound<String> job(String text) {
          return Bound.of((String unit) -> text + " %s " + unit);
        }

        static List<Bound<String>> all() {
          Bound<String> report = Bound.of(Jobs::report);
          return List.of(
              report.bind("order", new Order("7", 3)),
              job("captured"),
              Bound.of(Elsewhere::twice));
        }
      }
      """;

  private static final String ELSEWHERE =
      """
      package sample;

      public class Elsewhere {
        static String twice(String text) {
          return %s;
        }
      }
      """;

  private static Path one = Path.of("");
  private static Path two = Path.of("");
  private static byte[] sent = {};

  @BeforeAll
  static void compile(@TempDir Path folder) throws Exception {
    one =
        compile(
            folder.resolve("one"),
            "public record Order(String id, int pieces) {}",
            JOBS.formatted("one", "one"),
            ELSEWHERE.formatted("text + text"));
    two =
        compile(
            folder.resolve("two"),
            "public record Order(@dev.carillon.binary.DefaultValue(\"EUR\") String currency,"
                + " long pieces, String id) {"
                + " public Order(String id, int pieces) { this(\"USD\", pieces, id); } }",
            JOBS.formatted("two", "two"),
            ELSEWHERE.formatted("\"twice \" + text"));
    sent = run(one, "send", new byte[0]);
  }

  private static Path compile(Path folder, String order, String jobs, String elsewhere)
      throws IOException {
    Path sources = Files.createDirectories(folder.resolve("src/sample"));
    Path classes = Files.createDirectories(folder.resolve("classes"));
    Files.writeString(sources.resolve("Order.java"), "package sample;\n" + order);
    Files.writeString(sources.resolve("Jobs.java"), jobs);
    Files.writeString(sources.resolve("Elsewhere.java"), elsewhere);
    Files.writeString(sources.resolve("Program.java"), PROGRAM);
    int failures =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-proc:none",
                "-parameters",
                "-d",
                classes.toString(),
                "-cp",
                CLASS_PATH,
                sources.resolve("Order.java").toString(),
                sources.resolve("Jobs.java").toString(),
                sources.resolve("Elsewhere.java").toString(),
                sources.resolve("Program.java").toString());
    assertThat(failures).isZero();
    return classes;
  }

  private static byte[] run(Path classes, String what, byte[] input) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classes + File.pathSeparator + CLASS_PATH,
                "sample.Program",
                what)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var out = process.getOutputStream()) {
      out.write(input);
    }
    byte[] output = process.getInputStream().readAllBytes();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
    return output;
  }

  private static List<String> receivedBy(Path build) throws Exception {
    return new String(run(build, "receive", sent), StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  @Covers({"S13", "S2"})
  void receive_sameBuild_callsAll() throws Exception {
    assertThat(receivedBy(one))
        .containsExactly("one Order[id=7, pieces=3] kg", "captured one kg", "kgkg");
  }

  @Test
  @Covers({"S13", "S2"})
  void receive_otherBuild_callsByName_andRefusesLambdasWithBothHashes() throws Exception {
    List<String> lines = receivedBy(two);
    assertThat(lines.getFirst())
        .as("the record has another shape, and the function another body")
        .isEqualTo("two Order[currency=EUR, pieces=3, id=7] kg");
    for (String refused : lines.subList(1, 3)) {
      assertThat(refused)
          .matches(
              "a lambda must be of the same build on both sides: class=sample.Jobs,"
                  + " sent=[0-9a-f]{64}, here=[0-9a-f]{64}");
    }
    assertThat(lines).hasSize(3);
  }

  /** Only the class that the reference leads to is of another build. */
  @Test
  @Covers("S2")
  void receive_otherBuildOfWhatAReferenceLeadsTo_isRefused(@TempDir Path folder) throws Exception {
    Path mixed = Files.createDirectories(folder.resolve("sample"));
    for (String each : List.of("Order", "Jobs", "Program")) {
      Files.copy(one.resolve("sample/" + each + ".class"), mixed.resolve(each + ".class"));
    }
    Files.copy(two.resolve("sample/Elsewhere.class"), mixed.resolve("Elsewhere.class"));
    List<String> lines = receivedBy(mixed.getParent());
    assertThat(lines.subList(0, 2))
        .containsExactly("one Order[id=7, pieces=3] kg", "captured one kg");
    assertThat(lines.get(2))
        .matches(
            "a lambda must be of the same build on both sides: class=sample/Elsewhere,"
                + " sent=[0-9a-f]{64}, here=[0-9a-f]{64}");
  }
}
