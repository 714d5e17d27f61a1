package dev.carillon.tools;

import dev.carillon.bus.Topics;

/** What is published of a census: a catalogue of topics and what their messages carry. */
sealed interface CensusMessage {

  /** One topic for each kind of message. */
  Topics<CensusMessage> CATALOGUE =
      Topics.empty(CensusMessage.class)
          .with("census", OfRun.class)
          .with("census.class", OfClass.class);

  /** About a census as a whole. */
  sealed interface OfRun extends CensusMessage {}

  /** About one class. */
  sealed interface OfClass extends CensusMessage {}

  /**
   * A census begins; on {@code census.started}.
   *
   * @param jdk the version of the JDK it is taken of
   * @param cores how many threads can run at once
   * @param fault what is to go wrong: {@code none}, or {@code break} or {@code hang} and a class
   */
  record Started(String jdk, int cores, String fault) implements OfRun {}

  /**
   * How far it is, a few times a second; on {@code census.progress}.
   *
   * @param read class files that were read
   * @param pending events that are not complete
   */
  record Progress(long read, long pending) implements OfRun {}

  /**
   * It is done, before it is compared with others; on {@code census.finished}.
   *
   * @param digest SHA-256 of the sorted lines of all classes that have a result
   * @param classes classes, whether they have a result or not
   * @param modules modules with at least one class
   * @param edges superclass and interface entries
   * @param maxDepth of the deepest class
   * @param missing classes without a result
   * @param seconds how long it took
   */
  record Finished(
      String digest,
      int classes,
      int modules,
      long edges,
      int maxDepth,
      int missing,
      double seconds)
      implements OfRun {}

  /**
   * It could not be taken, or found out what it must not; on {@code census.failed}.
   *
   * @param reason why
   */
  record Failed(String reason) implements OfRun {}

  /**
   * A class has a result; on {@code census.class.measured}.
   *
   * @param name its binary name
   * @param depth how many superclass steps it is from {@code java.lang.Object}
   * @param ancestors how many proper supertypes it has
   */
  record Measured(String name, int depth, int ancestors) implements OfClass {}

  /**
   * A class has no result as one that it needs is broken; on {@code census.class.poisoned}.
   *
   * @param name its binary name
   * @param reason what its poison began with
   */
  record Poisoned(String name, String reason) implements OfClass {}
}
