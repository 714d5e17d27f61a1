package dev.carillon.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Topic, type and publisher of messages, which are few, in both of their forms. */
final class Names {
  final String topic;
  final String type;
  final String publisher;
  final int hash; // of the strings; kept in records, to find the strings of the bytes
  final byte[] bytes; // topic, type, publisher in UTF-8
  final int topicLength;
  final int typeLength;
  final int publisherLength;

  private Names(String topic, String type, String publisher) {
    this.topic = topic;
    this.type = type;
    this.publisher = publisher;
    hash = hash(topic, type, publisher);
    bytes = (topic + type + publisher).getBytes(UTF_8);
    topicLength = topic.getBytes(UTF_8).length;
    publisherLength = publisher.getBytes(UTF_8).length;
    typeLength = bytes.length - topicLength - publisherLength;
  }

  private static int hash(String topic, String type, String publisher) {
    return (topic.hashCode() * 31 + type.hashCode()) * 31 + publisher.hashCode();
  }

  /**
   * Those used last. Places are overwritten without a lock: what is found is compared in full, and
   * what was lost is made again.
   */
  static final class Cache {
    private static final int SIZE = 256;

    private final @Nullable Names[] places = new Names[SIZE]; // racy; Names are immutable

    Names of(String topic, String type, String publisher) {
      int place = place(hash(topic, type, publisher));
      Names found = places[place];
      if (found == null
          || !found.topic.equals(topic)
          || !found.type.equals(type)
          || !found.publisher.equals(publisher)) {
        found = new Names(topic, type, publisher);
        places[place] = found;
      }
      return found;
    }

    /** {@return the names in a record; their lengths must be within the record} */
    Names of(int hash, byte[] from, int at, int topicLength, int typeLength, int publisherLength) {
      int place = place(hash);
      int end = at + topicLength + typeLength + publisherLength;
      Names found = places[place];
      if (found == null
          || found.topicLength != topicLength
          || found.typeLength != typeLength
          || !Arrays.equals(found.bytes, 0, found.bytes.length, from, at, end)) {
        int type = at + topicLength;
        found =
            new Names(
                new String(from, at, topicLength, UTF_8),
                new String(from, type, typeLength, UTF_8),
                new String(from, type + typeLength, publisherLength, UTF_8));
        places[place] = found;
      }
      return found;
    }

    private static int place(int hash) {
      return (hash ^ hash >>> 16 ^ hash >>> 8) & (SIZE - 1);
    }
  }
}
