package dev.carillon.flow;

/** Makes plans of definitions. */
final class PlanCompiler {
  private PlanCompiler() {}

  /**
   * {@return the plan of a definition}
   *
   * @throws PlanException if it contradicts itself
   */
  static CompiledPlan compile(CycleDraft draft) {
    throw new UnsupportedOperationException("not yet: " + draft);
  }
}
