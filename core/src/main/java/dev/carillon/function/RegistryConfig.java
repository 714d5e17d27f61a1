package dev.carillon.function;

import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * Settings of a registry: immutable, changed by its methods.
 *
 * @param duplicates what happens when a name is registered that is there already
 * @param maxEntries how many entries there may be in each scope, 1 to 16,777,216
 * @param roots whose code may use it: names of packages, which stand for those below too, and of
 *     modules; empty for all code
 */
public record RegistryConfig(Duplicates duplicates, int maxEntries, Set<String> roots) {

  /** The default settings: duplicates are rejected, 65,536 entries, open to all code. */
  public static final RegistryConfig DEFAULT =
      new RegistryConfig(Duplicates.REJECT, 65_536, Set.of());

  private static final int MOST = 1 << 24;

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if one is outside its range
   */
  public RegistryConfig {
    Objects.requireNonNull(duplicates, "duplicates");
    roots = Set.copyOf(roots);
    if (maxEntries < 1 || maxEntries > MOST) {
      throw new IllegalArgumentException(
          "maxEntries must be 1 to %d: maxEntries=%d".formatted(MOST, maxEntries));
    }
    for (String root : roots) {
      if (root.isBlank()) {
        throw new IllegalArgumentException("a root must not be blank: roots=" + roots);
      }
    }
  }

  /**
   * {@return these settings with another rule for duplicates}
   *
   * @param rule what happens to them
   */
  public RegistryConfig onDuplicate(Duplicates rule) {
    return new RegistryConfig(rule, maxEntries, roots);
  }

  /**
   * {@return these settings with another bound}
   *
   * @param most entries in each scope, 1 to 16,777,216
   */
  public RegistryConfig withMaxEntries(int most) {
    return new RegistryConfig(duplicates, most, roots);
  }

  /**
   * {@return these settings, with one more root: code outside of all roots is refused when it calls
   * a method of the registry}
   *
   * @param root name of a package or a module
   */
  public RegistryConfig rootedAt(String root) {
    var more = new TreeSet<>(roots);
    more.add(root);
    return new RegistryConfig(duplicates, maxEntries, more);
  }
}
