package dev.carillon.bench;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The record of ten fields, one of them a map, that codecs write and read.
 *
 * @param id a large number
 * @param sender a text
 * @param receiver a text that is not ASCII
 * @param city a text
 * @param pieces a small number
 * @param weight a fraction
 * @param paid yes or no
 * @param created a time in milliseconds
 * @param size a constant
 * @param labels texts by texts
 */
public record Parcel(
    long id,
    String sender,
    String receiver,
    String city,
    int pieces,
    double weight,
    boolean paid,
    long created,
    Size size,
    Map<String, String> labels)
    implements Serializable {

  /** How large a parcel is. */
  public enum Size {
    SMALL(0),
    MEDIUM(1),
    LARGE(2);

    private static final Size[] ALL = values();

    private final int number;

    Size(int number) {
      this.number = number;
    }

    int number() {
      return number;
    }

    static Size at(int number) {
      return ALL[number];
    }
  }

  static Parcel sample() {
    var labels = new LinkedHashMap<String, String>();
    labels.put("carrier", "north");
    labels.put("service", "express");
    labels.put("warehouse", "7b");
    labels.put("note", "leave at the door");
    return new Parcel(
        8_123_456_789_012_345L,
        "Ada Lovelace",
        "Jürgen Müller",
        "Berlin",
        3,
        12.75,
        true,
        1_795_262_400_123L,
        Size.MEDIUM,
        labels);
  }
}
