package dev.carillon.binary;

import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;

/** Compares two graphs by kind, content and shape: what is one object there must be one here. */
final class SameGraph {
  private final BinaryCodec codec;
  private final Map<Object, Object> there = new IdentityHashMap<>();
  private final Map<Object, Object> here = new IdentityHashMap<>();

  private SameGraph(BinaryCodec codec) {
    this.codec = codec;
  }

  static void check(BinaryCodec codec, Object expected, Object actual) {
    new SameGraph(codec).compare(expected, actual, "root");
  }

  private void compare(Object a, Object b, String path) {
    if (a == null || b == null) {
      require(a == b, path, a, b);
      return;
    }
    require(codec.typeOf(a).equals(codec.typeOf(b)), path + " kind", a.getClass(), b.getClass());
    boolean isTracked =
        a.getClass().isArray()
            || a instanceof Collection
            || a instanceof Map
            || a instanceof Samples.Node
            || a instanceof Samples.Shared;
    if (isTracked) {
      Object known = there.put(a, b);
      require(known == null || known == b, path + " identity", known, b);
      Object back = here.put(b, a);
      require(back == null || back == a, path + " identity", back, a);
      if (known != null) {
        return;
      }
    }
    inside(a, b, path);
  }

  private void inside(Object a, Object b, String path) {
    switch (a) {
      case Object[] array -> {
        require(a.getClass() == b.getClass(), path, a.getClass(), b.getClass());
        require(array.length == ((Object[]) b).length, path, array.length, b);
        for (int i = 0; i < array.length; i++) {
          compare(array[i], ((Object[]) b)[i], path + "[" + i + "]");
        }
      }
      case SortedSet<?> set -> sequence(set, (Collection<?>) b, path);
      case Set<?> set -> require(set.equals(b), path, a, b);
      case Collection<?> elements -> sequence(elements, (Collection<?>) b, path);
      case SortedMap<?, ?> map -> {
        sequence(map.keySet(), ((Map<?, ?>) b).keySet(), path);
        values(map, (Map<?, ?>) b, path);
      }
      case Map<?, ?> map -> values(map, (Map<?, ?>) b, path);
      case Samples.Node node -> {
        Samples.Node other = (Samples.Node) b;
        require(node.name.equals(other.name) && node.weight == other.weight, path, a, b);
        compare(node.left, other.left, path + ".left");
        compare(node.right, other.right, path + ".right");
      }
      case Samples.Shared shared -> {
        require(shared.name().equals(((Samples.Shared) b).name()), path, a, b);
        compare(shared.value(), ((Samples.Shared) b).value(), path + ".value");
      }
      case Samples.Anything any -> {
        compare(any.value(), ((Samples.Anything) b).value(), path + ".value");
        compare(any.text(), ((Samples.Anything) b).text(), path + ".text");
        compare(any.array(), ((Samples.Anything) b).array(), path + ".array");
      }
      case Optional<?> optional ->
          compare(optional.orElse(null), ((Optional<?>) b).orElse(null), path);
      default ->
          require(
              java.util.Objects.deepEquals(a, b) || a.equals(b), path + " " + a.getClass(), a, b);
    }
  }

  private void sequence(Collection<?> a, Collection<?> b, String path) {
    require(a.size() == b.size(), path + " size", a.size(), b.size());
    Iterator<?> others = b.iterator();
    int i = 0;
    for (Object element : a) {
      compare(element, others.next(), path + "[" + i++ + "]");
    }
  }

  private void values(Map<?, ?> a, Map<?, ?> b, String path) {
    require(a.keySet().equals(b.keySet()), path + " keys", a.keySet(), b.keySet());
    a.forEach((key, value) -> compare(value, b.get(key), path + "[key]"));
  }

  private static void require(boolean holds, String path, Object expected, Object actual) {
    if (!holds) {
      throw new AssertionError("at " + path + ": expected " + expected + ", was " + actual);
    }
  }
}
