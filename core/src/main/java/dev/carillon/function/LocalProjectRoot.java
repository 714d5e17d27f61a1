package dev.carillon.function;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * A project's root.
 *
 * @param path the directory, with links followed
 */
record LocalProjectRoot(Path path) implements ProjectRoot {

  static ProjectRoot of(Path directory) {
    Path real = RootFinder.real(directory, "a project's root must be there");
    if (!Files.isDirectory(real)) {
      throw new ProjectRootException("a project's root must be a directory: path=" + real, null);
    }
    return new LocalProjectRoot(real);
  }

  @Override
  public Path resolve(String inside) {
    Path relative;
    try {
      relative = path.getFileSystem().getPath(inside);
    } catch (InvalidPathException e) {
      throw new ProjectRootException("it must be a path: text=\"" + inside + "\"", e);
    }
    if (relative.isAbsolute() || relative.getRoot() != null) {
      throw new ProjectRootException(
          "a path of a project must be relative: text=\"%s\", root=%s".formatted(inside, path),
          null);
    }
    Path normal = path.resolve(relative).normalize();
    if (!staysInside(relative)) {
      throw outside(relative, normal);
    }
    Path real = real(normal);
    if (!real.startsWith(path)) {
      throw outside(relative, real);
    }
    return normal;
  }

  /** {@return whether ".." never leads above the root, not even on the way} */
  private static boolean staysInside(Path relative) {
    int depth = 0;
    for (Path each : relative) {
      String name = each.toString();
      if (name.equals("..")) {
        depth--;
      } else if (!name.isEmpty() && !name.equals(".")) {
        depth++;
      }
      if (depth < 0) {
        return false;
      }
    }
    return true;
  }

  private ProjectRootException outside(Path asked, Path where) {
    return new ProjectRootException(
        "a path must stay in the project: path=%s, leads to=%s, root=%s"
            .formatted(asked, where, path),
        null);
  }

  /**
   * {@return an absolute path with links followed, as far as something is there}
   *
   * @throws ProjectRootException if a link leads nowhere
   */
  private static Path real(Path absolute) {
    Path there = absolute;
    while (there != null && !Files.exists(there, LinkOption.NOFOLLOW_LINKS)) {
      there = there.getParent();
    }
    if (there == null) {
      return absolute; // not even the file system's root is there
    }
    try {
      Path real = there.toRealPath();
      return there.equals(absolute) ? real : real.resolve(there.relativize(absolute));
    } catch (IOException e) {
      throw new ProjectRootException(
          "a link in a path must lead somewhere, and to what may be read: path=%s, link=%s"
              .formatted(absolute, there),
          e);
    }
  }

  @Override
  public String relativize(Path asked) {
    if (!asked.getFileSystem().equals(path.getFileSystem())) {
      throw new ProjectRootException(
          "a path must be on the file system of the project: path=%s, root=%s"
              .formatted(asked, path),
          null);
    }
    Path normal = path.resolve(asked).normalize();
    Path real = real(normal);
    if (!real.startsWith(path)) {
      throw outside(asked, real);
    }
    Path inside = path.relativize(normal.startsWith(path) ? normal : real);
    return inside.toString().replace(path.getFileSystem().getSeparator(), "/");
  }

  @Override
  public boolean contains(Path asked) {
    if (!asked.getFileSystem().equals(path.getFileSystem())) {
      return false;
    }
    try {
      return real(path.resolve(asked).normalize()).startsWith(path);
    } catch (ProjectRootException e) {
      return false; // a link that leads nowhere is nowhere
    }
  }

  @Override
  public String toString() {
    return "project root " + path;
  }
}
