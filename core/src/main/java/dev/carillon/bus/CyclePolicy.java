package dev.carillon.bus;

/** What happens to a message that goes round in circles: see {@link BusConfig}. */
public enum CyclePolicy {
  /** Nobody looks. */
  OFF,
  /** It is logged, and published. */
  WARN,
  /** It is refused, and the way it came is told. */
  REFUSE
}
