package dev.carillon.spi;

import java.util.Set;
import java.util.regex.Pattern;

/**
 * Keeps streams of messages by name: what a bus keeps of a set of topics, or what one subscription
 * has yet to handle.
 *
 * {@snippet :
 * try (MessageStore store = Stores.inMemory();
 *     MessageStream orders = store.open("orders", Retention.FOREVER.messages(10_000))) {
 *   var message = NewMessage.of("orders.new", UUID.randomUUID(), "shop", 1, "Order", new byte[200]);
 *   long sequence = orders.append(message, Durability.MEMORY);
 *   for (StoredMessage stored : orders.read(ReadQuery.from(sequence)).messages()) {
 *     System.out.println(stored);
 *   }
 * }
 * }
 *
 * <p>Safe for use by any thread.
 */
public interface MessageStore extends AutoCloseable {

  /** {@return the most that an acknowledgement of this store can prove} */
  Durability strongest();

  /**
   * {@return a stream, which is made if there is none of that name}
   *
   * @param stream its name: 1 to 64 letters, digits, {@code -} and {@code _}
   * @param retention how much it keeps
   * @throws IllegalArgumentException if it is no such name
   * @throws IllegalStateException if the stream is open already
   * @throws StoreException if it cannot be opened, or the store is closed
   */
  MessageStream open(String stream, Retention retention);

  /** {@return the names of all streams that there are, open or not} */
  Set<String> streams();

  /**
   * Removes a stream and all it keeps.
   *
   * @param stream its name
   * @return whether there was one
   * @throws IllegalStateException if the stream is open
   * @throws StoreException if it cannot be removed, or the store is closed
   */
  boolean delete(String stream);

  /** Closes all streams and what belongs to the store, and waits for it. Idempotent. */
  @Override
  void close();

  /**
   * Checks the name of a stream, for stores.
   *
   * @param stream the name
   * @return the name
   * @throws IllegalArgumentException if no stream can have it
   */
  static String checkName(String stream) {
    if (!Pattern.matches("[A-Za-z0-9_-]{1,64}", stream)) {
      throw new IllegalArgumentException(
          "a stream's name has 1 to 64 letters, digits, '-' and '_': name=\"" + stream + "\"");
    }
    return stream;
  }
}
