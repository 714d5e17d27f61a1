package dev.carillon.event;

/**
 * The port through which an event system reaches events that other systems own.
 *
 * <p>The system calls it for handles whose owner is not its own, and keeps one local event standing
 * in for each that somebody here waits for. An implementation may be asked by any thread, must not
 * block for long, and reports failure by poisoning: a peer that is lost poisons what was watched
 * there.
 */
public interface RemoteEvents {

  /**
   * Watches a remote event: {@code listener} is to be called exactly once, with the remote outcome,
   * or with poison if that can no longer be learnt. It may be called before this method returns.
   *
   * @param handle the event; its owner is not the caller's
   * @param listener told the outcome
   * @throws UnknownOwnerException if this port knows no way to the owner
   */
  void watch(EventHandle handle, CompletionListener listener);

  /**
   * Asks the owner to trigger an event. The owner decides; a request that comes second changes
   * nothing, and the outcome that won is learnt by {@link #watch}.
   *
   * @param handle the event
   * @throws UnknownOwnerException if this port knows no way to the owner
   */
  void trigger(EventHandle handle);

  /**
   * Asks the owner to poison an event; otherwise like {@link #trigger}.
   *
   * @param handle the event
   * @param poison why
   * @throws UnknownOwnerException if this port knows no way to the owner
   */
  void poison(EventHandle handle, Poison poison);
}
