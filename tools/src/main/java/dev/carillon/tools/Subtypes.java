package dev.carillon.tools;

import java.util.HashMap;
import java.util.Map;

/** The set of a class and all that are below it; all classes must have been read. */
final class Subtypes<T> {
  private final Map<ClassNode<T>, Boolean> known = new HashMap<>();

  Subtypes(ClassNode<T> root) {
    known.put(root, true);
  }

  boolean contains(ClassNode<T> node) {
    Boolean answer = known.get(node);
    if (answer == null) {
      answer = false;
      for (ClassNode<T> supertype : node.supertypes()) {
        answer |= contains(supertype);
      }
      known.put(node, answer);
    }
    return answer;
  }
}
