package dev.carillon.flow;

/** In which way the work of a node is called. */
enum Form {
  /** Gives the input of the iteration. */
  SOURCE,
  /**
   * Nothing to do: it only joins edges. Its guards, if it has any, decide for what is behind it.
   */
  JOIN,
  /** A {@code Fn0} and so on: called with the values of its inputs. */
  CALL0,
  CALL1,
  CALL2,
  CALL3,
  CALL4,
  CALL5,
  /** A {@code ContextFn0} and so on: called with a context and the values. */
  CONTEXT0,
  CONTEXT1,
  CONTEXT2,
  CONTEXT3,
  CONTEXT4,
  CONTEXT5,
  /** A {@code Fn1} of the list of the values that there are; runs if there is one. */
  ANY_SUCCESS,
  /** A {@code Fn1} of the list of the outcomes; runs in any case. */
  ALWAYS,
  /** A {@code Fn1} that is called for each element of a collection. */
  EACH,
  /** A cycle that is run to its end. */
  CHILD;

  private static final Form[] FORMS = values();
  private static final Form[] CALLS = {CALL0, CALL1, CALL2, CALL3, CALL4, CALL5};
  private static final Form[] CONTEXTS = {
    CONTEXT0, CONTEXT1, CONTEXT2, CONTEXT3, CONTEXT4, CONTEXT5
  };

  static Form call(int inputs) {
    return CALLS[inputs];
  }

  static Form context(int inputs) {
    return CONTEXTS[inputs];
  }

  /** {@return how it is written in {@link UnitPlan#forms}} */
  @SuppressWarnings("EnumOrdinal") // kept in memory only
  byte code() {
    return (byte) ordinal();
  }

  /** {@return the form with a code} */
  static Form of(int code) {
    return FORMS[code];
  }

  boolean isWithoutWork() {
    return this == SOURCE || this == JOIN;
  }

  boolean wantsContext() {
    return compareTo(CONTEXT0) >= 0 && compareTo(CONTEXT5) <= 0;
  }
}
