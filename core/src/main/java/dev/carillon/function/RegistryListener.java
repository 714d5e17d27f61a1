package dev.carillon.function;

/**
 * Is told what becomes of entries.
 *
 * @param <T> type of the entries
 */
@FunctionalInterface
public interface RegistryListener<T> {

  /** What became of an entry. */
  enum Change {
    /** It is there now. */
    ADDED,
    /** It is there now instead of another one of its name. */
    REPLACED,
    /** It was removed. */
    REMOVED,
    /** It was held weakly, and nobody else held it. */
    COLLECTED
  }

  /**
   * An entry has changed. Called in the order of the changes, on the thread that made one of them,
   * with no lock held; what it throws is logged.
   *
   * @param change what became of it
   * @param name its name
   * @param scope its scope
   */
  void changed(Change change, String name, Scope scope);

  /** A listener's place at a registry. */
  sealed interface Place extends AutoCloseable permits Entries.ListenerPlace {

    /** Takes the listener out. Idempotent. */
    @Override
    void close();
  }
}
