import org.jspecify.annotations.NullMarked;

/**
 * The core of Carillon: events, and all that waits on them. One jar without runtime dependencies;
 * what needs a foreign library, a JVM flag or a process of its own is another artifact.
 */
@NullMarked
module dev.carillon {
  requires static transitive org.jspecify;
  requires jdk.httpserver;
  requires jdk.jfr;

  exports dev.carillon;
  exports dev.carillon.binary;
  exports dev.carillon.bus;
  exports dev.carillon.device;
  exports dev.carillon.event;
  exports dev.carillon.flow;
  exports dev.carillon.function;
  exports dev.carillon.schedule;
  exports dev.carillon.source;
  exports dev.carillon.spi;
  exports dev.carillon.store;
  exports dev.carillon.time;

  uses dev.carillon.spi.DeviceProvider;
  uses dev.carillon.spi.EventFormat;
}
