package dev.carillon.function;

/** Whose entries a registry holds. */
public enum Scope {
  /** Everybody's: found from all scopes. */
  GLOBAL,
  /** Those of the application itself; others than its own code do not find them. */
  INTERNAL,
  /** Those of code that the application hosts, such as plug-ins. */
  EXTERNAL
}
