import org.jspecify.annotations.NullMarked;

/** Examples that are compiled and run, so that the documents that quote them stay true. */
@NullMarked
module dev.carillon.examples {
  requires dev.carillon;
  requires dev.carillon.drivers;
  requires java.desktop;
  requires java.net.http;
  requires jdk.httpserver;

  opens dev.carillon.examples.functions to
      dev.carillon;
}
