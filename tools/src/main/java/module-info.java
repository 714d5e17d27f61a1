import org.jspecify.annotations.NullMarked;

/** The command line application. A module of its own because it is a program, not a library. */
@NullMarked
module dev.carillon.tools {
  requires dev.carillon;
  requires dev.carillon.drivers;
  requires info.picocli;
  requires java.logging;

  opens dev.carillon.tools to
      info.picocli;
}
