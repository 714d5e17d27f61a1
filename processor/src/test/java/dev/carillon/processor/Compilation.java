package dev.carillon.processor;

import dev.carillon.function.Bound;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.annotation.processing.Processor;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;
import org.jspecify.annotations.NullMarked;

/** One run of the compiler over sources in memory, into a directory. */
final class Compilation {
  private final Path directory;
  private final List<Diagnostic<? extends JavaFileObject>> diagnostics;
  private final boolean succeeded;

  private Compilation(
      Path directory, List<Diagnostic<? extends JavaFileObject>> diagnostics, boolean succeeded) {
    this.directory = directory;
    this.diagnostics = diagnostics;
    this.succeeded = succeeded;
  }

  /** Compiles with all warnings as errors, those about missing comments too. */
  static Compilation of(Path directory, Map<String, String> sources) {
    return of(directory, sources, List.of(new FunctionProcessor()));
  }

  static Compilation of(Path directory, Map<String, String> sources, List<Processor> processors) {
    return of(directory, sources, processors, "-proc:full");
  }

  /** Only has the processor write what it does. */
  static Compilation process(Path directory, Map<String, String> sources) {
    return of(directory, sources, List.of(new FunctionProcessor()), "-proc:only");
  }

  private static Compilation of(
      Path directory, Map<String, String> sources, List<Processor> processors, String how) {
    var compiler = ToolProvider.getSystemJavaCompiler();
    var diagnostics = new DiagnosticCollector<JavaFileObject>();
    try (var files = compiler.getStandardFileManager(diagnostics, Locale.ROOT, null)) {
      Path classes = Files.createDirectories(directory.resolve("classes"));
      files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(classes));
      files.setLocationFromPaths(
          StandardLocation.SOURCE_OUTPUT, List.of(Files.createDirectories(sources(directory))));
      List<Path> libraries =
          Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
              .map(Path::of)
              .toList();
      if (sources.containsKey("module-info")) {
        files.setLocationFromPaths(
            StandardLocation.MODULE_PATH,
            libraries.stream().filter(Compilation::isNeededByModules).toList());
      } else {
        files.setLocationFromPaths(
            StandardLocation.CLASS_PATH,
            Stream.concat(Stream.of(classes), libraries.stream()).toList());
      }
      var task =
          compiler.getTask(
              new StringWriter(),
              files,
              diagnostics,
              List.of(
                  how,
                  "-Xlint:all,-processing",
                  "-Xdoclint:all/protected",
                  "-Werror",
                  "-parameters"),
              null,
              sources.entrySet().stream()
                  .map(each -> source(each.getKey(), each.getValue()))
                  .toList());
      task.setProcessors(processors);
      boolean succeeded = task.call();
      return new Compilation(directory, diagnostics.getDiagnostics(), succeeded);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The core is a folder of classes or a jar, as the build has it. */
  private static boolean isNeededByModules(Path library) {
    return Stream.of(Bound.class, NullMarked.class).anyMatch(each -> library.equals(home(each)));
  }

  private static Path home(Class<?> type) {
    return Path.of(URI.create(type.getProtectionDomain().getCodeSource().getLocation().toString()));
  }

  private static JavaFileObject source(String name, String text) {
    return new SimpleJavaFileObject(
        URI.create("memory:///" + name.replace('.', '/') + ".java"), JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return text;
      }
    };
  }

  /** {@return where a compilation puts the sources that it generates} */
  static Path sources(Path directory) {
    return directory.resolve("sources");
  }

  boolean succeeded() {
    return succeeded;
  }

  /** {@return what the compiler said, errors and warnings, each on a line with its line number} */
  List<String> messages() {
    var all = new ArrayList<String>();
    for (var each : diagnostics) {
      all.add(each.getLineNumber() + ": " + each.getMessage(Locale.ROOT));
    }
    return all;
  }

  /** {@return the sources that are in the directory, by name} */
  Map<String, String> generated() {
    try (Stream<Path> files = Files.walk(sources(directory))) {
      var found = new TreeMap<String, String>();
      for (Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
        found.put(
            sources(directory).relativize(file).toString().replace('\\', '/'),
            Files.readString(file));
      }
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** {@return a loader of what was compiled, to be closed} */
  URLClassLoader load() throws IOException {
    return new URLClassLoader(
        new URL[] {directory.resolve("classes").toUri().toURL()},
        Compilation.class.getClassLoader());
  }
}
