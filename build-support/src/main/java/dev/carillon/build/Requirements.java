package dev.carillon.build;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.Annotation;
import java.lang.classfile.AnnotationValue;
import java.lang.classfile.AttributedElement;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Brings together the requirements in {@code docs/requirements.md} and the compiled tests marked
 * with {@link Covers}: writes the table's last column and tells what is missing.
 */
public final class Requirements {
  private static final Pattern ROW =
      Pattern.compile("\\| (?<id>[A-Z]\\d+) \\| .* \\| (?<landed>yes|planned) \\|(?<tests>.*)\\|");
  private static final String COVERS = "L" + Covers.class.getName().replace('.', '/') + ";";

  private final List<String> lines;
  private final SortedMap<String, SortedSet<String>> tests;

  private Requirements(List<String> lines, SortedMap<String, SortedSet<String>> tests) {
    this.lines = lines;
    this.tests = tests;
  }

  /**
   * Checks the project in {@code root}, whose tests must be compiled, and writes the table again.
   *
   * @return what is wrong, one line each; with {@code frozen} also that the table was out of date
   */
  public static List<String> check(Path root, boolean frozen) {
    Path table = root.resolve("docs/requirements.md");
    try {
      Requirements requirements = new Requirements(Files.readAllLines(table), testsBelow(root));
      List<String> problems = requirements.problems();
      List<String> written = requirements.written();
      if (!written.equals(requirements.lines)) {
        if (frozen) {
          problems.add("docs/requirements.md is out of date: run ./mvnw verify and commit it");
        } else {
          Files.write(table, written);
        }
      }
      return problems;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> problems() {
    List<String> problems = new ArrayList<>();
    Set<String> known = new HashSet<>();
    for (String line : lines) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        String id = row.group("id");
        if (!known.add(id)) {
          problems.add(id + " is listed twice");
        }
        if (row.group("landed").equals("yes") && !tests.containsKey(id)) {
          problems.add(id + " has landed but no test covers it");
        }
      } else if (line.matches("\\| *[A-Z]\\d+ *\\|.*")) {
        problems.add("not of the form \"| id | requirement | yes or planned | tests |\": " + line);
      }
    }
    tests.forEach((id, names) -> {
      if (!known.contains(id)) {
        problems.add(id + " is no requirement, but covered by " + String.join(", ", names));
      }
    });
    return problems;
  }

  private List<String> written() {
    return lines.stream()
        .map(line -> {
          Matcher row = ROW.matcher(line);
          if (!row.matches()) {
            return line;
          }
          String names = String.join(", ", tests.getOrDefault(row.group("id"), NONE));
          return line.substring(0, row.start("tests"))
              + (names.isEmpty() ? " " : " " + names + " ")
              + "|";
        })
        .toList();
  }

  private static final SortedSet<String> NONE = new TreeSet<>();

  private static SortedMap<String, SortedSet<String>> testsBelow(Path root) throws IOException {
    SortedMap<String, SortedSet<String>> tests = new TreeMap<>();
    for (Path classes : testClasses(root)) {
      try (Stream<Path> files = Files.walk(classes)) {
        for (Path file :
            (Iterable<Path>) files.filter(f -> f.toString().endsWith(".class"))::iterator) {
          collect(ClassFile.of().parse(file), tests);
        }
      }
    }
    return tests;
  }

  private static List<Path> testClasses(Path root) throws IOException {
    try (Stream<Path> modules = Files.list(root)) {
      return modules
          .filter(module -> !module.endsWith("build-support")) // its tests make up ids
          .map(module ->
              module.endsWith("stress")
                  ? module.resolve("target/classes")
                  : module.resolve("target/test-classes"))
          .filter(Files::isDirectory)
          .toList();
    }
  }

  private static void collect(ClassModel type, Map<String, SortedSet<String>> tests) {
    String path = type.thisClass().asInternalName();
    String name = path.substring(path.lastIndexOf('/') + 1).replace('$', '.');
    for (String id : ids(type)) {
      tests.computeIfAbsent(id, _ -> new TreeSet<>()).add(name);
    }
    for (MethodModel method : type.methods()) {
      for (String id : ids(method)) {
        tests
            .computeIfAbsent(id, _ -> new TreeSet<>())
            .add(name + "#" + method.methodName().stringValue());
      }
    }
  }

  private static List<String> ids(AttributedElement element) {
    return element.findAttribute(Attributes.runtimeInvisibleAnnotations()).stream()
        .flatMap(attribute -> attribute.annotations().stream())
        .filter(annotation -> annotation.classSymbol().descriptorString().equals(COVERS))
        .flatMap(Requirements::values)
        .toList();
  }

  private static Stream<String> values(Annotation covers) {
    return covers.elements().stream()
        .flatMap(element -> ((AnnotationValue.OfArray) element.value()).values().stream())
        .map(value -> ((AnnotationValue.OfString) value).stringValue());
  }
}
