package dev.carillon.function;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a project's root is looked for: immutable, changed by its methods.
 *
 * @param markers names of files or directories, one of which a root has in it; at least one
 * @param isOutermost whether of nested roots the outermost is meant; else the innermost is
 * @param limit the last directory to look at on the way up; null for the file system's root
 */
public record RootSearch(Set<String> markers, boolean isOutermost, @Nullable Path limit) {

  /**
   * The innermost directory with {@code .carillon-root}, {@code .git}, {@code pom.xml}, {@code
   * build.gradle}, {@code build.gradle.kts}, {@code settings.gradle}, {@code settings.gradle.kts}
   * or {@code package.json}, up to the file system's root.
   */
  public static final RootSearch DEFAULT =
      new RootSearch(
          new LinkedHashSet<>(
              List.of(
                  ".carillon-root",
                  ".git",
                  "pom.xml",
                  "build.gradle",
                  "build.gradle.kts",
                  "settings.gradle",
                  "settings.gradle.kts",
                  "package.json")),
          false,
          null);

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if there are no markers, or one is no plain name
   */
  public RootSearch {
    markers = Collections.unmodifiableSet(new LinkedHashSet<>(markers));
    if (markers.isEmpty()) {
      throw new IllegalArgumentException("there must be a marker: markers=" + markers);
    }
    for (String each : markers) {
      boolean isName =
          !each.isBlank()
              && !each.equals(".")
              && !each.equals("..")
              && each.chars().noneMatch(c -> c == '/' || c == '\\' || c == 0);
      if (!isName) {
        throw new IllegalArgumentException(
            "a marker must be a plain file name: marker=\"" + each + "\"");
      }
    }
  }

  /**
   * {@return these settings with other markers}
   *
   * @param names of files or directories, at least one
   * @throws IllegalArgumentException if there are none, or one is no plain name
   */
  public RootSearch withMarkers(String... names) {
    return new RootSearch(new LinkedHashSet<>(List.of(names)), isOutermost, limit);
  }

  /** {@return these settings, for the outermost of nested roots} */
  public RootSearch outermost() {
    return new RootSearch(markers, true, limit);
  }

  /** {@return these settings, for the innermost of nested roots} */
  public RootSearch innermost() {
    return new RootSearch(markers, false, limit);
  }

  /**
   * {@return these settings, looking no higher than a directory}
   *
   * @param last the last directory to look at; if it is not above the start, it has no effect
   */
  public RootSearch upTo(Path last) {
    return new RootSearch(markers, isOutermost, last);
  }
}
