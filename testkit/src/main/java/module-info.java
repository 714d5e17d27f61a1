import org.jspecify.annotations.NullMarked;

/** Helps to test code that uses Carillon. A module of its own because only tests need it. */
@NullMarked
module dev.carillon.testkit {
  requires transitive dev.carillon;
}
