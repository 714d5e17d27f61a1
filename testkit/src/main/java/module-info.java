import org.jspecify.annotations.NullMarked;

/** Helps to test code that uses Carillon. A module of its own because of AssertJ. */
@NullMarked
module dev.carillon.testkit {
  requires transitive dev.carillon;
  requires static transitive org.jspecify;
  requires transitive org.assertj.core;

  exports dev.carillon.testkit;
}
