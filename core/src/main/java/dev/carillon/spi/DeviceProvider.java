package dev.carillon.spi;

/**
 * A kind of device, whose driver may or may not be here. Found by {@link java.util.ServiceLoader},
 * or given in code.
 *
 * <p>Implementations are safe for use by any thread.
 */
public interface DeviceProvider {

  /** {@return the kind of its devices} */
  DeviceKind kind();

  /**
   * Looks for the driver and opens it. Nothing is loaded or started before; what a device needs may
   * be taken when that is used first.
   *
   * @return the driver; whoever asked closes it
   * @throws DeviceUnavailableException if there is no driver or no device, saying what was looked
   *     for
   */
  DeviceDriver<?, ?> open();
}
