package dev.carillon.tools;

import java.util.Arrays;
import java.util.List;

/**
 * A class in a census.
 *
 * <p>{@link #define} and {@link #measure} are called once each, by any thread; whoever measures a
 * class sees to it that its own definition, and the measuring of its supertypes, happened before.
 *
 * @param <T> of what stands for the class being measured
 */
final class ClassNode<T> {
  /*
   * The ancestors of a class are kept with the class itself among them, as a sorted array of
   * numbers. One supertype, the usual case, makes it a copy with one number more; several make it
   * a merge of sorted arrays. Most have fewer than ten, so this is both smaller and faster than bit
   * sets or hash sets.
   */
  private static final int[] NONE = {};

  private final int id;
  private final String name;
  private final T task;

  // written by the thread that defines the class
  private List<ClassNode<T>> supertypes = List.of();
  private String file = "";
  private boolean isInterface;
  private boolean defined;

  // written by the thread that measures the class
  private int depth;
  private int[] closure = NONE;

  ClassNode(int id, String name, T task) {
    this.id = id;
    this.name = name;
    this.task = task;
  }

  int id() {
    return id;
  }

  /** {@return the binary name, {@code java.util.Map$Entry}} */
  String name() {
    return name;
  }

  /** {@return the name of its package, {@code java.util}} */
  String packageName() {
    return name.substring(0, Math.max(0, name.lastIndexOf('.')));
  }

  /** {@return what stands for the class being measured} */
  T task() {
    return task;
  }

  /** Says what the class file tells; the superclass comes first, if there is one. */
  void define(String inFile, boolean asInterface, List<ClassNode<T>> itsSupertypes) {
    if (defined) {
      throw new CensusException(
          "a class must have one file: class=%s files=%s, %s".formatted(name, file, inFile));
    }
    file = inFile;
    isInterface = asInterface;
    supertypes = itsSupertypes;
    defined = true;
  }

  boolean isDefined() {
    return defined;
  }

  String module() {
    return JdkImage.module(file);
  }

  boolean isInterface() {
    return isInterface;
  }

  /** {@return the superclass, unless this is {@code java.lang.Object}, then the interfaces} */
  List<ClassNode<T>> supertypes() {
    return supertypes;
  }

  /** Computes depth and ancestors from those of the supertypes. */
  void measure() {
    int[] above = NONE;
    for (ClassNode<T> supertype : supertypes) {
      if (!supertype.isMeasured()) {
        throw new IllegalStateException(
            "supertypes must be measured first: %s of %s".formatted(supertype.name, name));
      }
      above = union(above, supertype.closure);
    }
    depth = supertypes.isEmpty() || isInterface ? 0 : supertypes.getFirst().depth + 1;
    closure = with(above, id);
  }

  boolean isMeasured() {
    return closure.length > 0;
  }

  /** {@return how many superclass steps the class is from {@code java.lang.Object}} */
  int depth() {
    return depth;
  }

  /** {@return how many proper supertypes the class has} */
  int ancestors() {
    return closure.length - 1;
  }

  private static int[] union(int[] a, int[] b) {
    if (a.length == 0) {
      return b;
    }
    int[] both = new int[a.length + b.length];
    int i = 0;
    int j = 0;
    int n = 0;
    while (i < a.length && j < b.length) {
      int least = Math.min(a[i], b[j]);
      i += a[i] == least ? 1 : 0;
      j += b[j] == least ? 1 : 0;
      both[n++] = least;
    }
    while (i < a.length) {
      both[n++] = a[i++];
    }
    while (j < b.length) {
      both[n++] = b[j++];
    }
    return n == both.length ? both : Arrays.copyOf(both, n);
  }

  private static int[] with(int[] sorted, int id) {
    int place = -Arrays.binarySearch(sorted, id) - 1;
    int[] more = new int[sorted.length + 1];
    System.arraycopy(sorted, 0, more, 0, place);
    more[place] = id;
    System.arraycopy(sorted, place, more, place + 1, sorted.length - place);
    return more;
  }
}
