package dev.carillon.function;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks for the roots of projects. */
final class RootFinder {
  private RootFinder() {}

  static ProjectRoot find(Path start, RootSearch search) {
    List<ProjectRoot> all = all(start, search);
    if (all.isEmpty()) {
      throw new ProjectRootException(
          "no directory upward has a marker of a project: markers=%s, looked in=%s"
              .formatted(search.markers(), upward(start, search)),
          null);
    }
    return search.isOutermost() ? all.getLast() : all.getFirst();
  }

  static List<ProjectRoot> all(Path start, RootSearch search) {
    var all = new ArrayList<ProjectRoot>();
    for (Path each : upward(start, search)) {
      if (hasMarker(each, search)) {
        all.add(new LocalProjectRoot(each));
      }
    }
    return List.copyOf(all);
  }

  private static boolean hasMarker(Path directory, RootSearch search) {
    for (String each : search.markers()) {
      if (Files.exists(directory.resolve(each), LinkOption.NOFOLLOW_LINKS)) {
        return true;
      }
    }
    return false;
  }

  /** {@return the directory of a path and those above it, with links followed} */
  private static List<Path> upward(Path start, RootSearch search) {
    Path real = real(start, "the search for a project's root must start at a path that is there");
    Path limit = search.limit();
    Path last =
        limit == null
            ? null
            : real(limit, "the search for a project's root must end at a path that is there");
    var directories = new ArrayList<Path>();
    Path at = Files.isDirectory(real) ? real : real.getParent();
    while (at != null) {
      directories.add(at);
      at = at.equals(last) ? null : at.getParent();
    }
    return directories;
  }

  /** {@return the path with links followed} */
  static Path real(Path path, String rule) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      throw new ProjectRootException("%s: path=%s".formatted(rule, path), e);
    }
  }

  static ProjectRoot ofClass(Class<?> type) {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    Path place = source == null ? null : file(source.getLocation());
    Path directory = place == null || Files.isDirectory(place) ? place : place.getParent();
    if (directory == null) {
      throw new ProjectRootException(
          "the code of a class must lie in a directory or a jar: class=%s, place=%s"
              .formatted(type.getTypeName(), source == null ? "none" : source.getLocation()),
          null);
    }
    return LocalProjectRoot.of(directory);
  }

  private static @Nullable Path file(@Nullable URL place) {
    if (place == null || !place.getProtocol().equals("file")) {
      return null;
    }
    try {
      URI uri = place.toURI();
      return Path.of(uri);
    } catch (URISyntaxException | IllegalArgumentException | FileSystemNotFoundException e) {
      throw new ProjectRootException("the place of a class must be a path: place=" + place, e);
    }
  }
}
