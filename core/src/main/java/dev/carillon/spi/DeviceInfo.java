package dev.carillon.spi;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is known of a device before it is used.
 *
 * @param kind its kind
 * @param index its number among those of its kind, from 0
 * @param name what its driver calls it
 * @param memory how many bytes of memory it has for data; 0 if that is not known
 * @param properties whatever else is worth telling people, by name
 */
public record DeviceInfo(
    DeviceKind kind, int index, String name, long memory, Map<String, String> properties) {

  /**
   * Checks the numbers, and copies the properties, in the order of their names.
   *
   * @throws IllegalArgumentException if the index or the memory is negative
   */
  public DeviceInfo {
    if (index < 0) {
      throw new IllegalArgumentException("the index of a device must be 0 or more: index=" + index);
    }
    if (memory < 0) {
      throw new IllegalArgumentException("memory must be 0 bytes or more: memory=" + memory);
    }
    properties = Collections.unmodifiableMap(new TreeMap<>(properties));
  }

  /** {@return the device in short, as in {@code cuda:0}} */
  public String id() {
    return kind.name() + ":" + index;
  }
}
