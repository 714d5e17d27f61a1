package dev.carillon.processor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.Processor;
import javax.annotation.processing.RoundEnvironment;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.TypeElement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What builds have to know, and what they may leave alone. */
class IncrementalTest {
  @TempDir Path directory;

  @Test
  @Covers("S8")
  void recompile_oneClass_writesItsFileAlone() throws Exception {
    Compilation all =
        Compilation.of(
            directory,
            Map.of(
                "com.acme.Mailer", GoldenTest.golden("Mailer"),
                "com.acme.Letter", GoldenTest.golden("Letter")));
    assertThat(all.messages()).isEmpty();
    Map<String, String> before = all.generated();
    FileTime old = FileTime.fromMillis(0);
    Path mailer = Compilation.sources(directory).resolve("com/acme/MailerFunctions.java");
    Path letter = Compilation.sources(directory).resolve("com/acme/LetterFunctions.java");
    Files.setLastModifiedTime(mailer, old);
    Files.delete(letter);
    Compilation one =
        Compilation.of(directory, Map.of("com.acme.Letter", GoldenTest.golden("Letter")));
    assertThat(one.messages()).isEmpty();
    assertThat(one.generated()).isEqualTo(before);
    assertThat(Files.getLastModifiedTime(mailer)).isEqualTo(old);
  }

  @Test
  void builds_areToldOfTheProcessor_andThatItIsIsolating() throws IOException {
    assertThat(ServiceLoader.load(Processor.class))
        .hasAtLeastOneElementOfType(FunctionProcessor.class);
    try (var stream =
        FunctionProcessor.class.getResourceAsStream(
            "/META-INF/gradle/incremental.annotation.processors")) {
      assertThat(new String(stream.readAllBytes(), StandardCharsets.UTF_8).lines())
          .containsExactly(FunctionProcessor.class.getName() + ",isolating");
    }
  }

  /** Writes a type in the first round that a marked function takes. */
  private static final class Other extends AbstractProcessor {
    @Override
    public Set<String> getSupportedAnnotationTypes() {
      return Set.of("*");
    }

    @Override
    public SourceVersion getSupportedSourceVersion() {
      return SourceVersion.latest();
    }

    @Override
    public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
      if (processingEnv.getElementUtils().getTypeElement("com.acme.Made") == null) {
        try (Writer writer =
            processingEnv.getFiler().createSourceFile("com.acme.Made").openWriter()) {
          writer.write("package com.acme;\nrecord Made() {}\n");
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
      return false;
    }
  }

  @Test
  void types_ofAnotherProcessor_areWaitedFor() {
    Compilation both =
        Compilation.of(
            directory,
            Map.of(
                "com.acme.Taker",
                """
                package com.acme;
                class Taker {
                  @dev.carillon.function.Registered
                  static java.util.List<Made> take(Made made) {
                    return java.util.List.of(made);
                  }
                }
                """),
            List.of(new FunctionProcessor(), new Other()));
    assertThat(both.messages()).isEmpty();
    assertThat(both.generated().get("com/acme/TakerFunctions.java"))
        .contains("TakeMade", "Bound<List<Made>>");
  }

  @Test
  void types_thatNobodyWrites_areNamedByTheCompiler() {
    Compilation failed =
        Compilation.of(
            directory,
            Map.of(
                "A", "class A { @dev.carillon.function.Registered static void a(Missing m) {} }"));
    assertThat(failed.succeeded()).isFalse();
    assertThat(failed.messages()).hasSize(1).first().asString().contains("Missing");
  }
}
