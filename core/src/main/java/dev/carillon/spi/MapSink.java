package dev.carillon.spi;

/**
 * Takes the changes of a {@link MapStore}, for who watches it.
 *
 * <p>It is quick, throws nothing and calls nothing of the store, so a store may call it under its
 * lock. A store calls it by one thread at a time.
 */
public interface MapSink {

  /**
   * A change was made. Changes come in the order of their revisions.
   *
   * @param change which
   */
  void changed(MapRecord change);

  /** Changes may have been missed: what comes now is newer, and what is there has to be read. */
  void missed();

  /** The store was closed; nothing comes any more. */
  void closed();
}
