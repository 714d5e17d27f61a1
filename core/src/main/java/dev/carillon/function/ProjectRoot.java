package dev.carillon.function;

import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The directory in which a project lies: paths of the project are told from it, the same on all
 * machines, and none leads out of it.
 *
 * {@snippet :
 * ProjectRoot root = ProjectRoot.find(Path.of(""));
 * Path data = root.resolve("data/../input/words.txt");   // …/input/words.txt
 * root.relativize(data);                                 // "input/words.txt"
 * root.resolve("../secrets");                            // refused
 * }
 *
 * <p>Paths inside are texts with {@code /} between names. They are brought to their shortest form
 * by their names alone, so {@code a/../b} is {@code b} even if {@code a} is a link. What is then
 * there, or its nearest parent that is, must really lie in the root when all symbolic links are
 * followed; a link whose target is not there cannot be followed, and is refused.
 *
 * <p>Limits. A path is checked when it is resolved: whoever can write into the project can put a
 * link there afterwards, so this keeps mistakes and foreign texts in, not an adversary with access
 * to the files. Hard links and mounts are not seen. Names are compared as they are: on file systems
 * that take {@code A} for {@code a}, or different forms of the same Unicode text for one, two texts
 * may mean the same file.
 *
 * <p>Works on any file system, one in a jar too. Immutable; safe for use by any thread. Roots of
 * the same directory are equal.
 */
public sealed interface ProjectRoot permits LocalProjectRoot {

  /**
   * {@return the nearest directory, upward from a path, that has one of the usual markers of a
   * project in it}
   *
   * @param start a file or directory that is there
   * @throws ProjectRootException if there is none, saying where was looked, or the path is not
   *     there
   */
  static ProjectRoot find(Path start) {
    return find(start, search -> search);
  }

  /**
   * {@return the nearest directory, upward from a path, that has one of some markers in it}
   *
   * @param start a file or directory that is there
   * @param markers names of files or directories, at least one
   * @throws ProjectRootException if there is none, saying where was looked, or the path is not
   *     there
   * @throws IllegalArgumentException if there are no markers, or one is no plain name
   */
  static ProjectRoot find(Path start, String... markers) {
    return find(start, search -> search.withMarkers(markers));
  }

  /**
   * {@return the directory, upward from a path, that is the root}
   *
   * @param start a file or directory that is there
   * @param configure changes how it is looked for: markers, nested roots, how far up
   * @throws ProjectRootException if there is none, saying where was looked, or the path is not
   *     there
   */
  static ProjectRoot find(Path start, UnaryOperator<RootSearch> configure) {
    return RootFinder.find(start, configure.apply(RootSearch.DEFAULT));
  }

  /**
   * {@return all roots upward from a path, the innermost first; empty if there is none}
   *
   * @param start a file or directory that is there
   * @param configure changes how they are looked for
   * @throws ProjectRootException if the path is not there
   */
  static List<ProjectRoot> all(Path start, UnaryOperator<RootSearch> configure) {
    return RootFinder.all(start, configure.apply(RootSearch.DEFAULT));
  }

  /**
   * {@return the root that is said to be one}
   *
   * @param directory a directory that is there; links to it are followed
   * @throws ProjectRootException if it is not there, or no directory
   */
  static ProjectRoot of(Path directory) {
    return LocalProjectRoot.of(directory);
  }

  /**
   * {@return the directory in which a class's code lies} For classes in directories that is theirs,
   * such as {@code target/classes}; for those in a jar, the one that the jar lies in. It is not
   * looked for markers: {@code find(ofClass(type).path())} does that.
   *
   * @param type a class of a directory or a jar
   * @throws ProjectRootException if its code lies elsewhere: in the JDK, in a jar inside a jar, in
   *     memory
   */
  static ProjectRoot ofClass(Class<?> type) {
    return RootFinder.ofClass(type);
  }

  /** {@return the directory: absolute, with all links followed} */
  Path path();

  /**
   * {@return a path of the project, absolute; nothing has to be there}
   *
   * @param inside relative to the root, with {@code /} between names; empty for the root itself
   * @throws ProjectRootException if it is absolute, leads out of the root by {@code ..} or by
   *     links, has a link in it that leads nowhere, or is no path
   */
  Path resolve(String inside);

  /**
   * {@return a path of the project relative to the root, with {@code /} between names; empty for
   * the root itself}
   *
   * @param path absolute, or relative to the root; it may reach the root by links
   * @throws ProjectRootException if it is not in the root, or on another file system
   */
  String relativize(Path path);

  /**
   * {@return whether a path is in the root, links followed}
   *
   * @param path absolute, or relative to the root
   */
  boolean contains(Path path);
}
