package dev.carillon.spi;

/** A listener's place at the end of a stream. */
public interface TailWatch extends AutoCloseable {

  /** Takes the listener away; it may still be running, or about to. Idempotent. */
  @Override
  void close();
}
