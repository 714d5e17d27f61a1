package dev.carillon.tools;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.RecursiveAction;

/** The class files of the JDK that this runs on, as its {@code jrt:/} file system shows them. */
final class JdkImage {
  private static final FileSystem FILES = FileSystems.getFileSystem(URI.create("jrt:/"));
  private static final ClassFile PARSER = ClassFile.of();
  private static final String SUFFIX = ".class";
  private static final int PACKAGES = 2; // names before those of packages: modules, java.base

  private JdkImage() {}

  /** Is given class files. */
  @FunctionalInterface
  interface Visitor {
    void visit(Path classFile) throws IOException;
  }

  /** The directory that all class files are below, by module. */
  static final Path ROOT = FILES.getPath("/modules");

  /**
   * What is in a directory.
   *
   * @param classFiles but those of modules and packages themselves
   * @param directories that may have some in them, or below
   */
  record Listing(List<Path> classFiles, List<Path> directories) {}

  static Listing list(Path directory) throws IOException {
    var listing = new Listing(new ArrayList<>(), new ArrayList<>());
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        String path = entry.toString();
        if (isClass(path)) {
          listing.classFiles.add(entry);
        } else if (isDirectory(entry, path)) {
          listing.directories.add(entry);
        }
      }
    }
    return listing;
  }

  /** {@return the name of the package that a directory is for, empty if it is for none} */
  static String packageName(Path directory) {
    return directory.getNameCount() <= PACKAGES
        ? ""
        : directory.subpath(PACKAGES, directory.getNameCount()).toString().replace('/', '.');
  }

  /** Visits every class file but those of modules and packages themselves. */
  static void visit(Visitor visitor) throws IOException {
    visit(ROOT, visitor);
  }

  /** {@return a task that does the same by the threads of the pool that runs it} */
  static ForkJoinTask<?> visiting(Visitor visitor) {
    return new Visit(ROOT, visitor);
  }

  /** {@return whether there is a class to visit of a binary name such as java.util.Map$Entry} */
  static boolean contains(String className) {
    int dot = className.lastIndexOf('.');
    if (dot < 0 || className.indexOf('/') >= 0) {
      return false;
    }
    String file = className.replace('.', '/') + SUFFIX;
    Path modules = FILES.getPath("/packages", className.substring(0, dot));
    if (!Files.isDirectory(modules)) {
      return false;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(modules)) {
      for (Path module : entries) {
        Path path = FILES.getPath("/modules", module.getFileName().toString(), file);
        if (isClass(path.toString()) && Files.exists(path)) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** {@return the parsed class file; only what is asked of it is looked at} */
  static ClassModel read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return PARSER.parse(in.readAllBytes());
    }
  }

  /** {@return the module that a class file is in} */
  static String module(String file) {
    int start = "/modules/".length();
    return file.substring(start, file.indexOf('/', start));
  }

  private static boolean isClass(String path) {
    return path.endsWith(SUFFIX)
        && !path.endsWith("/module-info.class")
        && !path.endsWith("/package-info.class");
  }

  /** Asks the file system last: most entries are class files. */
  private static boolean isDirectory(Path entry, String path) {
    return !path.endsWith(SUFFIX) && Files.isDirectory(entry);
  }

  private static void visit(Path directory, Visitor visitor) throws IOException {
    Listing listing = list(directory);
    for (Path file : listing.classFiles) {
      visitor.visit(file);
    }
    for (Path below : listing.directories) {
      visit(below, visitor);
    }
  }

  /** Visits the class files in a directory, and has those in directories below visited as well. */
  @SuppressWarnings("serial") // is never serialised
  private static final class Visit extends RecursiveAction {
    private final Path directory;
    private final Visitor visitor;

    Visit(Path directory, Visitor visitor) {
      this.directory = directory;
      this.visitor = visitor;
    }

    @Override
    protected void compute() {
      var below = new ArrayList<ForkJoinTask<?>>();
      try {
        Listing listing = list(directory);
        for (Path each : listing.directories) {
          below.add(new Visit(each, visitor).fork());
        }
        for (Path file : listing.classFiles) {
          visitor.visit(file);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      below.forEach(ForkJoinTask::join);
    }
  }
}
