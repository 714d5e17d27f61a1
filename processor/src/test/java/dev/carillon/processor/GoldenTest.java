package dev.carillon.processor;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.googlejavaformat.java.Formatter;
import dev.carillon.build.Covers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is written for some classes, byte by byte. With {@code -Dcarillon.golden=write} the files
 * are written anew, to be looked at before they are committed.
 */
class GoldenTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");
  private static final String OTHER_DATE =
      "package com.acme.other;\n/** Another date. */\npublic final class Date {\n  private Date() {}\n}\n";

  @TempDir Path directory;

  static String golden(String name) throws IOException {
    return Files.readString(GOLDEN.resolve(name + ".java"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Mailer", "Letter", "Kinds", "Clashes", "LongNames"})
  @Covers("S8")
  void output_isThatOfTheGoldenFiles_andLaidOutAsTheFormatterWould(String name) throws Exception {
    var sources = new LinkedHashMap<String, String>();
    sources.put("com.acme." + name, golden(name));
    if (name.equals("Clashes")) {
      sources.put("com.acme.other.Date", OTHER_DATE);
    }
    Compilation first = Compilation.of(directory.resolve("first"), sources);
    assertThat(first.messages()).isEmpty();
    Compilation second = Compilation.process(directory.resolve("second"), sources);
    assertThat(second.generated()).isEqualTo(first.generated()).isNotEmpty();
    for (Map.Entry<String, String> each : first.generated().entrySet()) {
      String file = each.getKey().substring("com/acme/".length());
      if ("write".equals(System.getProperty("carillon.golden"))) {
        Files.writeString(GOLDEN.resolve(file), each.getValue());
      }
      assertThat(each.getValue()).isEqualTo(Files.readString(GOLDEN.resolve(file)));
      assertThat(new Formatter().formatSource(each.getValue())).isEqualTo(each.getValue());
    }
  }
}
