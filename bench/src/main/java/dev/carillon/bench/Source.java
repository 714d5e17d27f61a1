package dev.carillon.bench;

import java.util.List;

/** Something that measures subjects. */
interface Source {

  /** {@return how many measurements it makes} */
  int count();

  /**
   * {@return what was measured}
   *
   * @param plan how long to measure
   * @param progress told of every measurement that begins
   * @throws BenchmarkException if a subject failed
   */
  List<Row> measure(Plan plan, Progress progress);
}
