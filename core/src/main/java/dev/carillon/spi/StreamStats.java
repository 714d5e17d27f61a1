package dev.carillon.spi;

/**
 * What a stream has done since it was opened, and what it holds. The numbers are taken together
 * where the store can.
 *
 * @param name the stream's name
 * @param first the least sequence that is kept; one above {@code last} if nothing is
 * @param last the greatest sequence that was given; 0 if none was
 * @param bytes how much is kept
 * @param appended how many messages were taken
 * @param refused how many were not, for want of room
 * @param dropped how many went because of the retention
 * @param inFlightBytes how much waits to be acknowledged
 * @param forces how often the store forced something to stable storage for this stream
 */
public record StreamStats(
    String name,
    long first,
    long last,
    long bytes,
    long appended,
    long refused,
    long dropped,
    long inFlightBytes,
    long forces) {

  /** {@return how many messages are kept} */
  public long count() {
    return last - first + 1;
  }
}
