package dev.carillon.flow;

/** What a part gives that has nothing to give, so that others can still be wired to it. */
public enum Done {
  /** The only one. */
  DONE
}
