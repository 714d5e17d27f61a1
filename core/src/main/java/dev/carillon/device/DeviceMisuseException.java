package dev.carillon.device;

import dev.carillon.event.CarillonException;

/**
 * Thrown when a rule of device events is broken, such as recording one twice. The message names the
 * rule and the event; nothing has changed.
 */
public final class DeviceMisuseException extends CarillonException {
  private static final long serialVersionUID = 1L;

  DeviceMisuseException(String message) {
    super(message, null);
  }
}
