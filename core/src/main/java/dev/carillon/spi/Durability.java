package dev.carillon.spi;

/** What an acknowledgement proves, from the weakest to the strongest. */
public enum Durability {
  /**
   * The message is in the memory of the machine that keeps the stream and can be read. Whether it
   * outlives the process is the store's to say; it need not outlive a loss of power.
   */
  MEMORY,

  /**
   * A majority of the replicas that keep the stream have the message, so it outlives the loss of a
   * minority of them. A store without replicas is its own majority.
   */
  QUORUM,

  /** The message is on storage that outlives a loss of power. */
  FSYNCED;

  /**
   * {@return whether this proves as much as is asked for}
   *
   * @param asked what is asked for
   */
  public boolean proves(Durability asked) {
    return compareTo(asked) >= 0;
  }
}
