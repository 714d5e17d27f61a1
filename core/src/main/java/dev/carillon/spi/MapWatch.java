package dev.carillon.spi;

/** A sink's place at a {@link MapStore}. */
public interface MapWatch extends AutoCloseable {

  /** Takes the sink away; a call of it may still be under way. Idempotent. */
  @Override
  void close();
}
