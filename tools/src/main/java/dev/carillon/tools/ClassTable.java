package dev.carillon.tools;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

/**
 * The classes of a census. A class enters it when its file is read, or that of a subtype, whichever
 * is first.
 *
 * @param <T> of what stands for a class being measured
 */
final class ClassTable<T> {
  private static final int USUAL = 1 << 15; // a JDK has about that many classes

  private final Map<String, ClassNode<T>> nodes; // by internal name, java/util/Map$Entry
  private final Function<String, T> tasks;
  private final AtomicInteger nextId = new AtomicInteger();
  private final LongAdder defined = new LongAdder(); // classes whose files were read

  private ClassTable(Map<String, ClassNode<T>> nodes, Function<String, T> tasks) {
    this.nodes = nodes;
    this.tasks = tasks;
  }

  /**
   * {@return a table for use by any thread}
   *
   * @param tasks makes from a class's name what stands for its being measured
   */
  static <T> ClassTable<T> concurrent(Function<String, T> tasks) {
    return new ClassTable<>(new ConcurrentHashMap<>(USUAL), tasks);
  }

  /** {@return a table for use by one thread} */
  static <T> ClassTable<T> plain(Function<String, T> tasks) {
    return new ClassTable<>(HashMap.newHashMap(USUAL), tasks);
  }

  /** {@return all classes that were entered} */
  Collection<ClassNode<T>> nodes() {
    return nodes.values();
  }

  /** {@return how many class files were read} */
  long read() {
    return defined.sum();
  }

  /** {@return the class of a binary name, which must be in the table} */
  ClassNode<T> node(String name) {
    ClassNode<T> node = nodes.get(name.replace('.', '/'));
    if (node == null) {
      throw new IllegalArgumentException("class must be in the table: " + name);
    }
    return node;
  }

  /** {@return the class, as its file defines it} */
  ClassNode<T> read(Path file) throws IOException {
    ClassModel model = JdkImage.read(file);
    List<ClassEntry> interfaces = model.interfaces();
    var supertypes = new ArrayList<ClassNode<T>>(1 + interfaces.size());
    model.superclass().ifPresent(superclass -> supertypes.add(enter(superclass)));
    for (ClassEntry each : interfaces) {
      supertypes.add(enter(each));
    }
    ClassNode<T> node = enter(model.thisClass());
    boolean isInterface = (model.flags().flagsMask() & ClassFile.ACC_INTERFACE) != 0;
    node.define(file.toString(), isInterface, supertypes);
    defined.increment();
    return node;
  }

  private ClassNode<T> enter(ClassEntry entry) {
    String name = entry.asInternalName();
    ClassNode<T> node = nodes.get(name);
    return node != null ? node : nodes.computeIfAbsent(name, this::newNode);
  }

  private ClassNode<T> newNode(String internalName) {
    String name = internalName.replace('/', '.');
    return new ClassNode<>(nextId.getAndIncrement(), name, tasks.apply(name));
  }

  /**
   * Checks that every class that was named as a supertype has a file.
   *
   * @throws CensusException if one has none
   */
  void requireComplete() {
    if (defined.sum() == nodes.size()) {
      return;
    }
    for (ClassNode<T> node : nodes.values()) {
      if (!node.isDefined()) {
        throw new CensusException("supertypes must be in the image: supertype=" + node.name());
      }
    }
  }
}
