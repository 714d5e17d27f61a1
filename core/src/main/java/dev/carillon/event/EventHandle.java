package dev.carillon.event;

import java.io.Serializable;

/**
 * The 128-bit name of an event: who owns it, which slot it has there, and the slot's generation.
 *
 * <p>A value: immutable, comparable, serialisable, and meaningful in any process. Its text form is
 * {@code evt:<owner>/<index>@<generation>}, the owner in 16 hexadecimal digits and the others in
 * decimal, without sign; {@link #parse} reads it back. Order is by owner, index and generation,
 * each unsigned.
 *
 * @param owner id of the {@link EventSystem} that owns the event; never 0
 * @param index the slot; unsigned 32 bits
 * @param generation which event in that slot; unsigned 32 bits, never 0
 */
public record EventHandle(long owner, int index, int generation)
    implements Comparable<EventHandle>, Serializable {

  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException if the owner or the generation is 0
   */
  public EventHandle {
    if (owner == 0) {
      throw new IllegalArgumentException("owner must not be 0: owner=0 index=" + index);
    }
    if (generation == 0) {
      throw new IllegalArgumentException("generation must not be 0: generation=0 index=" + index);
    }
  }

  /**
   * {@return the handle with that text form}
   *
   * @param text as {@link #toString()} writes it
   * @throws IllegalArgumentException if the text is anything else
   */
  public static EventHandle parse(CharSequence text) {
    String s = text.toString();
    int slash = s.indexOf('/');
    int at = s.indexOf('@');
    if (!s.startsWith("evt:") || slash != 20 || at < slash + 2 || at == s.length() - 1) {
      throw malformed(s);
    }
    try {
      EventHandle handle =
          new EventHandle(
              Long.parseUnsignedLong(s.substring(4, slash), 16),
              Integer.parseUnsignedInt(s.substring(slash + 1, at)),
              Integer.parseUnsignedInt(s.substring(at + 1)));
      if (handle.toString().equals(s)) {
        return handle;
      }
    } catch (IllegalArgumentException e) {
      throw malformed(s, e);
    }
    throw malformed(s);
  }

  private static IllegalArgumentException malformed(String s, Throwable... cause) {
    String shown = s.length() <= 80 ? s : s.substring(0, 80) + "… (" + s.length() + " characters)";
    return new IllegalArgumentException(
        "a handle must read evt:<owner, 16 hex digits>/<index>@<generation>: text=\""
            + shown
            + "\"",
        cause.length == 0 ? null : cause[0]);
  }

  @Override
  public int compareTo(EventHandle other) {
    int byOwner = Long.compareUnsigned(owner, other.owner);
    if (byOwner != 0) {
      return byOwner;
    }
    int byIndex = Integer.compareUnsigned(index, other.index);
    return byIndex != 0 ? byIndex : Integer.compareUnsigned(generation, other.generation);
  }

  @Override
  public String toString() {
    return "evt:%016x/%s@%s"
        .formatted(owner, Integer.toUnsignedString(index), Integer.toUnsignedString(generation));
  }
}
