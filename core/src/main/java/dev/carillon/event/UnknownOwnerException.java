package dev.carillon.event;

/**
 * Thrown when a handle belongs to another system and no {@link RemoteEvents} port is configured to
 * reach it.
 */
public final class UnknownOwnerException extends CarillonException {
  private static final long serialVersionUID = 1L;

  /** The owner in the handle. */
  private final long handleOwner;

  /** The owner id of the system that was asked. */
  private final long systemOwner;

  /**
   * Made by event systems and by ports.
   *
   * @param handle the handle that cannot be resolved
   * @param systemOwner the owner id of the system that was asked
   */
  public UnknownOwnerException(EventHandle handle, long systemOwner) {
    super(
        "a handle of another owner needs a RemoteEvents port: handle=%s handleOwner=%016x systemOwner=%016x"
            .formatted(handle, handle.owner(), systemOwner),
        null);
    this.handleOwner = handle.owner();
    this.systemOwner = systemOwner;
  }

  /** {@return the owner id in the handle} */
  public long handleOwner() {
    return handleOwner;
  }

  /** {@return the owner id of the system that was asked} */
  public long systemOwner() {
    return systemOwner;
  }
}
