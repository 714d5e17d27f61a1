package dev.carillon.tools;

import java.io.IOException;

/** The same census by plain loops on the calling thread, for comparison. */
final class LoopCensus {
  private LoopCensus() {}

  /** {@return the classes, measured as far as the fault lets them be} */
  static ClassTable<Boolean> run(Fault fault) throws IOException {
    ClassTable<Boolean> table = ClassTable.plain(_ -> true);
    JdkImage.visit(table::read);
    table.requireComplete();
    for (ClassNode<Boolean> node : table.nodes()) {
      measure(node, fault);
    }
    return table;
  }

  /** Measures a class after its supertypes; {@return whether it has a result} */
  private static boolean measure(ClassNode<Boolean> node, Fault fault) {
    if (!node.isMeasured() && !fault.hits(node)) {
      boolean able = true;
      for (ClassNode<Boolean> supertype : node.supertypes()) {
        able &= measure(supertype, fault);
      }
      if (able) {
        node.measure();
      }
    }
    return node.isMeasured();
  }
}
